"""Business time: open time added to a start, open time measured, business days counted.

The rules of the package; other docstrings cite them by number.

1. Times are in UTC. A calendar has one zone, and its local hours follow the zone's clock changes.
2. A window is half-open, `[open, close)`. A date may have several, and 24:00 is a legal close:
   00:00-24:00 on two neighbouring days has no gap at midnight. A window over midnight becomes two,
   one on each date (`opening_hours.py`). A local time becomes a UTC time once: an ambiguous time is
   its first occurrence, and a time that does not exist moves forward by the gap. Windows that
   overlap or touch are merged, and a window left empty by a clock change is dropped.
3. Open time is real elapsed time inside windows, exact to the microsecond.
4. `add` returns the earliest time by which the open time has passed: the close of a window, never
   the opening after it. Adding zero returns the start, or the next opening from closed time.
   `between` returns the open time between two times, negative if the second is earlier.
5. Business hours are `add`. Plain hours are elapsed time and need no calendar.
6. Business days count dates and keep the time of day; from an opening they are full days: see
   `business_days.py`.
7. The following week is the next ISO week with open time, and a cut-off moves a start to the next
   open date: see `business_days.py`.
8. A pause stores the open time that is left (`between`); resuming adds it to the time of resuming
   (`add`). So a pause over closed time only moves nothing.
9. A count that meets more than 3 years (1096 days) without open time is an error.
10. Local time is used only to compile a UTC year into a `Timeline`. The first query about a year
    compiles it and all years up to those already compiled. After that, `add` and `between` are
    bisections, as fast for a decade as for an hour. Nothing reads the system clock, and no result
    depends on earlier queries.

Times outside the years 1900 to 2399 are an error, not a long wait.

The modules, lowest first: `windows` (half-open intervals), `opening_hours` (the windows of a date
in local time), `local_dates` (dates and windows in UTC), `timeline` (compiled opening and closing
times), `open_time` (one timeline for all years, compiled on demand), `business_days`,
`explanation`, and the calendar here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Literal, get_args

from policies.business_time.business_days import BusinessDays
from policies.business_time.errors import (
    BusinessTimeError,
    CalendarError,
    NoOpenTimeError,
    UnknownZoneError,
)
from policies.business_time.explanation import CountedWindow, Explanation, SkippedDay, explanation
from policies.business_time.local_dates import EPOCH, LocalDates, out_of_range
from policies.business_time.open_time import OpenTime
from policies.business_time.opening_hours import (
    DatedHours,
    Day,
    HalfDays,
    Hours,
    NamedDays,
    OpeningHours,
    time_of_day,
)
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

DayCount = Literal["same_time", "always_same_time", "end_of_day"]
"""How business days are counted."""
_LONGEST = timedelta(days=500 * 366)

# Called unbound, because a subclass (pendulum's) would return a duration of its own type.
_minus = datetime.__sub__


class BusinessCalendar:
    """The opening hours of a desk, and the due times that follow from them.

    With hours from Monday to Friday, 09:00-17:00:

        add(Fri 16:00, 2 hours)         -> Mon 10:00
        add(Fri 16:00, 1 hour)          -> Fri 17:00   the close, not Monday's opening
        between(Fri 16:00, Mon 10:00)   -> 2 hours
        business_days(Wed 14:00, 2)     -> Fri 14:00   same time of day
        business_days(Sat 12:00, 2)     -> Tue 17:00   two full days from Monday's opening
        following_week(Wed 14:00)       -> Mon 09:00, Fri 17:00
    """

    def __init__(
        self,
        timezone: str | tzinfo,
        weekly: Mapping[str, Hours],
        closed_dates: Iterable[Day] | Mapping[Day, str] = (),
        special_hours: DatedHours | None = None,
        half_days: HalfDays | None = None,
        working_days: NamedDays | None = None,
    ) -> None:
        """Raise CalendarError, which lists every fault, or UnknownZoneError.

        `timezone`: an IANA name, or a tzinfo that follows PEP 495 (ZoneInfo, PinnedZone).
        `weekly`: "mon" to "sun" -> [("09:00", "12:00"), ("13:00", "17:00")]; a day that is left
        out is closed. `closed_dates`: dates that are closed all day, or a mapping from those dates
        to the name of the closed day. `special_hours`: dates with other hours than their weekday;
        a date that is also closed is an error. `half_days`: dates that close early.
        `working_days`: dates with the hours of another weekday besides their own.
        """
        self.zone = _zone(timezone)
        self.hours = OpeningHours(weekly, closed_dates, special_hours, half_days, working_days)
        self._dates = LocalDates(self.zone, self.hours)
        self._open_time = OpenTime(self._dates)
        self._business_days = BusinessDays(self._dates, self._open_time)

    def __repr__(self) -> str:
        return f"BusinessCalendar({str(self.zone)!r})"

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """The earliest time (UTC) by which `open_time` has passed since `start` (rule 4)."""
        if not NO_TIME < open_time < _LONGEST:
            return self._add_unusual(start, open_time)
        return EPOCH + self._open_time.add(_since_epoch(start), open_time)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from `a` to `b`, negative if `b` is earlier (rule 4)."""
        return self._open_time.between(_since_epoch(a), _since_epoch(b))

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is in open time; the close of a window is not (rule 2)."""
        return self._open_time.is_open(_since_epoch(at))

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself if open, else the next opening (UTC)."""
        return EPOCH + self._open_time.next_open(_since_epoch(at))

    def business_days(
        self,
        start: datetime,
        n: int,
        count: DayCount = "same_time",
    ) -> datetime:
        """The time (UTC) `n` business days after `start` (rule 6).

        `count="same_time"` keeps the local time of day, or counts full days from an opening.
        `count="always_same_time"` keeps it from an opening, too. `count="end_of_day"` returns the
        last close of the nth business day after the date of `start`.

        `n=0` returns `start` or the next opening; with "end_of_day", the last close of its date.
        """
        _check_days(n, count)
        days = self._business_days
        counts = {
            "same_time": days.same_time,
            "always_same_time": days.always_same_time,
            "end_of_day": days.end_of_day,
        }
        return EPOCH + counts[count](_since_epoch(start), n)

    def from_cut_off(self, at: datetime, cut_off: str) -> datetime:
        """The time (UTC) from which an event at `at` counts, under a local time such as "15:00".

        Up to and at the cut-off of a date with open time, it is `at`, but not before the first
        opening of the date. Later, and on a date without open time, it is the first opening of the
        next date that has some.
        """
        since = _since_epoch(at)
        return EPOCH + self._business_days.from_cut_off(since, time_of_day(cut_off))

    def business_days_before(self, end: datetime, n: int) -> datetime:
        """The time (UTC) `n` business days before `end`, at the same local time (rule 6)."""
        _check_days(n, "same_time")
        return EPOCH + self._business_days.before(_since_epoch(end), n)

    def following_week(self, at: datetime) -> tuple[datetime, datetime]:
        """The first opening and the last close (UTC) of the next ISO week with open time (rule 7).

        Weeks are those of the calendar's zone. A week that begins in the middle of open time (24x7)
        opens at its first midnight and closes at its last.
        """
        opens, closes = self._business_days.following_week(_since_epoch(at))
        return EPOCH + opens, EPOCH + closes

    def explain(self, start: datetime, due: datetime) -> Explanation:
        """Every window counted from `start` to `due`, and every closed day in between."""
        first, last = _since_epoch(start), _since_epoch(due)
        if last < first:
            raise BusinessTimeError(f"cannot explain {due}: it is earlier than the start {start}")
        return explanation(self._dates, first, last)

    def _add_unusual(self, start: datetime, open_time: timedelta) -> datetime:
        if open_time < NO_TIME:
            raise BusinessTimeError(
                f"cannot add the negative open time {open_time} to {start}; use between()"
            )
        if open_time > NO_TIME:
            raise out_of_range(f"{start} + {open_time}")
        return self.next_opening(start)


def _zone(timezone: str | tzinfo) -> tzinfo:
    if not isinstance(timezone, tzinfo):
        return find_zone(timezone)
    if hasattr(timezone, "localize"):
        raise CalendarError(
            f"{timezone!r} is a pytz zone, which ignores PEP 495; pass the name {timezone}"
        )
    return timezone


def _since_epoch(at: datetime) -> timedelta:
    try:
        return _minus(at, EPOCH)
    except TypeError:
        raise BusinessTimeError(_not_aware(at)) from None


def _not_aware(at: object) -> str:
    if isinstance(at, datetime):
        return f"{at.isoformat()} has no time zone; pass an aware datetime"
    return f"{at!r} is not a datetime; pass an aware datetime"


def _check_days(n: object, count: str) -> None:
    if type(n) is not int or n < 0:
        raise BusinessTimeError(f"cannot count {n!r} business days; n is a whole number from 0")
    if count not in get_args(DayCount):
        choices = ", ".join(f'"{each}"' for each in get_args(DayCount))
        raise BusinessTimeError(f"count is {count!r}; use one of {choices}")
