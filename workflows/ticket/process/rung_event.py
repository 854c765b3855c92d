"""A rung that fires: its event, the template of its notices, and the level that it raises to."""

from pydantic import JsonValue

from activities.notices import REMINDER
from policies.terms.ticket_terms import RungTerms
from policies.vocabulary import EventType, LevelOrder
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.model.clock import BREACH, Clock
from workflows.ticket.model.messages import Event
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


def rung_template(state: TicketState, event: Event, rung: RungTerms) -> str:
    """The template of a rung: its own, a reminder of an open question, or that of its event."""
    terms = state.terms.clock(str(event.data["clock"]))
    return rung.template or (REMINDER if terms.reminds_of_questions else event.type)


def level_raised_by(state: TicketState, rung: RungTerms) -> int | None:
    """The level to which a rung raises the ticket; None if the ticket is there or beyond already,
    so that no level is notified twice.
    """
    if not rung.raises_level or not state.open_levels:
        return None
    level = rung.level or state.level + 1
    if state.terms.process.level_order is LevelOrder.LADDER:
        return level if level > state.level else None
    return level if state.terms.process.levels[level - 1] in state.open_levels else None


def _event_type(clock: Clock, rung: RungTerms) -> EventType:
    if not clock.is_overdue:
        return EventType.CLOCK_WARNED
    return EventType.CLOCK_BREACHED if rung.at == BREACH else EventType.CLOCK_OVERDUE
