"""What holds for every response: security headers, and HEAD wherever there is GET."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.security_headers import SECURITY_HEADERS

_HEADERS = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class ResponseRules:
    """Adds the security headers, and answers HEAD as GET without a body (RFC 9110)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and completes its response."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        is_head = scope["method"] == "HEAD"

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        # A copy: the server reads the method of its own scope, and leaves out the body.
        inner = {**scope, "method": "GET"} if is_head else scope
        await self._app(inner, receive, complete)
        return None
