"""`desk replay` says which histories this code cannot take up, and where they part from it."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import typer
from temporalio import workflow
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent as Event
from temporalio.api.history.v1 import WorkflowTaskFailedEventAttributes
from temporalio.client import WorkflowHistory
from temporalio.common import RawValue
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from typer.testing import CliRunner, Result

from benchmarks.support.next_release import GuardedTicket, UnguardedTicket
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.replays.history_replay import histories_in, open_histories, replay
from commands.replay import replay as replay_command
from policies.vocabulary import Action
from tests.e2e.account_lives import ACCOUNT_LIVES
from tests.harness import REQUESTER, Life, new_york, opening, temporal_variables
from tests.polling import eventually
from tests.ports import free_port
from tests.server_fixtures import Begin
from workflows.account.workflow import AccountWorkflow
from workflows.announcement.workflow import AnnouncementWorkflow
from workflows.release import THIS_CODE, Release
from workflows.temporal.connection import TemporalUnavailable
from workflows.temporal.failing_task import failing_task

app = typer.Typer(rich_markup_mode="rich")
app.command()(replay_command)

GOLDEN = sorted((Path(__file__).parents[1] / "histories").glob("*/*.json"))
GUARDED = Release(workflows=(GuardedTicket, AccountWorkflow, AnnouncementWorkflow))
UNGUARDED = Release(workflows=(UnguardedTicket, AccountWorkflow, AnnouncementWorkflow))
RECEIVED = new_york("2027-01-06 14:00")


def run(*arguments: object, **given: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=given)


def altered(directory: Path, old: str, new: str) -> Path:
    """The history of a life in which one thing was otherwise."""
    text = (GOLDEN[0].parent / "documented.json").read_text()
    assert old in text
    path = directory / "altered.json"
    path.write_text(text.replace(old, new))
    return path


def test_histories_that_this_code_can_replay_succeed() -> None:
    result = run(*GOLDEN, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["replayed"], report["failed"]) == (len(GOLDEN), [])
    assert report["per_second"] > 0


def test_a_failed_replay_is_listed_with_the_difference(tmp_path: Path) -> None:
    shutil.copy(GOLDEN[0], tmp_path / "sound.json")
    path = altered(tmp_path, '"send_notices"', '"send_letters"')
    result = run(tmp_path / "sound.json", path)
    assert result.exit_code == ExitCode.FAILED
    assert "ticket/0000-0000-0001 (run" in result.stdout
    assert "'send_letters' does not match activity type" in result.stdout
    assert "2 replayed, 1 failed" in result.stdout


FIRST_COMMANDS = {"activity_task_scheduled", "upsert_workflow_search_attributes"}
"""The first command of a ticket: a notice, or the search attributes after a refusal."""


async def test_a_patched_change_replays_and_an_unpatched_one_fails() -> None:
    others = {*ACCOUNT_LIVES, "announcement"}
    tickets = [p for p in GOLDEN if p.stem.rpartition("-")[0] not in others]
    tickets = [path for path in tickets if path.stem != "refused_over_temporal"]
    right = await replay(GUARDED, histories_in(GOLDEN))
    wrong = await replay(UNGUARDED, histories_in(GOLDEN))
    assert right.failed == []
    assert len(wrong.failed) == len(tickets) < wrong.replayed
    for failed in wrong.failed:
        assert failed.event is not None
        assert failed.event_type in FIRST_COMMANDS
        assert "Nondeterminism" in failed.difference


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"events": []}', '{"events": [{"eventType": "none"}]}']
)
def test_a_file_that_is_not_a_history_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.json"
    path.write_text(text)
    result = run(path)
    assert isinstance(result.exception, Failure)
    assert f"{path} is not the history of a workflow" in str(result.exception)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    result = run(tmp_path / "none.json")
    assert isinstance(result.exception, Failure)
    assert "none.json: No such file" in str(result.exception)


@pytest.mark.parametrize("arguments", [(), ("--open", "a.json"), ("a.json", "--sample", "3")])
def test_either_files_or_open_is_required(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_without_a_server_it_is_an_error() -> None:
    result = run("--open", TEMPORAL_ADDRESS=f"127.0.0.1:{free_port()}")
    assert isinstance(result.exception, TemporalUnavailable)


async def listed(env: WorkflowEnvironment, *tickets: Life) -> str:
    """A query for these tickets, once lists have them."""
    numbers = ", ".join(f'"{ticket.handle.id}"' for ticket in tickets)
    query = f"WorkflowId IN ({numbers})"
    await eventually(
        lambda: env.client.count_workflows(query), lambda found: found.count == len(tickets)
    )
    return query


async def ids(histories: AsyncIterator[WorkflowHistory]) -> set[str]:
    return {history.workflow_id async for history in histories}


async def test_open_tickets_are_replayed_from_the_server(
    begin: Begin, env: WorkflowEnvironment
) -> None:
    first, second = await begin(RECEIVED), await begin(RECEIVED)
    await first.act(Action.ACKNOWLEDGE)
    query = await listed(env, first, second)
    address = env.client.service_client.config.target_host
    result = await asyncio.to_thread(
        run, "--open", "--query", query, "--json", TEMPORAL_ADDRESS=address
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["replayed"] == 2
    caught = await replay(UNGUARDED, open_histories(env.client, query))
    assert {failed.workflow for failed in caught.failed} == {first.handle.id, second.handle.id}


async def test_a_sample_has_its_size_and_excludes_closed_tickets(
    begin: Begin, env: WorkflowEnvironment
) -> None:
    tickets = [await Life.begin(env, opening(RECEIVED)) for _ in range(3)]
    closed = await begin(RECEIVED)
    await closed.act(Action.WITHDRAW, REQUESTER)
    await closed.handle.result()
    query = await listed(env, *tickets, closed)
    await eventually(
        lambda: ids(open_histories(env.client, query)),
        lambda found: closed.handle.id not in found,
    )
    assert await ids(open_histories(env.client, query)) == {each.handle.id for each in tickets}
    assert len(await ids(open_histories(env.client, query, sample=2))) == 2
    assert len(await ids(open_histories(env.client, query, sample=9))) == 3


@pytest.mark.fault(93)
def test_a_file_that_cannot_be_read_is_exit_code_2(tmp_path: Path) -> None:
    result = run(tmp_path / "missing.json")
    assert isinstance(result.exception, Failure)
    assert result.exception.code is ExitCode.USAGE
    assert "cannot read" in str(result.exception)


@workflow.defn(name="Ticket")
class BrokenTicket:
    @workflow.run
    async def run(self, start: RawValue) -> None:
        raise ValueError("the moon is full")


@pytest.mark.fault(84)
async def test_an_open_ticket_whose_task_fails_is_reported_with_the_reason(
    server: WorkflowEnvironment,
) -> None:
    async with Worker(
        server.client,
        task_queue="desk",
        workflows=[BrokenTicket],
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=THIS_CODE.deployment,
    ):
        handle = await server.client.start_workflow(
            "Ticket", {}, id="ticket/0000-0000-0001", task_queue="desk"
        )
        failed = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
        await eventually(
            handle.fetch_history, lambda found: any(e.event_type == failed for e in found.events)
        )
        await eventually(lambda: server.client.count_workflows(""), lambda found: found.count == 1)
        result = await asyncio.to_thread(run, "--open", **temporal_variables(server.client))
    assert result.exit_code == ExitCode.FAILED, result.output
    assert "ticket/0000-0000-0001 (run" in result.stdout
    assert (
        "event 4, workflow_task_failed: its workflow task fails again and again "
        "(workflow_worker_unhandled_failure: the moon is full)"
    ) in result.stdout
    assert "1 replayed, 1 failed" in result.stdout


def task_end(number: int, kind: HistoryEvent.ValueType, **attributes: Any) -> Event:
    failed = WorkflowTaskFailedEventAttributes(**attributes) if attributes else None
    return Event(event_id=number, event_type=kind, workflow_task_failed_event_attributes=failed)


STUCK = {"cause": WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES}
OVERTAKEN = {"cause": WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND}


@pytest.mark.parametrize(
    ("events", "is_stuck"),
    [
        ([task_end(4, HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED, **STUCK)], True),
        ([task_end(4, HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED, **OVERTAKEN)], False),
        (
            [
                task_end(4, HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED, **STUCK),
                task_end(7, HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
            ],
            False,
        ),
        (
            [
                task_end(4, HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED, **STUCK),
                task_end(5, HistoryEvent.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED),
            ],
            False,
        ),
        ([], False),
    ],
)
def test_a_task_fails_for_ever_if_nothing_came_after_its_failure(
    events: list[Event], is_stuck: bool
) -> None:
    assert (failing_task(WorkflowHistory("ticket/1", events)) is not None) is is_stuck
