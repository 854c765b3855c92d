"""Commitments: the salted hashes by which a proof leaves out what its reader may not see.

Everything in a proof is an item: shown with its salt, or left out with its hash alone. Both have
the same hash, so whatever is left out, the rest still verifies.

A salt is derived from the secret of the desk, the place of the item, and its value. It is secret
until the item is shown, so nobody can test likely values of a hidden one. The same item always has
the same salt, so that proofs of a ticket at different times, for different readers, have one chain;
another value at the same place has another salt, so that a salt that was shown reveals nothing.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from pydantic import JsonValue

from proof.canonical import array, canonical

SALT_DIGITS = 32
"""Hexadecimal digits of a salt: 128 bits."""
FIELDS_IN_A_BLOCK = 8
"""An event has a multiple of this many fields, so that their number says little."""


@dataclass(frozen=True)
class Item:
    """Something that a proof states, with its salt, and the hash that stands for it."""

    salt: str
    value: JsonValue
    commitment: str

    @property
    def shown(self) -> JsonValue:
        """The item as a reader gets it who sees it."""
        return {"salt": self.salt, "value": self.value}

    @property
    def hidden(self) -> JsonValue:
        """The item as a reader gets it who does not."""
        return {"hidden": self.commitment}


class Salts:
    """Makes the items of one ticket."""

    def __init__(self, secret: bytes, ticket: str) -> None:
        self._secret = secret
        self._ticket = canonical(ticket)

    def item(self, kind: str, place: str, value: JsonValue) -> Item:
        """An item at this place, which is unique among those of its kind. The kind keeps it from
        being put in the place of another.
        """
        text = canonical(value)
        salt = self._digest(kind, place, text)[:SALT_DIGITS]
        return Item(salt, value, _commitment(kind, salt, text))

    def listed(
        self, kind: str, place: str, values: Iterable[tuple[str, JsonValue, bool]], rest: JsonValue
    ) -> list[JsonValue]:
        """Items for a reader, each with its place and whether the reader sees it. All that is not
        seen is one item, which is there in any case: so nobody learns how much it is. `rest` is
        where that stands, which makes it another one each time.
        """
        items = [(self.item(kind, name, value), sees) for name, value, sees in values]
        unseen: list[JsonValue] = [item.commitment for item, sees in items if not sees]
        hidden = self.item(kind, place, [rest, *unseen]).hidden
        return [*(item.shown for item, sees in items if sees), hidden]

    def padding(self, place: str, number: int) -> list[str]:
        """Hashes that look like those of hidden fields and stand for nothing."""
        return [self._digest("padding", place, canonical(index)) for index in range(number)]

    def _digest(self, kind: str, place: str, value: bytes) -> str:
        text = array(self._ticket, canonical(kind), canonical(place), value)
        return hmac.digest(self._secret, text, "sha256").hex()


def commitment(kind: str, salt: str, value: JsonValue) -> str:
    """The hash of an item."""
    return _commitment(kind, salt, canonical(value))


def _commitment(kind: str, salt: str, value: bytes) -> str:
    return sha256(array(canonical(kind), canonical(salt), value)).hexdigest()


def first_link(format: str, ticket: str) -> str:
    """The beginning of the chain of a ticket's events."""
    return sha256(canonical([format, ticket])).hexdigest()


def next_link(link: str, event: str) -> str:
    """The link of an event with this commitment, after another link."""
    return sha256(canonical([link, event])).hexdigest()


def chain(format: str, ticket: str, events: Iterable[str]) -> list[str]:
    """The link of each event, oldest first."""
    links, link = [], first_link(format, ticket)
    for event in events:
        link = next_link(link, event)
        links.append(link)
    return links
