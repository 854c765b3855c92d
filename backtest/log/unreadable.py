"""What a log has that could not be read, and why. Nothing is left out silently."""

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

MOST_EXAMPLES = 20
"""Examples of each reason that a report lists; the rest is counted."""


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
    TOO_LONG = "too_long"
    """Times that the calendars of the policy cannot count."""
    TWICE = "twice"
    """The same record again."""


class Unreadable(NamedTuple):
    """A record that was left out, or a ticket (`ticket`) that was not judged because of it."""

    reason: Reason
    place: int
    text: str
    ticket: str | None = None


class LeftOut:
    """Everything that was left out: counted by reason, with the first examples by place."""

    def __init__(self) -> None:
        self.counts: Counter[Reason] = Counter()
        self.examples: dict[Reason, list[Unreadable]] = {}

    def add(self, unreadable: Unreadable) -> None:
        """Counts one, and keeps it as an example while few are there."""
        self.counts[unreadable.reason] += 1
        self._keep([unreadable])

    def merge(self, other: "LeftOut") -> None:
        """Adds what another part of the log left out. The order of the parts does not matter."""
        self.counts += other.counts
        self._keep([each for examples in other.examples.values() for each in examples])

    def _keep(self, more: list[Unreadable]) -> None:
        for each in more:
            examples = self.examples.setdefault(each.reason, [])
            examples.append(each)
            if len(examples) > MOST_EXAMPLES:
                examples.remove(max(examples, key=_by_place))


def _by_place(each: Unreadable) -> tuple[int, str]:
    return each.place, each.text
