"""Public holidays: the closed dates of a calendar, with names in the policy's language."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import holidays

from policies.schema.calendars import Holidays

DEFAULT_LOCALE = "en"


class _Selection(NamedTuple):
    country: str
    subdivision: str | None
    categories: tuple[str, ...]
    sundays: bool


def closed_on(rule: Holidays, years: range, locale: str = DEFAULT_LOCALE) -> dict[date, str]:
    """The closed dates in these years, with their names."""
    closed: dict[date, str] = {}
    if rule.country:
        selection = _Selection(rule.country, rule.subdivision, rule.categories, rule.sundays)
        closed.update(_holidays(selection, years, locale))
    closed.update({day: name for day, name in rule.also.items() if day.year in years})
    for day in rule.never:
        closed.pop(day, None)
    return dict(sorted(closed.items()))


def categories_of(country: str) -> tuple[str, ...]:
    """The categories of holidays of a country."""
    return tuple(_holidays_class(country).supported_categories)


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
