"""Due times: a clock's target, counted from its start on open time or on elapsed time.

Where the due time of a clock such as `first_response` comes from:

1. The policy: `clocks.first_response.within`, for example `2 business days`.
2. `settlement.py` selects the target for the ticket and stores it in the ticket's terms.
3. `ClockTimeBase.target` here counts it from the event that starts the clock.
4. `policies/business_time/calendar.py` has the rules of open time and business days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import Duration, Unit
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms

NO_TIME = timedelta(0)


@dataclass(frozen=True)
class TimeBase:
    """The time that counts: open time of a calendar, or elapsed time without a calendar."""

    calendar: BusinessCalendar | None

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The earliest time (UTC) by which `length` has passed since `start`."""
        return start + length if self.calendar is None else self.calendar.add(start, length)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The time counted from `a` to `b`, negative if `b` is earlier."""
        return b - a if self.calendar is None else self.calendar.between(a, b)


class Target(NamedTuple):
    """A target counted from a start: when counting begins, the due time, and the time between."""

    begins: datetime
    due: datetime
    total: timedelta


class Progress(NamedTuple):
    """The state of a count: `owed` of the `total` is left at `anchor`, which gives `due`."""

    anchor: datetime
    owed: timedelta
    total: timedelta
    due: datetime


@dataclass(frozen=True)
class ClockTimeBase:
    """Computes the due times of one clock. A target may count open time or elapsed time."""

    calendar: BusinessCalendar | None
    cut_off: str | None = None
    """The local time after which a start counts as one on the next open day."""

    @classmethod
    def for_clock(cls, terms: Terms, clock: ClockTerms, promise: PromiseTerms) -> "ClockTimeBase":
        """The time base on which a clock counts a promise, under a ticket's terms."""
        pinned = terms.calendar_of(clock, promise)
        return cls(pinned.calendar if pinned else None, clock.cut_off)

    def for_promise(self, promise: PromiseTerms) -> TimeBase:
        """The time that a promise counts."""
        return self.for_length(promise.within) if promise.within else TimeBase(None)

    def for_length(self, length: Duration) -> TimeBase:
        """The time that a duration counts."""
        return TimeBase(None if length.is_elapsed else self.calendar)

    def counted_from(self, start: datetime) -> datetime:
        """A start, or the opening of the next open day for one after the cut-off."""
        if self.cut_off is None or self.calendar is None:
            return start
        return self.calendar.from_cut_off(start, self.cut_off)

    def target(self, promise: PromiseTerms, start: datetime) -> Target:
        """The target of a promise from a start event. After the cut-off, counting begins at the
        opening of the next open day.
        """
        return self.target_from(promise, self.counted_from(start))

    def target_from(self, promise: PromiseTerms, start: datetime) -> Target:
        """The target of a promise from a time that is no start event, so that no cut-off moves it.
        The following week begins at its first opening.
        """
        length = promise.within
        assert length is not None
        if length.unit is Unit.FOLLOWING_WEEK and self.calendar is not None:
            begins, due = self.calendar.following_week(start)
        else:
            begins, due = start, self.due_time(length, start)
        return Target(begins, due, self.for_promise(promise).between(begins, due))

    def due_time(self, length: Duration, start: datetime) -> datetime:
        """The time (UTC) one duration after `start`."""
        if self.calendar is None:
            return start + length.length
        return length.due_from(start, self.calendar)

    def rung_time(self, rung: RungTerms, promise: PromiseTerms, progress: Progress) -> datetime:
        """The time of a rung, if nothing pauses the clock before it. The 75 % rung is when a
        quarter of the total is left.
        """
        time_base = self.for_promise(promise)
        if rung.share is not None:
            left = progress.total * (1 - rung.share)
            return progress.due if rung.share == 1 else _time_with_left(left, progress, time_base)
        length, is_after = rung.distance
        if rung.is_after_start:
            return self.due_time(length, progress.anchor)
        if is_after:
            return self.due_time(length, progress.due)
        if length.is_elapsed:
            return progress.due - length.length
        if length.unit is Unit.BUSINESS_DAY and self.calendar is not None:
            return self.calendar.business_days_before(progress.due, length.amount)
        return _time_with_left(length.length, progress, time_base)


def _time_with_left(left: timedelta, progress: Progress, time_base: TimeBase) -> datetime:
    return time_base.add(progress.anchor, max(NO_TIME, progress.owed - left))
