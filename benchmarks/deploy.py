"""A deploy over open tickets: a changed workflow takes over from the build they began under.

On a real server with movable time: tickets of the five policies are opened and worked on under
build `a`. Histories of all are replayed on the next release, done right and done wrong (see
next_release.py). Then a worker of build `b` is started and promoted while people go on acting on
every ticket. Clocks ring, `a` drains and stops, tickets are read, and new ones opened. At the end
the histories say which build did what, and whether a workflow task failed.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.common import WorkerDeploymentVersion
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.given_contracts import GivenContracts
from benchmarks.next_release import GuardedTicket, UnguardedTicket
from benchmarks.throughput import TakesEverything
from commands.deployment import BETWEEN_LOOKS, LOOKS, Deployment, Status
from commands.rehearsal import IDENTITY, unheard
from commands.replaying import open_histories, replay
from policies.catalogue import Catalogue
from policies.contract import Contract
from policies.loading import load_contract
from policies.settlement import Requester, TicketFacts, settle
from policies.vocabulary import Action, Role
from worker import make_worker
from workflows.account.workflow import AccountWorkflow
from workflows.connection import DATA_CONVERTER, ticket_workflow_id
from workflows.gateway import DeskUnavailable, Tickets
from workflows.release import Release
from workflows.server import start_time_skipping_server
from workflows.ticket.contents import Assign
from workflows.ticket.messages import Act, Actor, Opening, TicketView

TICKETS = 1000
CONCURRENCY = 20
WRONG_ONES = 20
"""Histories that the release done wrong is shown."""
NAME = "desk"
OLD = Release(WorkerDeploymentVersion(NAME, "a"))
NEW = Release(WorkerDeploymentVersion(NAME, "b"), (GuardedTicket, AccountWorkflow))
WRONG = Release(WorkerDeploymentVersion(NAME, "c"), (UnguardedTicket, AccountWorkflow))
BUILD_OF = {release: release.version.build_id for release in (OLD, NEW) if release.version}
SERVICE = Actor(id="widget", role=Role.SERVICE)
AGENT = Actor(id="ada", role=Role.AGENT)
BO: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
DI: dict[str, Any] = {"id": "di", "name": "Di", "email": "di@desk.example"}
CY: dict[str, Any] = {"id": "cy", "name": "Cy", "email": "cy@desk.example"}
DRAINS_AT_ONCE = {
    "matching.wv.VersionDrainageStatusVisibilityGracePeriod": '"1s"',
    "matching.wv.VersionDrainageStatusRefreshInterval": '"1s"',
}
"""By default a server looks every few minutes whether a build is drained."""
PATIENCE = timedelta(seconds=30)
CONTRACTS = Path(__file__).parents[1] / "examples" / "contracts"
DEADLOCK = "TMPRL1101"
"""The SDK's word for a workflow that did not yield within two seconds."""
TASK_FAILED = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
TIMER_FIRED = HistoryEvent.EVENT_TYPE_TIMER_FIRED
MEMO_CHANGED = HistoryEvent.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED

Given = TypeVar("Given")
Done = TypeVar("Done")


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


def main() -> None:
    """Measure, then print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--tickets", type=int, default=TICKETS, help=f"how many ({TICKETS})")
    wanted = parser.parse_args()
    report = asyncio.run(deploy(wanted.tickets, wanted.tickets))
    if wanted.json:
        print(report.model_dump_json(indent=2))
        return
    shown = Table("figure", "value")
    for name, value in report.model_dump().items():
        shown.add_row(name.replace("_", " "), json.dumps(value))
    Console().print(shown)


async def deploy(tickets: int, ringing: int) -> Report:
    """Opens so many tickets, deploys over them, and lets clocks of so many ring."""
    with unheard():
        env = await start_time_skipping_server(DRAINS_AT_ONCE)
    async with env, AsyncExitStack() as old_workers, AsyncExitStack() as new_workers:
        scene = Scene(env)
        await old_workers.enter_async_context(await scene.worker(OLD))
        await scene.builds.promote(BUILD_OF[OLD], PATIENCE)
        opened_in = await scene.open(tickets)
        right = await replay(NEW, open_histories(env.client))
        wrong = await replay(WRONG, open_histories(env.client, sample=WRONG_ONES))

        await new_workers.enter_async_context(await scene.worker(NEW))
        acting = asyncio.create_task(scene.assign_all(BO))
        promoted_in = await _took(scene.builds.promote(BUILD_OF[NEW], PATIENCE))
        latencies = sorted(await acting)
        await scene.assign_all(DI)
        rang = await scene.ring(ringing)
        drained_after = await _took(scene.drained())
        await old_workers.aclose()
        await scene.read_all()
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
            action_p50_ms=round(latencies[len(latencies) // 2] * 1000, 1),
            action_p99_ms=round(latencies[len(latencies) * 99 // 100] * 1000, 1),
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


class Scene:
    """A server, the builds of the worker there, and people who work on tickets."""

    def __init__(self, env: WorkflowEnvironment) -> None:
        self.builds = Deployment(env.client, NAME)
        self._env = env
        self._tickets = Tickets(env.client)
        self.repeated = 0
        self._numbers = count(1)
        self._opened: list[str] = []
        self._catalogue = Catalogue.load()
        self._contracts = [load_contract(path) for path in sorted(CONTRACTS.glob("*.yaml"))]

    async def worker(self, release: Release) -> Worker:
        """A worker of this release, on a connection of its own."""
        address = self._env.client.service_client.config.target_host
        return make_worker(
            await Client.connect(address, data_converter=DATA_CONVERTER),
            mailer=TakesEverything(),
            identity=IDENTITY,
            contracts=GivenContracts(self._contracts),
            catalogue=self._catalogue,
            release=release,
        )

    async def open(self, tickets: int) -> float:
        """Opens tickets of all policies; every second one is given to somebody."""
        began = perf_counter()
        await _at_once(self._open_and_assign, [number % 2 == 0 for number in range(tickets)])
        return perf_counter() - began

    async def open_one(self) -> WorkflowHistory:
        """The history of one more, opened now."""
        return await self._history(await self._open())

    async def assign_all(self, assignee: dict[str, Any]) -> list[float]:
        """Every ticket is given to somebody; how long each took, in seconds."""

        async def assign(number: str) -> float:
            return await _took(self._assign(number, assignee))

        return await _at_once(assign, self._opened)

    async def ring(self, tickets: int) -> int:
        """Moves the time of so many tickets past what they owe next; how many had it ring."""
        return sum(await _at_once(self._ring, self._opened[:tickets]))

    async def drained(self) -> None:
        """Returns when the server finds that nothing needs the old build any more."""
        for _ in range(LOOKS):
            if await self._is_drained():
                return
            await asyncio.sleep(BETWEEN_LOOKS)
        raise TimeoutError("the old build is not drained")

    async def read_all(self) -> None:
        """Every ticket answers."""
        await _at_once(self._view, self._opened)

    async def _is_drained(self) -> bool:
        status = {each.build: each.status for each in await self.builds.builds()}
        return status[BUILD_OF[OLD]] is Status.DRAINED

    async def _open_and_assign(self, assigns: bool) -> None:
        number = await self._open()
        self._opened.append(number)
        if assigns:
            await self._assign(number, CY)

    async def _open(self) -> str:
        index = next(self._numbers)
        opening = self._opening(index, self._contracts[index % len(self._contracts)])
        await self._until_answered(lambda: self._tickets.open(opening))
        return opening.number

    def _opening(self, index: int, contract: Contract) -> Opening:
        now, digits = datetime.now(UTC), f"{index:012d}"
        policy = self._catalogue.in_force(contract.policy, now)
        people = [*contract.designated, *(u for p in contract.publications for u in p.users)]
        email = (people or ["mia@desk.example"])[0].replace("*", "mia")
        facts = TicketFacts(requester=Requester(name="Mia", email=email), channel="email")
        return Opening(
            number="-".join((digits[:4], digits[4:8], digits[8:])),
            received_at=now,
            opened_by=SERVICE,
            subject="The editor stays blank",
            description="Since this morning.",
            terms=settle(policy, contract, facts, now),
            fingerprint=digits,
        )

    async def _assign(self, number: str, assignee: dict[str, Any]) -> None:
        content = Assign.model_validate({"assignee": assignee})
        act = Act[Assign](id=f"to-{assignee['id']}", actor=AGENT, content=content)
        await self._until_answered(lambda: self._tickets.act(number, Action.ASSIGN, act))

    async def _ring(self, number: str) -> bool:
        due = (await self._view(number)).next_due
        if due is None:
            return False
        handle = self._env.client.get_workflow_handle(ticket_workflow_id(number))
        moved = due - await self._env.get_current_time(handle) + timedelta(minutes=1)
        await self._env.fast_forward(handle, moved)
        return TIMER_FIRED in {event.event_type for event in (await self._history(number)).events}

    async def _view(self, number: str) -> TicketView:
        return await self._until_answered(lambda: self._tickets.view(number))

    async def _until_answered(self, ask: Callable[[], Awaitable[Done]]) -> Done:
        while True:
            try:
                return await ask()
            except DeskUnavailable:
                self.repeated += 1

    async def _history(self, number: str) -> WorkflowHistory:
        handle = self._env.client.get_workflow_handle(ticket_workflow_id(number))
        return await handle.fetch_history()


async def _at_once(do: Callable[[Given], Awaitable[Done]], given: Sequence[Given]) -> list[Done]:
    """Does it for each, so many at a time."""
    left, done = iter(given), []

    async def one_after_the_other() -> None:
        done.extend([await do(each) for each in left])

    await asyncio.gather(*(one_after_the_other() for _ in range(CONCURRENCY)))
    return done


async def _took(doing: Awaitable[object]) -> float:
    began = perf_counter()
    await doing
    return perf_counter() - began


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
    main()
    # The threads of Temporal's core outlive the loop, and can abort an interpreter that shuts down.
    sys.stdout.flush()
    os._exit(0)
