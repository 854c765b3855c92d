"""The periods of an account, by its local dates (docs/accounts.md)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "calendar_year": 12}


class Period(NamedTuple):
    """A period with its first and its last day."""

    name: str
    first: date
    last: date


def period_of(day: date, each: str, starts_on: date | None) -> Period:
    """The period in which a date lies. Without the start of the contract, its years are calendar
    years.
    """
    if each == "contract_year" and starts_on is not None:
        return _contract_year(day, starts_on)
    months = MONTHS.get(each, 12)
    month = 1 + (day.month - 1) // months * months
    first, end = date(day.year, month, 1), month + months - 1
    last = date(day.year, end, monthrange(day.year, end)[1])
    names = {1: f"{first:%Y-%m}", 3: f"{day.year}-Q{(month + 2) // 3}", 12: str(day.year)}
    return Period(names[months], first, last)


def _contract_year(day: date, starts_on: date) -> Period:
    years = [_anniversary(starts_on, day.year + n) for n in (-1, 0, 1, 2)]
    first = max(year for year in years if year <= day)
    after = min(year for year in years if year > day)
    return Period(str(first), first, after - DAY)


def _anniversary(starts_on: date, year: int) -> date:
    is_leap = monthrange(year, 2)[1] == 29
    if (starts_on.month, starts_on.day) == (2, 29) and not is_leap:
        return date(year, 3, 1)
    return starts_on.replace(year=year)


def beginning(day: date, zone: ZoneInfo | timezone) -> datetime:
    """The time at which a local date begins."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
