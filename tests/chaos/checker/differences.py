"""What the desk has of a ticket when it is asked, and where the reference has it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from tests.chaos.model.document import Plain


class Difference(NamedTuple):
    """Where desk and reference do not agree."""

    ticket: str
    field: str
    expected: object
    found: object


@dataclass(frozen=True)
class Letters:
    """What arrived for one ticket before anybody looked at its notices, and until afterwards: time
    goes on while one looks, and a clock may ring in between.
    """

    before: list[dict[str, str]]
    after: list[dict[str, str]]


@dataclass
class Found:
    """What the desk has of one ticket, and until when its time has certainly passed."""

    view: Plain
    events: list[Plain]
    letters: Letters | None
    """What arrived; None where nobody looked."""
    until: datetime
    others: Mapping[str, Mapping[str, str]] | None = None
    """Other tickets of the account, where somebody looks: whom each would bring into a merge, as
    addresses by the numbers of their tickets.
    """
    domain: str = "desk.example"


def letters_sent(number: str, found: Found) -> set[tuple[str, str]]:
    """The letters that a ticket says it sent: Message-ID and address of each."""
    return {
        (f"<{number}.{sha256(n['key'].encode()).hexdigest()[:16]}@{found.domain}>", n["to"])
        for n in found.view["notices"]
        if n["status"] == "sent"
    }
