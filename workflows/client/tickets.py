"""The client of tickets: opening, actions, queries.

The API, the demo and the tests use it. Nothing else starts or updates a ticket workflow.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, NoReturn, Self, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    Priority,
    QueryRejectCondition,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from policies.i18n.phrases import FALLBACK
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Action, EventType, Role, Stage
from workflows.client.calls import DeskUnavailable, query, unavailable, update_with_start
from workflows.client.turns import Turns
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.markdown import plain
from workflows.shared.refusals import IdReused, Refusal
from workflows.shared.texts.phrases import PHRASES
from workflows.temporal.connection import RPC_TIMEOUT, TASK_QUEUE, ticket_workflow_id
from workflows.ticket.actions.lifecycle import closed
from workflows.ticket.model.merge_news import MergeNews
from workflows.ticket.model.opening import Opening, OpenRequest
from workflows.ticket.model.refusals import REFUSALS, RefusalDetails, TicketClosed
from workflows.ticket.model.revision_preview import RevisionPreview
from workflows.ticket.model.views import EventView, Reply, Summary, TicketView
from workflows.ticket.process import views
from workflows.ticket.process.duties import DutySchedule, catch_up_before
from workflows.ticket.process.merges import closed_survivor
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.runtime.search_attributes import opening_memo, search_attributes
from workflows.ticket.state import closed_record
from workflows.ticket.state.record import TicketRecord
from workflows.ticket.state.start import Start
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.workflow import ACCEPT_DUPLICATE, TicketWorkflow

NOT_OPEN = QueryRejectCondition.NOT_OPEN
LEAST_URGENT = 5
"""The largest priority key of a Temporal server by default."""

AnyInput = TypeVar("AnyInput", bound=ActionInput)


class TicketUnknown(LookupError):
    """There is no ticket with this number."""


class TicketStopped(DeskUnavailable):
    """Somebody ended the workflow of an open ticket in Temporal, for example by `terminate`."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"the workflow of the ticket {number} was ended in Temporal; an operator must reset it"
        )


class ActionRefused(Exception):
    """A ticket refused an action. `kind` is the class of the refusal, `reason` its text in
    `language`.
    """

    def __init__(
        self, kind: str, reason: str, details: RefusalDetails | None, language: str | None = None
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.details = details
        self.language = language or (details.language if details else FALLBACK)

    @classmethod
    def because(cls, refusal: Refusal, locale: str, details: RefusalDetails | None = None) -> Self:
        """A refusal that the client makes, without an update."""
        language = PHRASES.language(locale)
        return cls(type(refusal).__name__, refusal.text(locale), details, language)


class TicketClient:
    """The tickets of one deployment, through a Temporal client."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        """New tickets go to `task_queue`."""
        self._client = client
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
        if fingerprint is None:
            raise (TicketStopped(number) if view.stopped else _closed(view, action)) from error
        return _as_reply(view, fingerprint, request.id)

    async def view(self, number: str, role: Role = Role.AGENT) -> TicketView:
        """Everything about a ticket, open or closed, with the actions of this role."""
        view = await self._view_or_none(number, role)
        if view is None:
            raise _unknown(number)
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
            raise _unknown(number)
        return events

    async def record(self, number: str, until: datetime) -> TicketRecord:
        """The whole record of a ticket up to a time, for a proof of it."""
        of = partial(_record, until=until)
        found: TicketRecord | None = await self._read(number, TicketWorkflow.record, until, of=of)
        if found is None:
            raise _unknown(number)
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
            raise _unknown(number) from error
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


def start_operation(
    opening: Opening, task_queue: str = TASK_QUEUE
) -> WithStartWorkflowOperation[TicketWorkflow, Any]:
    """Starts a ticket workflow. Each number starts one, even after that has ended."""
    return WithStartWorkflowOperation(
        TicketWorkflow.run,
        Start(opening=opening),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **start_options(opening, task_queue),
    )


def start_options(opening: Opening, task_queue: str = TASK_QUEUE) -> dict[str, Any]:
    """The start options of a ticket workflow: id, task queue, search attributes, memo, summary.

    The search attributes are those of the opened ticket, so that lists have it at once and the
    workflow does not set them again.
    """
    state = Ticket.open(opening).state
    pairs = search_attributes(views.attributes(state))
    return {
        "id": ticket_workflow_id(opening.number),
        "task_queue": task_queue,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "search_attributes": TypedSearchAttributes(
            [SearchAttributePair(key, value) for key, value in pairs if value is not None]
        ),
        "memo": opening_memo(state),
        "static_summary": plain(views.headline(state)),
        "priority": Priority(
            priority_key=_urgency(opening.terms), fairness_key=opening.terms.account
        ),
    }


def _urgency(terms: Terms) -> int | None:
    """1 for the first priority of the policy, the most urgent, up to 5 for the fifth and later."""
    if terms.priority not in terms.priorities:
        return None
    return min(terms.priorities.index(terms.priority) + 1, LEAST_URGENT)


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


def _closed(view: TicketView, action: Action) -> ActionRefused:
    """The refusal of a closed ticket, equal to the one while its workflow was running."""
    refusal: Refusal = closed(view.number, view.merged_into)
    if action is Action.OVERRIDE_VERDICT and view.contest_until is not None:
        until = view.contest_until
        refusal = TicketClosed("closed_uncontested", number=view.number, until=until)
    language = PHRASES.language(view.locale)
    details = RefusalDetails(stage=view.stage, merged_into=view.merged_into, language=language)
    return ActionRefused.because(refusal, view.locale, details)


def _stopped(view: TicketView) -> TicketView:
    """The ticket as it was when its workflow was ended: nothing happens any more."""
    is_open = view.stage is not Stage.CLOSED
    nothing = {"allowed_actions": (), "next_due": None, "next_step": None}
    return view.model_copy(update=nothing | {"stopped": is_open or None})


def _unknown(number: str) -> TicketUnknown:
    return TicketUnknown(f"there is no ticket {number}")
