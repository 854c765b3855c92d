"""A person whom an account is to forget, as marks: hashes of texts that name the person.

The update that carries the marks stays in a history for a while, so it has no address and no name.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Self

from policies.email_addresses import comparable
from workflows.shared.callers_message import CallersMessage
from workflows.shared.payload import Payload


class Person(CallersMessage):
    """The marks of one person in one account: of the address, of names and of ids of actors."""

    address: str
    names: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()

    @classmethod
    def marked(
        cls, account: str, address: str, names: Iterable[str] = (), actors: Iterable[str] = ()
    ) -> Self:
        """The marks of a person. An address is also an id of an actor."""
        return cls(
            address=address_mark(account, address),
            names=tuple(sorted({name_mark(account, name) for name in names})),
            actors=tuple(sorted({actor_mark(account, id) for id in (address, *actors)})),
        )


class PersonInAccount(Payload):
    """What an account has of a person: the number of places, and whether its contract names the
    person as a contact. `scrubbed_at` is when the account forgot anybody last; with `is_renewing`,
    its present run is still to continue as new after that.
    """

    mentions: int
    is_contact: bool
    scrubbed_at: datetime | None = None
    is_renewing: bool = False


def address_mark(account: str, address: str) -> str:
    """The mark of an e-mail address, without case."""
    return _mark(account, "address", comparable(address))


def name_mark(account: str, name: str) -> str:
    """The mark of a name, without case and with single spaces."""
    return _mark(account, "name", " ".join(name.split()).casefold())


def actor_mark(account: str, id: str) -> str:
    """The mark of the id of an actor. An id that is an address has no case."""
    return _mark(account, "actor", comparable(id) if "@" in id else id)


def _mark(account: str, kind: str, text: str) -> str:
    return sha256(f"{account}\0{kind}\0{text}".encode()).hexdigest()[:32]
