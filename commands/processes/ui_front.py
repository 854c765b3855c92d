"""A front of the Temporal UI of `desk up` that refuses foreign hosts.

The UI answers whatever name it is reached by, so a web page could have its own name resolve to this
machine and read every ticket through the browser of a developer (DNS rebinding). The front passes
on only requests to a loopback address or to `localhost`. The UI itself listens on an address that a
page cannot guess.
"""

from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus

import httpx
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bootstrap.setting_types import is_loopback

REFUSAL = "The Temporal UI answers to localhost and to loopback addresses only.\n"
_PER_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}
"""Fields about one connection (RFC 9110, section 7.6.1)."""
LONGEST_RESPONSE = 60.0


def is_local(host: str) -> bool:
    """Whether a Host field names this machine, on any port."""
    name = host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name.strip("[]"))


class UiFront:
    """Passes requests on to the UI at a URL; 421 if their Host is foreign."""

    def __init__(self, ui: str) -> None:
        self._http = httpx.AsyncClient(base_url=ui, trust_env=False, timeout=LONGEST_RESPONSE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or not is_local(hosts[0]):
            refusal = PlainTextResponse(REFUSAL, HTTPStatus.MISDIRECTED_REQUEST)
            return await refusal(scope, receive, send)
        try:
            response = await self._http.send(self._request(scope, receive), stream=True)
        except httpx.HTTPError:
            unavailable = PlainTextResponse("The Temporal UI does not answer.\n", 502)
            return await unavailable(scope, receive, send)
        try:
            await _pass_on(response, send)
        finally:
            await response.aclose()

    def _request(self, scope: Scope, receive: Receive) -> httpx.Request:
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        path = self._http.base_url.copy_with(raw_path=scope["raw_path"] + query)
        headers = _without_hops(scope["headers"])
        own = Headers(scope=scope)
        has_body = "content-length" in own or "transfer-encoding" in own
        content = _body(receive) if has_body else None
        return self._http.build_request(scope["method"], path, headers=headers, content=content)


async def _pass_on(response: httpx.Response, send: Send) -> None:
    headers = _without_hops((n.lower(), value) for n, value in response.headers.raw)
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    await send(start)
    async for part in response.aiter_raw():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _without_hops(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.decode("latin-1") not in _PER_HOP]


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        yield message.get("body", b"")
        more = message.get("more_body", False)
