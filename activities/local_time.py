"""Times as a reader expects them: in their zone, in their language, with the zone named."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pendulum
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

_HOME = "en"
# Plain English has no country, and CLDR would take it for American; day first and 24 hours
# are understood everywhere. Whoever wants `2:00 PM` asks for en_US.
_INTERNATIONAL = {"en": ("EEEE d MMMM y", "HH:mm")}


class LocalTime:
    """One reader's zone and locale. An unknown zone reads as UTC, an unknown locale as English."""

    def __init__(self, zone: str, locale: str) -> None:
        self._zone = _zone(zone)
        self._locale = _locale(locale)

    def instant(self, value: str) -> str:
        """An ISO-8601 instant: `Friday 15 January 2027, 14:00 EST`."""
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{value!r} has no zone, so it is no instant")
        local = moment.astimezone(self._zone)
        _, pattern = self._patterns()
        clock = format_time(local.time(), pattern, locale=self._locale)
        # CLDR puts a narrow no-break space before PM, which many mail readers cannot draw.
        return f"{self._date(local.date())}, {clock} {_zone_name(local)}".replace("\u202f", " ")

    def day(self, value: str) -> str:
        """An ISO date: `Friday 15 January 2027`."""
        return self._date(date.fromisoformat(value))

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
        return format_date(value, pattern, locale=self._locale)

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
