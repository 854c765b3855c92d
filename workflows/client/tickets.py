"""The client of tickets: opening, actions, merges, and what `ticket_reader.py` reads.

The API, the demo and the tests use it. Nothing else starts or updates a ticket workflow.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from policies.vocabulary import Action, EventType
from workflows.client.calls import DeskUnavailable, unavailable, update_with_start
from workflows.client.ticket_errors import ActionRefused, TicketStopped, refusal_of_closed
from workflows.client.ticket_reader import TicketReader
from workflows.client.ticket_start import start_operation
from workflows.client.turns import Turns
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import IdReused
from workflows.temporal.connection import RPC_TIMEOUT, TASK_QUEUE, ticket_workflow_id
from workflows.ticket.model.merge_news import MergeNews
from workflows.ticket.model.opening import Opening, OpenRequest
from workflows.ticket.model.views import EventView, Reply, TicketView
from workflows.ticket.process.merges import closed_survivor
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.workflow import ACCEPT_DUPLICATE, TicketWorkflow

AnyInput = TypeVar("AnyInput", bound=ActionInput)


class TicketClient(TicketReader):
    """The tickets of one deployment, through a Temporal client."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        """New tickets go to `task_queue`."""
        super().__init__(client)
        self.task_queue = task_queue
        self._turns = Turns()

    async def open(self, opening: Opening) -> Reply:
        """Opens a ticket in one round trip. A repeated opening returns the same ticket."""
        request = OpenRequest(actor=opening.opened_by, fingerprint=opening.fingerprint)
        try:
            reply: Reply = await update_with_start(
                self._client,
                start_operation(opening, self.task_queue),
                TicketWorkflow.opened,
                request,
                id="open",
                reply=Reply,
            )
        except WorkflowAlreadyStartedError:
            # The ticket ended before this update, so Temporal has no reply to repeat.
            role = opening.opened_by.role
            return _same_opening(await self._view_or_none(opening.number, role), opening)
        except (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            await self._translate(error, opening.number)
        except RPCError as error:
            # Also NOT_FOUND: what is not found here is the update, not the ticket.
            id = ticket_workflow_id(opening.number)
            raise await unavailable(self._client, id) from error
        if reply.fingerprint != opening.fingerprint:
            raise ActionRefused.because(IdReused("key_reused"), opening.terms.locale)
        return reply

    async def act(self, number: str, action: Action, request: ActionRequest[AnyInput]) -> Reply:
        """Takes an action, or raises ActionRefused. A repeated id returns the same reply."""
        try:
            reply: Reply = await self._update(
                number, str(action), request, id=request.id, result_type=Reply
            )
        except (WorkflowUpdateFailedError, RPCError) as error:
            if not _has_ended(error):
                await self._translate(error, number)
            reply = await self._reply_of_closed(number, action, request, error)
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            await self._translate(error, number)
        if reply.fingerprint != request.fingerprint:
            raise ActionRefused.because(IdReused("id_reused", id=request.id), reply.locale)
        return reply

    async def accept_duplicate(self, number: str, news: MergeNews, id: str) -> None:
        """Asks a ticket to accept another one that is merged into it, or raises ActionRefused.

        A repeated request has one effect, also after the ticket has ended.
        """
        try:
            await self._update(number, ACCEPT_DUPLICATE, news, id=id)
        except (WorkflowUpdateFailedError, RPCError) as error:
            if not _has_ended(error):
                await self._translate(error, number)
            view = await self.view(number)
            if _has_accepted(await self.timeline(number), news):
                return
            if await self._is_running(number):
                # It has continued as new meanwhile: the next attempt reaches the new run.
                raise DeskUnavailable from error
            refusal = closed_survivor(number, view.merged_into)
            raise ActionRefused.because(refusal, view.locale) from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            await self._translate(error, number)

    async def _update(self, number: str, name: str, request: Any, **options: Any) -> Any:
        async with self._turns.of(number):
            return await self._handle(number).execute_update(
                name, request, rpc_timeout=RPC_TIMEOUT, **options
            )

    async def _reply_of_closed(
        self, number: str, action: Action, request: ActionRequest[AnyInput], error: Exception
    ) -> Reply:
        """The reply of a closed ticket to an action that it has taken before, or its refusal.

        Temporal repeats the reply of an update only within one run. It also loses sight of one
        while the shard of a ticket moves to another server, so the ticket can be running.
        """
        # Asked first: what has ended after the view was read may have taken the action.
        is_running = await self._is_running(number)
        view = await self.view(number, request.actor.role)

        def of(state: TicketState) -> str | None:
            return state.handled.get(request.id)

        fingerprint = await self._read(number, TicketWorkflow.handled, request.id, of=of)
        if fingerprint is None and is_running:
            raise DeskUnavailable from error
        if fingerprint is None and view.stopped:
            raise TicketStopped(number) from error
        if fingerprint is None:
            raise refusal_of_closed(view, action) from error
        return _as_reply(view, fingerprint, request.id)


def _has_ended(error: WorkflowUpdateFailedError | RPCError) -> bool:
    """Whether the workflow of an update has ended or does not exist."""
    if isinstance(error, RPCError):
        return error.status is RPCStatusCode.NOT_FOUND
    cause = error.cause
    return isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow"


def _same_opening(view: TicketView | None, opening: Opening) -> Reply:
    if view is None or view.fingerprint != opening.fingerprint:
        raise ActionRefused.because(IdReused("key_reused"), opening.terms.locale)
    return _as_reply(view, view.fingerprint)


def _as_reply(view: TicketView, fingerprint: str, action_id: str | None = None) -> Reply:
    fields = {name: getattr(view, name) for name in Reply.model_fields}
    added = tuple(m for m in view.conversation if action_id and m.action_id == action_id)
    return Reply(**fields | {"fingerprint": fingerprint, "conversation": added})


def _has_accepted(timeline: Iterable[EventView], news: MergeNews) -> bool:
    number = news.duplicates[0].number
    return any(e.type is EventType.MERGED_IN and e.data["number"] == number for e in timeline)
