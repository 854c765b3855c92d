"""A pager on loopback, over real HTTP: it takes events of the Events API v2, or misbehaves."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from tests.activities.adapters.http_servers import Receive, Send, serving

KEY = "r0utingkey-of-these-tests"


@dataclass
class PagerServer:
    """Keeps what it took, and answers as it is told to; 202 once it is told nothing more."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """The next statuses, each with the headers of its answer."""
    says: str = '{"status": "success", "message": "Event processed"}'
    delay: float = 0.0
    trickles: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One request, as ASGI has it."""
        assert scope["method"] == "POST"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        event = json.loads(body)
        self.asked.append(event)
        status, headers = self.answers.pop(0) if self.answers else (202, {})
        await asyncio.sleep(self.delay)
        if status == 202:
            self.taken.append(event)
        head = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        with contextlib.suppress(OSError):
            await send({"type": "http.response.start", "status": status, "headers": head})
            while self.trickles:
                await send({"type": "http.response.body", "body": b".", "more_body": True})
                await asyncio.sleep(0.01)
            await send({"type": "http.response.body", "body": self.says.encode()})

    def signals(self) -> list[tuple[str, str]]:
        """What was taken, in short: the action and the alert it is about."""
        return [(event["event_action"], event["dedup_key"]) for event in self.taken]


@contextlib.asynccontextmanager
async def pager_server(server: PagerServer | None = None) -> AsyncIterator[PagerServer]:
    """A pager, listening on a free port."""
    server = server or PagerServer()
    async with serving(server) as address:
        server.url = f"{address}/v2/enqueue"
        yield server
