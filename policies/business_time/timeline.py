"""Open time along the time axis, compiled so that every query is one bisection.

`edges` is the sorted list of the times at which open time begins or ends, as timedeltas since the
epoch. The first edge is the beginning of the compiled range and counts as a close, so

- edges at odd positions are openings and edges at even positions are closes;
- the last edge not after a time is at `bisect_right(edges, time) - 1`, and the time is in open time
  exactly if that position is odd.

`totals[k]` is the open time from the beginning of the range until `edges[k]`. Totals never
decrease, so they can be bisected too. The first edge whose total is at least some open time is a
close, and the surplus is the distance back to the result. Because it is the *first* such edge, the
result is Friday's close and not Monday's opening (rule 4).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from policies.business_time.windows import Window

NO_TIME = timedelta(0)
LONGEST_CLOSURE = timedelta(days=1096)  # 3 years, one of them a leap year
"""How long a calendar may stay closed before a count is an error (rule 9)."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The open time of `[first, last)`. Immutable, so threads may share it."""

    first: timedelta
    last: timedelta
    edges: Sequence[timedelta]
    totals: Sequence[timedelta]
    closures: Sequence[Window]
    """Stretches of closed time over the limit, which a count must not cross."""

    @classmethod
    def of(cls, first: timedelta, last: timedelta, windows: Sequence[Window]) -> "Timeline":
        """Compile windows that are sorted, disjoint and inside `[first, last)`."""
        edges, totals, closures = [first], [NO_TIME], []
        total = NO_TIME
        for window in windows:
            if window.opens - edges[-1] > LONGEST_CLOSURE:
                closures.append(Window(edges[-1], window.opens))
            totals.append(total)
            total += window.length
            totals.append(total)
            edges += window
        return cls(first, last, edges, totals, closures)

    def windows(self) -> list[Window]:
        """The windows this was compiled from."""
        return [Window(*pair) for pair in zip(self.edges[1::2], self.edges[2::2], strict=True)]

    def is_open(self, at: timedelta) -> bool:
        """Whether `at` is in open time."""
        return bisect_right(self.edges, at) % 2 == 0

    def open_time_until(self, at: timedelta) -> timedelta:
        """The open time from the beginning of the range until `at`."""
        k = bisect_right(self.edges, at) - 1
        return self.totals[k] + (at - self.edges[k]) if k % 2 else self.totals[k]

    def time_of(self, open_time: timedelta) -> timedelta:
        """The earliest time with this much open time before it; at most `totals[-1]`."""
        k = bisect_left(self.totals, open_time)
        return self.edges[k] - (self.totals[k] - open_time)

    def next_open(self, at: timedelta) -> timedelta | None:
        """`at` if in open time, else the next opening; None if that is not before `last`."""
        k = bisect_right(self.edges, at)
        if k % 2 == 0:
            return at
        return self.edges[k] if k < len(self.edges) else None

    def latest_end(self, at: timedelta) -> timedelta:
        """The latest time not after `at` with open time right before it."""
        k = bisect_left(self.edges, at) - 1
        return at if k % 2 else self.edges[k]

    def crosses_closure(self, start: timedelta, end: timedelta) -> bool:
        """Whether a count from `start` to `end` crosses more closed time than the limit."""
        return any(
            start < closure.closes <= end
            and closure.closes - max(closure.opens, start) > LONGEST_CLOSURE
            for closure in self.closures
        )
