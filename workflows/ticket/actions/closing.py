"""How a ticket is resolved, taken up again, and ends."""

from datetime import datetime

from pydantic import JsonValue

from policies.vocabulary import ClosedAs, EventType, Stage
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.new_event import NewEvent, NewEvents
from workflows.ticket.model.action_inputs import Close, Merge, Reopen, Resolve, Withdraw
from workflows.ticket.model.state import TURNED_DOWN, TicketState


def resolve(ticket: TicketState, act: ActionRequest[Resolve], at: datetime) -> NewEvents:
    """The issue is resolved."""
    return [resolved(ticket, act.content.resolution, at)]


def reopen(ticket: TicketState, act: ActionRequest[Reopen], _at: datetime) -> NewEvents:
    """The issue is not resolved after all: support takes it up again."""
    ticket.stage = Stage.IN_PROGRESS
    start_over(ticket)
    return [NewEvent(EventType.REOPENED, {"message": act.content.reason})]


def close(ticket: TicketState, act: ActionRequest[Close], at: datetime) -> NewEvents:
    """Ends the ticket; a reason that the policy has by name is told in the policy's words."""
    content = act.content
    known = ticket.terms.reasons.get(content.reason)
    if known is not None and content.closed_as in TURNED_DOWN:
        told: dict[str, JsonValue] = {
            "reason": known.says,
            "reason_id": content.reason,
            "clause": known.clause,
            "says": known.says,
            "refers_to": known.refers_to,
        }
    else:
        told = {
            "reason": content.reason,
            "clause": content.clause,
            "says": ticket.terms.exclusions.get(content.clause or ""),
        }
    return [closed(ticket, content.closed_as, at, **told)]


def withdraw(ticket: TicketState, act: ActionRequest[Withdraw], at: datetime) -> NewEvents:
    """The requester no longer needs an answer."""
    reason = act.content.reason
    withdrawn = NewEvent(EventType.WITHDRAWN, {"reason": reason})
    return [withdrawn, closed(ticket, ClosedAs.WITHDRAWN, at, reason=reason)]


def merge(ticket: TicketState, act: ActionRequest[Merge], at: datetime) -> NewEvents:
    """The same request as another ticket, which goes on."""
    into, reason = act.content.into, act.content.reason
    ticket.merged_into, ticket.owes_merge = into, True
    merged = NewEvent(EventType.MERGED, {"into": into, "reason": reason})
    return [merged, closed(ticket, ClosedAs.DUPLICATE, at, reason=reason, into=into)]


def resolved(ticket: TicketState, resolution: str, at: datetime) -> NewEvent:
    """The ticket is resolved from this instant on, by whatever resolved it."""
    ticket.stage = Stage.RESOLVED
    ticket.resolved_at = at
    ticket.awaiting_information = False
    closes_at = ticket.closes_at.isoformat() if ticket.closes_at else None
    return NewEvent(EventType.RESOLVED, {"message": resolution, "closes_at": closes_at})


def start_over(ticket: TicketState) -> None:
    """What an earlier attempt came to is no longer so."""
    ticket.resolved_at = ticket.concluded_at = None
    ticket.forecast = None
    ticket.reviews = {}


def closed(ticket: TicketState, closed_as: ClosedAs, at: datetime, **said: JsonValue) -> NewEvent:
    """The ticket ends as this; `said` is for whoever is told."""
    ticket.stage = Stage.CLOSED
    ticket.closed_as = closed_as
    ticket.closed_at = at
    ticket.awaiting_information = False
    return NewEvent(EventType.CLOSED, {"closed_as": closed_as, **said})
