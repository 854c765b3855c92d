"""Time zones as readers know them: by a city, with their offsets from UTC in one year."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from policies.i18n.french import city_time

_FRENCH = "fr"
_SUMMER = {"en": "in summer", "fr": "en été"}
MINUS = "\N{MINUS SIGN}"


def zone_name(zone: str, language: str, year: int) -> str:
    """`Stockholm time (UTC+1, in summer UTC+2)`; a zone without a city is its offset."""
    offsets = _offsets(zone, year)
    area, _, city = zone.rpartition("/")
    if not area or area == "Etc":
        return offsets[0] if offsets else zone
    name = city_time(zone) if language == _FRENCH else f"{city.replace('_', ' ')} time"
    if not offsets:
        return name
    if len(offsets) == 1:
        return f"{name} ({offsets[0]})"
    return f"{name} ({offsets[0]}, {_SUMMER[language]} {offsets[1]})"


def offset_text(offset: str) -> str:
    """A fixed offset such as `+02:00` as readers know it: `UTC+2`."""
    hours, minutes = int(offset[1:3]), offset[4:]
    sign = MINUS if offset[0] == "-" else "+"
    return f"UTC{sign}{hours}" + (f":{minutes}" if minutes != "00" else "")


def _offsets(zone: str, year: int) -> list[str]:
    """The offsets of a zone in a year, that of its winter first."""
    try:
        tz = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return []
    moments = (datetime(year, month, 1, 12, tzinfo=tz) for month in (1, 7))
    found = sorted({moment.utcoffset() or timedelta(0) for moment in moments})
    return [_shown(offset) for offset in found]


def _shown(offset: timedelta) -> str:
    if not offset:
        return "UTC"
    minutes = int(abs(offset).total_seconds()) // 60
    sign = MINUS if offset < timedelta(0) else "+"
    return offset_text(f"{sign if sign == '+' else '-'}{minutes // 60:02d}:{minutes % 60:02d}")
