"""What a clock counts: open time of a calendar, or elapsed time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import Duration, Unit
from policies.terms.ticket_terms import ClockTerms, PromiseTerms, RungTerms, Terms

NOTHING = timedelta(0)


@dataclass(frozen=True)
class TimeBase:
    """Adds and subtracts on one measure; without a calendar it is elapsed time."""

    calendar: BusinessCalendar | None

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The UTC instant at which this much has passed after `start`."""
        return start + length if self.calendar is None else self.calendar.add(start, length)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """How much passes from a to b; negative when b is earlier."""
        return b - a if self.calendar is None else self.calendar.between(a, b)


class Target(NamedTuple):
    """A promise counted from an instant: when counting begins, when it is due, how much it is."""

    begins: datetime
    due: datetime
    total: timedelta


class Progress(NamedTuple):
    """Where counting stands: `owed` of the `total` is left at the anchor, and it is due then."""

    anchor: datetime
    owed: timedelta
    total: timedelta
    due: datetime


@dataclass(frozen=True)
class ClockTimeBase:
    """The measures of one clock: its calendar, and elapsed time beside it."""

    calendar: BusinessCalendar | None

    @classmethod
    def of_clock(cls, terms: Terms, clock: ClockTerms) -> "ClockTimeBase":
        """The measures that a ticket's terms give to a clock."""
        return cls(terms.calendar_of(clock))

    def of(self, promise: PromiseTerms) -> TimeBase:
        """What this promise counts."""
        is_elapsed = promise.within is None or promise.within.is_elapsed
        return TimeBase(None if is_elapsed else self.calendar)

    def due(self, length: Duration, start: datetime) -> datetime:
        """The UTC instant this long after `start`."""
        if length.is_elapsed or self.calendar is None:
            return start + length.length
        return length.due_from(start, self.calendar)

    def target(self, promise: PromiseTerms, start: datetime) -> Target:
        """The target of a promise that starts now; the following week begins when it opens."""
        assert promise.within is not None
        due = self.due(promise.within, start)
        begins = start
        if promise.within.unit is Unit.FOLLOWING_WEEK and self.calendar is not None:
            begins, due = self.calendar.following_week(start)
        return Target(begins, due, self.of(promise).between(begins, due))

    def instant_of(self, rung: RungTerms, promise: PromiseTerms, aim: Progress) -> datetime:
        """When a rung is reached. A share of the target lies where the rest is still owed."""
        measure = self.of(promise)
        if rung.share is not None:
            left = aim.total * (1 - rung.share)
            return aim.due if rung.share == 1 else _when_left(left, aim, measure)
        length, is_after = rung.distance
        if is_after:
            return self.due(length, aim.due)
        if length.is_elapsed:
            return aim.due - length.length
        return _when_left(length.length, aim, measure)


def _when_left(remainder: timedelta, aim: Progress, measure: TimeBase) -> datetime:
    return measure.add(aim.anchor, max(NOTHING, aim.owed - remainder))
