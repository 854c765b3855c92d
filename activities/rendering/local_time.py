"""Times in the reader's zone and language, with the zone named, and amounts of money."""

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import pendulum
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency

from policies.i18n import french

_HOME = "en"
# Plain English has no country, and CLDR would take it for American; day first and 24 hours
# are understood everywhere. `2:00 PM` is for readers with en_US.
_INTERNATIONAL = {"en": ("EEEE d MMMM y", "HH:mm")}
_FRENCH = "fr"


class LocalTime:
    """One reader's zone and locale. An unknown zone becomes UTC, an unknown locale English."""

    def __init__(self, zone: str, locale: str) -> None:
        self._zone = _zone(zone)
        self._locale = _locale(locale)

    def instant(self, value: str) -> str:
        """An ISO-8601 time: `Friday 15 January 2027, 14:00 EST`.

        In French `vendredi 15 janvier 2027 à 14 h (heure de New York)`.
        """
        return _instant(value, self._zone, self._locale)

    def day(self, value: str) -> str:
        """An ISO date: `Friday 15 January 2027`."""
        return _day(date.fromisoformat(value), self._locale)

    def month(self, value: str) -> str:
        """A month of a year, `2027-01`: `January 2027`."""
        first = date.fromisoformat(f"{value}-01")
        return format_skeleton("yMMMM", first, locale=self._locale)

    def money(self, amount: str, currency: str) -> str:
        """An amount: `€75.00`, in French `75,00 €`."""
        shown = format_currency(Decimal(amount), currency, locale=self._locale)
        return shown.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")

    def duration(self, value: str) -> str:
        """An ISO-8601 duration in words, `2 hours 5 minutes`; other text stays as it is. In French
        no line ends between a number and its unit.
        """
        try:
            parsed = pendulum.parse(value) if value.startswith("P") else value
        except ValueError:
            return value
        if not isinstance(parsed, pendulum.Duration):
            return value
        words = parsed.in_words(locale=self._locale.language)
        if self._locale.language == _FRENCH:
            return re.sub(r"(?<=\d) ", "\N{NO-BREAK SPACE}", words)
        return words


@lru_cache(maxsize=4096)
def _instant(value: str, zone: tzinfo, locale: Locale) -> str:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    local = moment.astimezone(zone)
    day = _day(local.date(), locale)
    if locale.language == _FRENCH:
        return f"{day} à {french.time_of_day(local)}"
    _, pattern = _patterns(locale)
    # CLDR puts a narrow no-break space before PM, which many mail readers cannot draw.
    clock = format_time(local.time(), pattern, locale=locale).replace("\u202f", " ")
    return f"{day}, {clock} {_zone_name(local)}"


def _day(value: date, locale: Locale) -> str:
    pattern, _ = _patterns(locale)
    shown = format_date(value, pattern, locale=locale)
    if value.day == 1 and locale.language == _FRENCH:
        return re.sub(r"\b1\b", "1er", shown, count=1)
    return shown


def _patterns(locale: Locale) -> tuple[str, str]:
    return _INTERNATIONAL.get(str(locale), ("full", "short"))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_HOME)


def _zone_name(local: datetime) -> str:
    """`EST`, or `UTC-03:00` for the many zones without an abbreviation of letters."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat(timespec='minutes')[16:]}"
