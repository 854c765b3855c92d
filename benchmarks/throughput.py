"""How many tickets a second, next to a bare workflow that makes Temporal do the same work.

Both run on the same plain dev server (in memory, one partition), with the same worker settings,
client and process. The life is the documented one, without waiting for days: an agent hands over
before the week opens, and closes what is resolved. Mails go to a mailer that takes them at once.
What one such life asks of Temporal is then read step by step from its history, and the floor does
as much: as many updates, each with as many activities, timers and changes of search attributes
after it, and as many bytes in each.

A round is twenty tickets at once and then twenty floors, the next one the other way about, and the
share is the median of many: how fast a machine is that others use too changes within a minute by
more than what is to be measured.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

from pydantic import BaseModel
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowHistory
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.bare_worker import bare_worker
from benchmarks.support.baseline_steps import course_of
from benchmarks.support.baseline_workflow import Course, FloorWorkflow, filled, nothing
from benchmarks.support.concurrency import Numbers, in_turns
from benchmarks.support.life_cost import LIFE
from benchmarks.support.plain_server import plain_server
from bootstrap.senders import senders
from commands.simulation import contently_demo
from commands.simulation.simulated_desk import IDENTITY
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Action
from worker import make_worker
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.temporal.connection import ticket_workflow_id
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.messages import Opening

CONCURRENCY = 20
FLOOR_QUEUE = "floor"

Between = Callable[[WorkflowHandle[Any, Any]], Awaitable[None]]
"""What is waited for between one step of a workflow and the next."""
Live = Callable[[], Awaitable[object]]
Saying = tuple[Action, Actor, dict[str, Any]]


class Throughput(BaseModel):
    """Lives a second, ours and the floor's, and the processor time of client and worker together,
    by the median of the rounds; `share_of_floor` is the median of the rounds' shares.
    """

    tickets_per_second: float
    floor_per_second: float
    share_of_floor: float
    cpu_ms_per_ticket: float
    cpu_ms_per_floor: float
    concurrency: int
    tickets: int
    updates: int
    activities: int
    timers: int
    upserts: int
    floor_events: int
    ticket_events: int


class TakesEverything:
    """A mailer that costs nothing."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Accepts the mail."""
        del message, sender, recipient
        return "250 OK"


async def throughput(rounds: int) -> Throughput:
    """Lives twenty tickets and as many floors in each round."""
    async with plain_server() as env, ticket_worker(env.client), floor_worker(env.client):
        lives = Lives(env.client)
        history = await history_of(env.client, ticket_workflow_id(await lives.one()))
        course = course_of(history)
        floors = Floors(env.client, course)
        ours, floor = await _in_rounds(rounds, lives.one, floors.one)
        bare = await history_of(env.client, await floors.one())
    shares = [a.per_second / b.per_second for a, b in zip(ours, floor, strict=True)]
    return Throughput(
        tickets_per_second=round(_median(ours).per_second, 2),
        floor_per_second=round(_median(floor).per_second, 2),
        share_of_floor=round(median(shares), 3),
        cpu_ms_per_ticket=round(_median(ours).cpu_ms, 1),
        cpu_ms_per_floor=round(_median(floor).cpu_ms, 1),
        concurrency=CONCURRENCY,
        tickets=rounds * CONCURRENCY,
        updates=len(course.steps),
        activities=sum(len(step.errands) for step in course.steps),
        timers=sum(step.timer is not None for step in course.steps),
        upserts=sum(len(step.upserts) for step in course.steps),
        floor_events=len(bare.events),
        ticket_events=len(history.events),
    )


async def go_on(handle: WorkflowHandle[Any, Any]) -> None:
    """Nothing is waited for."""
    del handle


async def at_rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Returns once no activity and no task of the workflow is under way."""
    while True:
        known = (await handle.describe()).raw_description
        if not known.pending_activities and not known.HasField("pending_workflow_task"):
            return


class Lives:
    """Whole documented lives, one after the other, without waiting for days."""

    def __init__(self, client: Client, between: Between | None = None) -> None:
        self._tickets = TicketClient(client)
        self._client = client
        self._between = between or go_on
        self._numbers = Numbers()
        self._opening = contently_demo.prepare(datetime.now(UTC)).opening
        self._life = tuple(_without_waiting())

    async def one(self) -> str:
        """The number of a ticket that was opened, worked on and closed."""
        opening = self._next()
        await self._tickets.open(opening)
        handle = self._client.get_workflow_handle(ticket_workflow_id(opening.number))
        for index, (action, actor, said) in enumerate(self._life):
            await self._between(handle)
            act = ActionRequest[ActionInput](
                id=str(index), actor=actor, content=ACTIONS[action].input(**said)
            )
            await self._tickets.act(opening.number, action, act)
        await handle.result()
        return opening.number

    def _next(self) -> Opening:
        number = self._numbers.next()
        return self._opening.model_copy(update={"number": number, "fingerprint": number})


class Floors:
    """Bare workflows that do as much."""

    def __init__(
        self,
        client: Client,
        course: Course,
        between: Between | None = None,
        prefix: str = "floor",
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._course = course
        self._between = between or go_on
        self._numbers = count(1)

    async def one(self) -> str:
        """The id of a bare workflow that has taken all its steps."""
        name = f"{self._prefix}/{next(self._numbers)}"
        said = [filled(step.said) for step in self._course.steps]
        operation = WithStartWorkflowOperation(
            FloorWorkflow.run,
            self._course,
            id=name,
            task_queue=FLOOR_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self._client.execute_update_with_start_workflow(
            FloorWorkflow.step, said[0], start_workflow_operation=operation, id="0"
        )
        handle = await operation.workflow_handle()
        for number in range(1, len(said)):
            await self._between(handle)
            await handle.execute_update(FloorWorkflow.step, said[number], id=str(number))
        await handle.result()
        return name


def _without_waiting() -> list[Saying]:
    """The life with two people's actions in place of the two that come by themselves."""
    life: list[Saying] = []
    for _, _, action, actor, said in LIFE:
        if action is Action.CONCLUDE_TRIAGE:
            life.append((action, actor, {**said, "undelivered": "nobody waits in a benchmark"}))
            life.append((Action.HAND_OVER, contently_demo.ADA, {}))
        else:
            life.append((action, actor, said))
    return [*life, (Action.CLOSE, contently_demo.ADA, {})]


class Speed(NamedTuple):
    """Lives a second, and the milliseconds of processor that client and worker take for each."""

    per_second: float
    cpu_ms: float


def _median(rounds: list[Speed]) -> Speed:
    return Speed(*(median(figures) for figures in zip(*rounds, strict=True)))


async def _in_rounds(rounds: int, *lives: Live) -> list[list[Speed]]:
    """How fast each is in every round, once all are warm; their order turns with each round."""
    for live in lives:
        await _timed(live, CONCURRENCY)
    measured: list[list[Speed]] = [[] for _ in lives]
    turn = list(zip(lives, measured, strict=True))
    for _ in range(rounds):
        for live, speeds in turn:
            speeds.append(await _timed(live, CONCURRENCY))
        turn.reverse()
    return measured


async def speed(live: Live, times: int) -> Speed:
    """How fast lives are, once a worker that has just begun is warm."""
    await _timed(live, CONCURRENCY)
    return await _timed(live, times)


async def _timed(live: Live, times: int) -> Speed:
    """So many lives, twenty at once."""

    async def one(_: int) -> None:
        await live()

    began, cpu = perf_counter(), process_time()
    await in_turns(range(times), one, CONCURRENCY)
    cpu_ms = (process_time() - cpu) * 1000 / times
    return Speed(times / (perf_counter() - began), cpu_ms)


async def history_of(client: Client, workflow_id: str) -> WorkflowHistory:
    """What is in the history of a workflow."""
    return await client.get_workflow_handle(workflow_id).fetch_history()


def ticket_worker(client: Client) -> Worker:
    """The worker of a desk, whose mails cost nothing."""
    return make_worker(
        client,
        senders=senders(TakesEverything(), IDENTITY),
        contracts=InMemoryContracts(),
        catalogue=PolicyCatalog.shipped(),
    )


def floor_worker(client: Client) -> Worker:
    """The worker of the floor."""
    return bare_worker(client, FLOOR_QUEUE, FloorWorkflow, nothing)
