"""Business time: which instant a promise ends at, and how much of it has been used.

Rules. The numbers are the ones cited in docstrings.

1. Instants are UTC; a calendar has one zone, and its local hours follow the zone's summer time.
2. Windows are half-open `[open, close)`, several a day; 24:00 is a legal end and 00:00-24:00 on
   neighbouring days has no seam. A window that crosses midnight is two, one on each date (see
   `opening_hours.py` for what that means on closed and special dates). Each end becomes an
   instant once: an ambiguous local time is its first occurrence, one that does not exist moves
   forward by the gap, and all real time in between is open. Windows that meet are one, and a
   window whose end does not come after its beginning that way is none.
3. Open time is real elapsed time inside windows, exact to the microsecond.
4. `add` gives the earliest instant by which the open time has passed: the end of a window, never
   the opening after it. Adding nothing gives the start, or the next opening when closed.
   `between` is the open time from one instant to another, negative when the second is earlier.
5. Business hours are `add`; plain hours need no calendar.
6. Business days: see `BusinessCalendar.business_days`.
7. The following week: see `BusinessCalendar.following_week`.
8. A pause keeps the open time still owed, so it needs nothing here but `between` and `add`.
9. More than 3 years (1096 days) without open time on the way to an answer is an error.
10. Local time is consulted only while compiling. What is asked for the first time in a UTC year
    compiles that year, and the years in between, into a `Timeline`; from then on `add` and
    `between` are bisections, as fast for a decade as for an hour. Nothing reads a clock, and no
    answer depends on what was asked before.

The years counted in are 1900 to 2399; others are an error, not a long wait.

The layers, lowest first: `windows` (stretches of time), `opening_hours` (windows of a date),
`local_dates` (dates in a zone, as instants), `open_timeline` (edges and running totals),
`open_time` (the timeline of all years, compiled as needed), and the calendar here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from policies.business_time.errors import (
    BusinessTimeError,
    CalendarError,
    NoOpenTimeError,
    UnknownZoneError,
)
from policies.business_time.explanation import CountedWindow, Explanation, SkippedDay
from policies.business_time.local_dates import EPOCH, ONE_DAY, LocalDates, out_of_range
from policies.business_time.open_time import OpenTime
from policies.business_time.opening_hours import DatedHours, Day, Hours, OpeningHours
from policies.business_time.timeline import NO_TIME
from policies.business_time.zones import find_zone

__all__ = [
    "BusinessCalendar",
    "BusinessTimeError",
    "CalendarError",
    "CountedWindow",
    "Explanation",
    "NoOpenTimeError",
    "SkippedDay",
    "UnknownZoneError",
]

_LONGEST = timedelta(days=500 * 366)

# Called unbound so that a subclass (pendulum's) cannot answer with a type of its own.
_minus = datetime.__sub__


class BusinessCalendar:
    """When a desk is open, and the arithmetic of promises counted in its open time."""

    def __init__(
        self,
        timezone: str | tzinfo,
        weekly: Mapping[str, Hours],
        closed_dates: Iterable[Day] | Mapping[Day, str] = (),
        special_hours: DatedHours | None = None,
    ) -> None:
        """Raise CalendarError or UnknownZoneError when the calendar makes no sense.

        `timezone`: an IANA name, or a tzinfo that keeps to PEP 495 (ZoneInfo, PinnedZone).
        `weekly`: "mon" to "sun" -> [("09:00", "12:00"), ("13:00", "17:00")]; a missing day has
        no hours. `closed_dates`: dates on which nothing is open, or a mapping of them to the
        name of the closed day. `special_hours`: dates with hours of their own instead of their
        weekday's; a date that is closed as well is an error.
        """
        self.zone = _zone(timezone)
        self.hours = OpeningHours(weekly, closed_dates, special_hours)
        self._dates = LocalDates(self.zone, self.hours)
        self._open_time = OpenTime(self._dates)

    def __repr__(self) -> str:
        return f"BusinessCalendar({str(self.zone)!r})"

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """The earliest instant (UTC) by which `open_time` has passed since `start` (rule 4)."""
        if not NO_TIME < open_time < _LONGEST:
            return self._add_unusual(start, open_time)
        return EPOCH + self._open_time.after(_since_epoch(start), open_time)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from `a` to `b`, negative when `b` is earlier (rule 4)."""
        start, end = _since_epoch(a), _since_epoch(b)
        timeline = self._open_time.spanning(start, end)
        return timeline.passed(end) - timeline.passed(start)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is in open time; the end of a window is not (rule 2)."""
        return self._open_time.is_open(_since_epoch(at))

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening (UTC)."""
        return EPOCH + self._open_time.next_open(_since_epoch(at))

    def business_days(
        self,
        start: datetime,
        n: int,
        count: Literal["same_time", "end_of_day"] = "same_time",
    ) -> datetime:
        """The end (UTC) of a promise of `n` business days given at `start` (rule 6).

        A business day is a local date with open time; an overnight window makes two.

        `count="same_time"`: a start outside open time, the very end of a window included, moves
        to the next opening. The answer has the same local time of day on the nth following
        business day. Where the desk is closed at that time (a half day, a later opening, a break)
        it moves back to the latest close before; a time of day that does not exist moves
        forward by the gap first, and an ambiguous one is its first occurrence.

        At an opening, `n` days are n full days. An opening that begins its date ends them
        at the close of the (n-1)th following business day. Any other opening (after a break), or
        a desk that works on past the midnight of that day (overnight hours, 24 hours from Monday
        to Friday), ends them at the same time of day on the nth following business day, moved
        back over closed time: Mon 13:00 + 1 is Tue 12:00 when there is a break in between.
        A calendar that never closes has no openings, midnight included: Mon 00:00 + 1 is
        Tue 00:00.

        `count="end_of_day"`: the last close of the nth business day after the date of `start`.
        A desk that works on past midnight closes a date at 24:00.

        `n=0`: `start` or the next opening; with "end_of_day" the last close of its date.
        """
        _check_days(n, count)
        since = _since_epoch(start)
        if count == "end_of_day":
            return EPOCH + self._end_of_day(since, n)
        origin = self._open_time.next_open(since)
        return EPOCH + (self._same_time(origin, n) if n else origin)

    def following_week(self, at: datetime) -> tuple[datetime, datetime]:
        """When the next ISO week that has open time opens, and its last close (UTC; rule 7).

        Weeks are those of the calendar's zone. One that begins in the middle of open time
        (24x7) opens at its first midnight and closes at its last.
        """
        today = self._dates.date_of(_since_epoch(at))
        sunday = today + timedelta(days=6 - today.weekday())
        day, week = self._dates.nth_open(sunday, 1)
        while day.weekday() < 6:
            day += ONE_DAY
            week += self._dates.windows(day)
        return EPOCH + week[0].opens, EPOCH + max(window.closes for window in week)

    def explain(self, start: datetime, due: datetime) -> Explanation:
        """Every window counted from `start` to `due`, and every day skipped on the way."""
        first, last = _since_epoch(start), _since_epoch(due)
        if last < first:
            raise BusinessTimeError(f"nothing to explain: due {due} is earlier than start {start}")
        return Explanation(
            zone=str(self.zone),
            counted=tuple(self._counted(first, last)),
            skipped=tuple(self._skipped(first, last)),
        )

    def _add_unusual(self, start: datetime, open_time: timedelta) -> datetime:
        if open_time < NO_TIME:
            raise BusinessTimeError(
                f"cannot add the negative open time {open_time} to {start}; between() looks back"
            )
        if open_time > NO_TIME:
            raise out_of_range(f"{start} + {open_time}")
        return self.next_opening(start)

    def _end_of_day(self, since: timedelta, n: int) -> timedelta:
        if n == 0:
            day, n = self._dates.date_of(self._open_time.next_open(since)) - ONE_DAY, 1
        else:
            day = self._dates.date_of(since)
        _, windows = self._dates.nth_open(day, n)
        return windows[-1].closes

    def _same_time(self, origin: timedelta, n: int) -> timedelta:
        local = self._dates.local(origin)
        opening = self._open_time.is_opening(origin)
        windows = self._dates.windows(local.date())
        if opening and windows and windows[0].opens == origin:
            if n > 1:
                _, windows = self._dates.nth_open(local.date(), n - 1)
            close = windows[-1].closes
            if not self._open_time.is_open(close):
                return close
        day, _ = self._dates.nth_open(local.date(), n)
        same = self._dates.instant(datetime.combine(day, local.time()))
        timeline = self._open_time.spanning(origin, same)
        if timeline.is_open(same) and not opening:
            return same
        return timeline.latest_end(same)

    def _counted(self, first: timedelta, last: timedelta) -> Iterator[CountedWindow]:
        # Where a zone skips a whole date, that date's hours fall on the one after it.
        day, end = self._dates.date_of(first) - ONE_DAY, self._dates.date_of(last)
        reached = first
        while day <= end:
            for window in self._dates.windows(day):
                part = window.clipped(reached, last)
                if part.opens < part.closes:
                    yield CountedWindow(day, EPOCH + part.opens, EPOCH + part.closes, part.length)
                    reached = part.closes
            day += ONE_DAY

    def _skipped(self, first: timedelta, last: timedelta) -> Iterator[SkippedDay]:
        day = self._dates.date_of(first)
        # A count that ends at midnight has not entered the next date.
        end = self._dates.date_of(max(first, last - timedelta.resolution))
        while day <= end:
            if not self.hours.on(day):
                yield SkippedDay(day, self.hours.why_closed(day))
            day += ONE_DAY


def _zone(timezone: str | tzinfo) -> tzinfo:
    if not isinstance(timezone, tzinfo):
        return find_zone(timezone)
    if hasattr(timezone, "localize"):
        raise CalendarError(
            f"{timezone!r} is a pytz zone, which gives wrong offsets here; pass the name {timezone}"
        )
    return timezone


def _since_epoch(at: datetime) -> timedelta:
    try:
        return _minus(at, EPOCH)
    except TypeError:
        raise BusinessTimeError(_not_an_instant(at)) from None


def _not_an_instant(at: object) -> str:
    if isinstance(at, datetime):
        return f"{at.isoformat()} has no time zone; business time needs an aware datetime"
    return f"{at!r} is not an instant; business time needs an aware datetime"


def _check_days(n: object, count: str) -> None:
    if type(n) is not int or n < 0:
        raise BusinessTimeError(f"cannot count {n!r} business days; n is a whole number from 0")
    if count not in ("same_time", "end_of_day"):
        raise BusinessTimeError(f'count is {count!r}; it is "same_time" or "end_of_day"')
