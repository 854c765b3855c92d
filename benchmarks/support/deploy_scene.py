"""The scene of a deploy: a server, the builds of the worker there, and people at work."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from bootstrap.senders import senders

sys.path.insert(0, str(Path(__file__).parents[2]))

from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.common import WorkerDeploymentVersion
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.concurrency import Numbers, in_turns
from benchmarks.support.next_release import GuardedTicket
from benchmarks.throughput import TakesEverything
from commands.simulation.simulated_desk import IDENTITY
from commands.temporal.worker_deployment import BETWEEN_LOOKS, LOOKS, Deployment, Status
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Action, Role
from worker import make_worker
from workflows.account.workflow import AccountWorkflow
from workflows.client.tickets import DeskUnavailable, TicketClient
from workflows.release import Release
from workflows.shared.action_request import ActionRequest, Actor
from workflows.temporal.connection import DATA_CONVERTER, ticket_workflow_id
from workflows.ticket.actions.assignment import Assign
from workflows.ticket.model.messages import Opening, TicketView

AT_ONCE = 20
NAME = "desk"
OLD = Release(WorkerDeploymentVersion(NAME, "a"))
NEW = Release(WorkerDeploymentVersion(NAME, "b"), (GuardedTicket, AccountWorkflow))
BUILD_OF = {release: release.version.build_id for release in (OLD, NEW) if release.version}
SERVICE = Actor(id="widget", role=Role.SERVICE)
AGENT = Actor(id="ada", role=Role.AGENT)
CY: dict[str, Any] = {"id": "cy", "name": "Cy", "email": "cy@desk.example"}
CONTRACTS = Path(__file__).parents[2] / "examples" / "contracts"
TIMER_FIRED = HistoryEvent.EVENT_TYPE_TIMER_FIRED

Done = TypeVar("Done")


class Scene:
    """A server, the builds of the worker there, and people who work on tickets."""

    def __init__(self, env: WorkflowEnvironment) -> None:
        self.builds = Deployment(env.client, NAME)
        self._env = env
        self._tickets = TicketClient(env.client)
        self.repeated = 0
        self._numbers = Numbers()
        self._opened: list[str] = []
        self._catalogue = PolicyCatalog.shipped()
        contracts = [load_contract(path) for path in sorted(CONTRACTS.glob("*.yaml"))]
        self._directory = InMemoryContracts(contracts)
        self._contracts = cycle(contracts)

    async def worker(self, release: Release) -> Worker:
        """A worker of this release, on a connection of its own."""
        address = self._env.client.service_client.config.target_host
        return make_worker(
            await Client.connect(address, data_converter=DATA_CONVERTER),
            senders=senders(TakesEverything(), IDENTITY),
            contracts=self._directory,
            catalogue=self._catalogue,
            release=release,
        )

    async def open(self, tickets: int, closely: int) -> float:
        """Opens tickets of all policies; every second one of some is given to somebody; seconds."""
        began = perf_counter()
        assigned = (number < closely and number % 2 == 0 for number in range(tickets))
        await in_turns(assigned, self._open_and_assign, AT_ONCE)
        return perf_counter() - began

    async def open_one(self) -> WorkflowHistory:
        """The history of one more, opened now."""
        return await self._history(await self._open())

    async def assign(self, assignee: dict[str, Any], tickets: int) -> list[float]:
        """So many tickets are given to somebody; how long each took, in seconds."""

        async def assign(number: str) -> float:
            return await took(self._assign(number, assignee))

        return await in_turns(self._opened[:tickets], assign, AT_ONCE)

    async def ring(self, tickets: int) -> int:
        """Moves the time of so many tickets past what they owe next; how many had it ring."""
        return sum(await in_turns(self._opened[:tickets], self._ring, AT_ONCE))

    async def drained(self) -> None:
        """Returns when the server finds that nothing needs the old build any more."""
        for _ in range(LOOKS):
            if await self._is_drained():
                return
            await asyncio.sleep(BETWEEN_LOOKS)
        raise TimeoutError("the old build is not drained")

    async def read(self, tickets: int) -> None:
        """So many tickets answer."""
        await in_turns(self._opened[:tickets], self._view, AT_ONCE)

    async def _is_drained(self) -> bool:
        status = {each.build: each.status for each in await self.builds.builds()}
        return status[BUILD_OF[OLD]] is Status.DRAINED

    async def _open_and_assign(self, assigns: bool) -> None:
        number = await self._open()
        self._opened.append(number)
        if assigns:
            await self._assign(number, CY)

    async def _open(self) -> str:
        opening = self._opening(next(self._contracts))
        await self._until_answered(lambda: self._tickets.open(opening))
        return opening.number

    def _opening(self, contract: Contract) -> Opening:
        now, number = datetime.now(UTC), self._numbers.next()
        policy = self._catalogue.in_force(contract.policy, now)
        people = [*contract.designated, *(u for p in contract.publications for u in p.users)]
        email = (people or ["mia@desk.example"])[0].replace("*", "mia")
        facts = TicketFacts(requester=Requester(name="Mia", email=email), channel="email")
        return Opening(
            number=number,
            received_at=now,
            opened_by=SERVICE,
            subject="The editor stays blank",
            description="Since this morning.",
            terms=settle(policy, contract, facts, now),
            fingerprint=number,
        )

    async def _assign(self, number: str, assignee: dict[str, Any]) -> None:
        content = Assign.model_validate({"assignee": assignee})
        act = ActionRequest[Assign](id=f"to-{assignee['id']}", actor=AGENT, content=content)
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


async def took(doing: Awaitable[object]) -> float:
    """How long it took, in seconds."""
    began = perf_counter()
    await doing
    return perf_counter() - began
