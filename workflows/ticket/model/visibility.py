"""Applies the table of who sees what (`workflows/shared/visibility`) to a ticket and its events.

Every view of a ticket, and every e-mail to a requester, gets its parts from here. A backend acts
for requesters and sees what they see.
"""

from typing import TypeVar

from pydantic import BaseModel, JsonValue

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role
from workflows.shared.action_request import Actor, ActorView
from workflows.shared.visibility.redaction import Redaction, public_name
from workflows.shared.visibility.sight import Sight, sees_internal
from workflows.shared.visibility.ticket_events import TICKET_EVENTS
from workflows.shared.visibility.ticket_parts import ROWS, TICKET_PARTS
from workflows.ticket.model.events import Event
from workflows.ticket.model.views import EventView

REQUESTER = "requester"
"""The audience of notices to the requester."""
FOLLOWER_PREFIX = "requester/"
"""The audience of a duplicate's requester is this prefix and the number of the duplicate."""

Part = TypeVar("Part", bound=BaseModel)
_REDACTION = Redaction(TICKET_PARTS, ROWS)
_OF_NOTICES = (Sight.IF_TOLD, Sight.IF_PROMISED)


def is_of_requesters(audience: str) -> bool:
    """Whether an audience is a requester: of the ticket, or of one that was merged into it."""
    return audience == REQUESTER or audience.startswith(FOLLOWER_PREFIX)


def promised_clocks(terms: Terms) -> frozenset[str]:
    """The names of the clocks that are promised."""
    return frozenset(clock.name for clock in terms.clocks if clock.promised)


def shown(part: Part, terms: Terms, role: Role) -> Part:
    """A view of the ticket as readers of this role see it."""
    return _REDACTION.shown(part, role, promised_clocks(terms))


def shown_event(event: Event, terms: Terms, role: Role) -> EventView | None:
    """An event as readers of this role see it; None for one that they do not see."""
    conditions = TICKET_EVENTS[event.type].conditions
    if not sees_internal(role) and not all(_holds(each, event, terms) for each in conditions):
        return None
    view = EventView(
        seq=event.seq,
        type=event.type,
        at=event.at,
        by=ActorView.of(event.by),
        data=event.data if sees_internal(role) else public_data(event, terms),
        action_id=event.action_id,
    )
    return shown(view, terms, role)


def public_data(event: Event, terms: Terms, *, told: bool | None = None) -> dict[str, JsonValue]:
    """The data of an event that the requester's side sees. `told` is whether they are notified of
    it; without it, the policy decides. They can be notified of a clock that is not promised.
    """
    sights, data = TICKET_EVENTS[event.type].data, dict[str, JsonValue]()
    for name, value in event.data.items():
        sight = sights.get(name, Sight.INTERNAL)
        if sight is Sight.IF_PROMISED and isinstance(value, list):
            data[name] = _promised_items(value, terms)
        elif (told and sight in _OF_NOTICES) or _holds(sight, event, terms, value):
            data[name] = value
    return data


def data_for(audience: str, event: Event, terms: Terms) -> dict[str, JsonValue]:
    """The data of an event that a notice to this audience can state.

    Every notice to requesters follows from a rule of the policy, except that of a raised level.
    """
    if not is_of_requesters(audience):
        return event.data
    needs_no_rule = event.type is EventType.LEVEL_RAISED
    return public_data(event, terms, told=None if needs_no_rule else True)


def author_for(audience: str, author: Actor, terms: Terms) -> str:
    """The name of an author in a notice to this audience."""
    return public_name(author, terms.title) if is_of_requesters(audience) else author.display_name


def is_told(event: Event, terms: Terms) -> bool:
    """Whether the policy notifies requesters of an event, or their side caused it.

    The notice of a raised level needs no rule, so it does not count.
    """
    if not sees_internal(event.by.role):
        return True
    if any(REQUESTER in rule.tell and rule.event in event.names for rule in terms.notices):
        return True
    clock, place = event.data.get("clock"), event.data.get("rung")
    rungs = (rung for each in terms.clocks if each.name == clock for rung in each.ladder)
    return any(REQUESTER in rung.every_audience and rung.at == place for rung in rungs)


def _holds(sight: Sight, event: Event, terms: Terms, clock: JsonValue = None) -> bool:
    match sight:
        case Sight.PUBLIC:
            return True
        case Sight.INTERNAL:
            return False
        case Sight.IF_TOLD:
            return is_told(event, terms)
        case Sight.IF_PROMISED:
            return (clock or event.data.get("clock")) in promised_clocks(terms)
        case Sight.IF_THEIRS:
            return not sees_internal(event.by.role)


def _promised_items(items: list[JsonValue], terms: Terms) -> list[JsonValue]:
    """Of entries about clocks, those about promised ones."""
    promised = promised_clocks(terms)
    return [item for item in items if isinstance(item, dict) and item.get("name") in promised]
