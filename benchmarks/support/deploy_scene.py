"""The scene of a deploy: a server, two builds of the worker, and a workload on the tickets.

The server is a dev server, or a cluster of its own. On both, time can be moved.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))

from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.common import WorkerDeploymentVersion
from temporalio.testing import WorkflowEnvironment

from benchmarks.support.concurrency import run_concurrently
from benchmarks.support.next_release import GuardedTicket
from benchmarks.support.throughput import TakesEverything
from benchmarks.workload.openings import Openings
from bootstrap.senders import senders
from commands.simulation.simulated_desk import IDENTITY, silenced_stdout
from commands.temporal.worker_deployment import MAX_POLLS, POLL_SECONDS, Deployment, Status
from deploy.cluster.connection import connected
from deploy.cluster.environment import new_environment
from policies.vocabulary import Action, Role
from worker import DeskWorker, make_worker
from workflows.account.workflow import AccountWorkflow
from workflows.client.calls import DeskUnavailable
from workflows.client.tickets import TicketClient
from workflows.release import Release
from workflows.shared.action_request import ActionRequest, Actor
from workflows.temporal.connection import DATA_CONVERTER, ticket_workflow_id
from workflows.temporal.dev_server import start_time_skipping_server
from workflows.ticket.actions.assignment import Assign
from workflows.ticket.model.views import TicketView

CONCURRENCY = 20
NAME = "desk"
OLD = Release(WorkerDeploymentVersion(NAME, "a"))
NEW = Release(WorkerDeploymentVersion(NAME, "b"), (GuardedTicket, AccountWorkflow))
BUILD_OF = {release: release.version.build_id for release in (OLD, NEW) if release.version}
AGENT = Actor(id="ada", role=Role.AGENT)
CY: dict[str, Any] = {"id": "cy", "name": "Cy", "email": "cy@desk.example"}
TIMER_FIRED = HistoryEvent.EVENT_TYPE_TIMER_FIRED

DRAINS_AT_ONCE = {
    "matching.wv.VersionDrainageStatusVisibilityGracePeriod": '"1s"',
    "matching.wv.VersionDrainageStatusRefreshInterval": '"1s"',
}
"""By default a server checks every few minutes whether a build is drained."""

Done = TypeVar("Done")
Connect = Callable[[], Awaitable[Client]]
"""Makes a connection of its own to the server."""


@asynccontextmanager
async def scene_on_dev_server() -> AsyncIterator["Scene"]:
    """On a dev server in memory."""
    with silenced_stdout():
        env = await start_time_skipping_server(DRAINS_AT_ONCE)
    async with env:
        address = env.client.service_client.config.target_host
        yield Scene(env, lambda: Client.connect(address, data_converter=DATA_CONVERTER))


@asynccontextmanager
async def scene_on_cluster(variables: Mapping[str, str]) -> AsyncIterator["Scene"]:
    """In a namespace of its own on the cluster with these variables of its processes, which has
    MOVABLE_TIME and DRAINS_AT_ONCE.
    """
    async with await new_environment(variables) as env:
        yield Scene(env, lambda: connected(variables, env.client.namespace))


class Scene:
    """A server with movable time, the builds of its worker, and actions on tickets."""

    def __init__(self, env: WorkflowEnvironment, connect: Connect) -> None:
        self.builds = Deployment(env.client, NAME)
        self.client = env.client
        self._env = env
        self._connect = connect
        self._tickets = TicketClient(env.client)
        self.repeated = 0
        self._openings = Openings()
        self._opened: list[str] = []

    async def worker(self, release: Release) -> DeskWorker:
        """A worker of this release on its own connection."""
        return make_worker(
            await self._connect(),
            senders=senders(TakesEverything(), IDENTITY),
            contracts=self._openings.directory,
            catalog=self._openings.catalog,
            release=release,
        )

    async def open(self, tickets: int, sample: int) -> float:
        """Opens tickets of all policies and assigns every second of the sample; returns seconds."""
        began = perf_counter()
        assigned = (number < sample and number % 2 == 0 for number in range(tickets))
        await run_concurrently(assigned, self._open_and_assign, CONCURRENCY)
        return perf_counter() - began

    async def open_one(self) -> WorkflowHistory:
        """Opens one more ticket and returns its history."""
        return await self._history(await self._open())

    async def assign(self, assignee: dict[str, Any], tickets: int) -> list[float]:
        """Assigns this many tickets; returns the seconds of each."""

        async def assign(number: str) -> float:
            return await seconds_of(self._assign(number, assignee))

        return await run_concurrently(self._opened[:tickets], assign, CONCURRENCY)

    async def fire_clocks(self, tickets: int) -> int:
        """Moves the time of this many tickets past their next due time; returns how many fired."""
        return sum(await run_concurrently(self._opened[:tickets], self._fire_clock, CONCURRENCY))

    async def drained(self) -> None:
        """Returns when the server reports the old build as drained."""
        for _ in range(MAX_POLLS):
            if await self._is_drained():
                return
            await asyncio.sleep(POLL_SECONDS)
        raise TimeoutError("the old build is not drained")

    async def read(self, tickets: int) -> None:
        """Reads this many tickets."""
        await run_concurrently(self._opened[:tickets], self._view, CONCURRENCY)

    async def share_of_new_build(self, tickets: int) -> float:
        """The share of this many tickets whose last task ran on the new build."""
        builds = await run_concurrently(self._opened[:tickets], self._last_build, CONCURRENCY)
        return builds.count(BUILD_OF[NEW]) / len(builds)

    async def _last_build(self, number: str) -> str:
        handle = self.client.get_workflow_handle(ticket_workflow_id(number))
        raw = (await handle.describe()).raw_description
        versioning = raw.workflow_execution_info.versioning_info
        return versioning.deployment_version.build_id

    async def _is_drained(self) -> bool:
        status = {each.build: each.status for each in await self.builds.builds()}
        return status[BUILD_OF[OLD]] is Status.DRAINED

    async def _open_and_assign(self, assigns: bool) -> None:
        number = await self._open()
        self._opened.append(number)
        if assigns:
            await self._assign(number, CY)

    async def _open(self) -> str:
        opening = self._openings.next()
        await self._until_answered(lambda: self._tickets.open(opening))
        return opening.number

    async def _assign(self, number: str, assignee: dict[str, Any]) -> None:
        content = Assign.model_validate({"assignee": assignee})
        act = ActionRequest[Assign](id=f"to-{assignee['id']}", actor=AGENT, content=content)
        await self._until_answered(lambda: self._tickets.act(number, Action.ASSIGN, act))

    async def _fire_clock(self, number: str) -> bool:
        due = (await self._view(number)).next_due
        if due is None:
            return False
        handle = self._env.client.get_workflow_handle(ticket_workflow_id(number))
        moved = due - await self._env.get_current_time(handle) + timedelta(minutes=1)
        await self._env.fast_forward(handle, moved)
        return TIMER_FIRED in {event.event_type for event in (await self._history(number)).events}

    async def _view(self, number: str) -> TicketView:
        return await self._until_answered(lambda: self._tickets.view(number))

    async def _until_answered(self, request: Callable[[], Awaitable[Done]]) -> Done:
        while True:
            try:
                return await request()
            except DeskUnavailable:
                self.repeated += 1

    async def _history(self, number: str) -> WorkflowHistory:
        handle = self._env.client.get_workflow_handle(ticket_workflow_id(number))
        return await handle.fetch_history()


async def seconds_of(work: Awaitable[object]) -> float:
    """The duration of awaiting this, in seconds."""
    began = perf_counter()
    await work
    return perf_counter() - began
