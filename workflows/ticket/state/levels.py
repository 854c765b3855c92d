"""The levels of management to which a ticket can be raised."""

from policies.terms.model.process import LevelTerms
from policies.vocabulary import Ending, EventType, LevelOrder, Stage
from workflows.ticket.state.ticket_state import ENDED, TicketState


def open_levels(state: TicketState) -> tuple[LevelTerms, ...]:
    """The levels of management to which the ticket can be raised: the next one, or all that it
    was not raised to where they stand side by side.
    """
    levels = state.terms.process.levels
    staffed = [level for level in levels if level.audience_at(state.priority)]
    if state.terms.process.level_order is LevelOrder.LADDER:
        return tuple(level for level in levels[state.level :] if level in staffed)[:1]
    raised = {event.data["audience"] for event in state.events_of(EventType.LEVEL_RAISED)}
    return tuple(level for level in staffed if raised.isdisjoint(level.names))


def level_audience(state: TicketState, number: int) -> str | None:
    """Who is told when the ticket is raised to this level now; None for nobody, and for a level
    that it does not have.
    """
    levels = state.terms.process.levels[number - 1 : number]
    return levels[0].audience_at(state.priority) if levels else None


def stages_of_levels(state: TicketState) -> tuple[Stage, ...]:
    """The stages in which the ticket can be raised to a level: also after the ends that the
    policy names, and after a refusal as long as it is not final.
    """
    after = state.terms.process.raise_after
    stages = [stage for stage in Stage if stage not in ENDED]
    if Ending.RESOLUTION in after:
        stages.append(Stage.RESOLVED)
    if Ending.REFUSAL in after and state.is_contestable:
        stages.append(Stage.CLOSED)
    return tuple(stages)
