"""The end of a ticket: resolve, re-open, close, withdraw and merge."""

from datetime import datetime

from pydantic import JsonValue

from policies.i18n.locales import with_name
from policies.schema.contract import Slug
from policies.terms.model.reason import ReasonTerms
from policies.vocabulary import Action, ClosedAs, EventType, OnExpiry, Role, Stage, WaitingOn
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions.assignment import ASSIGNED
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ANSWERED, NOT_MERGING, OPEN, REQUESTER, ActionRule
from workflows.ticket.model.fields import Note, TicketNumber
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.state.ticket_state import TURNED_DOWN, TicketState


class Resolve(ActionInput):
    """The issue is resolved."""

    resolution: Message


class Reopen(ActionInput):
    """The issue is not resolved after all. Some policies re-open a ticket that was resolved for
    want of an answer only through some channels: `channel` is the one of this request.
    """

    reason: Message
    channel: Slug | None = None


class Close(ActionInput):
    """Ends the ticket. As `not_covered` or `not_eligible` it rests on a reason that the policy
    names, or on a clause and a reason in the agent's own words.
    """

    closed_as: ClosedAs = ClosedAs.RESOLVED
    reason: Note = ""
    clause: str | None = None


class Withdraw(ActionInput):
    """The requester no longer needs an answer."""

    reason: Note = ""


class Merge(ActionInput):
    """The request is the same as another ticket, which must be open and accept it."""

    into: TicketNumber
    reason: Note = ""


def resolve(ticket: TicketState, request: ActionRequest[Resolve], at: datetime) -> list[NewEvent]:
    """The issue is resolved."""
    return [mark_resolved(ticket, request.content.resolution, at)]


def reopen(ticket: TicketState, request: ActionRequest[Reopen], _at: datetime) -> list[NewEvent]:
    """Support takes up the issue again."""
    ticket.stage = Stage.IN_PROGRESS
    discard_progress(ticket)
    return [NewEvent(EventType.REOPENED, {"message": request.content.reason})]


def close(ticket: TicketState, request: ActionRequest[Close], at: datetime) -> list[NewEvent]:
    """The ticket ends. A reason that the policy names is recorded in the policy's words."""
    content = request.content
    reason = ticket.terms.reasons.get(content.reason)
    if reason is not None and content.closed_as in TURNED_DOWN:
        data: dict[str, JsonValue] = {
            "reason": reason.says,
            "reason_id": content.reason,
            "clause": reason.clause,
            "says": reason.says,
            "refers_to": reason.refers_to,
        }
    else:
        data = {
            "reason": content.reason,
            "clause": content.clause,
            "says": ticket.terms.exclusion(content.clause),
        }
    return [mark_closed(ticket, content.closed_as, at, **data)]


def withdraw(ticket: TicketState, request: ActionRequest[Withdraw], at: datetime) -> list[NewEvent]:
    """The requester no longer needs an answer."""
    reason = request.content.reason
    withdrawn = NewEvent(EventType.WITHDRAWN, {"reason": reason})
    return [withdrawn, mark_closed(ticket, ClosedAs.WITHDRAWN, at, reason=reason)]


def merge(ticket: TicketState, request: ActionRequest[Merge], at: datetime) -> list[NewEvent]:
    """The ticket closes in favour of another one, which has accepted it."""
    into, reason = request.content.into, request.content.reason
    ticket.merged_into = into
    merged = NewEvent(EventType.MERGED, {"into": into, "reason": reason})
    return [merged, mark_closed(ticket, ClosedAs.DUPLICATE, at, reason=reason, into=into)]


def mark_resolved(ticket: TicketState, resolution: str, at: datetime) -> NewEvent:
    """Resolves the ticket, for every action that can."""
    ticket.stage = Stage.RESOLVED
    ticket.resolved_at = at
    ticket.awaiting_information = False
    closes_at = ticket.closes_at.isoformat() if ticket.closes_at else None
    return NewEvent(EventType.RESOLVED, {"message": resolution, "closes_at": closes_at})


def end_unanswered(
    ticket: TicketState, on_expiry: OnExpiry, at: datetime, clause: str, clock: str
) -> NewEvent:
    """Ends a ticket whose requester did not answer before a clock of reminders ran out."""
    if on_expiry is OnExpiry.CLOSE:
        return mark_closed(ticket, ClosedAs.NO_REPLY, at, by_clock=clock, clause=clause)
    text = PHRASES.say(ticket.terms.locale, "unanswered")
    resolved = mark_resolved(ticket, text, at)
    channels: list[JsonValue] = [*ticket.terms.process.reopen_by.values()]
    cause: dict[str, JsonValue] = {"by_clock": clock, "clause": clause, "reopen_by": channels}
    return NewEvent(resolved.type, {**resolved.data, **cause})


def discard_progress(ticket: TicketState) -> None:
    """Resets what work on the ticket has led to, for a ticket that opens again."""
    ticket.resolved_at = ticket.concluded_at = None
    ticket.forecast = None
    ticket.reviews = {}


def mark_closed(
    ticket: TicketState, closed_as: ClosedAs, at: datetime, **data: JsonValue
) -> NewEvent:
    """Closes the ticket, for every action that can; `data` is for the event and its notices."""
    ticket.stage = Stage.CLOSED
    ticket.closed_as = closed_as
    ticket.closed_at = at
    return NewEvent(EventType.CLOSED, {"closed_as": closed_as, **data})


def check_close(
    ticket: TicketState, request: ActionRequest[Close], _at: datetime
) -> Refusal | None:
    """`closed_as` fits the ticket, and has a reason where it needs one."""
    content, role = request.content, request.actor.role
    may = ticket.terms.process.no_reply_by
    if content.closed_as is ClosedAs.RESOLVED and ticket.stage is not Stage.RESOLVED:
        return ConditionUnmet("not_resolved")
    is_unanswered = ticket.waiting_on is WaitingOn.REQUESTER or ticket.is_resolved_unanswered
    if content.closed_as is ClosedAs.NO_REPLY and not is_unanswered:
        return ConditionUnmet("not_waiting")
    if content.closed_as is ClosedAs.NO_REPLY and role not in (*may, Role.SYSTEM):
        return ConditionUnmet("no_reply_for_nobody", ticket.terms.process.no_reply_clause)
    if content.closed_as is ClosedAs.DUPLICATE:
        return InvalidContent("duplicate")
    if content.closed_as in TURNED_DOWN:
        return _check_not_covered(ticket, content)
    if content.closed_as is not ClosedAs.RESOLVED and not content.reason:
        return InvalidContent("no_reason", closed_as=content.closed_as)
    return None


def _check_not_covered(ticket: TicketState, content: Close) -> Refusal | None:
    reason = ticket.terms.reasons.get(content.reason)
    if reason is not None:
        return _check_reason(content, reason)
    clauses, closed_as = tuple(ticket.terms.exclusions), content.closed_as
    reasons = [name for name, r in ticket.terms.reasons.items() if r.closed_as is closed_as]
    if content.clause is None and reasons:
        return InvalidContent(
            "no_reason_of_policy",
            closed_as=closed_as,
            reason=content.reason,
            choices=reasons,
            clauses=clauses,
        )
    if not clauses:
        return InvalidContent("no_clauses", closed_as=closed_as)
    if content.clause not in clauses:
        return InvalidContent("no_clause", closed_as=closed_as, clauses=clauses)
    if not content.reason:
        return InvalidContent("no_reason_told", content.clause)
    return None


def _check_reason(content: Close, reason: ReasonTerms) -> Refusal | None:
    if content.closed_as is not reason.closed_as:
        return InvalidContent(
            "reason_closes_as",
            reason.clause,
            reason=content.reason,
            right=reason.closed_as,
            closed_as=content.closed_as,
        )
    if content.clause not in (None, reason.clause):
        return InvalidContent(
            "reason_of_clause",
            reason.clause,
            reason=content.reason,
            own=reason.clause,
            other=content.clause,
        )
    return None


def check_reopen(
    ticket: TicketState, request: ActionRequest[Reopen], _at: datetime
) -> Refusal | None:
    """A ticket that was resolved for want of an answer is re-opened by channels of the policy."""
    if request.content.channel in ticket.reopening_channels:
        return None
    return reopened_otherwise(ticket)


def reopened_otherwise(ticket: TicketState) -> ConditionUnmet | None:
    """How the ticket can be re-opened, if that is possible by some channels only."""
    channels, until = ticket.reopening_channels, ticket.closes_at
    if not channels:
        return None
    return ConditionUnmet(
        "reopened_otherwise",
        ticket.terms.process.clauses.get(Action.CLOSE),
        channels=[with_name(label, name) for name, label in channels.items()],
        until=ticket.local_time(until) if until else None,
    )


def check_merge(
    ticket: TicketState, request: ActionRequest[Merge], _at: datetime
) -> Refusal | None:
    """A ticket cannot be merged into itself, nor into its own duplicate."""
    into, refusal = request.content.into, None
    if into == ticket.opening.number:
        refusal = InvalidContent("merged_into_itself")
    elif into in ticket.merged_in:
        refusal = InvalidContent("merged_into_duplicate", number=into)
    if refusal is not None:
        refusal.field = "into"
    return refusal


ROWS = {
    Action.RESOLVE: ActionRule(
        Resolve,
        by=(Role.AGENT,),
        within=tuple(stage for stage in ANSWERED if stage is not Stage.TRIAGE),
        to=(Stage.RESOLVED,),
        conditions=(ASSIGNED,),
        without_terms=True,
        effect=resolve,
        example={"resolution": "Fixed in today's release."},
    ),
    Action.REOPEN: ActionRule(
        Reopen,
        by=(*REQUESTER, Role.AGENT),
        within=(Stage.RESOLVED,),
        to=(Stage.IN_PROGRESS,),
        without_terms=True,
        guard=check_reopen,
        effect=reopen,
        example={"reason": "It is back since this morning."},
    ),
    Action.CLOSE: ActionRule(
        Close,
        by=(Role.AGENT, Role.SYSTEM),
        within=OPEN,
        to=(Stage.CLOSED,),
        without_terms=True,
        conditions=(NOT_MERGING,),
        guard=check_close,
        effect=close,
        example={"closed_as": "no_reply", "reason": "We asked twice."},
    ),
    Action.WITHDRAW: ActionRule(
        Withdraw,
        by=REQUESTER,
        within=OPEN,
        to=(Stage.CLOSED,),
        without_terms=True,
        conditions=(NOT_MERGING,),
        effect=withdraw,
        example={"reason": "It was our proxy."},
    ),
    Action.MERGE: ActionRule(
        Merge,
        by=(Role.AGENT,),
        within=OPEN,
        to=(Stage.CLOSED,),
        without_terms=True,
        conditions=(NOT_MERGING,),
        guard=check_merge,
        effect=merge,
        example={"into": "7K2M-0QXW-9HTE", "reason": "The same outage."},
    ),
}
