"""What a published page promises, typed a second time: the shape of such a reading.

A reading is literal. It names requests as the golden matrix does ("plan / kind / priority /
region", what a policy does not have left out), calendars by the wall clock of their desk, closed
days one by one, and promises in the unit of the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product

Pairs = list[tuple[str, str]]
MON_FRI = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*MON_FRI, "sat", "sun")


@dataclass(frozen=True, eq=False)
class Desk:
    """When somebody is there: a zone, hours of the week, and closed days with their names."""

    zone: str
    hours: dict[str, Pairs]
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed_dates(self) -> dict[date, str]:
        """The closed days, as dates."""
        return {date.fromisoformat(day): name for day, name in self.closed.items()}


@dataclass(frozen=True)
class Line:
    """One line of a page: to whom, by which clock, within what time, under which clause.

    `who` is a request with `*` for anything and `a|b` for either, and so is `clock`. `outside` is
    the time for what comes in while nobody is there, where the page makes a difference. Where it
    promises no time, `within` is None and the text in its place has to say all of `says`.
    """

    who: str
    clock: str
    within: str | None
    clause: str
    outside: str | None = None
    says: tuple[str, ...] = ()

    def concerns(self, clock: str, request: str) -> bool:
        """Whether the line is about this clock of this request."""
        return matches(self.clock, clock) and matches(self.who, request)


@dataclass(frozen=True)
class Reading:
    """A page as it was read: who can ask (`values`), who serves them, and every line.

    `internal` names the clocks that the page promises to nobody, `modified` is the date it bears.
    `by_hand` has instants that were counted on a wall calendar, by request and clock: the name of
    the instant at which the clock starts, and when it is due.
    """

    policy: str
    values: tuple[tuple[str, ...], ...]
    desks: Mapping[str, Desk]
    served_by: Mapping[str, str]
    lines: tuple[Line, ...]
    internal: tuple[str, ...] = ()
    modified: str | None = None
    by_hand: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    @property
    def requests(self) -> list[str]:
        """Every request there can be."""
        return [" / ".join(values) or "every request" for values in product(*self.values)]

    @property
    def clocks(self) -> list[str]:
        """Every clock, in the order of the lines."""
        return list(dict.fromkeys(name for line in self.lines for name in line.clock.split("|")))

    def lines_for(self, clock: str, request: str) -> list[Line]:
        """The lines about this clock and request: exactly one, when the reading is sound."""
        return [line for line in self.lines if line.concerns(clock, request)]

    def desk_of(self, request: str) -> str | None:
        """The name of the desk that serves a request; None where the page has no hours."""
        return next((name for who, name in self.served_by.items() if matches(who, request)), None)

    def cells(self) -> Iterator[tuple[str, str]]:
        """Every clock of every request."""
        return product(self.clocks, self.requests)


def matches(who: str, request: str) -> bool:
    """Whether a line's `who` means this request."""
    wanted, given = who.split(" / "), request.split(" / ")
    return len(wanted) == len(given) and all(
        choice == "*" or value in choice.split("|")
        for choice, value in zip(wanted, given, strict=True)
    )


def every(days: tuple[str, ...], opens: str, closes: str) -> dict[str, Pairs]:
    """The same hours on each of these days."""
    return {day: [(opens, closes)] for day in days}
