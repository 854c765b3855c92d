"""An announcement on a server: everybody once, whatever ends meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.announcements import PAGE
from bootstrap.replays.history_replay import open_histories, replay
from policies.terms.model.recipient import Recipient
from policies.reports.announcements import mark_of
from tests.polling import eventually
from tests.workflows.announcement.announcing import Scene, contract
from workflows.announcement.workflow import AnnouncementWorkflow, BATCH
from workflows.client.announcements import NotToContinue, Status
from workflows.release import THIS_CODE
from workflows.temporal.dev_server import start_time_skipping_server

SHORT_RUNS = {"limit.historyCount.suggestContinueAsNew": "60"}
MANY = [contract(f"account-{number:03d}") for number in range(2 * PAGE + 30)]


@pytest_asyncio.fixture(scope="module")
async def short_runs() -> AsyncIterator[WorkflowEnvironment]:
    """A server on which a run is long after about a page."""
    async with await start_time_skipping_server(SHORT_RUNS) as env:
        yield env


@pytest.fixture
def client(short_runs: WorkflowEnvironment) -> Client:
    return short_runs.client


async def runs_of(client: Client, workflow_id: str) -> list[int]:
    """The lengths of the histories of all runs, newest first."""
    found, run = [], None
    while run != "":
        history = await client.get_workflow_handle(workflow_id, run_id=run).fetch_history()
        found.append(len(history.events))
        started = history.events[0].workflow_execution_started_event_attributes
        run = started.continued_execution_run_id
    return found


@pytest.mark.clause("cention/changes")
async def test_everybody_is_told_once_over_pages_and_runs(client: Client) -> None:
    scene = Scene.of(client, [*MANY, contract("other", policy="contently")])
    async with scene.worker():
        assert await scene.announcement().begin()
        state = await scene.ended()
    assert scene.mailer.sent == {f"mia@{each.account}.example": 1 for each in MANY}
    assert (state.told, state.accounts, state.failed.count) == (len(MANY), len(MANY), 0)
    lengths = await runs_of(client, scene.announcement().id)
    assert len(lengths) > 1
    assert max(lengths) < 250


async def test_no_history_has_an_address(client: Client) -> None:
    scene = Scene.of(client, [contract("nordic", "nils@nordic.example", "refused@nordic.example")])
    scene.mailer.refused = {"refused@nordic.example"}
    async with scene.worker():
        await scene.announcement().begin()
        state = await scene.ended()
    assert (state.told, state.failed.count) == (1, 1)
    [failure] = state.failed.first
    refused = Recipient(name="", email="REFUSED@nordic.example")
    assert failure.key == f"nordic/{mark_of('nordic', refused)}"
    assert failure.error == "550 (address) no such user"
    handle = client.get_workflow_handle(scene.announcement().id)
    assert b"@" not in (await handle.fetch_history()).to_json().encode().replace(b"@local", b"")


async def test_a_second_start_finds_the_first_announcement_also_after_its_end(
    client: Client,
) -> None:
    scene = Scene.of(client, [contract("nordic")])
    async with scene.worker():
        assert await scene.announcement().begin()
        assert not await scene.announcement().begin()
        await scene.ended()
        assert not await scene.announcement().begin()
        with pytest.raises(NotToContinue, match="has ended"):
            await scene.announcement().resume()
    view = await scene.announcement().view()
    assert view is not None
    assert (view.status, view.state.told) == (Status.COMPLETED, 1)
    assert scene.mailer.sent.total() == 1


async def test_after_a_worker_stops_in_the_middle_another_one_tells_the_rest(
    client: Client,
) -> None:
    scene = Scene.of(client, MANY[: 3 * BATCH])
    scene.mailer.holds_after = 5
    await scene.announcement().begin()
    async with scene.worker():
        await scene.mailer.is_held.wait()
    scene.mailer.go_on.set()
    async with scene.worker():
        await eventually(scene.state, lambda state: not state.todo)
        await forwarded(scene, timedelta(minutes=1))
        state = await scene.ended()
    assert state.told == 3 * BATCH
    assert scene.mailer.sent.keys() == {f"mia@{each.account}.example" for each in MANY[: 3 * BATCH]}
    assert max(scene.mailer.sent.values()) <= 2
    assert len(scene.mailer.ids) == 3 * BATCH
