"""The event of a rung that fires: a warning, a breach, or a reminder after it."""

from pydantic import JsonValue

from policies.terms.ticket_terms import RungTerms
from policies.vocabulary import EventType
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.model.clock import BREACH, Clock
from workflows.ticket.model.state import TicketState


def rung_event(state: TicketState, clock: Clock, rung: RungTerms) -> NewEvent:
    """The event of a rung of this clock, which is in the state after the rung has fired."""
    terms = state.terms.clock(clock.name)
    data: dict[str, JsonValue] = {
        "clock": clock.name,
        "cycle": clock.cycle,
        "rung": rung.at,
        "due_at": clock.due_at.isoformat(),
        "target": str(clock.promise.within),
        "clause": clock.promise.clause or terms.clause,
        "promised": terms.promised,
        "owner": state.assignee.name if state.assignee else None,
    }
    return NewEvent(_event_type(clock, rung), data)


def _event_type(clock: Clock, rung: RungTerms) -> EventType:
    if not clock.is_overdue:
        return EventType.CLOCK_WARNED
    return EventType.CLOCK_BREACHED if rung.at == BREACH else EventType.CLOCK_OVERDUE
