"""Phrases: sentences by language, with values formatted as that language writes them.

Values are passed as they are (days, times with their zone, months, numbers, lists) and become
text here. Roles and stages have names in each language; names that callers send back (actions,
fields, slugs) stay as they are. A missing language falls back to English; a test holds every
language to the same phrases.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import pendulum
from pendulum.locales.locale import Locale

from policies.business_time.months import Month
from policies.i18n import french
from policies.i18n.locales import language_of

Names: TypeAlias = Mapping[type[StrEnum], Mapping[str, str]]
"""The names of words of the vocabulary in one language."""

FALLBACK = "en"
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class _Format(NamedTuple):
    """How a language writes days, times (with their zone) and numbers."""

    time: Callable[[str, datetime], str]
    thousands: str = ","
    point: str = "."
    first: str = "1"


FORMATS = {
    "en": _Format(lambda day, at: f"{day}, {at:%H:%M} {at.tzname()}"),
    "fr": _Format(
        lambda day, at: f"{day} à {french.time_of_day(at)}", _NO_BREAK_SPACE, ",", first="1er"
    ),
}
for _language in FORMATS:
    # Loaded now: a workflow that refuses an action must not import a module by then.
    Locale.load(_language)


class Phrases:
    """Sentences by language and name, and the names of words in the languages that need them."""

    def __init__(
        self, tables: Mapping[str, Mapping[str, str]], names: Mapping[str, Names] | None = None
    ) -> None:
        self.tables = tables
        self.names = names or {}

    def language(self, locale: str) -> str:
        """The language of the sentences for this locale."""
        language = language_of(locale)
        return language if language in self.tables else FALLBACK

    def say(self, locale: str, name: str, /, **values: object) -> str:
        """The sentence for this locale; KeyError for an unknown name or a missing value."""
        language = self.language(locale)
        shown = {key: self._value_text(value, language) for key, value in values.items()}
        return self.tables[language][name].format(**shown)

    def _value_text(self, value: object, language: str) -> str:
        match value:
            case StrEnum():
                names = self.names.get(language, {}).get(type(value), {})
                return names.get(value, str(value))
            case tuple() | list() if not isinstance(value, Month):
                return ", ".join(self._value_text(item, language) for item in value)
        return _formatted(value, language)


def _formatted(value: object, language: str) -> str:
    style = FORMATS[language]
    match value:
        # Not `case datetime()`: in Temporal's sandbox `datetime` is a proxy and not a pattern.
        case _ if isinstance(value, datetime):
            return style.time(_day(value.date(), language), value)
        case _ if isinstance(value, date):
            return _day(value, language)
        case Month():
            first = pendulum.Date(value.year, value.month, 1)
            return first.format("MMMM YYYY", locale=language)
        case int() | Decimal():
            return _number(value, style)
    return str(value)


def _day(day: date, language: str) -> str:
    text = pendulum.Date(day.year, day.month, day.day).format("D MMMM YYYY", locale=language)
    return FORMATS[language].first + text[1:] if day.day == 1 else text


def _number(value: int | Decimal, style: _Format) -> str:
    points = str.maketrans({",": style.thousands, ".": style.point})
    shown = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"
    return shown.translate(points)
