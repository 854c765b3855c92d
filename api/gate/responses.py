"""What holds for every response: security headers, HEAD wherever there is GET, and parts of bodies.

A long body is sent in parts, each after the peer has read enough of the one before, so that a peer
that does not read costs the memory of a part and not of the whole body.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.security_headers import SECURITY_HEADERS

_HEADERS = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


LARGEST_PART = 16 * 1024
"""Bytes of a body that are sent at once."""


class ResponseRules:
    """Adds the security headers, sends long bodies in parts, and answers HEAD as GET without a body
    (RFC 9110).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and completes its response."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        is_head = scope["method"] == "HEAD"

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = [each for each in _HEADERS if each[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            elif is_head:
                message = {**message, "body": b""}
            elif len(message.get("body", b"")) > LARGEST_PART:
                return await _send_in_parts(message, send)
            return await send(message)

        # A copy: the server reads the method of its own scope, and leaves out the body.
        inner = {**scope, "method": "GET"} if is_head else scope
        await self._app(inner, receive, complete)
        return None


async def _send_in_parts(message: Message, send: Send) -> None:
    body, more = message["body"], message.get("more_body", False)
    for start in range(0, len(body), LARGEST_PART):
        end = start + LARGEST_PART
        is_last = end >= len(body)
        part = {"type": message["type"], "body": body[start:end]}
        await send({**part, "more_body": more or not is_last})
        # Others are served in between, and the server notices that the peer is gone.
        await asyncio.sleep(0)
