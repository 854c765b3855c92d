"""The login in front of the Temporal UI: the real program refuses strangers and foreign hosts."""

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
from tests.deploy.certificates import make
from tests.polling import eventually
from tests.ports import LOOPBACK, free_ports

ADA = ("ada", "correct horse")
LOGINS = "ada $2a$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n"
"""The hash of that password, with a cost for tests."""
BO = ("bo", "correct horse")
OPERATOR = "an-operators-token"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("login")
    make(directory / "certificates")
    (directory / "logins").write_text(LOGINS + LOGINS.replace("ada", "bo"), encoding="utf-8")
    (directory / "codec-tokens").write_text(f"ada {OPERATOR}\n", encoding="utf-8")
    return directory


def variables(files: Path) -> dict[str, str]:
    return {
        "CERTIFICATES": str(files / "certificates" / "ui-login"),
        "LOGINS": str(files / "logins"),
        "CODEC_TOKENS": str(files / "codec-tokens"),
    }


async def test_the_program_accepts_the_configuration(files: Path, tmp_path: Path) -> None:
    assert await caddy.validate("Caddyfile.ui", tmp_path, **variables(files)) == ""


@pytest.mark.parametrize("logins", ["", "ada\n", "ada correct-horse\n", None])
async def test_without_a_login_and_its_hash_nothing_starts(
    files: Path, tmp_path: Path, logins: str | None
) -> None:
    path = tmp_path / "logins"
    if logins is not None:
        path.write_text(logins, encoding="utf-8")
    given = variables(files) | {"LOGINS": str(path)}
    assert await caddy.validate("Caddyfile.ui", tmp_path, **given)


@pytest.fixture(scope="module")
def ui() -> Echo:
    return Echo()


@pytest.fixture(scope="module")
def codec() -> Echo:
    return Echo()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(
    files: Path, ui: Echo, codec: Echo, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that trusts the authority, and knows no password, at the login of a UI."""
    port, health_port = map(str, free_ports(2))
    authority = str(files / "certificates" / "ui-login" / "ca.crt")
    async with (
        served(Delegating(ui), ConnectionLimits()) as server,
        served(Delegating(codec), ConnectionLimits()) as codec_server,
        caddy.running(
            "Caddyfile.ui",
            tmp_path_factory.mktemp("caddy"),
            UPSTREAM=f"{LOOPBACK}:{server.port}",
            CODEC=f"{LOOPBACK}:{codec_server.port}",
            PORT=port,
            HEALTH_PORT=health_port,
            **variables(files),
        ),
        httpx.AsyncClient(
            base_url=f"https://localhost:{port}",
            verify=ssl.create_default_context(cafile=authority),
            trust_env=False,
        ) as client,
    ):

        async def ask() -> int:
            with suppress(httpx.TransportError):
                return (await client.get(f"http://{LOOPBACK}:{health_port}/")).status_code
            return 0

        await eventually(ask, lambda status: status == 200)
        yield client


# Caddy takes a second to compare the password of an unknown name, as it would of a known one.
@pytest.mark.parametrize(
    ("method", "login"),
    [
        ("GET", None),
        ("POST", None),
        ("OPTIONS", None),
        ("GET", ("ada", "wrong")),
        ("POST", ("ada", "")),
        ("GET", ("mallory", "correct horse")),
    ],
)
async def test_nothing_reaches_the_ui_without_a_login(
    browser: httpx.AsyncClient, ui: Echo, method: str, login: tuple[str, str] | None
) -> None:
    before = len(ui.bodies)
    path = "/api/v1/namespaces/desk/workflows"
    given = httpx.BasicAuth(*login) if login else None
    response = await browser.request(method, path, auth=given, timeout=60)
    assert response.status_code == 401
    assert len(ui.bodies) == before


async def test_a_login_reaches_the_ui_which_does_not_see_the_password(
    browser: httpx.AsyncClient, ui: Echo
) -> None:
    """The UI checks no CSRF token in requests with an Authorization header."""
    response = await browser.get("/namespaces/desk/workflows", auth=ADA)
    assert response.status_code == 200
    assert b"authorization" not in dict(ui.headers)
    assert response.headers["x-frame-options"] == "DENY"
    assert "server" not in response.headers


async def test_a_login_with_a_token_reaches_the_codec_endpoint_as_that_operator(
    browser: httpx.AsyncClient, codec: Echo
) -> None:
    response = await browser.post("/codec/decode", auth=ADA, json={"payloads": []})
    assert response.status_code == 200
    assert dict(codec.headers)[b"authorization"] == f"Bearer {OPERATOR}".encode()


async def test_other_logins_and_strangers_do_not(browser: httpx.AsyncClient, codec: Echo) -> None:
    before = len(codec.bodies)
    own = {"Authorization": f"Bearer {OPERATOR}"}
    for given, status in (({"auth": BO}, 403), ({}, 401), ({"headers": own}, 401)):
        response = await browser.post("/codec/decode", json={}, timeout=60, **given)
        assert response.status_code == status
    assert len(codec.bodies) == before


async def test_without_tokens_nobody_has_the_codec(files: Path, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("# a login, and the token of an operator\n")
    given = variables(files) | {"CODEC_TOKENS": str(tmp_path / "none")}
    assert await caddy.validate("Caddyfile.ui", tmp_path, **given) == ""


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost.evil.example"])
async def test_a_foreign_host_is_refused_even_with_a_login(
    browser: httpx.AsyncClient, ui: Echo, host: str
) -> None:
    before = len(ui.bodies)
    response = await browser.get("/", auth=ADA, headers={"Host": host})
    assert response.status_code == 421
    assert len(ui.bodies) == before


async def test_there_is_no_login_without_tls(browser: httpx.AsyncClient, ui: Echo) -> None:
    before = len(ui.bodies)
    url = str(browser.base_url).replace("https", "http")
    assert (await browser.get(url, auth=ADA)).status_code == 400
    assert len(ui.bodies) == before
