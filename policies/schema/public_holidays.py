"""Public holidays: the closed dates and half days of a calendar, named in the policy's language."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import holidays

from policies.schema.calendars import Holidays
from policies.schema.yearly_days import in_years, named_in_years

DEFAULT_LOCALE = "en"
HALF_DAY = "half_day"
"""The category of holidays on which the morning is open."""


class _Selection(NamedTuple):
    country: str
    subdivision: str | None
    categories: tuple[str, ...]
    sundays: bool


def closed_on(rule: Holidays, years: range, locale: str = DEFAULT_LOCALE) -> dict[date, str]:
    """The dates in these years that are closed all day, with their names."""
    whole_days = tuple(name for name in rule.categories if name != HALF_DAY)
    closed = _of_categories(rule, whole_days, years, locale)
    closed.update(named_in_years(rule.also, years))
    return _without(in_years(rule.never, years), closed)


def half_days_in(rule: Holidays, years: range, locale: str = DEFAULT_LOCALE) -> dict[date, str]:
    """The dates in these years that close at `half_day_until`, with their names. A half day that is
    also a whole holiday is closed all day.
    """
    if HALF_DAY not in rule.categories:
        return {}
    half = _of_categories(rule, (HALF_DAY,), years, locale)
    return _without((*in_years(rule.never, years), *closed_on(rule, years, locale)), half)


def categories_of(country: str) -> tuple[str, ...]:
    """The categories of holidays of a country."""
    return tuple(_holidays_class(country).supported_categories)


def _of_categories(
    rule: Holidays, categories: tuple[str, ...], years: range, locale: str
) -> dict[date, str]:
    if not rule.country or not categories:
        return {}
    selection = _Selection(rule.country, rule.subdivision, categories, rule.sundays)
    return dict(_holidays(selection, years, locale))


def _without(days: Iterable[date], named: Mapping[date, str]) -> dict[date, str]:
    left_out = frozenset(days)
    return {day: name for day, name in sorted(named.items()) if day not in left_out}


# Cached, because all tickets need the same few.
@lru_cache(maxsize=256)
def _holidays(selection: _Selection, years: range, locale: str) -> Mapping[date, str]:
    kind = _holidays_class(selection.country)
    # Only countries in which Sundays are holidays by law have this option.
    sundays: dict[str, Any] = (
        {"include_sundays": selection.sundays} if "include_sundays" in _options(kind) else {}
    )
    names = kind(
        subdiv=selection.subdivision,
        years=years,
        categories=selection.categories,
        language=_language(kind, locale),
        **sundays,
    )
    return {day: names.get(day) or "" for day in names}


def _holidays_class(country: str) -> type[holidays.HolidayBase]:
    return type(holidays.country_holidays(country, years=()))


def _options(kind: type[holidays.HolidayBase]) -> tuple[str, ...]:
    return kind.__init__.__code__.co_varnames


def _language(kind: type[holidays.HolidayBase], locale: str) -> str | None:
    """The available language closest to the locale."""
    preferred = (locale.partition("-")[0].partition("_")[0], DEFAULT_LOCALE)
    available = kind.supported_languages or ()
    for language in preferred:
        for name in (kind.default_language, *available):
            if name and name.partition("_")[0] == language:
                return str(name)
    return kind.default_language
