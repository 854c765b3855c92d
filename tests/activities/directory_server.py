"""A contract directory on loopback, over real HTTP, that can be told to misbehave."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from activities.adapters.signatures import sign
from api.server import address_of, listen

SECRET = "the secret of these tests"
ACME: dict[str, Any] = {"account": "acme", "name": "Acme Media", "policy": "contently"}

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


@dataclass
class Directory:
    """Answers every account with one contract, unless it is told otherwise."""

    contract: Any = field(default_factory=lambda: dict(ACME))
    statuses: list[int] = field(default_factory=list)
    """The statuses of the next answers; 200 once there are no more."""
    headers: dict[str, str] = field(default_factory=dict)
    signature: Callable[[bytes], str | None] = lambda body: sign(
        SECRET.encode(), body, int(time.time())
    )
    body: bytes | None = None
    delay: float = 0.0
    is_endless: bool = False
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def __call__(self, scope: dict[str, Any], _: Any, send: Send) -> None:
        """One request, as ASGI has it."""
        self.asked.append(scope["path"])
        status = self.statuses.pop(0) if self.statuses else 200
        await asyncio.sleep(self.delay)
        body = json.dumps(self.contract).encode() if self.body is None else self.body
        await send({"type": "http.response.start", "status": status, "headers": self._head(body)})
        with contextlib.suppress(OSError):
            for _ in range(1_000 if self.is_endless else 0):
                await send({"type": "http.response.body", "body": b" " * 10_000, "more_body": True})
                await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": body})

    def _head(self, body: bytes) -> Headers:
        signature = self.signature(body)
        known = self.headers | ({"Desk-Signature": signature} if signature else {})
        return [(name.lower().encode(), value.encode()) for name, value in known.items()]


@contextlib.asynccontextmanager
async def running(directory: Directory) -> AsyncIterator[Directory]:
    """The directory, listening on a free port."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(directory, log_config=None, lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    # Run without its signal handlers, which are the test run's own.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    host, port = address_of(listener)
    directory.url = f"http://{host}:{port}/contracts/"
    try:
        yield directory
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving
        listener.close()
