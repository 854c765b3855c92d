"""Temporal's UI in a browser: an operator reads an encrypted ticket, another login does not."""

import os
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.audit.log import AuditLog
from api.codec.app import create_codec_app
from bootstrap.senders import senders
from commands.simulation.simulated_desk import silenced_stdout
from encryption.client_options import client_options
from encryption.codec import EncryptionCodec
from tests.activities.adapters.http_servers import serving
from tests.api.caller import Caller, authenticator, make_app
from tests.deploy import caddy
from tests.deploy.browser import Browser, browser
from tests.deploy.certificates import make
from tests.deploy.test_ui_login import ADA, BO, LOGINS
from tests.encryption.keys import ring
from tests.harness import CATALOG, HARBOUR, IDENTITY, RecordingMailer
from tests.polling import eventually
from tests.ports import LOOPBACK, free_ports
from worker import make_worker
from workflows.temporal.connection import SEARCH_ATTRIBUTES, connect, ticket_workflow_id
from workflows.temporal.dev_server import server_binary

SECRET = "Marmalade on the keyboard"
SCREENSHOTS = os.environ.get("SCREENSHOTS")
"""A directory for pictures of what each login sees, as those in docs/images."""


@dataclass
class Scene:
    """The URL of an encrypted ticket in the UI, behind the deployment's login, and a browser."""

    page: str
    audited: list[bytes]
    browser: Browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = tmp_path_factory.mktemp("ui")
    make(directory / "certificates")
    (directory / "logins").write_text(LOGINS + LOGINS.replace("ada", "bo"))
    (directory / "codec-tokens").write_text("ada operator-token\n")
    keys, audited = ring(directory), list[bytes]()
    port, health_port, ui_port = free_ports(3)

    def write(line: bytes) -> int:
        audited.append(line)
        return len(line)

    codec = create_codec_app(EncryptionCodec(keys), authenticator(), audit=AuditLog(write))
    with silenced_stdout():
        server = await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(server_binary()),
            search_attributes=list(SEARCH_ATTRIBUTES),
            dev_server_log_level="error",
            ui=True,
            ui_port=ui_port,
            dev_server_extra_args=["--ui-codec-endpoint", f"https://localhost:{port}/codec"],
        )
    async with server as env, serving(codec) as endpoint:
        client = await connect(env.client.service_client.config.target_host, **client_options(keys))
        worker = make_worker(
            client,
            senders=senders(RecordingMailer(), IDENTITY),
            contracts=InMemoryContracts([HARBOUR]),
            catalog=CATALOG,
        )
        async with (
            worker,
            caddy.running(
                "Caddyfile.ui",
                directory,
                CERTIFICATES=str(directory / "certificates" / "ui-login"),
                LOGINS=str(directory / "logins"),
                CODEC_TOKENS=str(directory / "codec-tokens"),
                UPSTREAM=f"{LOOPBACK}:{ui_port}",
                CODEC=endpoint.removeprefix("http://"),
                PORT=str(port),
                HEALTH_PORT=str(health_port),
            ),
            httpx.AsyncClient(trust_env=False) as http,
            browser(directory / "browser", width=1000, height=1000) as page,
        ):
            number = await Caller(make_app(client), "agent-token").opened(subject=SECRET)

            async def asked() -> int:
                with suppress(httpx.TransportError):
                    return (await http.get(f"http://{LOOPBACK}:{health_port}/")).status_code
                return 0

            await eventually(asked, lambda status: status == 200)
            id = ticket_workflow_id(number)
            run = (await client.get_workflow_handle(id).describe()).run_id
            path = f"namespaces/default/workflows/{id.replace('/', '%2F')}/{run}/memo"
            yield Scene(f"https://localhost:{port}/{path}", audited, page)


async def seen(scene: Scene, login: tuple[str, str], until: str) -> str:
    """The text of the page of the memo, once it has this one. The memo is the subject."""
    page = scene.browser
    await page.log_in_as(login)
    await page.open(scene.page)
    text = await page.text(lambda text: until in text)
    if SCREENSHOTS:
        (Path(SCREENSHOTS) / f"temporal-memo-{login[0]}.png").write_bytes(await page.screenshot())
    return text


@pytest.mark.fault(65)
async def test_an_operator_reads_the_ticket_and_the_record_names_it(scene: Scene) -> None:
    await seen(scene, ADA, until=SECRET)
    assert any(b"decode_payloads" in line for line in scene.audited)


@pytest.mark.fault(65)
async def test_another_login_sees_ciphertexts(scene: Scene, tmp_path: Path) -> None:
    before = len(scene.audited)
    text = await seen(scene, BO, until="encryption-key-id")
    assert SECRET not in text
    assert len(scene.audited) == before
