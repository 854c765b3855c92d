"""The client's side of a ticket: open it, request on it, read it. What the API, the demo and the
tests speak to; nothing else starts or updates a ticket workflow.
"""

import asyncio
from contextlib import suppress
from typing import Any, NoReturn, Self, TypeVar

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from policies.i18n.phrases import FALLBACK
from policies.terms.settlement_request import SettlementRequest
from policies.terms.ticket_terms import Terms
from policies.vocabulary import Action, Role
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import IdReused, Refusal
from workflows.shared.texts import PHRASES
from workflows.temporal.connection import RPC_TIMEOUT, TASK_QUEUE, ticket_workflow_id
from workflows.ticket.model.messages import (
    Event,
    Opening,
    OpenRequest,
    Reply,
    RevisionPreview,
    TicketView,
)
from workflows.ticket.model.refusals import REFUSALS, RefusalDetails
from workflows.ticket.process import views
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.runtime.search_attributes import search_attributes
from workflows.ticket.workflow import Start, TicketWorkflow

QUERY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between attempts to read a ticket whose next run has not been taken up yet."""

LEAST_URGENT = 5
"""The largest priority key that a Temporal server knows by default."""

AnyContent = TypeVar("AnyContent", bound=ActionInput)
HEADLINE, OPENED_AT = "headline", "opened_at"
"""What lists show of a ticket besides its attributes: in the memo of its workflow, which stays
through continue-as-new and comes with every listing."""


class TicketUnknown(LookupError):
    """There is no ticket of that number."""


class TicketClosed(Exception):
    """The ticket is closed for good; nothing can be done on it any more. Said in `language`."""

    def __init__(self, locale: str, phrase: str, /, **values: object) -> None:
        super().__init__(PHRASES.say(locale, phrase, **values))
        self.language = PHRASES.language(locale)


class ActionRefused(Exception):
    """A ticket refused an action: `kind` is the class of the refusal, `reason` is for people, in
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
        """What is refused without asking the ticket."""
        language = PHRASES.language(locale)
        return cls(type(refusal).__name__, refusal.text(locale), details, language)


class DeskUnavailable(ConnectionError):
    """No answer in time. What was asked may still be done; the same id asks for it again."""


class TicketClient:
    """The tickets of one desk, through a Temporal client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def open(self, opening: Opening) -> Reply:
        """Opens a ticket in one round trip; the same opening again answers the same."""
        operation = start_operation(opening)
        request = OpenRequest(actor=opening.opened_by, fingerprint=opening.fingerprint)
        try:
            answer = await self._start(operation, request)
        except WorkflowAlreadyStartedError:
            # It ended without having been asked, so Temporal knows of no earlier answer.
            return _same_opening(await self.view(opening.number), opening)
        except (
            WorkflowUpdateFailedError,
            WorkflowUpdateRPCTimeoutOrCancelledError,
            RPCError,
        ) as error:
            _translate(error, opening.number)
        if answer.fingerprint != opening.fingerprint:
            raise ActionRefused.because(IdReused("key_reused"), opening.terms.locale)
        return answer

    async def act(self, number: str, action: Action, request: ActionRequest[AnyContent]) -> Reply:
        """Takes an action; ActionRefused says why not. The same id again is the same action."""
        try:
            answer: Reply = await self._handle(number).execute_update(
                str(action), request, id=request.id, result_type=Reply, rpc_timeout=RPC_TIMEOUT
            )
        except (WorkflowUpdateFailedError, RPCError) as error:
            if not _is_over(error):
                _translate(error, number)
            answer = await self._taken_earlier(number, action, request, error)
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            _translate(error, number)
        if answer.fingerprint != request.fingerprint:
            raise ActionRefused.because(IdReused("id_reused", id=request.id), answer.locale)
        return answer

    async def _taken_earlier(
        self, number: str, action: Action, request: ActionRequest[AnyContent], error: Exception
    ) -> Reply:
        """The answer of a closed ticket to an action that it took before, perhaps in a run before
        the last, of which Temporal itself does not know; TicketClosed when it took none.
        """
        view = await self.view(number, request.actor.role)
        fingerprint = await self._query(number, TicketWorkflow.handled, request.id)
        if fingerprint is None:
            raise _closed(view, action) from error
        return _as_reply(view, fingerprint)

    async def view(self, number: str, role: Role = Role.AGENT) -> TicketView:
        """Everything about a ticket, open or closed, and what this role can do on it."""
        view: TicketView = await self._query(number, TicketWorkflow.view, role)
        return view

    async def timeline(self, number: str, role: Role = Role.AGENT) -> list[Event]:
        """The events of a ticket that this role may see, oldest first."""
        events: list[Event] = await self._query(number, TicketWorkflow.timeline, role)
        return events

    async def preview(self, number: str, terms: Terms) -> RevisionPreview:
        """What these terms would do to a ticket; nothing changes."""
        shown: RevisionPreview = await self._query(number, TicketWorkflow.preview_revision, terms)
        return shown

    async def request(self, number: str) -> SettlementRequest | None:
        """What the terms of a ticket are settled from; None where that was not kept."""
        request: SettlementRequest | None = await self._query(number, TicketWorkflow.request)
        return request

    async def _start(
        self, operation: WithStartWorkflowOperation[TicketWorkflow, Any], request: OpenRequest
    ) -> Reply:
        try:
            return await self._client.execute_update_with_start_workflow(
                TicketWorkflow.opened,
                request,
                start_workflow_operation=operation,
                id="open",
                rpc_timeout=RPC_TIMEOUT,
            )
        except BaseException:
            # The operation keeps the error too, and asyncio complains of one nobody looks at.
            with suppress(BaseException):
                async with asyncio.timeout(0):
                    await operation.workflow_handle()
            raise

    async def _query(self, number: str, query: Any, *asked: Any) -> Any:
        for pause in QUERY_PAUSES:
            try:
                return await self._handle(number).query(query, args=asked, rpc_timeout=RPC_TIMEOUT)
            except (RPCError, WorkflowQueryFailedError) as error:
                if not _is_between_runs(error):
                    _translate(error, number)
            await asyncio.sleep(pause)
        raise DeskUnavailable(f"ticket {number} is being moved to a new run; ask again")

    def _handle(self, number: str) -> WorkflowHandle[TicketWorkflow, Any]:
        return self._client.get_workflow_handle_for(TicketWorkflow.run, ticket_workflow_id(number))


def start_operation(opening: Opening) -> WithStartWorkflowOperation[TicketWorkflow, Any]:
    """The start of a ticket workflow, once per number for ever."""
    return WithStartWorkflowOperation(
        TicketWorkflow.run,
        Start(opening=opening),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **start_options(opening),
    )


def start_options(opening: Opening) -> dict[str, Any]:
    """Id, queue, attributes, memo and summary of a ticket workflow. The attributes are those the
    ticket will have once opened, so that it can be found at once and none has to be added.
    """
    state = Ticket.open(opening).state
    pairs = search_attributes(views.attributes(state))
    return {
        "id": ticket_workflow_id(opening.number),
        "task_queue": TASK_QUEUE,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "search_attributes": TypedSearchAttributes(
            [SearchAttributePair(key, value) for key, value in pairs if value is not None]
        ),
        "memo": {HEADLINE: views.headline(state), OPENED_AT: opening.received_at},
        "static_summary": views.headline(state),
        "priority": Priority(
            priority_key=_urgency(opening.terms), fairness_key=opening.terms.account
        ),
    }


def _urgency(terms: Terms) -> int | None:
    """1 for the first priority a policy names, its most urgent, to 5 for the fifth and later."""
    if terms.priority not in terms.priorities:
        return None
    return min(terms.priorities.index(terms.priority) + 1, LEAST_URGENT)


def _is_between_runs(error: Exception) -> bool:
    return isinstance(error, RPCError) and error.status is RPCStatusCode.FAILED_PRECONDITION


def _is_over(error: WorkflowUpdateFailedError | RPCError) -> bool:
    """Whether an update found its workflow ended, or none at all."""
    if isinstance(error, RPCError):
        return error.status is RPCStatusCode.NOT_FOUND
    cause = error.cause
    return isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow"


def _same_opening(view: TicketView, opening: Opening) -> Reply:
    if view.fingerprint != opening.fingerprint:
        raise ActionRefused.because(IdReused("key_reused"), opening.terms.locale)
    return _as_reply(view, view.fingerprint)


def _as_reply(view: TicketView, fingerprint: str) -> Reply:
    standing = {name: getattr(view, name) for name in Reply.model_fields}
    return Reply(**standing | {"fingerprint": fingerprint})


def _closed(view: TicketView, action: Action) -> TicketClosed:
    if action is Action.OVERRIDE_VERDICT and view.contest_until is not None:
        until = view.contest_until
        return TicketClosed(view.locale, "closed_uncontested", number=view.number, until=until)
    return TicketClosed(view.locale, "closed", number=view.number)


def _translate(error: Exception, number: str) -> NoReturn:
    if isinstance(error, WorkflowUpdateFailedError):
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
            found = [RefusalDetails.model_validate(d) for d in cause.details[:1]]
            raise ActionRefused(cause.type, cause.message, found[0] if found else None) from error
        raise error
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        raise TicketUnknown(f"there is no ticket {number}") from error
    raise DeskUnavailable(
        "the desk did not answer in time; the same request with the same id can be sent again"
    ) from error
