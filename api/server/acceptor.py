"""Accepts connections, so that those above a limit cost neither a descriptor nor a task.

asyncio's own server accepts whatever waits, up to its backlog in one turn, before a protocol can
object, and at the end of its descriptors logs an error for each attempt.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable

from api.http.problem_types import TOO_MANY_CONNECTIONS
from api.server.connections import Connections
from api.server.refusals import refusal

BACKLOG = 512
"""Connections that the kernel keeps until they are accepted."""
ACCEPTS_PER_TURN = 4
"""Connections that are accepted before others are served again."""
RECEIVE_BUFFER = 64 * 1024
"""Bytes that the kernel receives before they are read. One read returns no more."""
SEND_BUFFER = 64 * 1024
"""Bytes that the kernel takes for a peer, which it doubles. By itself it takes megabytes, so that a
long response is made to its end for a peer that reads nothing.
"""
PAUSE_SECONDS = 0.1
_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

MakeProtocol = Callable[[str], asyncio.Protocol]
"""Makes the protocol of a connection from an address."""


class Acceptor:
    """Accepts the connections of one listening socket. uvicorn closes it as one of its servers."""

    def __init__(
        self, listener: socket.socket, connections: Connections, make_protocol: MakeProtocol
    ) -> None:
        self._listener = listener
        self._connections = connections
        self._make_protocol = make_protocol
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Accepts from now on."""
        self._listener.setblocking(False)
        # Inherited by the connections.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._listener.listen(BACKLOG)
        self._loop.add_reader(self._listener, self._accept)

    def close(self) -> None:
        """Accepts no more."""
        self._loop.remove_reader(self._listener)
        self._listener.close()

    async def wait_closed(self) -> None:
        """Returns at once: the connections are closed by their server."""

    def _accept(self) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            try:
                connected, (host, *_rest) = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _OUT_OF_RESOURCES:
                    raise
                self._pause()
                return
            address = self._connections.admit(host)
            if address is None:
                _refuse(connected)
            else:
                self._serve(connected, address)

    def _serve(self, connected: socket.socket, address: str) -> None:
        connected.setblocking(False)
        task = self._loop.create_task(self._connect(connected, address))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, connected: socket.socket, address: str) -> None:
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._make_protocol(address), connected
            )
        except OSError:
            # The peer is gone already.
            connected.close()
            self._connections.release(address)

    def _pause(self) -> None:
        """Out of descriptors or memory, which is not due to these connections alone."""
        self._connections.make_room()
        self._loop.remove_reader(self._listener)
        self._loop.call_later(PAUSE_SECONDS, self._resume)

    def _resume(self) -> None:
        if self._listener.fileno() != -1:
            self._loop.add_reader(self._listener, self._accept)


def _refuse(connected: socket.socket) -> None:
    connected.setblocking(False)
    with contextlib.suppress(OSError):
        connected.send(refusal(TOO_MANY_CONNECTIONS))
    connected.close()
