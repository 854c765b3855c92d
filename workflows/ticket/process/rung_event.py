"""A rung that fires: its event, the template of its notices, and the level that it raises to."""

from pydantic import JsonValue

from activities.notices import REMINDER
from policies.terms.model.clock import RungTerms
from policies.vocabulary import EventType, LevelOrder
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.model.events import Event
from workflows.ticket.state.levels import level_audience, open_levels
from workflows.ticket.state.ticket_state import TicketState


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


def levels_raised_by(state: TicketState, rung: RungTerms) -> list[int]:
    """The levels that a rung raises the ticket to, lowest first: its own, and those below it that
    were not told yet. No level is told twice, and one that has nobody is told to nobody.
    """
    process = state.terms.process
    if not rung.raises_level or not process.levels:
        return []
    last = rung.level or state.level + 1
    if process.level_order is LevelOrder.ANY:
        return [last] if process.levels[last - 1] in open_levels(state) else []
    return [number for number in range(state.level + 1, last + 1) if level_audience(state, number)]


def _event_type(clock: Clock, rung: RungTerms) -> EventType:
    if not clock.is_overdue:
        return EventType.CLOCK_WARNED
    return EventType.CLOCK_BREACHED if rung.at == BREACH else EventType.CLOCK_OVERDUE
