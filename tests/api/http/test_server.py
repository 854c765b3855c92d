import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import MEDIA_TYPE
from api.http.request_limits import Deadline
from api.http.server import CloseConnectionsOnShutdown, PortTaken, address_of, listen, serve
from tests.ports import LOOPBACK, free_port


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    port = free_port()
    serving = asyncio.create_task(serve(app, LOOPBACK, port))
    # It listens before it first waits, so whoever connects from now on is answered.
    await asyncio.sleep(0)
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_app_is_served_until_cancelled(app: FastAPI) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert "server" not in (await http.get("/healthz")).headers
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as http:
            await http.get(f"{address}/healthz")


async def test_large_body_is_refused_on_the_wire(app: FastAPI) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as http:
        headers = {"authorization": "Bearer service-token", "content-type": "application/json"}
        response = await http.post("/tickets", content=b"x" * 1_000_000, headers=headers)
        assert response.status_code == 413
        assert response.headers["connection"] == "close"


async def test_a_request_that_the_server_cannot_wait_for_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.http.server.GRACE_SECONDS", 0.05)
    in_hand = asyncio.Event()

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        in_hand.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient() as http:
        async with served(Deadline(never, timedelta(minutes=1))) as address:
            asked = asyncio.create_task(http.post(f"{address}/tickets"))
            await in_hand.wait()
        answer = await asked
    assert answer.status_code == 503
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["retry-after"]
    assert "about to stop" in answer.json()["detail"]


async def test_a_server_that_stops_ends_every_connection_with_its_next_answer() -> None:
    leaving = CloseConnectionsOnShutdown(PlainTextResponse("Hello."))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(leaving)) as http:
        assert "connection" not in (await http.get("http://desk.example/")).headers
        leaving.is_leaving = True
        assert (await http.get("http://desk.example/")).headers["connection"] == "close"


async def test_port_that_is_taken_is_told_in_words(app: FastAPI) -> None:
    with listen(LOOPBACK, 0) as taken:
        port = address_of(taken)[1]
        with pytest.raises(PortTaken, match=f"port {port} on {LOOPBACK} is taken"):
            await serve(app, LOOPBACK, port)


def test_other_addresses_are_errors_of_their_own() -> None:
    with pytest.raises(OSError, match="assign") as caught:
        listen("203.0.113.1", 0)
    assert not isinstance(caught.value, PortTaken)


def test_ipv6_addresses_are_shown_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except OSError:
        # Many containers have none, and nothing can put one there.
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert address_of(listener)[0] == "[::1]"
