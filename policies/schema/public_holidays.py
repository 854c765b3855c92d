"""Public holidays: the closed dates of a calendar and their names, in the policy's language."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import holidays

from policies.schema.calendars import Holidays

DEFAULT_LOCALE = "en"


class _Law(NamedTuple):
    """Whose holidays, and which of them."""

    country: str
    subdivision: str | None
    categories: tuple[str, ...]
    sundays: bool


def closed_on(rule: Holidays, years: range, locale: str = DEFAULT_LOCALE) -> dict[date, str]:
    """The dates of these years on which a desk is closed all day, with their names."""
    closed: dict[date, str] = {}
    if rule.country:
        law = _Law(rule.country, rule.subdivision, rule.categories, rule.sundays)
        closed.update(_by_law(law, years, locale))
    closed.update({day: name for day, name in rule.also.items() if day.year in years})
    for day in rule.never:
        closed.pop(day, None)
    return dict(sorted(closed.items()))


def categories_of(country: str) -> tuple[str, ...]:
    """The sorts of holidays that are known of a country."""
    return tuple(_holidays_class(country).supported_categories)


# Every ticket that is opened asks for the same few.
@lru_cache(maxsize=256)
def _by_law(law: _Law, years: range, locale: str) -> Mapping[date, str]:
    kind = _holidays_class(law.country)
    # Where the law makes every Sunday a holiday, `holidays` leaves it to us; elsewhere nobody asks.
    sundays: dict[str, Any] = (
        {"include_sundays": law.sundays} if "include_sundays" in _options(kind) else {}
    )
    found = kind(
        subdiv=law.subdivision,
        years=years,
        categories=law.categories,
        language=_language(kind, locale),
        **sundays,
    )
    return {day: found.get(day) or "" for day in found}


def _holidays_class(country: str) -> type[holidays.HolidayBase]:
    return type(holidays.country_holidays(country, years=()))


def _options(kind: type[holidays.HolidayBase]) -> tuple[str, ...]:
    return kind.__init__.__code__.co_varnames


def _language(kind: type[holidays.HolidayBase], locale: str) -> str | None:
    """The language closest to the locale that the names are known in."""
    spoken = (locale.partition("-")[0].partition("_")[0], DEFAULT_LOCALE)
    known = kind.supported_languages or ()
    for language in spoken:
        for name in (kind.default_language, *known):
            if name and name.partition("_")[0] == language:
                return str(name)
    return kind.default_language
