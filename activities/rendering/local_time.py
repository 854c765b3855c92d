"""Times as a reader expects them: in their zone, in their language, with the zone named."""

import re
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import pendulum
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

_HOME = "en"
# Plain English has no country, and CLDR would take it for American; day first and 24 hours
# are understood everywhere. Whoever wants `2:00 PM` asks for en_US.
_INTERNATIONAL = {"en": ("EEEE d MMMM y", "HH:mm")}
_INSTANTS = {"fr": "{day} à {clock} ({zone})"}
_FIRST_OF_MONTH = {"fr": "1er"}


class LocalTime:
    """One reader's zone and locale. An unknown zone reads as UTC, an unknown locale as English."""

    def __init__(self, zone: str, locale: str) -> None:
        self._zone = _zone(zone)
        self._locale = _locale(locale)

    def instant(self, value: str) -> str:
        """An ISO-8601 instant: `Friday 15 January 2027, 14:00 EST`.

        French has no use for a bare EST: `vendredi 15 janvier 2027 à 14:00 (UTC−05:00/EST)`.
        """
        return _instant(value, self._zone, self._locale)

    def day(self, value: str) -> str:
        """An ISO date: `Friday 15 January 2027`."""
        return _day(date.fromisoformat(value), self._locale)

    def month(self, value: str) -> str:
        """A month of a year, `2027-01`: `January 2027`."""
        first = date.fromisoformat(f"{value}-01")
        return format_skeleton("yMMMM", first, locale=self._locale)

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
        is_bound = self._locale.language in _INSTANTS
        return re.sub(r"(?<=\d) ", "\N{NO-BREAK SPACE}", words) if is_bound else words


@lru_cache(maxsize=4096)
def _instant(value: str, zone: tzinfo, locale: Locale) -> str:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no zone, so it is no instant")
    local = moment.astimezone(zone)
    _, pattern = _patterns(locale)
    clock = format_time(local.time(), pattern, locale=locale)
    # CLDR puts a narrow no-break space before PM, which many mail readers cannot draw.
    pattern = _INSTANTS.get(locale.language, "{day}, {clock} {zone}")
    name = _zone_name(local) if locale.language not in _INSTANTS else _zone_in_full(local)
    shown = pattern.format(day=_day(local.date(), locale), clock=clock, zone=name)
    return shown.replace("\u202f", " ")


def _day(value: date, locale: Locale) -> str:
    pattern, _ = _patterns(locale)
    shown = format_date(value, pattern, locale=locale)
    if value.day == 1 and locale.language in _FIRST_OF_MONTH:
        return re.sub(r"\b1\b", _FIRST_OF_MONTH[locale.language], shown, count=1)
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
    """`EST`, or for the many zones without letters of their own `UTC-03:00`."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat(timespec='minutes')[16:]}"


def _zone_in_full(local: datetime) -> str:
    """`UTC−05:00/EST`: the offset as well, for readers to whom the letters say nothing."""
    name = local.tzname() or ""
    offset = local.isoformat(timespec="minutes")[16:].replace("-", "\N{MINUS SIGN}")
    letters = [name] if name.isalpha() and name != "UTC" else []
    return "/".join(["UTC" if offset == "+00:00" else f"UTC{offset}", *letters])
