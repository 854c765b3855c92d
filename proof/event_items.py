"""The events of a ticket as items of a proof: what everybody sees of each, and its fields.

Each field is an item of its own. A reader who does not see an event gets its hash alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from pydantic import JsonValue

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role
from proof.canonical import LARGEST_INTEGER
from proof.commitments import FIELDS_IN_A_BLOCK, Item, Salts
from proof.instants import instant
from workflows.shared.action_request import ActorView
from workflows.ticket.model.events import Event
from workflows.ticket.model.views import EventView
from workflows.ticket.model.visibility import shown_event

EVENT, FIELD = "event", "field"
"""The kinds of these items."""
DATA = "data."
"""What the field of a part of its data is called begins with this."""
_HEADS = frozenset(
    {
        EventType.OPENED,
        EventType.TERMS_SETTLED,
        EventType.OBJECTIONS_FOUND,
        EventType.VERDICT_REACHED,
    }
)
_DECIDED = frozenset(
    {
        EventType.CLOSED,
        EventType.INFORMATION_REQUESTED,
        EventType.CONTRACT_INCOMPLETE,
        EventType.OBJECTIONS_FOUND,
        EventType.VERDICT_REACHED,
    }
)
"""Events that can follow one of `_HEADS` in the same change. No action causes such a change."""


def changes(events: Sequence[Event]) -> list[int]:
    """The number of the change that added each event, from 1. Clocks follow whole changes."""
    numbers: list[int] = []
    head: Event | None = None
    for event in events:
        is_next = head is None or not _is_one_change(head, event)
        numbers.append((numbers[-1] if numbers else 0) + is_next)
        head = event if is_next else head
    return numbers


class EventItem:
    """One event of a proof, for the reader of a role."""

    def __init__(self, event: Event, change: int, salts: Salts) -> None:
        self._event = event
        place = str(event.seq)
        self._fields = [
            salts.item(FIELD, f"{place}/{name}", [name, exact(value)])
            for name, value in _fields(event, event.data)
        ]
        padding = salts.padding(place, -len(self._fields) % FIELDS_IN_A_BLOCK)
        self._padding = padding or salts.padding(place, FIELDS_IN_A_BLOCK)
        self._head: dict[str, JsonValue] = {
            "seq": event.seq,
            "type": str(event.type),
            "at": instant(event.at),
            "role": str(event.by.role),
            "change": change,
            "acted": event.action_id is not None,
        }
        hashes = sorted([*(field.commitment for field in self._fields), *self._padding])
        self._item = salts.item(EVENT, place, {**self._head, "fields": [*hashes]})

    @property
    def commitment(self) -> str:
        """The hash of the event."""
        return self._item.commitment

    def shown_to(self, role: Role, terms: Terms) -> JsonValue:
        """The event as readers of this role get it."""
        view = shown_event(self._event, terms, role)
        if view is None:
            return self._item.hidden
        seen = {name: exact(value) for name, value in _fields(view, view.data)}
        fields: dict[str, JsonValue] = {
            field.commitment: field.shown if _is_seen(field, seen) else field.hidden
            for field in self._fields
        }
        fields |= {padding: {"hidden": padding} for padding in self._padding}
        ordered = [fields[name] for name in sorted(fields)]
        return {"salt": self._item.salt, "value": {**self._head, "fields": ordered}}


def exact(value: JsonValue) -> JsonValue:
    """The value, with what canonical JSON cannot state exactly as a text."""
    match value:
        case bool() | None:
            return value
        case int():
            return value if abs(value) <= LARGEST_INTEGER else str(value)
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [*map(exact, value)]
        case dict():
            return {str(exact(name)): exact(each) for name, each in value.items()}
    return value


def _fields(
    event: Event | EventView, data: Mapping[str, JsonValue]
) -> Iterator[tuple[str, JsonValue]]:
    by: ActorView = ActorView(id=event.by.id, role=event.by.role, name=event.by.name)
    stated = {"by.id": by.id, "by.name": by.name, "action_id": event.action_id}
    told = ((name, value) for name, value in stated.items() if value)
    return chain(told, ((f"{DATA}{name}", value) for name, value in data.items()))


def _is_seen(field: Item, seen: Mapping[str, JsonValue]) -> bool:
    assert isinstance(field.value, list)
    name, value = field.value
    return str(name) in seen and seen[str(name)] == value


def _is_one_change(head: Event, event: Event) -> bool:
    if head.at != event.at or head.action_id != event.action_id:
        return False
    if head.action_id is not None:
        return True
    if head.type is EventType.MERGED_IN:
        return event.type is EventType.MERGED_IN
    return head.type in _HEADS and event.type in _DECIDED
