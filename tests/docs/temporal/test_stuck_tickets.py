"""The commands of docs/ops/stuck-tickets.md repair tickets on a real server."""

import asyncio
import os
import re
import shlex
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionDescription
from temporalio.common import WorkerDeploymentVersion
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.next_release import GuardedTicket
from bootstrap.exit_codes import Failure
from bootstrap.senders import senders
from commands.temporal.worker_deployment import Deployment
from deploy.cluster.connection import connected
from policies.vocabulary import Action
from settings import ROOT
from tests.harness import (
    CATALOG,
    HARBOUR,
    IDENTITY,
    Life,
    RecordingMailer,
    opening,
    temporal_variables,
)
from tests.polling import eventually
from worker import DeskWorker, make_worker
from workflows.client.calls import WorkflowStuck
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE, Release

pytestmark = [pytest.mark.fault(78), pytest.mark.fault("80a")]
PAGE = (ROOT / "docs/ops/stuck-tickets.md").read_text(encoding="utf-8")
TEMPORAL = Path(sys.executable).with_name("temporal")
OLD, NEW = "0.1.0", "0.2.0"
AT_MOST = timedelta(seconds=30)


def commands(section: str) -> list[str]:
    """The commands in a section of the page, in order."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert text is not None
    blocks = re.findall(r"```bash\n(.*?)```", text[1], re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest_asyncio.fixture(autouse=True)
async def workers(server: WorkflowEnvironment) -> AsyncIterator[None]:
    """A worker of each build."""
    async with await worker_of(server, OLD), await worker_of(server, NEW):
        yield


async def worker_of(server: WorkflowEnvironment, build: str) -> DeskWorker:
    """A worker of a build. Only the new one has a patch."""
    workflows = (GuardedTicket, *THIS_CODE.workflows[1:]) if build == NEW else THIS_CODE.workflows
    return make_worker(
        await connected(temporal_variables(server.client)),
        senders=senders(RecordingMailer(), IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
        release=Release(WorkerDeploymentVersion("desk", build), workflows),
    )


async def run(server: WorkflowEnvironment, command: str, life: Life | None = None) -> str:
    """Runs a command of the page, for this ticket."""
    program, *arguments = shlex.split(command)
    assert program == "temporal"
    number = life.number if life else ""
    given = [each.replace("7K2M-0QXW-9HTE", number) for each in arguments]
    process = await asyncio.create_subprocess_exec(
        TEMPORAL,
        *given,
        env=os.environ | temporal_variables(server.client),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def on_new_build(server: WorkflowEnvironment) -> Life:
    """A ticket that was opened on the new build."""
    await Deployment(server.client, "desk").promote(NEW, AT_MOST)
    opened = opening(datetime.now(UTC))
    await TicketClient(server.client).open(opened)
    life = Life(server, opened)
    await life.delivered(1)
    return life


async def stuck_ticket(server: WorkflowEnvironment) -> Life:
    """The same, stuck on the old build, which was promoted again."""
    life = await on_new_build(server)
    await Deployment(server.client, "desk").promote(OLD, AT_MOST)
    await life.handle.signal("wake up")
    with pytest.raises(WorkflowStuck, match="fails again and again"):
        await eventually(lambda: asks(life), bool)
    return life


async def asks(life: Life) -> bool:
    """Reads the ticket; False while it can be read."""
    await life.view()
    return False


async def test_a_pinned_ticket_stays_on_its_build_until_it_is_released(
    server: WorkflowEnvironment,
) -> None:
    life = await on_new_build(server)
    pin, release, _ = commands("Keep tickets on their build")
    deployment = Deployment(server.client, "desk")
    with pytest.raises(Failure, match=f"ticket/{life.number}"):
        await deployment.check(OLD, None, AT_MOST)
    await run(server, pin, life)
    await eventually(lambda: can_go_back(deployment), bool)
    await deployment.promote(OLD, AT_MOST)
    await life.act(Action.ACKNOWLEDGE)
    await deployment.promote(NEW, AT_MOST)
    await run(server, release, life)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])


async def test_a_stuck_ticket_is_reset_onto_its_build_or_the_present_one_and_back_from_its_end(
    server: WorkflowEnvironment,
) -> None:
    life = await stuck_ticket(server)
    *_, onto_its_build = commands("Keep tickets on their build")
    await run(server, onto_its_build, life)
    await life.act(Action.ACKNOWLEDGE)
    last, first = commands("Reset")
    [terminate] = commands("Terminate")
    await run(server, terminate, life)
    assert (await life.view()).stopped
    await run(server, last, life)
    assert (await life.view()).stopped is None
    await run(server, first, life)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])


async def test_many_are_pinned_reset_and_terminated_by_a_query(
    server: WorkflowEnvironment,
) -> None:
    life = await on_new_build(server)
    [find] = commands("Find them")
    await run(server, find)
    count, pin, reset, terminate, batches = commands("Many at once")
    assert "1" in await run(server, count)
    await run(server, pin)
    await eventually(life.handle.describe, is_pinned)
    before = (await life.handle.describe()).run_id
    await run(server, reset)
    await eventually(life.handle.describe, lambda found: found.run_id != before)
    await life.act(Action.ACKNOWLEDGE)
    await eventually(lambda: run(server, count), lambda output: "1" in output)
    await run(server, terminate)
    await eventually(life.view, lambda view: bool(view.stopped))
    assert (await run(server, batches)).count("Completed") >= 1


async def can_go_back(deployment: Deployment) -> bool:
    """Whether the check passes. Lists have a change after a moment."""
    try:
        await deployment.check(OLD, None, AT_MOST)
    except Failure:
        return False
    return True


def is_pinned(found: WorkflowExecutionDescription) -> bool:
    info = found.raw_description.workflow_execution_info.versioning_info
    return info.versioning_override.pinned.version.build_id == NEW
