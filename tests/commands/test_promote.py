"""Builds of the worker on a real server: promoted, ramped, drained, gone back from."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner, Result

from activities.adapters.contract_memory import InMemoryContracts
from activities.adapters.mail_catcher import MailCatcher
from benchmarks.support.next_release import GuardedTicket
from bootstrap.exit_codes import Failure
from bootstrap.senders import senders
from commands.builds import builds as list_builds
from commands.promote import promote
from commands.temporal.worker_deployment import MISSING, Deployment, _once_registered
from deploy.cluster.connection import connected
from policies.vocabulary import Action
from tests.commands.processes.worker_process import worker_process
from tests.harness import (
    CATALOG,
    HARBOUR,
    IDENTITY,
    Life,
    RecordingMailer,
    opening,
    temporal_variables,
)
from worker import DeskWorker, make_worker
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE, Release
from workflows.temporal.dev_server import start_time_skipping_server

app = typer.Typer(rich_markup_mode="rich")
app.command()(promote)
app.command("builds")(list_builds)

OF_DESK = ("--deployment", "desk")


async def run(server: WorkflowEnvironment, name: str, *arguments: object) -> Result:
    """One of the commands, in a process that is ours."""
    given = [name, *OF_DESK, *(str(argument) for argument in arguments)]
    environment = temporal_variables(server.client)
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


async def worker_of(
    server: WorkflowEnvironment,
    build: str | None,
    workflows: tuple[type, ...] = THIS_CODE.workflows,
) -> DeskWorker:
    version = build and WorkerDeploymentVersion("desk", build)
    return make_worker(
        await connected(temporal_variables(server.client)),
        senders=senders(RecordingMailer(), IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
        release=Release(version, workflows) if version else THIS_CODE,
    )


async def opened(server: WorkflowEnvironment) -> Life:
    opening_ = opening(datetime.now(UTC))
    await TicketClient(server.client).open(opening_)
    return Life(server, opening_)


async def test_a_worker_process_gets_work_once_its_build_is_promoted(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with MailCatcher() as mails:
        output = tmp_path / "output.txt"
        options = (*OF_DESK, "--build", "0.2.0+a3f9")
        async with worker_process(server, mails.port, output, *options) as worker:
            await worker.has_logged("desk promote --deployment desk --build 0.2.0+a3f9")
            assert "is current" in await done(server, "promote", "--build", "0.2.0+a3f9")
            life = await opened(server)
            await life.delivered(1)
    assert await builds(server) == {"0.2.0+a3f9": ("current", 100)}


async def test_a_build_gets_a_share_then_all_work_and_the_previous_build_drains(
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
        output = await done(server, "builds")
    assert "current" in output
    assert "draining" in output


async def test_a_worker_that_does_not_poll_for_activities_yet_is_waited_for() -> None:
    message = f"proposed current version 'desk:b' is {MISSING} from the current version"
    errors = [
        RPCError(message, RPCStatusCode.FAILED_PRECONDITION, b""),
        RPCError("no such build", RPCStatusCode.NOT_FOUND, b""),
    ]

    async def request() -> None:
        if errors:
            raise errors.pop(0)

    await _once_registered(timedelta(seconds=30), request)
    assert not errors
    other = RPCError("the manager is locked", RPCStatusCode.FAILED_PRECONDITION, b"")
    errors.append(other)
    with pytest.raises(RPCError, match="locked"):
        await _once_registered(timedelta(seconds=30), request)


class NeverReported(Deployment):
    """A server that never reports the end of a change (temporalio/temporal#11842)."""

    async def _describe(self) -> WorkerDeploymentInfo:
        info = await super()._describe()
        info.routing_config_update_state = (
            RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
        )
        return info


async def test_a_promotion_ends_once_the_task_queues_have_it_even_if_the_server_never_reports_it(
    server: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.temporal.worker_deployment.POLLS_BEFORE_DESCRIBE", 0)
    deployment, no_wait = NeverReported(server.client, "desk"), timedelta()
    async with await worker_of(server, "a"), await worker_of(server, "b"):
        await Deployment(server.client, "desk").promote("a", timedelta(seconds=30))
        await deployment.ramp("b", 10, no_wait)
        assert await builds(server) == {"a": ("current", 90), "b": ("ramping", 10)}
        deployment = NeverReported(server.client, "desk", "another-task-queue")
        monkeypatch.setattr("commands.temporal.worker_deployment.MAX_POLLS", 2)
        with pytest.raises(Failure, match="not all task queues have it yet"):
            await deployment.promote("b", no_wait)


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
        assert "cannot be asked" in await failure(server, "promote", "--unversioned")
        await done(server, "promote", "--unversioned", "--unchecked")
        assert (await life.view()).number == life.number


@pytest.mark.fault(72)
async def test_going_back_and_lowering_a_ramp_are_refused_if_the_old_build_cannot_take_over(
    server: WorkflowEnvironment,
) -> None:
    newer = (GuardedTicket, *THIS_CODE.workflows[1:])
    async with await worker_of(server, "old"), await worker_of(server, "new", newer):
        await done(server, "promote", "--build", "old")
        assert "0 replayed" in await done(server, "promote", "--build", "new")
        life = await opened(server)
        await life.delivered(1)
        message = await failure(server, "promote", "--build", "old")
        assert "build old cannot take over 1 of 1 open tickets and accounts" in message
        assert f"ticket/{life.number}: [TMPRL1100]" in message
        assert (await builds(server))["new"] == ("current", 100)

        await done(server, "promote", "--build", "old", "--unchecked")
        await done(server, "promote", "--build", "new", "--ramp", 50)
        assert "1 of 1" in await failure(server, "promote", "--build", "new", "--ramp", 10)
        assert "1 of 1" in await failure(server, "promote", "--build", "new", "--ramp", 0)
        assert await builds(server) == {"old": ("current", 50), "new": ("ramping", 50)}
        await done(server, "promote", "--build", "new")
        await life.act(Action.ACKNOWLEDGE)


async def test_a_build_without_a_worker_is_an_error_after_the_wait(
    server: WorkflowEnvironment,
) -> None:
    async with await worker_of(server, "a"):
        await done(server, "promote", "--build", "a")
        message = await failure(server, "promote", "--build", "b", "--wait", 0.3)
    assert "No worker of build b is running" in message
    assert "desk worker --deployment desk --build b" in message


async def test_an_unknown_deployment_is_an_error(server: WorkflowEnvironment) -> None:
    assert "There is no deployment desk" in await failure(server, "builds")


async def test_a_server_without_deployments_is_an_error() -> None:
    config = {"system.enableDeploymentVersions": "false"}
    async with await start_time_skipping_server(config) as old:
        for arguments in (("builds",), ("promote", "--build", "a"), ("promote", "--unversioned")):
            assert "does not support Worker Deployments" in await failure(old, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--build", "a", "--unversioned"), ("--unversioned", "--ramp", "10"), ("--ramp", "101")],
)
def test_either_a_build_or_unversioned_is_required(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, ["promote", *OF_DESK, *arguments]).exit_code == 2
