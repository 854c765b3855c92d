"""Checks of a request before its body is used: completeness, size, media types, strict JSON, and
the response time.

This is pure ASGI, so a body above the limit is never buffered, not even one that comes in chunks
without a Content-Length, and a request that breaks off is never passed on.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.gate.body_budget import BodyBudget, Share
from api.gate.quiet_log import QuietLog
from api.gate.strict_json import check_json
from api.http import problem_types
from api.http.auth import CALLER
from api.http.error_handlers import unavailable
from api.http.problems import Problem

PAGES = frozenset({"docs", "problems"})
"""First parts of paths that are also pages for people."""
_JSON_RANGES = {"application/json", "application/*", "*/*"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """Limits of one request, and of the bodies of all requests together."""

    max_body_bytes: int = 256 * 1024
    max_buffered_bytes: int = 16 * 1024 * 1024
    timeout: timedelta = timedelta(seconds=5)


DEFAULT_LIMITS = Limits()


LARGEST_DISCARDED_BODY = 4 * 1024 * 1024
"""Bytes of a body that is too large, and read all the same before the refusal."""


class BrokenOff(Exception):
    """The connection ended before the body was complete, so nobody waits for a response."""


class JsonOnly:
    """Rejects bodies that are not strict JSON or too large, and callers that do not accept JSON
    (RFC 9110). Nothing is done for a request that breaks off.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, max_buffered_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._budget = BodyBudget(max_buffered_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a valid and complete request on, with its body buffered."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        with self._budget.share_of(scope) as share:
            try:
                headers = Headers(scope=scope)
                _check_accept(scope["path"], headers.getlist("accept"))
                await self._check_declared_size(headers, receive)
                # Without a caller, only public documents are read, and no body is needed.
                body = await self._read(receive, share) if CALLER in scope else b""
                if body:
                    _check_media_type(headers)
                    check_json(body)
            except BrokenOff:
                return None
            except Problem as problem:
                return await problem.response(scope["path"])(scope, receive, send)
            return await self._app(scope, _BufferedBody(body, receive), send)

    async def _read(self, receive: Receive, share: Share) -> bytes:
        body = bytearray()
        while True:
            message = await share.next_part(receive)
            if message["type"] != "http.request":
                raise BrokenOff
            part = message.get("body", b"")
            self._check_size(len(body) + len(part))
            share.take(len(part))
            body += part
            if not message.get("more_body", False):
                share.complete()
                return bytes(body)

    async def _check_declared_size(self, headers: Headers, receive: Receive) -> None:
        declared = _content_length(headers)
        is_on_its_way = "expect" not in headers
        if self._max_body_bytes < declared <= LARGEST_DISCARDED_BODY and is_on_its_way:
            # A sender that is still busy when the connection closes does not see the response.
            await _discard(receive)
        self._check_size(declared)

    def _check_size(self, size: int) -> None:
        if size > self._max_body_bytes:
            # The rest of the body stays unread, so the connection cannot be reused.
            raise Problem(
                problem_types.BODY_TOO_LARGE,
                f"the maximum size of a body is {self._max_body_bytes} bytes",
                headers={"Connection": "close"},
            )


class Deadline:
    """Responds with 503 after the timeout, and when the server shuts down during a request."""

    def __init__(self, app: ASGIApp, timeout: timedelta) -> None:
        self._app = app
        self._timeout = timeout
        self._log = QuietLog(logger, "requests without a token were not answered")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and limits the time for its response."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limit = asyncio.timeout(self._timeout.total_seconds())

        async def begin_response(message: Message) -> None:
            # From here on it is the server that limits how long the peer may take.
            if not limit.expired():
                limit.reschedule(None)
            await send(message)

        try:
            async with limit:
                return await self._app(scope, receive, begin_response)
        except TimeoutError:
            reason = "no response in time"
        except asyncio.CancelledError:
            # Only the server cancels a request, as the last step of its shutdown.
            reason = "the API is shutting down"
        ticket = {"ticket": scope.get("path_params", {}).get("number")}
        if CALLER in scope:
            logger.warning("%s %s: %s", scope["method"], scope["path"], reason, extra=ticket)
        else:
            self._log.note(f"{scope['path']}: {reason}")
        problem = unavailable(f"{reason}; retry the same request with the same key")
        return await problem.response(scope["path"])(scope, receive, send)


async def _discard(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BrokenOff
        if not message.get("more_body", False):
            return


class _BufferedBody:
    """Delivers a body that was read already, then passes further messages on."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _check_media_type(headers: Headers) -> None:
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    coding = headers.get("content-encoding", "identity").lower()
    is_utf8 = charset in ("", "charset=utf-8", "charset=utf8")
    if media_type.strip().lower() != "application/json" or not is_utf8 or coding != "identity":
        raise Problem(
            problem_types.UNSUPPORTED_MEDIA_TYPE,
            "send the body as application/json in UTF-8, not compressed",
            headers={"Accept": "application/json"},
        )


def _check_accept(path: str, values: Iterable[str]) -> None:
    if path.strip("/").partition("/")[0] in PAGES:
        return
    ranges = [part for value in values for part in value.split(",") if part.strip()]
    if ranges and not any(_admits_json(part) for part in ranges):
        raise Problem(problem_types.NOT_ACCEPTABLE, "include application/json in Accept")


def _admits_json(media_range: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in media_range.split(";"))
    is_excluded = any(p.startswith("q=") and not p.strip("q=0.") for p in parameters)
    return media_type in _JSON_RANGES and not is_excluded


def _content_length(headers: Headers) -> int:
    """The declared length; 0 for an absent or invalid one, since the body is measured as well."""
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
