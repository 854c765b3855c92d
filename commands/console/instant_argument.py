"""Times on the command line: with a UTC offset, or as local time of a named zone.

2027-01-06T14:00-05:00    2027-01-06T19:00Z
2027-01-06T14:00[America/New_York]    2027-01-06 14:00 --zone America/New_York
"""

import re
from datetime import UTC, datetime, tzinfo

from policies.business_time.calendar import UnknownZoneError
from policies.business_time.zones import find_zone

_ZONED = re.compile(r"(?P<time>[^\[]+)\[(?P<zone>[^\]]+)\]")


class BadInstant(ValueError):
    """The text is not an unambiguous time; the message gives a valid example."""


def parse_instant(text: str, zone: str | None = None, likely: str = "UTC") -> datetime:
    """Returns UTC. `zone` applies to a time without an offset or zone of its own.

    Raises BadInstant; for a time without any zone the message suggests the `likely` one.
    """
    zoned = _ZONED.fullmatch(text.strip())
    time, named = (zoned["time"], zoned["zone"]) if zoned else (text, zone)
    try:
        at = datetime.fromisoformat(time.strip())
    except ValueError:
        raise BadInstant(
            f'"{text}" is not a time; write for example 2027-01-06T14:00-05:00'
        ) from None
    if named is None and at.tzinfo is None:
        offset = at.replace(tzinfo=find_zone(likely)).isoformat(timespec="minutes")
        raise BadInstant(
            f'"{text}" has no time zone; write {offset}, '
            f"or add --zone {likely} for local time there"
        )
    return (at if named is None else _in_zone(at, _zone(named), text)).astimezone(UTC)


def _zone(name: str) -> tzinfo:
    try:
        return find_zone(name)
    except UnknownZoneError as error:
        raise BadInstant(str(error)) from None


def _in_zone(at: datetime, zone: tzinfo, text: str) -> datetime:
    """Local time in the zone; a time that occurs twice means the first."""
    local = at.replace(tzinfo=zone)
    if at.tzinfo is None:
        back = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        if back != at:
            raise BadInstant(f'"{text}" does not exist in {zone}: clocks go forward then')
        return local
    if at.utcoffset() not in {local.utcoffset(), local.replace(fold=1).utcoffset()}:
        raise BadInstant(f'"{text}" contradicts itself: the offset of {zone} is {local:%z} then')
    return at
