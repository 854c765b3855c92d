"""What a request may be before anything reads it: small, JSON, answered in JSON, and in time.

Pure ASGI, so that nothing of a large body is kept: the limit holds for bodies that come in
chunks without a Content-Length as well.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import problems
from api.http.error_handlers import unavailable
from api.http.problems import Problem

_READABLE = {"application/json", "application/*", "*/*"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How many bytes one request body may have, and how long the desk may take to answer."""

    largest_body: int = 256 * 1024
    patience: timedelta = timedelta(seconds=5)


LIMITS = Limits()
"""What holds unless the app is told otherwise."""


class JsonOnly:
    """Takes bodies of JSON up to a size, and answers only those who take JSON (RFC 9110)."""

    def __init__(self, app: ASGIApp, largest_body: int) -> None:
        self._app = app
        self._largest = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or refuses it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            headers = Headers(scope=scope)
            _check_accept(headers.getlist("accept"))
            self._check_size(int(_digits(headers.get("content-length"))))
            body = await self._read(receive)
            if body:
                _check_media_type(headers)
        except Problem as problem:
            return await problem.response(scope["path"])(scope, receive, send)
        return await self._app(scope, _Replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            self._check_size(len(body))
            if not message.get("more_body", False):
                return bytes(body)

    def _check_size(self, size: int) -> None:
        if size > self._largest:
            # What is left of the body is not read, so the connection cannot be used again.
            raise Problem(
                problems.BODY_TOO_LARGE,
                f"a body has {self._largest} bytes at most",
                headers={"Connection": "close"},
            )


class Deadline:
    """Answers 503 when the desk does not answer in time, whatever it is waiting for, and when it
    stops and can wait no longer.
    """

    def __init__(self, app: ASGIApp, patience: timedelta) -> None:
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Waits for an answer, but not for ever."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                return await self._app(scope, receive, send)
        except TimeoutError:
            why = "did not answer in time"
        except asyncio.CancelledError:
            # Of the server: nobody else cancels a request, and after this one there is nothing.
            why = "is about to stop"
        asked_of = {"ticket": scope.get("path_params", {}).get("number")}
        logger.warning("%s %s: %s", scope["method"], scope["path"], why, extra=asked_of)
        problem = unavailable(
            f"the desk {why}; the same request with the same key can be sent again"
        )
        return await problem.response(scope["path"])(scope, receive, send)


class _Replay:
    """Hands a body that was read to the app, and then whatever else comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _check_media_type(headers: Headers) -> None:
    given = headers.get("content-type", "")
    media_type, _, parameters = given.partition(";")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    coding = headers.get("content-encoding", "identity").lower()
    is_utf8 = charset in ("", "charset=utf-8", "charset=utf8")
    if media_type.strip().lower() != "application/json" or not is_utf8 or coding != "identity":
        raise Problem(
            problems.UNSUPPORTED_MEDIA_TYPE,
            "send the body as application/json in UTF-8, not compressed",
            headers={"Accept": "application/json"},
        )


def _check_accept(given: Iterable[str]) -> None:
    ranges = [part for line in given for part in line.split(",") if part.strip()]
    if ranges and not any(_admits_json(part) for part in ranges):
        raise Problem(problems.NOT_ACCEPTABLE, "accept application/json")


def _admits_json(media_range: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in media_range.split(";"))
    refused = any(p.startswith("q=") and not p.strip("q=0.") for p in parameters)
    return media_type in _READABLE and not refused


def _digits(length: str | None) -> str:
    return length if length and length.isascii() and length.isdigit() else "0"
