"""Days of a calendar: a date, or a month and a day of every year."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from policies.schema.fields import ISO_DATE, within_reach

Day: TypeAlias = date | str
"""A date, or a text such as `12-24` for the 24 December of every year."""

_MONTH_DAY = re.compile(r"\d{2}-\d{2}")
_LEAP_YEAR = 2000


def _date_or_yearly_day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _MONTH_DAY.fullmatch(value):
            _in_year(value, _LEAP_YEAR)
            return value
        if isinstance(value, str) and ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(
        "is not a day; write year-month-day, for example 2026-12-24, "
        "or month-day for every year, for example 12-24"
    )


def _day_within_reach(value: Day) -> Day:
    return within_reach(value) if isinstance(value, date) else value


DateOrYearlyDay = Annotated[
    date | str,
    BeforeValidator(_date_or_yearly_day),
    AfterValidator(_day_within_reach),
    WithJsonSchema({"type": "string", "pattern": r"^(\d{4}-)?\d{2}-\d{2}$"}),
]


def in_years(days: Iterable[Day], years: Iterable[int]) -> Iterator[date]:
    """The dates in these years. The 29 February exists in leap years only."""
    return (day for day, _ in named_in_years(dict.fromkeys(days, ""), years))


def named_in_years(days: Mapping[Day, str], years: Iterable[int]) -> Iterator[tuple[date, str]]:
    """The dates in these years with their texts. A date comes after the same day of every year, so
    that it replaces it in a mapping.
    """
    wanted = tuple(years)
    for day, text in days.items():
        if isinstance(day, str):
            yield from ((found, text) for year in wanted if (found := _existing(day, year)))
    for day, text in days.items():
        if isinstance(day, date) and day.year in wanted:
            yield day, text


def _existing(day: str, year: int) -> date | None:
    try:
        return _in_year(day, year)
    except ValueError:
        return None


def _in_year(day: str, year: int) -> date:
    return date(year, int(day[:2]), int(day[3:]))
