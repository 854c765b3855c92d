"""A pager on loopback, over real HTTP, with scripted answers."""

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
    """Stores the events it accepts, and answers as scripted, then with 202."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """The status and headers of the next answers."""
    says: str = '{"status": "success", "message": "Event processed"}'
    delay: float = 0.0
    trickles: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Handles one ASGI request."""
        assert scope["method"] == "POST"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        event = json.loads(body)
        self.requests.append(event)
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
        """Action and alert key of each accepted event."""
        return [(event["event_action"], event["dedup_key"]) for event in self.taken]


@contextlib.asynccontextmanager
async def pager_server(server: PagerServer | None = None) -> AsyncIterator[PagerServer]:
    """Runs the pager on a free port."""
    server = server or PagerServer()
    async with serving(server) as address:
        server.url = f"{address}/v2/enqueue"
        yield server
