"""A deploy over open tickets: a changed workflow takes over from the build they began under.

On a real server with movable time: tickets of the five policies are opened and worked on under
build `a`. Histories of all are replayed on the next release, done right and done wrong (see
next_release.py). Then a worker of build `b` is started and promoted while people go on acting on
every ticket. Clocks ring, `a` drains and stops, tickets are read, and new ones opened. At the end
the histories say which build did what, and whether a workflow task failed.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.common import WorkerDeploymentVersion

from benchmarks.support.deploy_scene import BUILD_OF, NAME, NEW, OLD, TIMER_FIRED, Scene, took
from benchmarks.support.next_release import UnguardedTicket
from benchmarks.support.report import command_line, leave, percentile
from commands.simulation.simulated_desk import silenced_stdout
from commands.temporal.history_replay import open_histories, replay
from workflows.account.workflow import AccountWorkflow
from workflows.release import Release
from workflows.temporal.dev_server import start_time_skipping_server

TICKETS = 1000
WRONG_ONES = 20
"""Histories that the release done wrong is shown."""
WRONG = Release(WorkerDeploymentVersion(NAME, "c"), (UnguardedTicket, AccountWorkflow))
BO: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
DI: dict[str, Any] = {"id": "di", "name": "Di", "email": "di@desk.example"}
DRAINS_AT_ONCE = {
    "matching.wv.VersionDrainageStatusVisibilityGracePeriod": '"1s"',
    "matching.wv.VersionDrainageStatusRefreshInterval": '"1s"',
}
"""By default a server looks every few minutes whether a build is drained."""
PATIENCE = timedelta(seconds=30)
DEADLOCK = "TMPRL1101"
"""The SDK's word for a workflow that did not yield within two seconds."""
TASK_FAILED = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
MEMO_CHANGED = HistoryEvent.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED


class Report(BaseModel):
    """What came of it; the times of actions are of those taken while the builds changed."""

    tickets: int
    opened_per_second: float
    replayed: int
    replayed_per_second: float
    cannot_be_replayed: int
    wrong_replayed: int
    wrong_caught: int
    promoted_in_s: float
    actions: int
    action_p50_ms: float
    action_p99_ms: float
    action_max_ms: float
    rang: int
    rang_on_the_old_build: int
    last_on_the_old_build: int
    drained_after_s: float
    repeated: int
    """Requests that had no answer in time and were sent again, with the same id."""
    failed_workflow_tasks: int
    starved_workflow_tasks: int
    """Those that had no processor for two seconds; they are tried again, on any build."""
    tasks_by_build: dict[str, int]
    old_ways_kept: int
    new_ways_taken: int


def main() -> int:
    """Measure, then print a table or JSON; the exit code, which is 1 when a ticket suffered."""
    parser = command_line(__doc__)
    parser.add_argument("--tickets", type=int, default=TICKETS, help=f"how many ({TICKETS})")
    wanted = parser.parse_args()
    report = asyncio.run(deploy(wanted.tickets))
    if wanted.json:
        print(report.model_dump_json(indent=2))
    else:
        shown = Table("figure", "value")
        for name, value in report.model_dump().items():
            shown.add_row(name.replace("_", " "), json.dumps(value))
        Console().print(shown)
    return 1 if report.failed_workflow_tasks or report.cannot_be_replayed else 0


async def deploy(tickets: int, closely: int | None = None) -> Report:
    """Opens so many tickets and deploys over them while people act on each. What else is done is
    done with as many as are watched `closely`, which are all unless it is said.
    """
    closely = tickets if closely is None else closely
    with silenced_stdout():
        env = await start_time_skipping_server(DRAINS_AT_ONCE)
    async with env, AsyncExitStack() as old_workers, AsyncExitStack() as new_workers:
        scene = Scene(env)
        await old_workers.enter_async_context(await scene.worker(OLD))
        await scene.builds.promote(BUILD_OF[OLD], PATIENCE)
        opened_in = await scene.open(tickets, closely)
        right = await replay(NEW, open_histories(env.client, sample=closely))
        wrong = await replay(WRONG, open_histories(env.client, sample=WRONG_ONES))

        await new_workers.enter_async_context(await scene.worker(NEW))
        acting = asyncio.create_task(scene.assign(BO, tickets))
        promoted_in = await took(scene.builds.promote(BUILD_OF[NEW], PATIENCE))
        latencies = sorted(await acting)
        await scene.assign(DI, closely)
        rang = await scene.ring(closely)
        drained_after = await took(scene.drained())
        await old_workers.aclose()
        await scene.read(closely)
        histories = [history async for history in open_histories(env.client)]
        last_on = {each.build: each.last_on for each in await scene.builds.builds()}
        later = await scene.open_one()
        return Report(
            tickets=tickets,
            opened_per_second=round(tickets / opened_in, 1),
            replayed=right.replayed,
            replayed_per_second=round(right.per_second, 1),
            cannot_be_replayed=len(right.failed),
            wrong_replayed=wrong.replayed,
            wrong_caught=len(wrong.failed),
            promoted_in_s=round(promoted_in, 2),
            actions=len(latencies),
            action_p50_ms=round(percentile(latencies, 0.5) * 1000, 1),
            action_p99_ms=round(percentile(latencies, 0.99) * 1000, 1),
            action_max_ms=round(latencies[-1] * 1000, 1),
            rang=rang,
            rang_on_the_old_build=sum(_rang_on(BUILD_OF[OLD], h) for h in histories),
            last_on_the_old_build=last_on[BUILD_OF[OLD]],
            drained_after_s=round(drained_after, 1),
            repeated=scene.repeated,
            failed_workflow_tasks=sum(_failed_tasks(h, is_starved=False) for h in histories),
            starved_workflow_tasks=sum(_failed_tasks(h, is_starved=True) for h in histories),
            tasks_by_build=dict(sum((_builds(history) for history in histories), Counter())),
            old_ways_kept=sum(not _is_noted(history) for history in histories),
            new_ways_taken=_is_noted(later),
        )


def _builds(history: WorkflowHistory) -> Counter[str]:
    """How many workflow tasks each build completed."""
    return Counter(build for _, build in _tasks(history))


def _rang_on(build: str, history: WorkflowHistory) -> int:
    """How many timers this build had to act upon."""
    tasks = list(_tasks(history))
    fired = [event.event_id for event in history.events if event.event_type == TIMER_FIRED]
    return sum(next(by for at, by in tasks if at > timer) == build for timer in fired)


def _tasks(history: WorkflowHistory) -> Iterator[tuple[int, str]]:
    for event in history.events:
        if event.event_type == HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            done = event.workflow_task_completed_event_attributes
            yield event.event_id, done.deployment_version.build_id


def _failed_tasks(history: WorkflowHistory, *, is_starved: bool) -> int:
    failures = [
        event.workflow_task_failed_event_attributes.failure.message
        for event in history.events
        if event.event_type == TASK_FAILED
    ]
    return sum((DEADLOCK in message) == is_starved for message in failures)


def _is_noted(history: WorkflowHistory) -> bool:
    """Whether the ticket goes the way of the new release."""
    return any(event.event_type == MEMO_CHANGED for event in history.events)


if __name__ == "__main__":
    leave(main())
