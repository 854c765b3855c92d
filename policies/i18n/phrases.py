"""Phrases: sentences of ours by language, with values set into them as that language writes them.

Days, instants (in the zone they come in), months, numbers and lists are given as what
they are and become text here. Names that people send back (actions, stages, roles, fields, slugs)
stay as they are written. Where a language is missing English is spoken; a test holds every language
to the same phrases.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import pendulum
from pendulum.locales.locale import Locale

from policies.business_time.months import Month
from policies.i18n.locales import language_of

FALLBACK = "en"
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class _Manner(NamedTuple):
    """How a language writes days, instants (with their zone) and numbers."""

    day: str
    instant: str
    in_zone: str
    thousands: str = ","
    point: str = "."
    first: str = "1"


MANNERS = {
    "en": _Manner("D MMMM YYYY", "D MMMM YYYY, HH:mm", "{at} {zone}"),
    "fr": _Manner(
        "D MMMM YYYY", "D MMMM YYYY [à] HH:mm", "{at} ({zone})", _NO_BREAK_SPACE, ",", "1er"
    ),
}
for _language in MANNERS:
    # Loaded now: a workflow that refuses something must import nothing by then.
    Locale.load(_language)


class Phrases:
    """Sentences by language and name."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.tables = tables

    def language(self, locale: str) -> str:
        """The language in which somebody with this locale is spoken to."""
        language = language_of(locale)
        return language if language in self.tables else FALLBACK

    def say(self, locale: str, name: str, /, **values: object) -> str:
        """A sentence for somebody with this locale; KeyError for a name or value that is not
        there.
        """
        language = self.language(locale)
        shown = {key: _value_text(value, language) for key, value in values.items()}
        return self.tables[language][name].format(**shown)


def _value_text(value: object, language: str) -> str:
    manner = MANNERS[language]
    match value:
        # Not `case datetime()`: in Temporal's sandbox `datetime` is a proxy, which is no pattern.
        case _ if isinstance(value, datetime):
            # As a time without a zone: a workflow that refuses something loads no zone by then.
            text = pendulum.instance(value.replace(tzinfo=None), UTC).format(
                manner.instant, locale=language
            )
            at = _with_first(text, value.date(), manner)
            return manner.in_zone.format(at=at, zone=value.tzname())
        case _ if isinstance(value, date):
            day = pendulum.Date(value.year, value.month, value.day)
            return _with_first(day.format(manner.day, locale=language), value, manner)
        case Month():
            first = pendulum.Date(value.year, value.month, 1)
            return first.format("MMMM YYYY", locale=language)
        case int() | Decimal():
            return _number(value, manner)
        case tuple() | list():
            return ", ".join(_value_text(item, language) for item in value)
    return str(value)


def _with_first(text: str, day: date, manner: _Manner) -> str:
    return manner.first + text[1:] if day.day == 1 else text


def _number(value: int | Decimal, manner: _Manner) -> str:
    points = str.maketrans({",": manner.thousands, ".": manner.point})
    shown = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"
    return shown.translate(points)
