"""Closes an open ticket of the person by its own process, and waits for the end of its workflow.

So requesters and agents get the notices that a withdrawal causes, and the account gets the reports
that service credits rest on.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

from temporalio.client import Client, WorkflowExecutionStatus

from policies.vocabulary import Action, NoticeStatus, Role
from workflows.client.found_ticket import FoundTicket
from workflows.client.ticket_errors import ActionRefused
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionRequest, Actor
from workflows.temporal.connection import RPC_TIMEOUT
from workflows.ticket.actions.closing import Withdraw
from workflows.ticket.model.refusals import TicketClosed

ERASER = Actor(id="erasure", role=Role.SERVICE, name="Erasure of personal data")
REASON = "The requester asked for the erasure of personal data."
REQUEST = "erase-requester"
"""The id of the withdrawal, so that a repeated erasure withdraws once."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
SETTLED_AFTER = 3.0
"""Seconds after which a closed ticket that can only be contested has reported to its account."""


class StillOpen(Exception):
    """The ticket is closed, but its workflow goes on. The message says why."""


class Closing:
    """Closes tickets until a deadline. `clock` is monotonic, in seconds."""

    def __init__(self, client: Client, wait: float, clock: Callable[[], float] = monotonic) -> None:
        self._client = client
        self._tickets = TicketClient(client)
        self._clock = clock
        self._wait = wait

    async def close(self, ticket: FoundTicket) -> None:
        """Returns once the workflow has ended. Raises StillOpen, or ActionRefused."""
        request = ActionRequest[Withdraw](id=REQUEST, actor=ERASER, content=Withdraw(reason=REASON))
        try:
            await self._tickets.act(ticket.number, Action.WITHDRAW, request)
        except ActionRefused as refused:
            if refused.kind != TicketClosed.__name__:
                raise
        began, pause = self._clock(), SHORTEST_PAUSE
        while not await self.has_ended(ticket):
            waited = self._clock() - began
            if waited > SETTLED_AFTER and await self._waits_to_be_contested(ticket):
                await self.terminate(ticket)
                return
            if waited > self._wait:
                raise StillOpen("it is closed, but not all of its notices are delivered yet")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def terminate(self, ticket: FoundTicket) -> None:
        """Ends a workflow that has nothing left to do, or that nobody can read any more."""
        handle = self._client.get_workflow_handle(ticket.workflow_id)
        await handle.terminate(reason="erased", rpc_timeout=RPC_TIMEOUT)

    async def has_ended(self, ticket: FoundTicket) -> bool:
        """Whether the workflow has ended."""
        handle = self._client.get_workflow_handle(ticket.workflow_id)
        description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        return description.status is not WorkflowExecutionStatus.RUNNING

    async def _waits_to_be_contested(self, ticket: FoundTicket) -> bool:
        view = await self._tickets.view(ticket.number)
        is_owed = any(notice.status is NoticeStatus.OWED for notice in view.notices)
        return view.contest_until is not None and not is_owed
