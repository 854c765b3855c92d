"""The TLS proxy of the deployment: the real program accepts its configuration, and works."""

import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api.server.limits import ConnectionLimits
from tests.api.server.raw import Delegating, Echo, served
from tests.deploy import caddy
from tests.polling import eventually
from tests.ports import LOOPBACK, free_ports


async def test_the_program_accepts_the_configuration(tmp_path: Path) -> None:
    assert await caddy.validate("Caddyfile", tmp_path, DOMAIN="desk.example.com") == ""


@pytest.fixture(scope="module")
def app() -> Echo:
    return Echo()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def url(app: Echo, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URL of the proxy in front of a server that trusts it."""
    limits = ConnectionLimits(trusted_proxies=(LOOPBACK,))
    http_port, https_port, health_port = map(str, free_ports(3))
    async with (
        served(Delegating(app), limits) as server,
        caddy.running(
            "Caddyfile",
            tmp_path_factory.mktemp("caddy"),
            UPSTREAM=f"{LOOPBACK}:{server.port}",
            HTTP_PORT=http_port,
            HTTPS_PORT=https_port,
            HEALTH_PORT=health_port,
        ),
    ):
        yield f"https://localhost:{https_port}"


@pytest_asyncio.fixture(loop_scope="session")
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    # The proxy has a certificate authority of its own for localhost.
    async with httpx.AsyncClient(base_url=url, verify=False, trust_env=False) as client:

        async def ask() -> int:
            with suppress(httpx.TransportError):
                return (await client.get("/")).status_code
            return 0

        await eventually(ask, lambda status: status == 200)
        yield client


async def test_requests_reach_the_api_over_tls_with_the_address_of_the_client(
    http: httpx.AsyncClient, app: Echo
) -> None:
    response = await http.get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert response.headers["strict-transport-security"] == "max-age=31536000"
    assert "server" not in response.headers
    # Of what the client claims, nothing is left.
    assert dict(app.headers)[b"x-forwarded-for"] == LOOPBACK.encode()
    assert dict(app.headers)[b"x-forwarded-proto"] == b"https"


async def test_a_body_above_the_limit_is_refused_by_the_proxy(
    http: httpx.AsyncClient, app: Echo
) -> None:
    before = len(app.bodies)
    assert (await http.post("/", content=b"a" * 300_000)).status_code in (413, 502)
    assert len(app.bodies) == before


async def test_an_api_that_refuses_a_connection_is_left_out_for_a_while(tmp_path: Path) -> None:
    nobody, http_port, https_port, health_port = map(str, free_ports(4))
    async with (
        caddy.running(
            "Caddyfile",
            tmp_path,
            UPSTREAM=f"{LOOPBACK}:{nobody}",
            HTTP_PORT=http_port,
            HTTPS_PORT=https_port,
            HEALTH_PORT=health_port,
        ),
        # The proxy has a certificate authority of its own for localhost.
        httpx.AsyncClient(
            base_url=f"https://localhost:{https_port}", verify=False, trust_env=False
        ) as client,
    ):

        async def ask() -> int:
            with suppress(httpx.TransportError):
                return (await client.get("/")).status_code
            return 0

        await eventually(ask, lambda status: status == httpx.codes.BAD_GATEWAY)
        # There is no other API. If there were one, it would get the request.
        await eventually(ask, lambda status: status == httpx.codes.SERVICE_UNAVAILABLE)


async def test_old_versions_of_tls_are_refused(url: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
