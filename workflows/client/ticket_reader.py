"""Reading tickets, open or closed. A closed ticket is read from its result, without a worker."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import QueryRejectCondition
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Role, Stage
from workflows.client.calls import query, unavailable
from workflows.client.ticket_errors import ActionRefused, unknown
from workflows.temporal.connection import RPC_TIMEOUT, ticket_workflow_id
from workflows.ticket.model.refusals import REFUSALS, RefusalDetails
from workflows.ticket.model.revision_preview import RevisionPreview
from workflows.ticket.model.views import EventView, Summary, TicketView
from workflows.ticket.process import views
from workflows.ticket.process.duties import DutySchedule, catch_up_before
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state import closed_record
from workflows.ticket.state.record import TicketRecord
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.workflow import TicketWorkflow

NOT_OPEN = QueryRejectCondition.NOT_OPEN


class TicketReader:
    """What can be read of the tickets of one deployment, through a Temporal client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def view(self, number: str, role: Role = Role.AGENT) -> TicketView:
        """Everything about a ticket, open or closed, with the actions of this role."""
        view = await self._view_or_none(number, role)
        if view is None:
            raise unknown(number)
        return view

    async def _view_or_none(self, number: str, role: Role = Role.AGENT) -> TicketView | None:
        """The ticket; None if its request was refused."""
        read: TicketView | None
        name, of = TicketWorkflow.view, partial(views.view, role=role)
        try:
            read = await self._query(number, name, role, reject_condition=NOT_OPEN)
        except WorkflowQueryRejectedError as ended:
            read = await self._read_ended(ended, number, name, role, of=of)
            is_whole = ended.status is WorkflowExecutionStatus.COMPLETED
            return read if is_whole else read and _stopped(read)
        return read

    async def timeline(self, number: str, role: Role = Role.AGENT) -> list[EventView]:
        """The events of a ticket that this role may see, oldest first."""
        of = partial(views.timeline, role=role)
        events: list[EventView] = await self._read(number, TicketWorkflow.timeline, role, of=of)
        if not events:
            # Its request was refused: every ticket has an opening, which every role may see.
            raise unknown(number)
        return events

    async def record(self, number: str, until: datetime) -> TicketRecord:
        """The whole record of a ticket up to a time, for a proof of it."""
        of = partial(_record, until=until)
        found: TicketRecord | None = await self._read(number, TicketWorkflow.record, until, of=of)
        if found is None:
            raise unknown(number)
        return found

    async def preview(self, number: str, terms: Terms) -> RevisionPreview:
        """The effect that these terms would have on a ticket; nothing changes."""
        effect: RevisionPreview = await self._query(number, TicketWorkflow.preview_revision, terms)
        return effect

    async def request(self, number: str) -> SettlementRequest | None:
        """The request that the terms of a ticket are settled from; None if it was not stored."""
        request: SettlementRequest | None = await self._query(number, TicketWorkflow.request)
        return request

    async def _read(
        self, number: str, name: Any, *args: Any, of: Callable[[TicketState], Any]
    ) -> Any:
        """The result of a query. Of a closed ticket it is `of` its record, without a worker."""
        try:
            return await self._query(number, name, *args, reject_condition=NOT_OPEN)
        except WorkflowQueryRejectedError as ended:
            return await self._read_ended(ended, number, name, *args, of=of)

    async def _read_ended(
        self,
        ended: WorkflowQueryRejectedError,
        number: str,
        name: Any,
        *args: Any,
        of: Callable[[TicketState], Any],
    ) -> Any:
        """The same of a workflow that has ended. Only one that was closed has a record."""
        if ended.status is WorkflowExecutionStatus.COMPLETED:
            result = await self._result(number)
            if result.format == closed_record.FORMAT:
                return of(closed_record.unpacked(result.record))
        return await self._query(number, name, *args)

    async def _result(self, number: str) -> Summary:
        try:
            result: Summary = await self._handle(number).result(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            await self._translate(error, number)
        return result

    async def _query(
        self,
        number: str,
        name: Any,
        *args: Any,
        reject_condition: QueryRejectCondition | None = None,
    ) -> Any:
        try:
            return await query(
                self._client, self._handle(number), name, *args, reject_condition=reject_condition
            )
        except RPCError as error:
            await self._translate(error, number)

    async def _translate(self, error: Exception, number: str) -> NoReturn:
        if isinstance(error, WorkflowUpdateFailedError):
            cause = error.cause
            if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
                details = [RefusalDetails.model_validate(d) for d in cause.details[:1]]
                first = details[0] if details else None
                raise ActionRefused(cause.type, cause.message, first) from error
            raise error
        if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
            raise unknown(number) from error
        raise await unavailable(self._client, ticket_workflow_id(number)) from error

    async def _is_running(self, number: str) -> bool:
        try:
            description = await self._handle(number).describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            await self._translate(error, number)
        return description.status is WorkflowExecutionStatus.RUNNING

    def _handle(self, number: str) -> WorkflowHandle[TicketWorkflow, Any]:
        return self._client.get_workflow_handle_for(TicketWorkflow.run, ticket_workflow_id(number))


def _record(state: TicketState, until: datetime) -> TicketRecord:
    """The record of a ticket that has ended, as its workflow would make it."""
    ticket = Ticket(state)
    catch_up_before(ticket, state.events[-1].at)
    duty = DutySchedule(ticket).next()
    return TicketRecord.of(ticket.state, duty.at if duty else None, until)


def _stopped(view: TicketView) -> TicketView:
    """The ticket as it was when its workflow was ended: nothing happens any more."""
    is_open = view.stage is not Stage.CLOSED
    nothing = {"allowed_actions": (), "next_due": None, "next_step": None}
    return view.model_copy(update=nothing | {"stopped": is_open or None})
