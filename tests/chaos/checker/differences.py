"""What the desk has of a ticket, and a difference between that and the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from tests.chaos.model.document import Plain


class Difference(NamedTuple):
    """A field in which desk and model differ."""

    ticket: str
    field: str
    expected: object
    found: object


@dataclass(frozen=True)
class Emails:
    """The e-mails of one ticket before its notices were read, and after.

    A clock can fire while the notices are read.
    """

    before: list[dict[str, str]]
    after: list[dict[str, str]]


@dataclass
class Observed:
    """One ticket as the desk has it, and the time that its clock has certainly reached."""

    view: Plain
    events: list[Plain]
    emails: Emails | None
    """None if e-mails are not checked."""
    until: datetime
    others: Mapping[str, Mapping[str, str]] | None = None
    """The tickets of the account, each with the requesters it brings into a merge: addresses by
    ticket number. None if merges are not checked.
    """
    domain: str = "desk.example"


def emails_sent(number: str, observed: Observed) -> set[tuple[str, str]]:
    """Message-ID and address of each e-mail that the ticket reports as sent."""
    return {
        (f"<{number}.{sha256(n['key'].encode()).hexdigest()[:16]}@{observed.domain}>", n["to"])
        for n in observed.view["notices"]
        if n["status"] == "sent"
    }
