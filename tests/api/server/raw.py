"""Raw connections to a server in this process, with an app that tells what it received."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from api.server.limits import ConnectionLimits
from api.server.server import serve
from tests.ports import LOOPBACK, free_port

GET = b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n"
SHORT = ConnectionLimits(
    head_seconds=0.05, body_seconds=0.05, idle_seconds=0.05, write_seconds=0.05, sweep_seconds=0.01
)


@dataclass
class Echo:
    """Answers with the path and the body, or is still busy with a request to /busy."""

    bodies: list[bytes] = field(default_factory=list)
    broken_off: int = 0
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    proceed: asyncio.Event = field(default_factory=asyncio.Event)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    client: tuple[str, int] | None = None
    answer: bytes = b"done"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Receives the body and answers."""
        body, more = b"", True
        if scope["path"] == "/unread":
            more = False
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.broken_off += 1
                return
            body += message["body"]
            more = message["more_body"]
        self.headers = list(scope["headers"])
        self.client = scope["client"]
        self.bodies.append(body)
        if scope["path"] == "/busy":
            self.busy.set()
            await self.proceed.wait()
        length = str(len(self.answer)).encode()
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": self.answer})


@dataclass
class Delegating:
    """Passes requests to the app of the current test, so that a server serves several tests."""

    app: Echo = field(default_factory=Echo)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        await self.app(scope, receive, send)


class Peer:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Sends bytes; an error of the connection is no error here."""
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def response(self) -> bytes:
        """The next response with a Content-Length; what there is, if the connection ends."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return head + await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            return error.partial

    async def rest(self) -> bytes:
        """Everything until the end of the connection."""
        try:
            return await self._reader.read()
        except ConnectionError:
            return b""

    async def close(self) -> None:
        """Closes the connection."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@dataclass
class Served:
    """A running server."""

    port: int
    peers: list[Peer] = field(default_factory=list)

    async def connect(self, source: str = LOOPBACK) -> Peer:
        """A new connection from a loopback address."""
        reader, writer = await asyncio.open_connection(
            LOOPBACK, self.port, local_addr=(source, 0), limit=2**22
        )
        self.peers.append(Peer(reader, writer))
        return self.peers[-1]


@asynccontextmanager
async def served(app: ASGIApp, limits: ConnectionLimits) -> AsyncIterator[Served]:
    """Serves the app until the end of the block."""
    running = Served(free_port())
    serving = asyncio.create_task(serve(app, LOOPBACK, running.port, limits))
    # It listens before it first waits, so connections succeed from now on.
    await asyncio.sleep(0)
    try:
        yield running
    finally:
        for peer in running.peers:
            peer.writer.close()
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
