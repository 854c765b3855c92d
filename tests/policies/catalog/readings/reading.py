"""The data of a reading: the promises of a support page, entered a second time by hand.

A reading is literal. Requests are named as in the golden matrix ("plan / kind / priority / region",
without the dimensions a policy does not have), hours are local times of the desk, closed days are
listed one by one, and promises are in the unit of the page.
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
    """The opening hours of a desk: zone, weekly hours, and closed days with their names."""

    zone: str
    hours: dict[str, Pairs]
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed_dates(self) -> dict[date, str]:
        """The closed days as dates, with their names."""
        return {date.fromisoformat(day): name for day, name in self.closed.items()}


@dataclass(frozen=True)
class Line:
    """One line of a page: requests, clock, target and clause.

    `who` is a request with `*` for any value and `a|b` for either; so is `clock`. `outside` is the
    target for requests received outside hours, if it differs. Without a target, `within` is None
    and the text of the guarantee must contain all of `says`.
    """

    who: str
    clock: str
    within: str | None
    clause: str
    outside: str | None = None
    says: tuple[str, ...] = ()

    def concerns(self, clock: str, request: str) -> bool:
        """Whether the line applies to this clock of this request."""
        return matches(self.clock, clock) and matches(self.who, request)


@dataclass(frozen=True)
class Reading:
    """A page as data: the values of requests, the desks that serve them, and every line.

    `values` are in the order plan, kind, priority, region. A desk is named as its calendar in the
    policy. `internal` names the clocks that the page does not promise. `modified` is the date of
    the page. `by_hand` has due times counted on a wall calendar, by request and clock: the name of
    the start time in the matrix, and the due time.
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
        """Every possible request."""
        return [" / ".join(values) or "every request" for values in product(*self.values)]

    @property
    def clocks(self) -> list[str]:
        """Every clock, in the order of the lines."""
        return list(dict.fromkeys(name for line in self.lines for name in line.clock.split("|")))

    def lines_for(self, clock: str, request: str) -> list[Line]:
        """The lines for this clock and request; exactly one in a valid reading."""
        return [line for line in self.lines if line.concerns(clock, request)]

    def desk_of(self, request: str) -> str | None:
        """The name of the desk that serves a request; None if the page has no hours."""
        return next((name for who, name in self.served_by.items() if matches(who, request)), None)

    def cells(self) -> Iterator[tuple[str, str]]:
        """Every clock of every request."""
        return product(self.clocks, self.requests)


def matches(who: str, request: str) -> bool:
    """Whether a line's `who` includes this request."""
    wanted, given = who.split(" / "), request.split(" / ")
    return len(wanted) == len(given) and all(
        choice == "*" or value in choice.split("|")
        for choice, value in zip(wanted, given, strict=True)
    )


def every(days: tuple[str, ...], opens: str, closes: str) -> dict[str, Pairs]:
    """The same hours on each of these days."""
    return {day: [(opens, closes)] for day in days}
