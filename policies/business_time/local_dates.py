"""Local dates: opening hours in a zone, as UTC times (rules 1 and 2)."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.business_time.errors import BusinessTimeError, NoOpenTimeError
from policies.business_time.opening_hours import OpeningHours
from policies.business_time.timeline import LONGEST_CLOSURE
from policies.business_time.windows import Window, merged

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2399
CACHED_DATES = 512
"""The dates whose windows a calendar caches; queries about one week use the same few."""
BEGIN = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - EPOCH
END = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - EPOCH


class LocalDates:
    """The dates of a calendar in its zone. Times are timedeltas since the epoch."""

    def __init__(self, zone: tzinfo, hours: OpeningHours) -> None:
        """`zone` must follow PEP 495."""
        self.zone = zone
        self.hours = hours
        self._cached: dict[date, tuple[Window, ...]] = {}
        self._nth_open: dict[tuple[date, int], tuple[date, tuple[Window, ...]]] = {}

    def local(self, at: timedelta) -> datetime:
        """The local time at `at`."""
        check_range(at)
        return (EPOCH + at).astimezone(self.zone)

    def date_of(self, at: timedelta) -> date:
        """The local date at `at`."""
        return self.local(at).date()

    def since_epoch(self, local: datetime) -> timedelta:
        """A local time: its first occurrence, or moved forward by the gap it falls in."""
        return local.replace(tzinfo=self.zone, fold=0) - EPOCH

    def windows(self, day: date) -> tuple[Window, ...]:
        """The windows of a local date, sorted and disjoint; cached."""
        windows = self._cached.get(day)
        if windows is None:
            if len(self._cached) >= CACHED_DATES:
                self._cached.clear()
            windows = self._cached[day] = tuple(self._windows(day))
        return windows

    def _windows(self, day: date) -> list[Window]:
        hours = self.hours.on(day)
        if not hours:
            return []
        if not FIRST_YEAR - 1 <= day.year <= LAST_YEAR + 1:
            raise out_of_range(str(day))
        # Adding to a local time moves its wall clock; subtracting the epoch from the sum applies
        # the zone's offset. The sum has fold=0, which PEP 495 resolves as rule 2 demands.
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return merged(
            Window(midnight + opens - EPOCH, midnight + closes - EPOCH) for opens, closes in hours
        )

    def windows_between(self, begin: timedelta, end: timedelta) -> list[Window]:
        """All windows inside `[begin, end)`, clipped to it, date by date."""
        if begin >= end:
            return []
        # An offset is less than a day and a gap at most one, so these dates cover the range.
        day, last = (EPOCH + begin).date() - 3 * ONE_DAY, (EPOCH + end).date()
        windows: list[Window] = []
        while day <= last:
            windows += self._windows(day)
            day += ONE_DAY
        return [
            window if begin <= window.opens and window.closes <= end else window.clipped(begin, end)
            for window in windows
        ]

    def nth_open(self, day: date, n: int) -> tuple[date, tuple[Window, ...]]:
        """The nth date after `day` with open time, and its windows; `day` itself for n=0."""
        found = self._nth_open.get((day, n))
        if found is None:
            if len(self._nth_open) >= CACHED_DATES:
                self._nth_open.clear()
            found = self._nth_open[day, n] = self._find_nth_open(day, n)
        return found

    def _find_nth_open(self, day: date, n: int) -> tuple[date, tuple[Window, ...]]:
        windows = self.windows(day)
        last_open = day
        while n > 0:
            day += ONE_DAY
            windows = self.windows(day)
            if windows:
                last_open = day
                n -= 1
            elif day - last_open > LONGEST_CLOSURE:
                raise no_open_time(last_open.isoformat(), self.zone)
        return day, windows

    def nth_open_before(self, day: date, n: int) -> date:
        """The nth date before `day` with open time; `day` itself for n=0."""
        last_open = day
        while n > 0:
            day -= ONE_DAY
            if self.windows(day):
                last_open = day
                n -= 1
            elif last_open - day > LONGEST_CLOSURE:
                raise no_open_time(day.isoformat(), self.zone)
        return day


def check_range(at: timedelta) -> None:
    """Raise BusinessTimeError for a time outside the years that can be counted in."""
    if not BEGIN <= at < END:
        raise out_of_range(f"the time {at.days:+} days from 1970-01-01")


def out_of_range(what: str) -> BusinessTimeError:
    """The error for times so far away that compiling up to them would only take long."""
    return BusinessTimeError(
        f"{what} is outside the years {FIRST_YEAR} to {LAST_YEAR} of business time"
    )


def no_open_time(start: str, zone: tzinfo) -> NoOpenTimeError:
    """The error of rule 9."""
    return NoOpenTimeError(
        f"counting from {start} crosses 3 years without open time; "
        f"check the weekly hours and closed dates of the calendar in {zone}"
    )
