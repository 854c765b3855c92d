"""Business days and the following week: due times by date (rules 6 and 7).

A business day is a local date with open time; overnight hours make business days of both dates.
A start in closed time first moves to the next opening. The close of a window is closed time.

**From a start inside a window**: the same local time on the nth following business day. If that is
closed time (a half day, a later opening, a break), it is the latest close before. A local time that
does not exist moves forward by the gap; an ambiguous one is its first occurrence.

**From an opening**: n full days, so the last close of the (n-1)th following business day. In two
cases that close would not make full days:

- the opening ends a break: with a break 12:00-13:00, Mon 13:00 + 1 is Tue 12:00;
- open time continues past the midnight of that day: with nights 22:00-06:00, Mon 22:00 + 1 is
  Tue 06:00.

The due time is then the same local time on the nth following business day, or the latest close
before it, if that is closed time or an opening.

A calendar that never closes has no openings, not even at midnight: Mon 00:00 + 1 is Tue 00:00.

**Same time**: the same local time on the nth following business day, from an opening as well. Where
that is closed time, it is the latest close before.

**Before a time**: the same local time on the nth business day before, or the latest close before
it, if that is closed time: Wed 14:00 - 2 is Mon 14:00.

**End of day**: the last close of the nth business day after the date of the start. A desk that is
open past midnight closes a date at 24:00.

**Cut-off**: an event up to and at a local time of a date with open time counts from then, and from
the first opening of the date if that is later. An event after it, or on a date without open time,
counts from the first opening of the next date with open time. So a cut-off never makes a due time
earlier, and an earlier event is never due later.

Times are timedeltas since the epoch.
"""

from datetime import date, datetime, timedelta

from policies.business_time.local_dates import ONE_DAY, LocalDates
from policies.business_time.open_time import OpenTime


class BusinessDays:
    """Counts the business days of a calendar."""

    def __init__(self, dates: LocalDates, open_time: OpenTime) -> None:
        """`dates` and `open_time` belong to one calendar."""
        self._dates = dates
        self._open_time = open_time

    def same_time(self, start: timedelta, n: int) -> timedelta:
        """The due time `n` business days after a start; the next opening for `n=0`."""
        start = self._open_time.next_open(start)
        if n == 0:
            return start
        if self._open_time.is_opening(start):
            return self._full_days(start, n)
        due = self._same_time_of_day(start, n)
        timeline = self._open_time.spanning(start, due)
        return due if timeline.is_open(due) else timeline.latest_end(due)

    def always_same_time(self, start: timedelta, n: int) -> timedelta:
        """The same local time `n` business days after a start, or after its next opening."""
        start = self._open_time.next_open(start)
        due = self._same_time_of_day(start, n)
        timeline = self._open_time.spanning(start, due)
        return due if timeline.is_open(due) else timeline.latest_end(due)

    def before(self, end: timedelta, n: int) -> timedelta:
        """The same local time on the nth business day before the date of `end`, or the latest close
        before it, if that is closed time.
        """
        local = self._dates.local(end)
        day = self._dates.nth_open_before(local.date(), n)
        time = self._dates.since_epoch(datetime.combine(day, local.time()))
        timeline = self._open_time.spanning(time, end)
        return time if timeline.is_open(time) else timeline.latest_end(time)

    def end_of_day(self, start: timedelta, n: int) -> timedelta:
        """The last close of the nth business day after the date of a start, or of its own date."""
        if n == 0:
            day, n = self._dates.date_of(self._open_time.next_open(start)) - ONE_DAY, 1
        else:
            day = self._dates.date_of(start)
        _, windows = self._dates.nth_open(day, n)
        return windows[-1].closes

    def following_week(self, at: timedelta) -> tuple[timedelta, timedelta]:
        """The first opening and the last close of the next ISO week that has open time."""
        today = self._dates.date_of(at)
        sunday = today + (6 - today.weekday()) * ONE_DAY
        day, week = self._dates.nth_open(sunday, 1)
        while day.weekday() < 6:
            day += ONE_DAY
            week += self._dates.windows(day)
        return week[0].opens, max(window.closes for window in week)

    def from_cut_off(self, at: timedelta, cut_off: timedelta) -> timedelta:
        """The time from which an event at `at` counts; `cut_off` is the time since midnight."""
        day = self._dates.date_of(at)
        windows = self._dates.windows(day)
        if windows and at <= self._cut_off_on(day, cut_off):
            return max(at, windows[0].opens)
        _, windows = self._dates.nth_open(day, 1)
        return windows[0].opens

    def _cut_off_on(self, day: date, cut_off: timedelta) -> timedelta:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local time
        return self._dates.since_epoch(midnight + cut_off)

    def _full_days(self, opening: timedelta, n: int) -> timedelta:
        day = self._dates.date_of(opening)
        todays = self._dates.windows(day)
        if todays and todays[0].opens == opening:
            _, windows = self._dates.nth_open(day, n - 1)
            close = windows[-1].closes
            if not self._open_time.is_open(close):
                return close
        due = self._same_time_of_day(opening, n)
        return self._open_time.spanning(opening, due).latest_end(due)

    def _same_time_of_day(self, start: timedelta, n: int) -> timedelta:
        local = self._dates.local(start)
        day, _ = self._dates.nth_open(local.date(), n)
        return self._dates.since_epoch(datetime.combine(day, local.time()))
