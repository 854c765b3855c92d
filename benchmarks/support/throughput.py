"""Tickets per second, next to a baseline workflow that makes Temporal do the same work.

Both run on the same plain dev server (in memory, one partition), with the same worker settings,
client and process. The ticket takes the documented lifecycle without its waiting times: an agent
hands over before the week opens, and closes the ticket after resolving it. A mailer accepts each
e-mail at once. The steps of one ticket are read from its history, and the baseline takes the same:
as many updates, each followed by as many activities, timers and upserts of search attributes, with
as many bytes in each.

A round is twenty concurrent tickets and twenty concurrent baselines, in alternating order. The
share is the median over many rounds, because the speed of a shared machine changes within a minute
by more than the difference to be measured.
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
from benchmarks.support.baseline_steps import baseline_of
from benchmarks.support.baseline_workflow import BaselineInput, BaselineWorkflow, nothing, padded
from benchmarks.support.concurrency import Numbers, run_concurrently
from benchmarks.support.lifecycle_cost import LIFECYCLE
from benchmarks.support.plain_server import plain_server
from bootstrap.senders import senders
from commands.simulation import contently_demo
from commands.simulation.simulated_desk import IDENTITY
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Action
from worker import DeskWorker, collect_less_garbage, make_worker
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.temporal.connection import ticket_workflow_id
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.opening import Opening

CONCURRENCY = 20
BASELINE_QUEUE = "baseline"

Between = Callable[[WorkflowHandle[Any, Any]], Awaitable[None]]
"""Awaited between two steps of a workflow."""
Run = Callable[[], Awaitable[object]]
Step = tuple[Action, Actor, dict[str, Any]]


class Throughput(BaseModel):
    """Medians over the rounds; a rate is lifecycles per second, CPU is of client and worker."""

    tickets_per_second: float
    baseline_per_second: float
    share_of_baseline: float
    cpu_ms_per_ticket: float
    cpu_ms_per_baseline: float
    concurrency: int
    tickets: int
    updates: int
    activities: int
    timers: int
    upserts: int
    baseline_events: int
    ticket_events: int


class TakesEverything:
    """A mailer that does nothing."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Accepts the e-mail."""
        del message, sender, recipient
        return "250 OK"


async def throughput(rounds: int, in_sandbox: bool = False) -> Throughput:
    """Runs twenty tickets and twenty baselines in each round, on a dev server."""
    async with plain_server() as env:
        return await throughput_of(env.client, rounds, in_sandbox)


async def throughput_of(client: Client, rounds: int, in_sandbox: bool = False) -> Throughput:
    """The same on the server of a client. The baseline may run in the sandbox of the SDK."""
    async with ticket_worker(client), baseline_worker(client, in_sandbox):
        collect_less_garbage()
        lifecycles = Lifecycles(client)
        history = await history_of(client, ticket_workflow_id(await lifecycles.one()))
        baseline = baseline_of(history)
        baselines = Baselines(client, baseline)
        ticket, bare = await in_rounds(rounds, lifecycles.one, baselines.one)
        bare_history = await history_of(client, await baselines.one())
    shares = [a.per_second / b.per_second for a, b in zip(ticket, bare, strict=True)]
    return Throughput(
        tickets_per_second=round(_median(ticket).per_second, 2),
        baseline_per_second=round(_median(bare).per_second, 2),
        share_of_baseline=round(median(shares), 3),
        cpu_ms_per_ticket=round(_median(ticket).cpu_ms, 1),
        cpu_ms_per_baseline=round(_median(bare).cpu_ms, 1),
        concurrency=CONCURRENCY,
        tickets=rounds * CONCURRENCY,
        updates=len(baseline.steps),
        activities=sum(len(step.activities) for step in baseline.steps),
        timers=sum(step.timer is not None for step in baseline.steps),
        upserts=sum(len(step.upserts) for step in baseline.steps),
        baseline_events=len(bare_history.events),
        ticket_events=len(history.events),
    )


async def do_not_wait(handle: WorkflowHandle[Any, Any]) -> None:
    """Continues at once."""
    del handle


async def at_rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Returns once no activity and no task of the workflow is in progress."""
    while True:
        raw = (await handle.describe()).raw_description
        if not raw.pending_activities and not raw.HasField("pending_workflow_task"):
            return


class Lifecycles:
    """Runs the documented lifecycle without its waiting times."""

    def __init__(self, client: Client, between: Between | None = None, first: int = 1) -> None:
        """`first` is the first ticket number."""
        self._tickets = TicketClient(client)
        self._client = client
        self._between = between or do_not_wait
        self._numbers = Numbers(first)
        self._opening = contently_demo.prepare(datetime.now(UTC)).opening
        self._steps = tuple(_without_waiting())

    async def one(self) -> str:
        """Opens a ticket, takes every step and waits for its end; returns its number."""
        opening = self._next()
        await self._tickets.open(opening)
        handle = self._client.get_workflow_handle(ticket_workflow_id(opening.number))
        for index, (action, actor, body) in enumerate(self._steps):
            await self._between(handle)
            act = ActionRequest[ActionInput](
                id=str(index), actor=actor, content=ACTIONS[action].input(**body)
            )
            await self._tickets.act(opening.number, action, act)
        await handle.result()
        return opening.number

    def _next(self) -> Opening:
        number = self._numbers.next()
        return self._opening.model_copy(update={"number": number, "fingerprint": number})


class Baselines:
    """Runs the baseline workflow."""

    def __init__(
        self,
        client: Client,
        baseline: BaselineInput,
        between: Between | None = None,
        prefix: str = "baseline",
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._baseline = baseline
        self._between = between or do_not_wait
        self._numbers = count(1)

    async def one(self) -> str:
        """Takes every step and waits for the end; returns the workflow id."""
        name = f"{self._prefix}/{next(self._numbers)}"
        texts = [padded(step.input) for step in self._baseline.steps]
        operation = WithStartWorkflowOperation(
            BaselineWorkflow.run,
            self._baseline,
            id=name,
            task_queue=BASELINE_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self._client.execute_update_with_start_workflow(
            BaselineWorkflow.step, texts[0], start_workflow_operation=operation, id="0"
        )
        handle = await operation.workflow_handle()
        for number in range(1, len(texts)):
            await self._between(handle)
            await handle.execute_update(BaselineWorkflow.step, texts[number], id=str(number))
        await handle.result()
        return name


def _without_waiting() -> list[Step]:
    """The lifecycle with two actions of an agent in place of the two automatic ones."""
    steps: list[Step] = []
    for _, _, action, actor, body in LIFECYCLE:
        if action is Action.CONCLUDE_TRIAGE:
            steps.append((action, actor, {**body, "undelivered": "A benchmark does not wait."}))
            steps.append((Action.HAND_OVER, contently_demo.ADA, {}))
        else:
            steps.append((action, actor, body))
    return [*steps, (Action.CLOSE, contently_demo.ADA, {})]


class Speed(NamedTuple):
    """Runs per second, and the CPU time of client and worker for each, in milliseconds."""

    per_second: float
    cpu_ms: float


def _median(rounds: list[Speed]) -> Speed:
    return Speed(*(median(figures) for figures in zip(*rounds, strict=True)))


async def in_rounds(rounds: int, *runs: Run) -> list[list[Speed]]:
    """The speed of each in every round after a warm-up, in alternating order."""
    for run in runs:
        await _timed(run, CONCURRENCY)
    measured: list[list[Speed]] = [[] for _ in runs]
    order = list(zip(runs, measured, strict=True))
    for _ in range(rounds):
        for run, speeds in order:
            speeds.append(await _timed(run, CONCURRENCY))
        order.reverse()
    return measured


async def speed(run: Run, times: int) -> Speed:
    """The speed after a warm-up of the worker."""
    await _timed(run, CONCURRENCY)
    return await _timed(run, times)


async def _timed(run: Run, times: int) -> Speed:
    """The speed of this many runs, twenty at once."""

    async def one(_: int) -> None:
        await run()

    began, cpu = perf_counter(), process_time()
    await run_concurrently(range(times), one, CONCURRENCY)
    cpu_ms = (process_time() - cpu) * 1000 / times
    return Speed(times / (perf_counter() - began), cpu_ms)


async def history_of(client: Client, workflow_id: str) -> WorkflowHistory:
    """The history of the latest run of a workflow."""
    return await client.get_workflow_handle(workflow_id).fetch_history()


def ticket_worker(client: Client) -> DeskWorker:
    """The worker of a desk with a mailer that does nothing."""
    return make_worker(
        client,
        senders=senders(TakesEverything(), IDENTITY),
        contracts=InMemoryContracts(),
        catalog=PolicyCatalog.shipped(),
    )


def baseline_worker(client: Client, in_sandbox: bool = False) -> Worker:
    """The worker of the baseline."""
    return bare_worker(client, BASELINE_QUEUE, BaselineWorkflow, nothing, in_sandbox)
