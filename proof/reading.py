"""Reading a proof: from its bytes to what it states. Nothing is believed yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue, ValidationError

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role
from proof.canonical import NotCanonical, decoded
from proof.document import (
    FORMAT,
    AnyItem,
    Hidden,
    ProofDocument,
    Shown,
    TermsPart,
    fields_of,
)
from proof.event_items import DATA
from proof.instants import parsed
from proof.terms_items import stated_terms
from workflows.shared.action_request import Actor
from workflows.ticket.model.events import Event

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes of the largest file that is read. A ticket that is full has a proof of a third of that."""
_HEAD = {"seq", "type", "at", "role", "change", "acted", "fields"}


class Unreadable(Exception):
    """A file is not a proof, or not one of a version that this release reads."""


@dataclass(frozen=True)
class StatedEvent:
    """An event as a proof states it, and the change that it is of."""

    event: Event
    change: int


def read_document(data: bytes) -> ProofDocument:
    """The document in a file. Unreadable for anything else."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"it is larger than {LARGEST_FILE // 1024**2} MiB, the most that is read")
    try:
        value = decoded(data)
    except NotCanonical as error:
        raise Unreadable(str(error)) from None
    found = value.get("format") if isinstance(value, dict) else None
    if found != FORMAT:
        shown = f"is {str(found)[:60]!r}" if found is not None else "is missing"
        raise Unreadable(f"its format {shown}; this release reads {FORMAT!r}")
    try:
        return ProofDocument.model_validate(value)
    except ValidationError as error:
        raise Unreadable(_first_error(error)) from None


def terms_of(part: TermsPart) -> tuple[Terms, Mapping[str, JsonValue]]:
    """The terms that a part states, as far as it shows them, and the facts of the request.
    ValueError if they are not terms.
    """
    base = part.base.value
    if not isinstance(base, dict):
        raise ValueError("the terms are not an object")
    stated = base.get("stated_facts", {})
    rest = {name: value for name, value in base.items() if name != "stated_facts"}
    terms = stated_terms(rest, _shown(part.clocks), _shown(part.calendars))
    return terms, stated if isinstance(stated, dict) else {}


def events_of(document: ProofDocument) -> Iterator[StatedEvent]:
    """The events that are shown. ValueError, with its number, for one that is not an event."""
    for number, part in enumerate(document.events, start=1):
        if isinstance(part.item, Shown):
            try:
                stated = _event(part.item)
            except (KeyError, TypeError, ValueError) as error:
                reason = _first_error(error) if isinstance(error, ValidationError) else error
                raise ValueError(f"event {number} cannot be read: {reason}") from None
            if stated.event.seq != number:
                raise ValueError(f"event {number} says that it is event {stated.event.seq}")
            yield stated


def shown_values(items: Sequence[AnyItem]) -> list[JsonValue]:
    """The values of the items that are shown."""
    return [*_shown(items)]


def as_of(document: ProofDocument) -> datetime:
    """The time for which a proof states how things are. ValueError if it is not a time."""
    return parsed(document.as_of)


def _shown(items: Sequence[AnyItem]) -> Iterator[JsonValue]:
    return (item.value for item in items if not isinstance(item, Hidden))


def _event(item: Shown) -> StatedEvent:
    head: Any = item.value
    if set(head) != _HEAD:
        raise ValueError(f"it has {', '.join(sorted(head))}")
    if type(head["change"]) is not int or type(head["acted"]) is not bool:
        raise ValueError("its change is not a number")
    pairs = [_field(field) for field in fields_of(item) if isinstance(field, Shown)]
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("it has a field twice")
    role, change = Role(head["role"]), head["change"]
    event = Event(
        seq=head["seq"],
        type=EventType(head["type"]),
        at=parsed(head["at"]),
        by=Actor(id=str(fields.get("by.id") or role), role=role),
        data={n.removeprefix(DATA): v for n, v in fields.items() if n.startswith(DATA)},
        # Whoever acted: clocks ask only whether two events are of one action.
        action_id=f"change/{change}" if head["acted"] else None,
    )
    return StatedEvent(event, change)


def _field(field: Shown) -> tuple[str, JsonValue]:
    pair = field.value
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
        raise ValueError("a field is not a pair of a name and a value")
    return pair[0], pair[1]


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(each) for each in first["loc"] if each not in ("Shown", "Hidden"))
    return f"{place[:120]}: {first['msg'][:200]}"
