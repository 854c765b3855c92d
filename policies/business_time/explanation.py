"""Why a deadline is where it is: the windows counted and the days skipped on the way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple


class CountedWindow(NamedTuple):
    """A stretch of open time that was used, within one local date."""

    date: date
    """The local date the published window belongs to."""
    opens: datetime
    """UTC; not before the start of the count."""
    closes: datetime
    """UTC; not after its end."""
    open_time: timedelta


class SkippedDay(NamedTuple):
    """A local date without any hours."""

    date: date
    reason: str
    """The name of the closed day, "weekend", or "closed"."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The days from a start to a due time, in order."""

    zone: str
    counted: tuple[CountedWindow, ...]
    skipped: tuple[SkippedDay, ...]

    @property
    def open_time(self) -> timedelta:
        """All that was counted."""
        return sum((window.open_time for window in self.counted), timedelta(0))
