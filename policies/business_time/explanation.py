"""Why a due time is what it is: the windows counted and the closed days on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from policies.business_time.local_dates import EPOCH, ONE_DAY, LocalDates


class CountedWindow(NamedTuple):
    """Open time that was counted, within one window of one local date."""

    date: date
    """The local date of the window in the opening hours."""
    opens: datetime
    """UTC; not before the start."""
    closes: datetime
    """UTC; not after the due time."""
    open_time: timedelta


class ShortenedDay(NamedTuple):
    """A local date that counted, but closed early."""

    date: date
    reason: str
    """The name of the half day."""


class SkippedDay(NamedTuple):
    """A local date without opening hours."""

    date: date
    reason: str
    """The name of the closed day, "weekend", or "closed"."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The days from a start to a due time, in order."""

    zone: str
    counted: tuple[CountedWindow, ...]
    skipped: tuple[SkippedDay, ...]
    shortened: tuple[ShortenedDay, ...] = ()

    @property
    def open_time(self) -> timedelta:
        """The sum of all windows counted."""
        return sum((window.open_time for window in self.counted), timedelta(0))


def explanation(dates: LocalDates, start: timedelta, due: timedelta) -> Explanation:
    """The explanation of a due time; both times are timedeltas since the epoch."""
    return Explanation(
        zone=str(dates.zone),
        counted=tuple(_counted(dates, start, due)),
        skipped=tuple(_skipped(dates, start, due)),
        shortened=tuple(_shortened(dates, start, due)),
    )


def _counted(dates: LocalDates, start: timedelta, due: timedelta) -> Iterator[CountedWindow]:
    # If a zone skips a whole date, the hours of that date fall on the date after it.
    day, last_day = dates.date_of(start) - ONE_DAY, dates.date_of(due)
    counted_until = start
    while day <= last_day:
        for window in dates.windows(day):
            part = window.clipped(counted_until, due)
            if part.opens < part.closes:
                yield CountedWindow(day, EPOCH + part.opens, EPOCH + part.closes, part.length)
                counted_until = part.closes
        day += ONE_DAY


def _skipped(dates: LocalDates, start: timedelta, due: timedelta) -> Iterator[SkippedDay]:
    for day in _days(dates, start, due):
        if not dates.hours.on(day):
            yield SkippedDay(day, dates.hours.why_closed(day))


def _shortened(dates: LocalDates, start: timedelta, due: timedelta) -> Iterator[ShortenedDay]:
    for day in _days(dates, start, due):
        if dates.hours.on(day) and (name := dates.hours.shortened(day)):
            yield ShortenedDay(day, name)


def _days(dates: LocalDates, start: timedelta, due: timedelta) -> Iterator[date]:
    day = dates.date_of(start)
    # A count that ends at midnight does not reach the next date.
    last_day = dates.date_of(max(start, due - timedelta.resolution))
    while day <= last_day:
        yield day
        day += ONE_DAY
