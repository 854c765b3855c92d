"""A deploy over open tickets: a changed workflow takes over from the build that opened them.

On a server with movable time, tickets of the five policies are opened and worked on under build
`a`. Their histories are replayed on a correct and on an incorrect next release (see
support/next_release.py). Then a worker of build `b` starts, gets a quarter of the tickets, and is
promoted while actions on every ticket continue. Clocks fire, `a` drains and stops, tickets are
read, and a new one is opened. The histories show which build completed each task, and whether a
workflow task failed. The server is a dev server, or with --cluster one of `make cluster` that is
started for it.
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

from benchmarks.support.deploy_scene import (
    BUILD_OF,
    DRAINS_AT_ONCE,
    NAME,
    NEW,
    OLD,
    TIMER_FIRED,
    Scene,
    scene_on_cluster,
    scene_on_dev_server,
    seconds_of,
)
from benchmarks.support.next_release import UnguardedTicket
from benchmarks.support.report import command_line, leave, percentile, progress
from bootstrap.replays.history_replay import open_histories, replay
from deploy.cluster.temporary import throwaway_cluster
from workflows.account.workflow import AccountWorkflow
from workflows.release import Release
from workflows.temporal.dev_server import MOVABLE_TIME

TICKETS = 1000
WRONG_REPLAYS = 20
"""Histories that are replayed on the incorrect release."""
WRONG = Release(WorkerDeploymentVersion(NAME, "c"), (UnguardedTicket, AccountWorkflow))
BO: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
DI: dict[str, Any] = {"id": "di", "name": "Di", "email": "di@desk.example"}
EM: dict[str, Any] = {"id": "em", "name": "Em", "email": "em@desk.example"}
RAMP = 25.0
"""The percentage of tickets that the new build gets first."""
PATIENCE = timedelta(seconds=30)
DEADLOCK = "TMPRL1101"
"""The SDK's code for a workflow that did not yield within two seconds."""
TASK_FAILED = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
MEMO_CHANGED = HistoryEvent.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED


class Report(BaseModel):
    """All figures. Times of actions are of those taken during the change of builds."""

    tickets: int
    opened_per_second: float
    replayed: int
    replayed_per_second: float
    cannot_be_replayed: int
    wrong_replayed: int
    wrong_caught: int
    ramped_in_s: float
    share_on_ramp: float
    """Of the tickets, after an action on each while a quarter goes to the new build."""
    promoted_in_s: float
    actions: int
    action_p50_ms: float
    action_p99_ms: float
    action_max_ms: float
    fired: int
    fired_on_the_old_build: int
    last_on_the_old_build: int
    drained_after_s: float
    repeated: int
    """Requests without an answer in time, sent again with the same id."""
    failed_workflow_tasks: int
    starved_workflow_tasks: int
    """Tasks that got no CPU for two seconds; they are retried, on any build."""
    tasks_by_build: dict[str, int]
    on_the_old_path: int
    on_the_new_path: int
    """Histories without and with the patched command."""


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code.

    It is 1 if a workflow task failed or a history could not be replayed.
    """
    parser = command_line(__doc__)
    parser.add_argument(
        "--tickets", type=int, default=TICKETS, help=f"how many (default: {TICKETS})"
    )
    parser.add_argument("--cluster", action="store_true", help="on a cluster, started for it")
    options = parser.parse_args()
    run = _deploy_on_cluster if options.cluster else deploy_on_dev_server
    report = asyncio.run(run(options.tickets))
    if options.json:
        print(report.model_dump_json(indent=2))
    else:
        table = Table("figure", "value")
        for name, value in report.model_dump().items():
            table.add_row(name.replace("_", " "), json.dumps(value))
        Console().print(table)
    return 1 if report.failed_workflow_tasks or report.cannot_be_replayed else 0


async def deploy_on_dev_server(tickets: int, sample: int | None = None) -> Report:
    """Deploys on a dev server."""
    async with scene_on_dev_server() as scene:
        return await deploy(scene, tickets, sample)


async def _deploy_on_cluster(tickets: int) -> Report:
    settings = {**MOVABLE_TIME, **DRAINS_AT_ONCE}
    async with (
        throwaway_cluster(dynamic_config=settings, report=progress) as cluster,
        scene_on_cluster(cluster.processes.client_settings()) as scene,
    ):
        return await deploy(scene, tickets)


async def deploy(scene: Scene, tickets: int, sample: int | None = None) -> Report:
    """Opens tickets and deploys while an action is taken on each.

    Only a sample is replayed beforehand, has its clocks fired and is read; by default all are.
    """
    sample = tickets if sample is None else sample
    async with AsyncExitStack() as old_workers, AsyncExitStack() as new_workers:
        await old_workers.enter_async_context(await scene.worker(OLD))
        await scene.builds.promote(BUILD_OF[OLD], PATIENCE)
        opened_in = await scene.open(tickets, sample)
        right = await replay(NEW, open_histories(scene.client, sample=sample))
        wrong = await replay(WRONG, open_histories(scene.client, sample=WRONG_REPLAYS))

        await new_workers.enter_async_context(await scene.worker(NEW))
        ramped_in = await seconds_of(scene.builds.ramp(BUILD_OF[NEW], RAMP, PATIENCE))
        await scene.assign(EM, sample)
        share_on_ramp = await scene.share_of_new_build(sample)
        async with asyncio.TaskGroup() as group:
            acting = group.create_task(scene.assign(BO, tickets))
            promoted_in = await seconds_of(scene.builds.promote(BUILD_OF[NEW], PATIENCE))
        latencies = sorted(acting.result())
        await scene.assign(DI, sample)
        fired = await scene.fire_clocks(sample)
        drained_after = await seconds_of(scene.drained())
        await old_workers.aclose()
        await scene.read(sample)
        histories = [history async for history in open_histories(scene.client)]
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
            ramped_in_s=round(ramped_in, 2),
            share_on_ramp=round(share_on_ramp, 3),
            promoted_in_s=round(promoted_in, 2),
            actions=len(latencies),
            action_p50_ms=round(percentile(latencies, 0.5) * 1000, 1),
            action_p99_ms=round(percentile(latencies, 0.99) * 1000, 1),
            action_max_ms=round(latencies[-1] * 1000, 1),
            fired=fired,
            fired_on_the_old_build=sum(_fired_on(BUILD_OF[OLD], h) for h in histories),
            last_on_the_old_build=last_on[BUILD_OF[OLD]],
            drained_after_s=round(drained_after, 1),
            repeated=scene.repeated,
            failed_workflow_tasks=sum(_failed_tasks(h, is_starved=False) for h in histories),
            starved_workflow_tasks=sum(_failed_tasks(h, is_starved=True) for h in histories),
            tasks_by_build=dict(sum((_builds(history) for history in histories), Counter())),
            on_the_old_path=sum(not _is_patched(history) for history in histories),
            on_the_new_path=_is_patched(later),
        )


def _builds(history: WorkflowHistory) -> Counter[str]:
    """The number of workflow tasks that each build completed."""
    return Counter(build for _, build in _tasks(history))


def _fired_on(build: str, history: WorkflowHistory) -> int:
    """The number of timers whose next workflow task this build completed."""
    tasks = list(_tasks(history))
    timers = [event.event_id for event in history.events if event.event_type == TIMER_FIRED]
    return sum(next(by for at, by in tasks if at > timer) == build for timer in timers)


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


def _is_patched(history: WorkflowHistory) -> bool:
    """Whether the ticket issues the new release's command."""
    return any(event.event_type == MEMO_CHANGED for event in history.events)


if __name__ == "__main__":
    leave(main())
