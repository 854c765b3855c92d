import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.gate.request_limits import Deadline
from api.http.problems import MEDIA_TYPE
from api.server.limits import ConnectionLimits
from api.server.server import (
    CloseConnectionsOnShutdown,
    PortTaken,
    address_of,
    listen,
    listen_on_all,
    serve,
)
from tests.api.server.raw import Echo
from tests.api.server.raw import served as raw_served
from tests.ports import LOOPBACK, free_port


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    port = free_port()
    serving = asyncio.create_task(serve(app, LOOPBACK, port))
    # It listens before it first waits, so connections succeed from now on.
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


async def test_a_request_that_outlasts_the_shutdown_gets_a_503(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.server.server.GRACE_SECONDS", 0.05)
    received = asyncio.Event()

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        received.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient() as http:
        async with served(Deadline(never, timedelta(minutes=1))) as address:
            request = asyncio.create_task(http.post(f"{address}/tickets"))
            await received.wait()
        response = await request
    assert response.status_code == 503
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["retry-after"]
    assert "shutting down" in response.json()["detail"]


async def test_at_shutdown_every_connection_closes_with_its_next_response() -> None:
    closing = CloseConnectionsOnShutdown(PlainTextResponse("Hello."))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(closing)) as http:
        assert "connection" not in (await http.get("http://desk.example/")).headers
        closing.is_shutting_down = True
        assert (await http.get("http://desk.example/")).headers["connection"] == "close"


async def test_a_taken_port_is_an_error_of_its_own(app: FastAPI) -> None:
    with listen(LOOPBACK, 0) as taken:
        port = address_of(taken)[1]
        with pytest.raises(PortTaken, match=f"Port {port} on {LOOPBACK} is already in use"):
            await serve(app, LOOPBACK, port)


def test_an_address_of_another_machine_is_not_a_taken_port() -> None:
    with pytest.raises(OSError, match="assign") as caught:
        listen("203.0.113.1", 0)
    assert not isinstance(caught.value, PortTaken)


FORWARDED = b"GET / HTTP/1.1\r\nHost: desk\r\nX-Forwarded-For: 203.0.113.9, 203.0.113.7\r\n\r\n"


@pytest.mark.parametrize(("trusted", "client"), [((), LOOPBACK), (("127.0.0.0/8",), "203.0.113.7")])
async def test_the_address_of_a_client_comes_from_a_trusted_proxy_only(
    trusted: tuple[str, ...], client: str
) -> None:
    echo = Echo()
    async with raw_served(echo, ConnectionLimits(trusted_proxies=trusted)) as server:
        peer = await server.connect()
        await peer.send(FORWARDED)
        await peer.response()
    assert echo.client is not None
    assert echo.client[0] == client


async def test_the_unspecified_ipv6_address_serves_ipv4_as_well(app: FastAPI) -> None:
    port = free_port()
    try:
        listen("::", port).close()
    except OSError:
        # Many containers have none.
        pytest.skip("this machine has no IPv6")
    serving = asyncio.create_task(serve(app, "::", port))
    await asyncio.sleep(0)
    async with httpx.AsyncClient(trust_env=False) as http:
        for host in (LOOPBACK, "[::1]"):
            assert (await http.get(f"http://{host}:{port}/healthz")).status_code == 200
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


def test_a_name_is_listened_on_at_each_of_its_addresses() -> None:
    listeners = listen_on_all("localhost", free_port())
    hosts = {address_of(listener)[0] for listener in listeners}
    for listener in listeners:
        listener.close()
    assert LOOPBACK in hosts
    assert hosts <= {LOOPBACK, "[::1]"}


def test_ipv6_addresses_are_shown_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except OSError:
        # Many containers have no IPv6.
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert address_of(listener)[0] == "[::1]"
