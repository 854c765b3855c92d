"""Time zones: looked up by name, or pinned as plain data that never changes.

Governments change their clock rules and the zone database follows, so the same name can give other
offsets after an upgrade. The deadline of an open ticket must not move, so a ticket stores its zone
as data: the offsets of the years it may need, each with the UTC time from which it applies.
`PinnedZone` is a tzinfo over that data.

Local times get their offset by PEP 495. At a transition from offset `a` to offset `b` at the UTC
time `t`, local times between `t + a` and `t + b` occur twice or never. With `fold=0` they have the
offset before the transition: an ambiguous time is its first occurrence, and a time that does not
exist moves forward by the gap. With `fold=1` they have the offset after it. So the offset changes
at local time `t + max(a, b)` for `fold=0`, and at `t + min(a, b)` for `fold=1`.
"""

import difflib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from policies.business_time.errors import BusinessTimeError, UnknownZoneError

Transition: TypeAlias = tuple[int, int, str]
"""UTC seconds since 1970, the offset from then on in seconds east of UTC, its abbreviation."""

ABBREVIATIONS = {
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("MT", "MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("CT", "CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("ET", "EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("BST", "UK"), "Europe/London"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
    **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
    **dict.fromkeys(("AEST", "AEDT", "AET"), "Australia/Sydney"),
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "BRT": "America/Sao_Paulo",
    "SAST": "Africa/Johannesburg",
}
"""A likely zone for each abbreviation that support pages use. Several zones share each of them."""
FIXED_ALL_YEAR = {"EST": "Etc/GMT+5", "MST": "Etc/GMT+7"}
"""Abbreviations that are also names of zones without summer time, and the zone of their offset."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
_YEARS_OF_FIXED_OFFSET = (2000, 2037)
"""A zone has a fixed offset if its offset never changes in these years."""


class PinnedZone(tzinfo):
    """A time zone as plain data. The first offset also applies before its transition, and the last
    offset applies for all later times, so pin the years that are needed.

    `dst()` is always None: which part of an offset is summer time is not pinned.
    """

    def __init__(self, name: str, transitions: Sequence[Transition]) -> None:
        """`transitions` in order of time; the first applies when the range starts."""
        self.name = name
        self.transitions: tuple[Transition, ...] = tuple(
            (int(at), int(offset), str(abbreviation)) for at, offset, abbreviation in transitions
        )
        _check_transitions(name, self.transitions)
        self._offsets = [timedelta(seconds=offset) for _, offset, _ in self.transitions]
        self._changes = [timedelta(seconds=at) for at, _, _ in self.transitions[1:]]
        around = list(zip(self._changes, pairwise(self._offsets), strict=True))
        self._wall_changes = (
            [at + max(offsets) for at, offsets in around],
            [at + min(offsets) for at, offsets in around],
        )

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """The offset at a local time of this zone, by its `fold`."""
        return None if at is None else self._offsets[self._position(at)]

    def tzname(self, at: datetime | None) -> str | None:
        """The abbreviation at a local time, such as "CEST"."""
        return None if at is None else self.transitions[self._position(at)][2]

    def dst(self, _at: datetime | None) -> timedelta | None:
        """Always None; see the class."""
        return None

    def fromutc(self, at: datetime) -> datetime:
        """The local time at a UTC time, with `fold=1` for the second occurrence of a local time."""
        since = at.replace(tzinfo=UTC) - _EPOCH
        position = bisect_right(self._changes, since)
        offset = self._offsets[position]
        repeated = position > 0 and (
            since - self._changes[position - 1] < self._offsets[position - 1] - offset
        )
        return (at + offset).replace(fold=int(repeated))

    def _position(self, at: datetime) -> int:
        return bisect_right(self._wall_changes[at.fold], _wall(at))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PinnedZone):
            return NotImplemented
        return (self.name, self.transitions) == (other.name, other.transitions)

    def __hash__(self) -> int:
        return hash((self.name, self.transitions))

    def __reduce__(self) -> tuple[type["PinnedZone"], tuple[str, tuple[Transition, ...]]]:
        return PinnedZone, (self.name, self.transitions)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"PinnedZone({self.name!r}, {len(self.transitions)} offsets)"


@lru_cache
def zone_names() -> frozenset[str]:
    """The names that the IANA database gives to zones, links included.

    Without files of the database that are no places: the zone of this machine (`localtime`), the
    one for machines that nobody has set (`Factory`), and copies (`posix/...`, `right/...`).
    """
    return frozenset(available_timezones() - _NO_PLACES)


def find_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; UnknownZoneError suggests similar names."""
    if name not in zone_names():
        raise UnknownZoneError(_unknown_zone(name))
    return _zone(name)


# `zoneinfo` itself caches only eight zones.
_zone = lru_cache(maxsize=1024)(ZoneInfo)


@lru_cache(maxsize=1024)
def pin_zone(name: str, first_year: int, last_year: int) -> PinnedZone:
    """The zone as now in the database, exact for all local times of these years (inclusive)."""
    if not 1 < first_year <= last_year < 9999:
        raise BusinessTimeError(
            f"cannot pin {name} from {first_year} to {last_year}; "
            "give a first year that is not after the last, both within 2 to 9998"
        )
    zone = find_zone(name)
    # A local year begins and ends less than a day before or after the UTC year.
    first = _utc_second(first_year) - 2 * _DAY
    last = _utc_second(last_year + 1) + 2 * _DAY
    offset = _offset_at(zone, first)
    transitions = [(first, *offset)]
    for at in range(first, last, _DAY):
        end = min(at + _DAY, last)
        next_offset = _offset_at(zone, end)
        if next_offset != offset:
            transitions += _transitions(zone, at, end)
        offset = next_offset
    return PinnedZone(name, transitions)


@lru_cache
def fixed_offset(zone: str) -> str | None:
    """The fixed offset of a zone, such as `+02:00`; None if its offset changes."""
    offsets = {offset for _, offset, _ in pin_zone(zone, *_YEARS_OF_FIXED_OFFSET).transitions}
    if len(offsets) != 1:
        return None
    seconds = offsets.pop()
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"


def _wall(at: datetime) -> timedelta:
    """A local time as a timedelta, counted as if it were UTC."""
    return at.replace(tzinfo=UTC) - _EPOCH


def _transitions(zone: tzinfo, before: int, after: int) -> Iterator[Transition]:
    """The transitions in `(before, after]`, by bisection; none if both ends have one offset."""
    if _offset_at(zone, before) == _offset_at(zone, after):
        return
    if after - before == 1:
        yield after, *_offset_at(zone, after)
        return
    middle = (before + after) // 2
    yield from _transitions(zone, before, middle)
    yield from _transitions(zone, middle, after)


def _offset_at(zone: tzinfo, at: int) -> tuple[int, str]:
    local = (_EPOCH + timedelta(seconds=at)).astimezone(zone)
    offset = local.utcoffset()
    assert offset is not None
    return offset.days * _DAY + offset.seconds, local.tzname() or ""


def _utc_second(year: int) -> int:
    since = datetime(year, 1, 1, tzinfo=UTC) - _EPOCH
    return since.days * _DAY


def _check_transitions(name: str, transitions: Sequence[Transition]) -> None:
    if not transitions:
        raise ValueError(f"zone {name!r} has no transitions; give at least one offset")
    for (earlier, _, _), (later, _, _) in pairwise(transitions):
        if later <= earlier:
            raise ValueError(
                f"zone {name!r}: the transition at {later} follows the transition at {earlier}; "
                "sort transitions by time, each time once"
            )
    for at, offset, _ in transitions:
        if abs(offset) >= _DAY:
            raise ValueError(
                f"zone {name!r}: the offset {offset} at {at} is a day or more; give seconds"
            )


def _unknown_zone(name: object) -> str:
    known = {zone.casefold(): zone for zone in sorted(zone_names())}
    by_city = {folded.rpartition("/")[2]: zone for folded, zone in known.items()}
    given = str(name).strip().casefold().replace(" ", "_")
    close = [known[folded] for folded in difflib.get_close_matches(given, known, n=3, cutoff=0.75)]
    close += [by_city[city] for city in difflib.get_close_matches(given, by_city, n=2, cutoff=0.8)]
    if close:
        return f"unknown time zone {name!r}; did you mean {' or '.join(dict.fromkeys(close))}?"
    return f"unknown time zone {name!r}; give an IANA name such as Europe/Stockholm"
