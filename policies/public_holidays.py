"""Public holidays: the closed dates of a calendar and their names, in the policy's language."""

from datetime import date
from typing import Any

import holidays

from policies.schema.hours import Holidays

DEFAULT_LOCALE = "en"


def closed_on(rule: Holidays, years: range, locale: str = DEFAULT_LOCALE) -> dict[date, str]:
    """The dates of these years on which a desk is closed all day, with their names."""
    closed = _of_country(rule, years, locale) if rule.country else {}
    closed.update({day: name for day, name in rule.also.items() if day.year in years})
    for day in rule.never:
        closed.pop(day, None)
    return dict(sorted(closed.items()))


def categories_of(country: str) -> tuple[str, ...]:
    """The sorts of holidays that are known of a country."""
    return tuple(_known(country).supported_categories)


def _of_country(rule: Holidays, years: range, locale: str) -> dict[date, str]:
    assert rule.country is not None
    kind = _known(rule.country)
    # Where the law makes every Sunday a holiday, `holidays` leaves it to us; elsewhere nobody asks.
    sundays: dict[str, Any] = (
        {"include_sundays": rule.sundays} if "include_sundays" in _options(kind) else {}
    )
    found = kind(
        subdiv=rule.subdivision,
        years=years,
        categories=rule.categories,
        language=_language(kind, locale),
        **sundays,
    )
    return {day: found.get(day) or "" for day in found}


def _known(country: str) -> type[holidays.HolidayBase]:
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
