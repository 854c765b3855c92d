"""An announcement on a server: everybody once, whatever ends meanwhile."""

import re
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.announcements import PAGE
from bootstrap.replays.history_replay import open_histories
from bootstrap.replays.history_replay import replay as replay_all
from encryption.client_options import client_options
from policies.reports.announcements import mark_of
from policies.terms.model.recipient import Recipient
from tests.encryption.keys import NEW, OLD, ring
from tests.polling import eventually
from tests.workflows.announcement.announcing import QUEUE, Scene, contract
from workflows.announcement.state import LONGEST_PAUSE, AnnouncementState
from workflows.announcement.workflow import BATCH, AnnouncementStart, AnnouncementWorkflow
from workflows.client.announcements import NotToContinue, Status
from workflows.release import THIS_CODE
from workflows.temporal.connection import connect
from workflows.temporal.dev_server import start_time_skipping_server

LONG_RUN = 60
SHORT_RUNS = {"limit.historyCount.suggestContinueAsNew": str(LONG_RUN)}
MANY = [contract(f"account-{number:03d}") for number in range(2 * PAGE + 30)]


@pytest_asyncio.fixture(scope="module")
async def short_runs() -> AsyncIterator[WorkflowEnvironment]:
    """A server on which a run is long after about a page."""
    async with await start_time_skipping_server(SHORT_RUNS) as env:
        yield env


@pytest.fixture
def client(short_runs: WorkflowEnvironment) -> Client:
    return short_runs.client


@pytest.mark.clause("cention/changes")
async def test_everybody_is_told_once_over_pages_and_runs(client: Client) -> None:
    scene = Scene.of(client, [*MANY, contract("other", policy="contently")])
    async with scene.worker():
        assert await scene.announcement().begin()
        state = await scene.ended()
    assert scene.mailer.sent == {f"mia@{each.account}.example": 1 for each in MANY}
    assert (state.told, state.accounts, state.failed.count) == (len(MANY), len(MANY), 0)
    lengths = [len(history.events) for history in await scene.runs()]
    assert len(lengths) > 1
    assert max(lengths) < 250


async def test_a_round_that_is_longer_than_a_run_goes_on_in_the_next_one(client: Client) -> None:
    scene = Scene.of(client, MANY)
    gone = [f"gone-{number:03d}" for number in range(2 * PAGE)]
    todo = [*scene.contracts.contracts, *gone]
    carried = AnnouncementState(accounts=len(todo), is_listed=True, todo=todo)
    await client.start_workflow(
        AnnouncementWorkflow.run,
        AnnouncementStart(announced=scene.announced, carried=carried),
        id=scene.announcement().id,
        task_queue=QUEUE,
    )
    async with scene.worker():
        state = await scene.ended()
    assert scene.mailer.sent == {f"mia@{each.account}.example": 1 for each in MANY}
    assert (state.told, state.skipped.count) == (len(MANY), len(gone))
    assert max(len(history.events) for history in await scene.runs()) < 2 * LONG_RUN


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
    assert failure.error == "550 (address): no such user"
    handle = client.get_workflow_handle(scene.announcement().id)
    history = (await handle.fetch_history()).to_json()
    values = [b64decode(data).decode() for data in re.findall(r'"data": "([^"]*)"', history)]
    assert any("nordic" in value for value in values)
    assert [value for value in [*values, history] if "nordic.example" in value] == []


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


async def test_an_announcement_that_found_no_account_can_begin_again(client: Client) -> None:
    scene = Scene.of(client, [])
    async with scene.worker():
        assert await scene.announcement().begin()
        assert (await scene.ended()).accounts == 0
        scene.contracts.contracts["nordic"] = contract("nordic")
        assert await scene.announcement().begin()
        assert (await scene.ended()).told == 1
        assert not await scene.announcement().begin()
    assert scene.mailer.sent.total() == 1


async def test_a_worker_that_stops_leaves_nobody_out(
    short_runs: WorkflowEnvironment, client: Client
) -> None:
    scene = Scene.of(client, MANY[: 3 * BATCH])
    scene.mailer.holds_after = 5
    await scene.announcement().begin()
    async with scene.worker():
        await scene.mailer.is_held.wait()
    scene.mailer.go_on.set()
    async with scene.worker():
        await eventually(scene.state, lambda state: not state.todo)
        await short_runs.fast_forward(handle_of(scene), LONGEST_PAUSE)
        state = await scene.ended()
    assert scene.mailer.sent.keys() == {f"mia@{each.account}.example" for each in MANY[: 3 * BATCH]}
    assert max(scene.mailer.sent.values()) <= 2
    assert len(scene.mailer.ids) == state.told == 3 * BATCH


async def test_who_is_not_taken_yet_delays_no_page_and_is_tried_again(
    short_runs: WorkflowEnvironment, client: Client
) -> None:
    scene = Scene.of(client, MANY[: PAGE + 1])
    busy = "mia@account-000.example"
    scene.mailer.busy = {busy}
    async with scene.worker():
        await scene.announcement().begin()
        await eventually(scene.state, lambda state: state.is_listed and not state.todo)
        assert scene.mailer.sent.total() == PAGE
        scene.mailer.busy = set()
        await short_runs.fast_forward(handle_of(scene), timedelta(minutes=1))
        state = await scene.ended()
    assert (state.told, state.failed.count) == (PAGE + 1, 0)
    assert set(scene.mailer.sent.values()) == {1}


async def test_a_cancelled_announcement_says_who_was_told_and_the_rest_can_follow(
    short_runs: WorkflowEnvironment, client: Client
) -> None:
    scene = Scene.of(client, MANY[: 8 * BATCH])
    scene.mailer.holds_after = 5
    async with scene.worker():
        await scene.announcement().begin()
        await scene.mailer.is_held.wait()
        await scene.announcement().cancel()
        view = await eventually(scene.view, lambda view: view.status is Status.CANCELLED)
        assert view.state.told == 5 == scene.mailer.sent.total()
        assert len(view.state.todo) + len(view.state.waiting) == 8 * BATCH - 5
        assert not await scene.announcement().begin()
        scene.mailer.go_on.set()
        await scene.announcement().resume()
        await eventually(scene.state, lambda state: not state.todo)
        await short_runs.fast_forward(handle_of(scene), LONGEST_PAUSE)
        assert (await scene.ended()).told == 8 * BATCH
    assert set(scene.mailer.sent.values()) == {1}


async def test_a_cancellation_ends_the_wait_for_a_mail_server(client: Client) -> None:
    scene = Scene.of(client, MANY[:BATCH])
    scene.mailer.is_down = True
    async with scene.worker():
        await scene.announcement().begin()
        await eventually(scene.state, lambda state: bool(state.waiting))
        await scene.announcement().cancel()
        view = await eventually(scene.view, lambda view: view.status is Status.CANCELLED)
    assert (view.state.told, len(view.state.waiting)) == (0, BATCH)


async def test_after_a_termination_the_rest_is_told_and_nobody_more_than_twice(
    client: Client,
) -> None:
    scene = Scene.of(client, MANY[: 8 * BATCH])
    scene.mailer.holds_after = 5
    async with scene.worker():
        await scene.announcement().begin()
        await scene.mailer.is_held.wait()
        await handle_of(scene).terminate("a mistake")
        view = await scene.view()
        assert view.status is Status.TERMINATED
        scene.mailer.go_on.set()
        await scene.announcement().resume()
        await scene.ended()
    assert len(scene.mailer.sent) == 8 * BATCH
    assert max(scene.mailer.sent.values()) <= 2
    assert len(scene.mailer.ids) == 8 * BATCH


async def test_one_account_can_be_told_by_itself_also_again(client: Client) -> None:
    scene = Scene.of(client, [contract("nordic"), contract("oslo")])
    async with scene.worker():
        for _ in range(2):
            assert await scene.announcement("oslo").begin()
            assert (await scene.ended("oslo")).told == 1
    assert scene.mailer.sent == {"mia@oslo.example": 2}
    assert len(scene.mailer.ids) == 1
    assert await scene.announcement().view() is None


async def test_an_account_that_comes_meanwhile_is_told_if_its_page_is_still_to_come(
    client: Client,
) -> None:
    scene = Scene.of(client, MANY[: PAGE + 1])
    scene.mailer.holds_after = 1
    async with scene.worker():
        await scene.announcement().begin()
        await scene.mailer.is_held.wait()
        scene.contracts.contracts |= {"aarhus": contract("aarhus"), "zwolle": contract("zwolle")}
        scene.mailer.go_on.set()
        state = await scene.ended()
    assert state.told == PAGE + 2
    assert scene.mailer.sent["mia@zwolle.example"] == 1
    assert "mia@aarhus.example" not in scene.mailer.sent


async def test_a_worker_without_the_revision_is_named_as_the_obstacle(client: Client) -> None:
    scene = Scene.of(client, [contract("nordic")])
    async with scene.worker(says="Another text."):
        await scene.announcement().begin()
        view = await eventually(scene.view, lambda view: view.obstacle is not None)
        assert "this worker cannot announce it" in (view.obstacle or "")
        await scene.announcement().cancel()
        await eventually(scene.view, lambda view: view.status is Status.CANCELLED)
    assert scene.mailer.sent.total() == 0


async def test_announcements_under_way_are_replayed_before_a_promotion(client: Client) -> None:
    scene = Scene.of(client, MANY[: 2 * BATCH])
    scene.mailer.holds_after = 5
    async with scene.worker():
        await scene.announcement().begin()
        await scene.mailer.is_held.wait()
        only = f"WorkflowId = '{scene.announcement().id}'"
        await eventually(lambda: client.count_workflows(only), lambda found: found.count == 1)
        report = await replay_all(THIS_CODE, open_histories(client, only))
        scene.mailer.go_on.set()
        await scene.ended()
    assert (report.replayed, report.failed) == (1, [])


async def test_an_encrypted_announcement_goes_on_after_a_rotation_of_the_master_key(
    short_runs: WorkflowEnvironment, tmp_path: Path
) -> None:
    async def connected(**masters: str) -> Client:
        config = short_runs.client.service_client.config
        return await connect(config.target_host, **client_options(ring(tmp_path, **masters)))

    scene = Scene.of(await connected(old=OLD), MANY[: PAGE + 1])
    scene.mailer.refused = {"mia@account-000.example"}
    scene.mailer.holds_after = 5
    await scene.announcement().begin()
    async with scene.worker():
        await scene.mailer.is_held.wait()
    scene.mailer.go_on.set()
    rotated = replace(scene, client=await connected(new=NEW, old=OLD))
    async with rotated.worker():
        await eventually(rotated.state, lambda state: state.is_listed and not state.todo)
        await short_runs.fast_forward(handle_of(scene), LONGEST_PAUSE)
        assert (await rotated.ended()).told == PAGE
    history = await short_runs.client.get_workflow_handle(scene.announcement().id).fetch_history()
    values = [b64decode(d) for d in re.findall(r'"data": "([^"]*)"', history.to_json())]
    assert values
    assert not [value for value in values if b"account-" in value]


async def test_a_start_that_is_no_announcement_fails(client: Client) -> None:
    scene = Scene.of(client, [])
    async with scene.worker():
        handle = await client.start_workflow(
            "Announcement", {"policy": 1}, id="announcement/invalid", task_queue=QUEUE
        )
        with pytest.raises(WorkflowFailureError):
            await handle.result()


def handle_of(scene: Scene) -> WorkflowHandle[Any, Any]:
    return scene.client.get_workflow_handle(scene.announcement().id)
