"""Serves the API over HTTP, with limits of connections and graceful shutdown."""

import asyncio
import contextlib
import errno
import logging
import math
import socket
from collections.abc import Iterator
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.server.acceptor import Acceptor
from api.server.connections import Connections
from api.server.limits import DEFAULT_LIMITS, ConnectionLimits
from api.server.protocol import LimitedProtocol

GRACE_SECONDS = 10
"""Time for running requests to finish at shutdown."""
logger = logging.getLogger(__name__)


class PortTaken(OSError):
    """Another process listens on the port of the API."""


class _Server(uvicorn.Server):
    """A server that leaves signals to its program, and accepts connections within limits."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self.connections = connections

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures no signals."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts connections of the listening sockets."""
        acceptors = [
            Acceptor(listener, self.connections, self._protocol) for listener in sockets or ()
        ]
        for acceptor in acceptors:
            acceptor.start()
        # uvicorn only closes them and waits.
        self.servers = cast("list[asyncio.base_events.Server]", acceptors)
        self.started = True

    def _protocol(self, address: str) -> LimitedProtocol:
        loop = asyncio.get_running_loop()
        return LimitedProtocol(self.config, self.server_state, loop, self.connections, address)


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


async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    limits: ConnectionLimits = DEFAULT_LIMITS,
    *,
    quietly: bool = False,
) -> None:
    """Serves until cancelled, then finishes running requests. Logs where, unless `quietly`. Raises
    PortTaken.
    """
    listeners = listen_on_all(host, port)
    closing = CloseConnectionsOnShutdown(app)
    server = _Server(_config(closing, limits), Connections(limits, asyncio.get_running_loop().time))
    serving = asyncio.create_task(server.serve(sockets=listeners))
    sweeping = asyncio.create_task(_sweep(server.connections))
    for listener in () if quietly else listeners:
        logger.info("listening on http://%s:%s", *address_of(listener))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = closing.is_shutting_down = True
        await serving
        raise
    finally:
        sweeping.cancel()
        for listener in listeners:
            listener.close()


def _config(app: ASGIApp, limits: ConnectionLimits) -> uvicorn.Config:
    proxies = list(limits.trusted_proxies)
    return uvicorn.Config(
        app,
        http=LimitedProtocol,
        ws="none",
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        lifespan="off",
        server_header=False,
        # Otherwise uvicorn believes everyone on this machine, or FORWARDED_ALLOW_IPS.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_keep_alive=math.ceil(limits.idle_seconds),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def _sweep(connections: Connections) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(connections.limits.sweep_seconds)
        connections.sweep(clock())


def listen_on_all(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of the host, of IPv4 and IPv6. Raises PortTaken."""
    addresses = dict.fromkeys(
        found[4][0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    listeners: list[socket.socket] = []
    for address in addresses:
        try:
            listeners.append(listen(str(address), port))
        except OSError as error:
            # `localhost` is often listed with an IPv6 address that the machine does not have.
            if isinstance(error, PortTaken) or (address == [*addresses][-1] and not listeners):
                for listener in listeners:
                    listener.close()
                raise
    return listeners


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on the first address of a host; port 0 selects a free one. `::` listens
    on IPv4 as well. Raises PortTaken.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = addresses[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
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
