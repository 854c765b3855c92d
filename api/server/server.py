"""Serves the API over HTTP, with graceful shutdown."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_SECONDS = 10
"""Time for running requests to finish at shutdown."""
logger = logging.getLogger(__name__)


class PortTaken(OSError):
    """Another process listens on the port of the API."""


class _Server(uvicorn.Server):
    """A server that leaves signals to its program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures no signals."""
        yield


class CloseConnectionsOnShutdown:
    """Closes each connection with its next response during shutdown. uvicorn closes the idle ones,
    but keeps a connection that is made at that moment.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.is_shutting_down = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and adds `Connection: close` during shutdown."""

        async def send_closing(message: Message) -> None:
            if self.is_shutting_down and message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"connection", b"close")]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_closing)


async def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serves until cancelled, then finishes running requests. Raises PortTaken."""
    listener = listen(host, port)
    closing = CloseConnectionsOnShutdown(app)
    config = uvicorn.Config(
        closing,
        http="httptools",
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    logger.info("listening on http://%s:%s", *address_of(listener))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = closing.is_shutting_down = True
        await serving
        raise
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 selects a free one. Raises PortTaken."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = addresses[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Port {port} on {host} is already in use. Stop the other process, "
                "or set DESK_API_PORT to another port."
            ) from error
        raise
    return listener


def address_of(listener: socket.socket) -> tuple[str, int]:
    """Host and port of a listening socket."""
    host, port = listener.getsockname()[:2]
    return (f"[{host}]" if ":" in host else host), port
