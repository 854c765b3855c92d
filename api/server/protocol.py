"""One connection: uvicorn's HTTP protocol, with limits on the bytes and the time of its peer.

A connection is always in one of these states. In all but `WORKING` it waits for its peer, for a
limited time, and may have to make room for another connection.

    HEAD     until the head of a request is complete
    BODY     until its body is complete; the request is already being processed
    WORKING  until its response is complete
    IDLE     until the next request begins
    STUCK    until the peer reads what was sent, or the connection is closed
"""

import asyncio
import re
from enum import Enum, auto

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from api.http.problem_types import (
    HEAD_TOO_LARGE,
    MALFORMED_REQUEST,
    REQUEST_TIMEOUT,
    ProblemType,
)
from api.server.connections import Connections
from api.server.refusals import refusal

MOST_PIPELINED = 8
"""Requests of one connection that wait for the response to the one before."""
LARGEST_READ = 16 * 1024
"""Bytes that are read at once."""
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:[0-9]*)?")
LARGEST_OVERHEAD = 8
"""Bytes received for one byte of a body; chunks of one byte need six."""


class State(Enum):
    """What a connection waits for."""

    HEAD = auto()
    BODY = auto()
    WORKING = auto()
    IDLE = auto()
    STUCK = auto()


class _TooLarge(Exception):
    """The head of a request, or what surrounds its body, is too large."""


class _Malformed(Exception):
    """The parser accepts the head of a request, and RFC 9112 does not."""


class _TooManyPipelined(Exception):
    """Too many requests wait on one connection."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection with limits, registered with the connections of its server."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        loop: asyncio.AbstractEventLoop,
        connections: Connections,
        address: str,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state={}, _loop=loop)
        self.address = address
        self.expires_at: float | None = None
        self._registry = connections
        self._limits = connections.limits
        self._state = State.HEAD
        self._is_lost = False
        self._running: RequestResponseCycle | None = None
        # Of the message that is being received.
        self._in_head = self._in_body = False
        self._head_received = self._field_bytes = 0
        self._body_received = self._body_delivered = 0

    def connection_made(  # type: ignore[override] # asyncio passes a Transport
        self, transport: asyncio.Transport
    ) -> None:
        """Registers the connection, which has to send a request now."""
        super().connection_made(transport)
        # Of a response, no more is kept than the part that the kernel did not take.
        transport.set_write_buffer_limits(high=0)
        # asyncio would read up to 256 KiB before anything can object.
        transport.max_size = LARGEST_READ  # type: ignore[attr-defined]
        self._registry.opened(self)
        self._enter(State.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Unregisters the connection."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._is_lost = True
        self._disconnect(self._running)
        self._registry.closed(self)

    def data_received(self, data: bytes) -> None:
        """Parses what the peer sent, within the limits."""
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        if self._state is State.IDLE:
            self._enter(State.HEAD)
        waited_for_head = self._state is State.HEAD
        if self._in_body:
            self._body_received += len(data)
        try:
            self.parser.feed_data(data)
            self._check_unfinished(len(data) if waited_for_head else 0)
        except httptools.HttpParserUpgrade:
            # The request is answered as any other; what follows on the connection is not HTTP.
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            self._refuse_after(error.__context__)
        except _TooLarge:
            self._refuse(HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begins a request."""
        super().on_message_begin()
        self._in_head = True
        self._head_received = self._field_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Adds a field of the head. Fields after the body (trailers) are dropped."""
        if not self._in_head:
            return
        # The parser leaves the white space after a value (RFC 9112, section 5.1).
        super().on_header(name, value.rstrip(b" \t"))
        self._field_bytes += len(name) + len(value)
        is_large = self._field_bytes + len(self.url) > self._limits.head_bytes
        if is_large or len(self.headers) > self._limits.head_fields:
            raise _TooLarge

    def on_headers_complete(self) -> None:
        """Starts the request, or queues it behind the one before."""
        if len(self.url) > self._limits.head_bytes:
            raise _TooLarge
        if len(self.pipeline) >= MOST_PIPELINED:
            raise _TooManyPipelined
        self._check_head()
        super().on_headers_complete()
        self._in_head, self._in_body = False, True
        self._body_received = self._body_delivered = 0
        if self._state is State.HEAD:
            self._enter(State.BODY)

    def _check_head(self) -> None:
        """What a server has to refuse (RFC 9112, sections 3.2 and 6.1), and a proxy in front may
        read in another way.
        """
        version = self.parser.get_http_version()
        hosts = [value for name, value in self.headers if name == b"host"]
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if version not in ("1.0", "1.1") or (len(hosts) != 1 and (hosts or version == "1.1")):
            raise _Malformed
        if not all(map(_HOST.fullmatch, hosts)):
            raise _Malformed
        if codings and (version == "1.0" or b"".join(codings).lower() != b"chunked"):
            raise _Malformed

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        # With pipelined requests, `self.cycle` is the last one and this is not.
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Passes a part of a body on."""
        super().on_body(body)
        self._body_delivered += len(body)

    def on_message_complete(self) -> None:
        """Completes a request."""
        super().on_message_complete()
        self._in_body = False
        if self._state is State.BODY:
            self._enter(State.IDLE if self.cycle.response_complete else State.WORKING)

    def on_response_complete(self) -> None:
        """Waits for the next request, or for the end of the connection."""
        if self._running is not None:
            # What the app did not read of the body. The request stays until the next one.
            self._running.body = bytearray()
        super().on_response_complete()
        if self.transport.is_closing() or self.flow.write_paused:
            self._enter(State.STUCK)
        elif not self.cycle.response_complete:
            # A pipelined request follows.
            self._enter(State.BODY if self._in_body else State.WORKING)
        elif self._in_head:
            self._enter(State.HEAD)
        elif not self._in_body:
            self._enter(State.IDLE)

    def pause_writing(self) -> None:
        """Waits for the peer to read."""
        super().pause_writing()
        self._enter(State.STUCK)

    def resume_writing(self) -> None:
        """Goes on after the peer has read."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._enter(State.IDLE if self.cycle.response_complete else State.WORKING)

    def expire(self) -> None:
        """Ends the connection because its peer has taken too long."""
        has_begun = self._in_head or self._in_body
        if self._state is State.STUCK:
            self._registry.note("a response was not read", self.address)
            self.abort()
        elif has_begun:
            self._refuse(REQUEST_TIMEOUT)
        else:
            self._close()

    def abort(self) -> None:
        """Ends the connection at once."""
        self.expires_at = None
        self._disconnect(self._running)
        self.transport.abort()

    def _check_unfinished(self, received: int) -> None:
        if self._in_head:
            # The parser keeps an incomplete field, so bytes count before the field is complete.
            self._head_received += received
            if self._head_received > self._limits.head_bytes:
                raise _TooLarge
        allowed = self._limits.head_bytes + LARGEST_OVERHEAD * self._body_delivered
        if self._in_body and self._body_received > allowed:
            raise _TooLarge

    def _refuse_after(self, cause: BaseException | None) -> None:
        if isinstance(cause, _TooManyPipelined):
            self._registry.note("too many pipelined requests", self.address)
            self.abort()
        else:
            self._refuse(HEAD_TOO_LARGE if isinstance(cause, _TooLarge) else MALFORMED_REQUEST)

    def _refuse(self, type: ProblemType) -> None:
        """Answers in place of the app, unless it has begun to, and closes the connection."""
        self._registry.note(type.title.lower(), self.address)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            # The response to this request can be complete while its body still comes.
            if not self._in_body:
                self.transport.write(refusal(type))
        elif not cycle.response_started and not self.pipeline:
            self.transport.write(refusal(type))
        self._close()

    def _disconnect(self, cycle: RequestResponseCycle | None) -> None:
        """Tells the app that nobody waits for its response, of which no more is written."""
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()

    def _close(self) -> None:
        self._enter(State.STUCK)
        self._disconnect(self.cycle)
        self._disconnect(self._running)
        self.transport.close()

    def _enter(self, state: State) -> None:
        if self._is_lost:
            # A pipelined request can still be processed when the connection is gone.
            return
        self._state = state
        if state is State.WORKING:
            self.expires_at = None
            self._registry.works(self)
            return
        self.expires_at = self.loop.time() + self._seconds_for(state)
        self._registry.waits(self)

    def _seconds_for(self, state: State) -> float:
        limits = self._limits
        match state:
            case State.HEAD:
                return limits.head_seconds
            case State.BODY:
                return limits.body_seconds
            case State.IDLE:
                return limits.idle_seconds
            case _:
                return limits.write_seconds
