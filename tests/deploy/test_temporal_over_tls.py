"""Our processes reach a Temporal server that requires certificates; nobody else does.

The variables are those of docker-compose.yml, and the certificates those of the script. A dev
server has no TLS, so a front with the requirements of the deployment terminates it.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from bootstrap.exit_codes import ExitCode
from tests.commands.processes.desk_process import POLL_INTERVAL, environment, is_ready, run_desk
from tests.commands.processes.forked_desk import start_desk
from tests.deploy.certificates import make, temporal_behind_tls
from tests.ports import free_port
from tests.test_deployment import SERVICES
from workflows.temporal.connection import TemporalUnavailable, connect

Variables = Callable[..., dict[str, str]]
STARTED_WITHIN = 60.0
CLIENT = ("TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tls") / "certificates"
    make(directory)
    return directory


@pytest_asyncio.fixture
async def address(env: WorkflowEnvironment, certificates: Path) -> AsyncIterator[str]:
    target = env.client.service_client.config.target_host
    async with temporal_behind_tls(target, certificates) as front:
        yield front


@pytest.fixture
def variables(certificates: Path, address: str) -> Variables:
    """The variables of a service in docker-compose.yml, with its certificate or that of another."""

    def of(service: str, *, certificate_of: str | None = None) -> dict[str, str]:
        folder = str(certificates / (certificate_of or service))
        given = {
            name: value.replace("/etc/certificates", folder)
            for name, value in SERVICES[service]["environment"].items()
            if name.startswith("TEMPORAL_TLS")
        }
        assert len(given) == 5
        return given | {"TEMPORAL_ADDRESS": address}

    return of


async def connected(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The namespace of a connection with these variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return (await connect()).namespace


async def ready(port: int) -> None:
    """Returns once the API is: Temporal has taken a write of its own, and a worker polls."""
    async with asyncio.timeout(STARTED_WITHIN):
        while not await asyncio.to_thread(is_ready, port):  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(POLL_INTERVAL)


async def test_setup_worker_and_api_work_with_the_certificates_of_their_services(
    variables: Variables, tmp_path: Path
) -> None:
    done = await asyncio.to_thread(run_desk, "setup", **variables("setup"))
    assert done.returncode == 0, done.stderr
    port = free_port()
    own = {
        "worker": {"DESK_MAIL_HOST": "localhost"},
        "api": {"DESK_API_PORT": str(port)},
    }
    with ExitStack() as stack:
        for name, settings in own.items():
            surroundings = environment(**variables(name), **settings)
            process = start_desk([name], surroundings, tmp_path / name)
            stack.callback(process.wait, 20)
            stack.callback(process.kill)
        try:
            await ready(port)
        except TimeoutError:
            pytest.fail("\n".join((tmp_path / name).read_text() for name in own))


async def test_without_a_certificate_nobody_connects(
    variables: Variables, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {name: value for name, value in variables("api").items() if name not in CLIENT}
    with pytest.raises(TemporalUnavailable, match="requires TLS and a certificate"):
        await connected(given, monkeypatch)


async def test_without_tls_nobody_connects(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TemporalUnavailable, match="requires TLS and a certificate"):
        await connected({"TEMPORAL_ADDRESS": address}, monkeypatch)


@pytest.mark.parametrize("party", ["ui-login", "temporal"])
async def test_a_certificate_of_the_other_authority_is_refused(
    variables: Variables, party: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TemporalUnavailable):
        await connected(variables("api", certificate_of=party), monkeypatch)


async def test_a_certificate_that_somebody_made_is_refused(
    variables: Variables, certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "own")
    given = variables("api") | {
        name: variables("api")[name].replace(str(certificates), str(tmp_path / "own"))
        for name in CLIENT
    }
    with pytest.raises(TemporalUnavailable, match="requires TLS and a certificate"):
        await connected(given, monkeypatch)


async def test_a_server_that_somebody_else_runs_gets_no_request(
    env: WorkflowEnvironment, variables: Variables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "own")
    target = env.client.service_client.config.target_host
    async with temporal_behind_tls(target, tmp_path / "own") as elsewhere:
        given = variables("api") | {"TEMPORAL_ADDRESS": elsewhere}
        with pytest.raises(TemporalUnavailable, match=r"no TLS connection .*InvalidCertificate"):
            await connected(given, monkeypatch)


async def test_the_temporal_cli_acts_for_nobody_without_a_certificate(
    variables: Variables,
) -> None:
    """An update as `ada` needs a connection first."""

    def run(given: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).parent / "temporal"), *arguments],
            env=environment(**given),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    update = ["workflow", "update", "execute", "--workflow-id", "ticket/0", "--name", "respond"]
    update += ["--input", '{"id": "r-1", "actor": {"id": "ada", "role": "agent"}}']
    given = variables("api")
    stray = {name: value for name, value in given.items() if name not in CLIENT}
    refused, known = await asyncio.gather(
        asyncio.to_thread(run, stray, *update, "--command-timeout", "5s"),
        asyncio.to_thread(run, given, *update),
    )
    assert refused.returncode != 0
    assert "not found" not in refused.stderr
    # With a certificate the server answers: there is no such ticket.
    assert "not found" in known.stderr


@pytest.mark.parametrize("command", ["setup", "worker", "api"])
def test_a_file_that_cannot_be_read_is_named(command: str, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "tls.crt")
    done = run_desk(command, DESK_MAIL_HOST="localhost", TEMPORAL_TLS_CLIENT_CERT_PATH=nowhere)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert f"cannot read {nowhere}, named by TEMPORAL_TLS_*" in done.stderr
    assert "Traceback" not in done.stderr
