"""The document of a proof: its shape, and the root that is signed."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError

from proof.canonical import canonical
from proof.commitments import commitment
from proof.event_items import EVENT, FIELD
from proof.terms_items import BASE, CALENDAR, CLOCK

FORMAT = "durable-desk-proof/1"
CLAIM, CREDIT = "clock", "credit"
"""The kinds of the items that are claims."""
MOST_EVENTS = 20_000
MOST_ITEMS = 5_000

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Salt = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, StringConstraints(max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Shown(_Part):
    """An item that the reader sees."""

    salt: Salt
    value: JsonValue


class Hidden(_Part):
    """An item that the reader does not see: its hash."""

    hidden: Digest


AnyItem = Shown | Hidden
Items = Annotated[list[AnyItem], Field(max_length=MOST_ITEMS)]


class TermsPart(_Part):
    """Terms of the ticket, from its opening or from a change of the revision on."""

    base: Shown
    clocks: Items
    calendars: Items


class EventPart(_Part):
    """An event, and the link of the chain with it."""

    item: AnyItem
    link: Digest


class Unproven(_Part):
    """A clock, or its credits, that are stated and cannot be recomputed from the proof."""

    clock: Text
    cycle: int
    because: Literal["hidden", "terms", "account", "unexplained"]


class Body(_Part):
    """What a proof states."""

    format: Literal["durable-desk-proof/1"]
    number: Text
    as_of: Text
    reader: Literal["requester", "staff"]
    terms: Annotated[list[TermsPart], Field(min_length=1, max_length=100)]
    events: Annotated[list[EventPart], Field(min_length=1, max_length=MOST_EVENTS)]
    clocks: Items
    credits: Items
    not_recomputed: Annotated[list[Unproven], Field(max_length=MOST_ITEMS)]

    @property
    def root(self) -> str:
        """The hash of everything in the proof, the same whatever is hidden in it."""
        skeleton: JsonValue = {
            "format": self.format,
            "number": self.number,
            "as_of": self.as_of,
            "reader": self.reader,
            "terms": [
                {
                    "base": item_commitment(BASE, part.base),
                    "clocks": _commitments(CLOCK, part.clocks),
                    "calendars": _commitments(CALENDAR, part.calendars),
                }
                for part in self.terms
            ],
            "events": {"number": len(self.events), "head": self.events[-1].link},
            "clocks": _commitments(CLAIM, self.clocks),
            "credits": _commitments(CREDIT, self.credits),
            "not_recomputed": [each.model_dump() for each in self.not_recomputed],
        }
        return sha256(canonical(skeleton)).hexdigest()


class ProofDocument(Body):
    """A proof: what it states, and the signature of its root. `key` names the signer's public key;
    whether to believe it is for whoever verifies.
    """

    key: Text
    root_hash: Digest
    signature: Text


def item_commitment(kind: str, item: AnyItem) -> str:
    """The hash of an item."""
    return item.hidden if isinstance(item, Hidden) else commitment(kind, item.salt, item.value)


def event_commitment(item: AnyItem) -> str:
    """The hash of an event: over the hashes of its fields, which are in the order of these hashes.
    ValueError if it is not an event.
    """
    if isinstance(item, Hidden):
        return item.hidden
    hashes = [item_commitment(FIELD, field) for field in fields_of(item)]
    assert isinstance(item.value, dict)
    return commitment(EVENT, item.salt, {**item.value, "fields": [*hashes]})


def fields_of(event: Shown) -> list[AnyItem]:
    """The fields of an event. ValueError if it is not an event."""
    fields = event.value.get("fields") if isinstance(event.value, dict) else None
    if not isinstance(fields, list):
        raise ValueError("an event has no fields")
    try:
        return [_item(field) for field in fields]
    except ValidationError:
        raise ValueError("a field of an event is neither shown nor hidden") from None


def _item(field: JsonValue) -> AnyItem:
    is_hidden = isinstance(field, dict) and "hidden" in field
    return Hidden.model_validate(field) if is_hidden else Shown.model_validate(field)


def _commitments(kind: str, items: Sequence[AnyItem]) -> list[JsonValue]:
    return [item_commitment(kind, item) for item in items]
