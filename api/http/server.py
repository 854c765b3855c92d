"""Serving the API over HTTP, with an orderly beginning and end."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_SECONDS = 10
"""How long requests in hand may take when the server stops."""
logger = logging.getLogger(__name__)


class PortTaken(OSError):
    """Something else listens where the API should; the message says where, for people."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the program it is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


class CloseConnectionsOnShutdown:
    """Ends connections with their next answer once the server stops. It ends those it knows of by
    itself, but one that was made in that moment would be kept, and used, until it is gone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.is_leaving = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, and says with its answer whether another may follow."""

        async def answering(message: Message) -> None:
            if self.is_leaving and message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"connection", b"close")]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, answering)


async def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serves until cancelled, then finishes the requests in hand. Raises PortTaken.

    Signals are not handled here: whoever runs this cancels it.
    """
    listener = listen(host, port)
    leaving = CloseConnectionsOnShutdown(app)
    config = uvicorn.Config(
        leaving,
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
        server.should_exit = leaving.is_leaving = True
        await serving
        raise
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes any that is free. Raises PortTaken."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} on {host} is taken; stop what listens there, "
                "or set DESK_API_PORT to another port"
            ) from error
        raise
    return listener


def address_of(listener: socket.socket) -> tuple[str, int]:
    """Host and port of a listening socket."""
    host, port = listener.getsockname()[:2]
    return (f"[{host}]" if ":" in host else host), port
