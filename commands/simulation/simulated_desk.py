"""A simulated deployment: a real Temporal server that can skip time, the real worker, and a real
SMTP server that stores e-mails. Weeks pass in seconds, and no component is faked.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Self

from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from activities.adapters.mail_catcher import LOOPBACK, MailCatcher
from activities.adapters.smtp import SmtpMailer, Tls
from activities.rendering.email_composer import Identity
from activities.templates.own_templates import OwnTemplates
from activities.terms_settlement import Settlements
from bootstrap.senders import senders
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.vocabulary import Action, Role
from worker import make_worker
from workflows.client.ticket_start import start_options
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.temporal.connection import ticket_workflow_id
from workflows.temporal.dev_server import start_time_skipping_server
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.views import EventView, Reply, Summary, TicketView
from workflows.ticket.process.duties import UNDER_WAY
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

IN_THE_FUTURE = datetime(2199, 1, 1, tzinfo=UTC)
"""Simulations are in the future, when the newest revision of every policy is in force."""
POLL_SECONDS, POLL_TIMEOUT = 0.01, 30.0
TASK_TIME = timedelta(seconds=1)
"""A timer counts from the end of the workflow task that started it, so it fires this much late."""
SETTLED = UNDER_WAY + TASK_TIME
"""How long after its due time a duty is certainly performed."""
JUST_BEFORE = timedelta(milliseconds=30)
TASK_BEGINS = (
    HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_STARTED,
)
TASK_ENDS = (
    HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
)
SETTLEMENT = Settlements.settle_terms.__name__
"""The activity that settles terms."""
IDENTITY = Identity("support@desk.example", "desk.example")


class SimulatedTicket:
    """One ticket on a server that can skip time."""

    def __init__(self, env: WorkflowEnvironment, opened: Opening) -> None:
        self._env = env
        self._ids = count(1)
        self.at = opened.received_at
        """The time to which the test or scenario has come. The server's clock has gone on since."""
        self.number = opened.number
        self.tickets = TicketClient(env.client)
        self.handle: WorkflowHandle[TicketWorkflow, Summary] = env.client.get_workflow_handle_for(
            TicketWorkflow.run, ticket_workflow_id(opened.number)
        )

    @classmethod
    async def begin(cls, env: WorkflowEnvironment, opened: Opening) -> Self:
        """Opens a ticket at its time of receipt, which must be in the future."""
        wait = opened.received_at - datetime.now(UTC)
        handle = await env.client.start_workflow(
            TicketWorkflow.run,
            Start(opening=opened),
            start_delay=wait,
            **start_options(opened),
        )
        await wait_for(env, handle, opened.received_at)
        ticket = cls(env, opened)
        await ticket.tickets.open(opened)
        return ticket

    async def now(self) -> datetime:
        """The current time of the ticket."""
        return await self._env.get_current_time(self.handle)

    async def until(self, at: datetime) -> None:
        """Advances the time of the ticket; everything due by then, inclusive, is done."""
        self.at = at
        await move(self._env, self.handle, at + SETTLED)

    async def approach(self, at: datetime) -> None:
        """Advances the time of the ticket to an action, which precedes what is due at that time."""
        self.at = at
        await move(self._env, self.handle, at)

    async def act(
        self, action: Action, actor: Actor, *, id: str | None = None, **input: Any
    ) -> Reply:
        """Takes an action as this actor, received exactly at the time of the ticket."""
        request = ActionRequest[ActionInput](
            id=id or f"{action}-{next(self._ids)}",
            actor=actor,
            content=ACTIONS[action].input(**input),
            received_at=self.at,
        )
        return await self.tickets.act(self.number, action, request)

    async def until_settled(self) -> None:
        """Returns once no terms and no verdict are being settled."""
        async with asyncio.timeout(POLL_TIMEOUT):
            while _is_settling(await self.handle.fetch_history()):  # noqa: ASYNC110  # on a server
                await asyncio.sleep(POLL_SECONDS)

    async def view(self) -> TicketView:
        """The state of the ticket."""
        return await self.tickets.view(self.number)

    async def allowed_actions(self, role: Role) -> tuple[Action, ...]:
        """The actions that the role can take now."""
        return (await self.tickets.view(self.number, role)).allowed_actions

    async def timeline(self) -> list[EventView]:
        """The events of the ticket."""
        return await self.tickets.timeline(self.number)


async def wait_for(
    env: WorkflowEnvironment, handle: WorkflowHandle[Any, Any], at: datetime
) -> None:
    """Advances the time of a workflow with a delayed start to just before that start. If it were
    advanced to the start itself, the server could also skip the first timer of the workflow.
    """
    await env.fast_forward(handle, at - JUST_BEFORE - datetime.now(UTC))


async def move(env: WorkflowEnvironment, handle: WorkflowHandle[Any, Any], at: datetime) -> None:
    """Advances the time of a workflow, and returns once every timer that fires by then has fired
    and its workflow task is done. A workflow that has ended is left alone.
    """
    try:
        if (wait := at - await env.get_current_time(handle)) > timedelta(0):
            await env.fast_forward(handle, wait)
        async with asyncio.timeout(POLL_TIMEOUT):
            while _is_busy(await handle.fetch_history(), at):  # noqa: ASYNC110  # on a server
                await asyncio.sleep(POLL_SECONDS)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


def _is_busy(history: WorkflowHistory, at: datetime) -> bool:
    """Whether a timer that is due by then has not fired, or a workflow task is open."""
    due: dict[int, datetime] = {}
    is_task_open = False
    for event in history.events:
        if event.event_type == HistoryEvent.EVENT_TYPE_TIMER_STARTED:
            delay = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            due[event.event_id] = event.event_time.ToDatetime(UTC) + delay
        elif event.event_type == HistoryEvent.EVENT_TYPE_TIMER_FIRED:
            due.pop(event.timer_fired_event_attributes.started_event_id)
        elif event.event_type == HistoryEvent.EVENT_TYPE_TIMER_CANCELED:
            due.pop(event.timer_canceled_event_attributes.started_event_id)
        elif event.event_type in TASK_BEGINS:
            is_task_open = True
        elif event.event_type in TASK_ENDS:
            is_task_open = False
    return is_task_open or any(each <= at for each in due.values())


def _is_settling(history: WorkflowHistory) -> bool:
    """Whether an activity that settles terms has not ended, or a workflow task is open."""
    running: set[int] = set()
    is_task_open = False
    for event in history.events:
        if event.event_type == HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            if event.activity_task_scheduled_event_attributes.activity_type.name == SETTLEMENT:
                running.add(event.event_id)
        elif event.event_type == HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            completed = event.activity_task_completed_event_attributes
            running.discard(completed.scheduled_event_id)
        elif event.event_type in TASK_BEGINS:
            is_task_open = True
        elif event.event_type in TASK_ENDS:
            is_task_open = False
    return bool(running) or is_task_open


@dataclass(frozen=True)
class SimulatedDesk:
    """The server, its mail catcher, its contract directory, and its policies."""

    env: WorkflowEnvironment
    catcher: MailCatcher
    directory: InMemoryContracts
    catalog: PolicyCatalog

    @classmethod
    @asynccontextmanager
    async def begin(
        cls,
        *contracts: Contract,
        catalog: PolicyCatalog | None = None,
        own: OwnTemplates | None = None,
    ) -> AsyncIterator["SimulatedDesk"]:
        """Starts everything, and stops it at the end."""
        directory = InMemoryContracts(contracts)
        policies = PolicyCatalog(catalog or PolicyCatalog.shipped())
        async with MailCatcher() as catcher, await _server() as env:
            mailer = SmtpMailer(LOOPBACK, catcher.port, tls=Tls.NONE)
            async with make_worker(
                env.client,
                senders=senders(mailer, IDENTITY, own=own),
                contracts=directory,
                catalog=policies,
                now=lambda: IN_THE_FUTURE,
            ):
                yield cls(env, catcher, directory, policies)

    @contextmanager
    def knowing(self, contract: Contract) -> Iterator[None]:
        """The directory has this contract meanwhile. Otherwise only a scenario with an account has
        its contract there, so that no other one gets an account.
        """
        contracts = self.directory.contracts
        before = contracts.get(contract.account)
        contracts[contract.account] = contract
        try:
            yield
        finally:
            if before is None:
                del contracts[contract.account]
            else:
                contracts[contract.account] = before

    async def open(self, opened: Opening) -> SimulatedTicket:
        """Opens a ticket at its time of receipt."""
        return await SimulatedTicket.begin(self.env, opened)


async def _server() -> WorkflowEnvironment:
    with silenced_stdout():
        return await start_time_skipping_server()


@contextmanager
def silenced_stdout() -> Iterator[None]:
    """Discards the standard output of child processes that start meanwhile. The server prints its
    addresses, which would end up in the middle of JSON output.
    """
    stdout, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 1)
        yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
        os.close(null)
