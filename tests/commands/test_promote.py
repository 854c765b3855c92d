"""Builds of the worker on a real server: promoted, ramped, drained, gone back from."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import typer
from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from typer.testing import CliRunner, Result

from activities.adapters.contract_memory import InMemoryContracts
from activities.adapters.mail_catcher import MailCatcher
from bootstrap.exit_codes import Failure
from bootstrap.senders import senders
from commands.builds import builds as list_builds
from commands.promote import promote
from commands.temporal.worker_deployment import MISSING, Deployment, _once_there
from policies.vocabulary import Action
from tests.commands.processes.worker_process import worker_process
from tests.harness import CATALOGUE, HARBOUR, IDENTITY, Life, RecordingMailer, opening
from worker import make_worker
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE, Release
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.dev_server import start_time_skipping_server

app = typer.Typer(rich_markup_mode="rich")
app.command()(promote)
app.command("builds")(list_builds)

OF_DESK = ("--deployment", "desk")


@pytest_asyncio.fixture
async def server() -> AsyncIterator[WorkflowEnvironment]:
    """A server that has no worker but those of the test."""
    async with await start_time_skipping_server() as env:
        yield env


def address(server: WorkflowEnvironment) -> str:
    return server.client.service_client.config.target_host


async def run(server: WorkflowEnvironment, name: str, *arguments: object) -> Result:
    """One of the commands, in a process that is ours."""
    given = [name, *OF_DESK, *(str(argument) for argument in arguments)]
    environment = {"TEMPORAL_ADDRESS": address(server)}
    return await asyncio.to_thread(CliRunner().invoke, app, given, env=environment)


async def done(server: WorkflowEnvironment, name: str, *arguments: object) -> str:
    result = await run(server, name, *arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


async def failure(server: WorkflowEnvironment, name: str, *arguments: object) -> str:
    result = await run(server, name, *arguments)
    assert isinstance(result.exception, Failure), result.output
    return str(result.exception)


async def builds(server: WorkflowEnvironment) -> dict[str, tuple[str, float]]:
    found = json.loads(await done(server, "builds", "--json"))
    return {each["build"]: (each["status"], each["share"]) for each in found}


async def worker_of(server: WorkflowEnvironment, build: str | None) -> Worker:
    version = build and WorkerDeploymentVersion("desk", build)
    return make_worker(
        await Client.connect(address(server), data_converter=DATA_CONVERTER),
        senders=senders(RecordingMailer(), IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalogue=CATALOGUE,
        release=Release(version) if version else THIS_CODE,
    )


async def opened(server: WorkflowEnvironment) -> Life:
    opening_ = opening(datetime.now(UTC))
    await TicketClient(server.client).open(opening_)
    return Life(server, opening_)


async def test_a_worker_process_is_given_work_once_its_build_is_promoted(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with MailCatcher() as mails:
        said = tmp_path / "said.txt"
        named = (*OF_DESK, "--build", "0.2.0+a3f9")
        async with worker_process(server, mails.port, said, *named) as worker:
            await worker.has_logged("desk promote --deployment desk --build 0.2.0+a3f9")
            assert "is current" in await done(server, "promote", "--build", "0.2.0+a3f9")
            life = await opened(server)
            await life.delivered(1)
    assert await builds(server) == {"0.2.0+a3f9": ("current", 100)}


async def test_a_build_takes_a_share_and_then_all_and_the_one_before_drains(
    server: WorkflowEnvironment,
) -> None:
    async with await worker_of(server, "a"), await worker_of(server, "b"):
        await done(server, "promote", "--build", "a")
        assert (await builds(server))["a"] == ("current", 100)
        await done(server, "promote", "--build", "b", "--ramp", 10)
        assert await builds(server) == {"a": ("current", 90), "b": ("ramping", 10)}
        await done(server, "promote", "--build", "b", "--ramp", 0)
        assert (await builds(server))["a"] == ("current", 100)
        await done(server, "promote", "--build", "b")
        assert await builds(server) == {"a": ("draining", 0), "b": ("current", 100)}
        shown = await done(server, "builds")
    assert "current" in shown
    assert "draining" in shown


async def test_a_worker_that_asks_for_tickets_but_not_yet_for_letters_is_waited_for() -> None:
    said = f"proposed current version 'desk:b' is {MISSING} from the current version"
    answers = [
        RPCError(said, RPCStatusCode.FAILED_PRECONDITION, b""),
        RPCError("no such build", RPCStatusCode.NOT_FOUND, b""),
    ]

    async def ask() -> None:
        if answers:
            raise answers.pop(0)

    await _once_there(timedelta(seconds=30), ask)
    assert not answers
    other = RPCError("the manager is locked", RPCStatusCode.FAILED_PRECONDITION, b"")
    answers.append(other)
    with pytest.raises(RPCError, match="locked"):
        await _once_there(timedelta(seconds=30), ask)


class NeverTold(Deployment):
    """A server that has lost the word that all task queues know (temporalio/temporal#11842)."""

    async def _describe(self) -> WorkerDeploymentInfo:
        info = await super()._describe()
        info.routing_config_update_state = (
            RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
        )
        return info


async def test_a_promotion_whose_end_the_server_never_tells_ends_once_the_task_queues_know(
    server: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.temporal.worker_deployment.DOUBTED", 0)
    deployment, no_patience = NeverTold(server.client, "desk"), timedelta()
    async with await worker_of(server, "a"), await worker_of(server, "b"):
        await Deployment(server.client, "desk").promote("a", timedelta(seconds=30))
        await deployment.ramp("b", 10, no_patience)
        assert await builds(server) == {"a": ("current", 90), "b": ("ramping", 10)}
        monkeypatch.setattr(
            "commands.temporal.worker_deployment.TASK_QUEUE", "nobody-tells-this-one"
        )
        monkeypatch.setattr("commands.temporal.worker_deployment.LOOKS", 2)
        with pytest.raises(Failure, match="not all task queues know of it yet"):
            await deployment.promote("b", no_patience)


async def test_a_ticket_goes_to_a_build_and_back_to_workers_without_one(
    server: WorkflowEnvironment,
) -> None:
    async with await worker_of(server, None):
        life = await opened(server)
    async with await worker_of(server, "a"):
        await done(server, "promote", "--build", "a")
        assert (await life.view()).number == life.number
        await life.act(Action.ACKNOWLEDGE)
    async with await worker_of(server, None):
        await done(server, "promote", "--unversioned")
        assert (await life.view()).number == life.number


async def test_a_build_without_a_worker_is_waited_for_and_then_named(
    server: WorkflowEnvironment,
) -> None:
    async with await worker_of(server, "a"):
        await done(server, "promote", "--build", "a")
        told = await failure(server, "promote", "--build", "b", "--wait", 0.3)
    assert "No worker of build b is there" in told
    assert "desk worker --deployment desk --build b" in told


async def test_a_deployment_that_is_not_there_is_named(server: WorkflowEnvironment) -> None:
    assert "There is no deployment desk" in await failure(server, "builds")


async def test_a_server_that_does_not_version_workers_is_told_of() -> None:
    config = {"system.enableDeploymentVersions": "false"}
    async with await start_time_skipping_server(config) as old:
        for asked in (("builds",), ("promote", "--build", "a"), ("promote", "--unversioned")):
            assert "does not version workers" in await failure(old, *asked)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--build", "a", "--unversioned"), ("--unversioned", "--ramp", "10"), ("--ramp", "101")],
)
def test_a_build_or_none_has_to_be_named(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, ["promote", *OF_DESK, *arguments]).exit_code == 2
