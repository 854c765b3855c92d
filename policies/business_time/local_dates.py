"""Local dates: where published hours meet a zone and become instants (rules 1 and 2)."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.business_time.errors import BusinessTimeError, NoOpenTimeError
from policies.business_time.opening_hours import OpeningHours
from policies.business_time.timeline import HORIZON
from policies.business_time.windows import Window, merged

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2399
DATES_KNOWN = 512
"""Dates whose windows a calendar remembers; promises of one week ask for the same few."""
BEGIN = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - EPOCH
END = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - EPOCH


class LocalDates:
    """The dates of a calendar in its zone. Instants are timedeltas since the epoch."""

    def __init__(self, zone: tzinfo, hours: OpeningHours) -> None:
        """`zone` must keep to PEP 495."""
        self.zone = zone
        self.hours = hours
        self._known: dict[date, tuple[Window, ...]] = {}

    def local(self, at: timedelta) -> datetime:
        """The local time of an instant."""
        check_range(at)
        return (EPOCH + at).astimezone(self.zone)

    def date_of(self, at: timedelta) -> date:
        """The local date of an instant."""
        return self.local(at).date()

    def instant(self, local: datetime) -> timedelta:
        """When it is that wall-clock time: the first time it is, or after the gap it falls in."""
        return local.replace(tzinfo=self.zone, fold=0) - EPOCH

    def windows(self, day: date) -> tuple[Window, ...]:
        """The windows of a local date, sorted and disjoint. Those asked for lately are known."""
        known = self._known.get(day)
        if known is None:
            if len(self._known) >= DATES_KNOWN:
                self._known.clear()
            known = self._known[day] = tuple(self._windows(day))
        return known

    def _windows(self, day: date) -> list[Window]:
        hours = self.hours.on(day)
        if not hours:
            return []
        if not FIRST_YEAR - 1 <= day.year <= LAST_YEAR + 1:
            raise out_of_range(str(day))
        # Adding to a local time is arithmetic on its wall clock; subtracting the epoch from it
        # asks the zone. The sum has fold=0, which PEP 495 resolves just as rule 2 wants.
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return merged(
            Window(midnight + opens - EPOCH, midnight + closes - EPOCH) for opens, closes in hours
        )

    def windows_between(self, begin: timedelta, end: timedelta) -> list[Window]:
        """All windows inside `[begin, end)`, clipped to it, those of one date after another."""
        if begin >= end:
            return []
        # An offset is less than a day and a gap at most one, so these dates have all of it.
        day, last = (EPOCH + begin).date() - 3 * ONE_DAY, (EPOCH + end).date()
        found: list[Window] = []
        while day <= last:
            found += self._windows(day)
            day += ONE_DAY
        return [window.clipped(begin, end) for window in found]

    def nth_open(self, day: date, n: int) -> tuple[date, tuple[Window, ...]]:
        """The nth date after `day` that has open time (n >= 1), with its windows (rule 9)."""
        windows: tuple[Window, ...] = ()
        last_open = day
        while n > 0:
            day += ONE_DAY
            windows = self.windows(day)
            if windows:
                last_open = day
                n -= 1
            elif day - last_open > HORIZON:
                raise no_open_time(last_open.isoformat(), self.zone)
        return day, windows


def check_range(at: timedelta) -> None:
    """Raise BusinessTimeError for an instant outside the years counted in."""
    if not BEGIN <= at < END:
        raise out_of_range(f"the instant {at.days:+} days from 1970-01-01")


def out_of_range(what: str) -> BusinessTimeError:
    """The error for dates so far off that compiling up to them would only waste time."""
    return BusinessTimeError(
        f"{what} is outside the years {FIRST_YEAR} to {LAST_YEAR} that business time is counted in"
    )


def no_open_time(start: str, zone: tzinfo) -> NoOpenTimeError:
    """The error of rule 9."""
    return NoOpenTimeError(
        f"counting from {start} meets 3 years without open time: the calendar in {zone} "
        "has no weekly hours there, or closed dates without end"
    )
