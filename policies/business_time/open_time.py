"""The open time of a calendar over all years, compiled year by year on demand (rules 9 and 10)."""

from datetime import UTC, datetime, timedelta

from policies.business_time.local_dates import (
    END,
    EPOCH,
    LocalDates,
    check_range,
    no_open_time,
    out_of_range,
)
from policies.business_time.timeline import LONGEST_CLOSURE, Timeline
from policies.business_time.windows import merged


class OpenTime:
    """Answers queries about times, which are timedeltas since the epoch.

    The compiled timeline is replaced as a whole and never changed, so threads may share it. Two
    threads that extend it at once both compile and get the same result. Results do not depend on
    the years compiled so far: a closure over the limit is an error even where its end is known.
    """

    def __init__(self, dates: LocalDates) -> None:
        """Nothing is compiled yet."""
        self._dates = dates
        self._timeline: Timeline | None = None

    def add(self, start: timedelta, open_time: timedelta) -> timedelta:
        """The earliest time by which `open_time`, more than zero, has passed since `start`."""
        timeline = self.covering(start)
        total = timeline.open_time_until(start) + open_time
        while total > timeline.totals[-1]:
            timeline = self._lengthened(timeline, start)
        return self._without_closure(timeline, start, timeline.time_of(total))

    def between(self, a: timedelta, b: timedelta) -> timedelta:
        """The open time from `a` to `b`, negative if `b` is earlier."""
        timeline = self.spanning(a, b)
        return timeline.open_time_until(b) - timeline.open_time_until(a)

    def next_open(self, at: timedelta) -> timedelta:
        """`at` if in open time, else the next opening."""
        timeline = self.covering(at)
        while (opening := timeline.next_open(at)) is None:
            timeline = self._lengthened(timeline, at)
        return self._without_closure(timeline, at, opening)

    def is_open(self, at: timedelta) -> bool:
        """Whether `at` is in open time."""
        return self.covering(at).is_open(at)

    def is_opening(self, at: timedelta) -> bool:
        """Whether open time begins at `at`, which is in open time."""
        return not self.is_open(at - timedelta.resolution)

    def covering(self, at: timedelta) -> Timeline:
        """The timeline, compiled to include `at`."""
        timeline = self._timeline
        if timeline is not None and timeline.first <= at < timeline.last:
            return timeline
        return self._extended(timeline, at)

    def spanning(self, a: timedelta, b: timedelta) -> Timeline:
        """One timeline that includes both. Two calls could return two, from two threads."""
        timeline = self.covering(a)
        if timeline.first <= b < timeline.last:
            return timeline
        return self._extended(timeline, b)

    def _without_closure(self, timeline: Timeline, start: timedelta, end: timedelta) -> timedelta:
        if timeline.crosses_closure(start, end):
            raise no_open_time((EPOCH + start).isoformat(), self._dates.zone)
        return end

    def _extended(self, timeline: Timeline | None, at: timedelta) -> Timeline:
        check_range(at)
        first, last = _new_year(_year(at)), _new_year(_year(at) + 1)
        if timeline is not None:
            first, last = min(first, timeline.first), max(last, timeline.last)
        return self._compile(timeline, first, last)

    def _lengthened(self, timeline: Timeline, start: timedelta) -> Timeline:
        """The timeline with twice as many years, unless it ends in 3 closed years."""
        if timeline.last - max(start, timeline.edges[-1]) > LONGEST_CLOSURE:
            raise no_open_time((EPOCH + start).isoformat(), self._dates.zone)
        if timeline.last >= END:
            raise out_of_range("the result")
        last = _new_year(2 * _year(timeline.last) - _year(timeline.first))
        return self._compile(timeline, timeline.first, min(last, END))

    def _compile(self, known: Timeline | None, first: timedelta, last: timedelta) -> Timeline:
        if known is None:
            windows = self._dates.windows_between(first, last)
        else:
            windows = self._dates.windows_between(first, known.first)
            windows += known.windows()
            windows += self._dates.windows_between(known.last, last)
        self._timeline = timeline = Timeline.of(first, last, merged(windows))
        return timeline


def _new_year(year: int) -> timedelta:
    return datetime(year, 1, 1, tzinfo=UTC) - EPOCH


def _year(at: timedelta) -> int:
    return (EPOCH + at).year
