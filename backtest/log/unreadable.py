"""What a log has that could not be read, and why. Nothing is left out silently."""

from bisect import insort
from collections import Counter
from enum import StrEnum
from typing import NamedTuple

from policies.documents.visible import visible_line

MOST_EXAMPLES = 20
"""Examples of each reason that a report lists; the rest is counted."""
LONGEST_TEXT = 300
"""Characters of a text about what is wrong, which can quote a value of the log."""


class Reason(StrEnum):
    """Why a record, or a whole ticket, was not judged."""

    BROKEN = "broken"
    """The record is not of the format: too few columns, XML that ends, an invalid character."""
    NO_TICKET = "no_ticket"
    """No ticket is named."""
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    """A time that is not of the format that the mapping states."""
    FUTURE = "future"
    """A time after the run itself."""
    UNKNOWN_VALUE = "unknown_value"
    """A state or priority that the mapping does not have."""
    REFUSED = "refused"
    """The policy does not accept such a request."""
    NOT_COVERED = "not_covered"
    """A coverage rule of the policy refuses the request."""
    OUT_OF_RANGE = "out_of_range"
    """Times that no calendar counts, or a calendar that is never open."""


class Unreadable(NamedTuple):
    """A record that could not be read, or a ticket that was not judged; `place` is where the
    record, or the first one of the ticket, is in the file. A record that cannot be read and names
    a ticket takes the whole ticket out: what is judged is complete. `is_certain` is whether
    there is such a ticket, even if nothing else in the log names it.
    """

    reason: Reason
    place: int
    text: str
    ticket: str | None = None
    is_certain: bool = True


class LeftOut:
    """Everything that was left out: records without a ticket, and whole tickets, each counted once
    by its reason, with the first examples by place.
    """

    def __init__(self) -> None:
        self.records: Counter[Reason] = Counter()
        self.tickets: Counter[Reason] = Counter()
        self.examples: dict[Reason, list[Unreadable]] = {}

    def add(self, unreadable: Unreadable) -> None:
        """Counts one, and keeps it as an example if it is among the first."""
        counts = self.records if unreadable.ticket is None else self.tickets
        counts[unreadable.reason] += 1
        text = visible_line(unreadable.text[:LONGEST_TEXT])
        more = "..." if len(unreadable.text) > LONGEST_TEXT else ""
        self._keep([unreadable._replace(text=text + more)])

    def copy(self) -> "LeftOut":
        """Another one with the same counts and examples."""
        same = LeftOut()
        same.merge(self)
        return same

    def merge(self, other: "LeftOut") -> None:
        """Adds what another part of the log left out. The order of the parts does not matter."""
        self.records += other.records
        self.tickets += other.tickets
        self._keep([each for examples in other.examples.values() for each in examples])

    def _keep(self, more: list[Unreadable]) -> None:
        for each in more:
            examples = self.examples.setdefault(each.reason, [])
            insort(examples, each, key=_by_place)
            del examples[MOST_EXAMPLES:]


def _by_place(each: Unreadable) -> tuple[int, str, str]:
    return each.place, each.ticket or "", each.text
