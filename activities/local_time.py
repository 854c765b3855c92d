"""Times as a reader expects them: in their zone, in their language, with the zone named."""

import re
from datetime import UTC, date, datetime, tzinfo
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
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{value!r} has no zone, so it is no instant")
        local = moment.astimezone(self._zone)
        _, pattern = self._patterns()
        clock = format_time(local.time(), pattern, locale=self._locale)
        # CLDR puts a narrow no-break space before PM, which many mail readers cannot draw.
        pattern = _INSTANTS.get(self._locale.language, "{day}, {clock} {zone}")
        zone = _zone_name(local) if self._locale.language not in _INSTANTS else _zone_in_full(local)
        day = self._date(local.date())
        return pattern.format(day=day, clock=clock, zone=zone).replace("\u202f", " ")

    def day(self, value: str) -> str:
        """An ISO date: `Friday 15 January 2027`."""
        return self._date(date.fromisoformat(value))

    def month(self, value: str) -> str:
        """A month of a year, `2027-01`: `January 2027`."""
        first = date.fromisoformat(f"{value}-01")
        return format_skeleton("yMMMM", first, locale=self._locale)

    def duration(self, value: str) -> str:
        """An ISO-8601 duration in words, `2 hours 5 minutes`; other text stays as it is."""
        try:
            parsed = pendulum.parse(value) if value.startswith("P") else value
        except ValueError:
            return value
        if not isinstance(parsed, pendulum.Duration):
            return value
        return parsed.in_words(locale=self._locale.language)

    def _date(self, value: date) -> str:
        pattern, _ = self._patterns()
        shown = format_date(value, pattern, locale=self._locale)
        if value.day == 1 and self._locale.language in _FIRST_OF_MONTH:
            return re.sub(r"\b1\b", _FIRST_OF_MONTH[self._locale.language], shown, count=1)
        return shown

    def _patterns(self) -> tuple[str, str]:
        return _INTERNATIONAL.get(str(self._locale), ("full", "short"))


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
