"""Open time along the time axis, compiled so that every question is one bisection.

`edges` is the sorted list of instants at which the desk opens or closes, as times since the
epoch. It starts with the beginning of the known range, which counts as a close, so that

- an odd position is an opening and an even one a close;
- the last edge not after an instant is at `bisect_right(edges, instant) - 1`, and the instant
  is in open time exactly when that position is odd.

`totals` is the open time passed from the beginning of the range until each edge. It never
decreases, so it can be searched too: the first edge whose total reaches what is asked for is
a close, and the answer lies that much before it. Being the *first* such edge is what makes
a promise end at Friday's close and not at Monday's opening (rule 4).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from policies.business_time.windows import Window

NO_TIME = timedelta(0)
HORIZON = timedelta(days=1096)  # 3 years, one of them a leap year
"""How long a calendar may stay closed before counting gives up (rule 9)."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The open time of `[first, last)`. Never changes, so threads may share it."""

    first: timedelta
    last: timedelta
    edges: Sequence[timedelta]
    totals: Sequence[timedelta]
    deserts: Sequence[Window]
    """Closed stretches longer than the horizon: a count must not silently step over one."""

    @classmethod
    def of(cls, first: timedelta, last: timedelta, windows: Sequence[Window]) -> "Timeline":
        """Compile windows that are sorted, disjoint and inside `[first, last)`."""
        edges, totals, deserts = [first], [NO_TIME], []
        passed = NO_TIME
        for window in windows:
            if window.opens - edges[-1] > HORIZON:
                deserts.append(Window(edges[-1], window.opens))
            totals.append(passed)
            passed += window.closes - window.opens
            totals.append(passed)
            edges += window
        return cls(first, last, edges, totals, deserts)

    def windows(self) -> list[Window]:
        """What this was compiled from."""
        return [Window(*pair) for pair in zip(self.edges[1::2], self.edges[2::2], strict=True)]

    def is_open(self, at: timedelta) -> bool:
        """Whether `at` is in open time."""
        return bisect_right(self.edges, at) % 2 == 0

    def passed(self, at: timedelta) -> timedelta:
        """The open time from the beginning of the range until `at`."""
        k = bisect_right(self.edges, at) - 1
        return self.totals[k] + (at - self.edges[k]) if k % 2 else self.totals[k]

    def when(self, passed: timedelta) -> timedelta:
        """The earliest instant until which `passed` has passed; at most `totals[-1]` is known."""
        k = bisect_left(self.totals, passed)
        return self.edges[k] - (self.totals[k] - passed)

    def next_open(self, at: timedelta) -> timedelta | None:
        """`at` if in open time, else the next opening, else None: not before `last`."""
        k = bisect_right(self.edges, at)
        if k % 2 == 0:
            return at
        return self.edges[k] if k < len(self.edges) else None

    def latest_end(self, at: timedelta) -> timedelta:
        """The latest instant, `at` at most, that has open time right before it."""
        k = bisect_left(self.edges, at) - 1
        return at if k % 2 else self.edges[k]

    def desert_between(self, start: timedelta, end: timedelta) -> bool:
        """Whether a count from `start` to `end` steps over more closed time than the horizon."""
        return any(
            start < desert.closes <= end and desert.closes - max(desert.opens, start) > HORIZON
            for desert in self.deserts
        )
