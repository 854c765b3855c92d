"""Time zones: finding one by name, and pinning one so that it never changes.

Governments change their clocks and the zone database follows, so a zone looked up by name can
mean something else after an upgrade. A promise must not move (rule: a promise is pinned), so a
ticket keeps the zone as plain data: the offsets of the years it may need, each with the instant
from which it is in force. `PinnedZone` is the tzinfo made of that data.

A wall-clock time becomes an offset as PEP 495 says. At a transition from offset `a` to `b` at
the instant `t`, walls between `t + a` and `t + b` happen twice or never. With `fold=0` they
have the offset before the transition: the first occurrence of an ambiguous time, and a time
that does not exist moves forward by the gap. With `fold=1` they have the offset after it. So
the change is seen at wall `t + max(a, b)` for `fold=0` and at `t + min(a, b)` for `fold=1`.
"""

import difflib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from policies.business_time.errors import UnknownZoneError

Transition: TypeAlias = tuple[int, int, str]
"""From this UTC second since 1970 on: this offset in seconds east of UTC, this abbreviation."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400
_FIXED_OVER = (2000, 2037)
"""The years over which an offset that never changes is looked for."""


class PinnedZone(tzinfo):
    """A time zone of plain data. Before its first entry the first offset holds, after its last
    entry the last one: pin the years that are needed.

    `dst()` is unknown (None): how much of an offset is called summer time is not pinned, and
    nothing computes with it.
    """

    def __init__(self, name: str, transitions: Sequence[Transition]) -> None:
        """`transitions` in order of time; the first is what is in force when the range starts."""
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
        """The offset at a wall-clock time of this zone, `fold` respected."""
        return None if at is None else self._offsets[self._position(at)]

    def tzname(self, at: datetime | None) -> str | None:
        """The abbreviation in use, such as "CEST"."""
        return None if at is None else self.transitions[self._position(at)][2]

    def dst(self, _at: datetime | None) -> timedelta | None:
        """Always None: not pinned."""
        return None

    def fromutc(self, at: datetime) -> datetime:
        """The wall-clock time for UTC, with `fold=1` on the second occurrence of a time."""
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


def find_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; raises UnknownZoneError with the names that come close."""
    try:
        return _loaded(name)
    except (KeyError, ValueError, TypeError, OSError):
        raise UnknownZoneError(_unknown(name)) from None


# `zoneinfo` itself keeps eight of them; a desk has customers in many more.
_loaded = lru_cache(maxsize=1024)(ZoneInfo)


@lru_cache(maxsize=1024)
def pin_zone(name: str, first_year: int, last_year: int) -> PinnedZone:
    """The zone as the database has it now, exact for all local times of those years (inclusive)."""
    if not 1 < first_year <= last_year < 9999:
        raise ValueError(
            f"cannot pin {name} from {first_year} to {last_year}: "
            "the first year must not be after the last, both within 2 to 9998"
        )
    zone = find_zone(name)
    # Local years reach into the neighbouring UTC years by less than a day.
    first = _utc_second(first_year) - 2 * _DAY
    last = _utc_second(last_year + 1) + 2 * _DAY
    transitions = [(first, *_in_force(zone, first))]
    for at in range(first, last, _DAY):
        transitions += _changes(zone, at, min(at + _DAY, last))
    return PinnedZone(name, transitions)


@lru_cache
def fixed_offset(zone: str) -> str | None:
    """The one offset of a zone, such as `+02:00`; None when it has several."""
    offsets = {offset for _, offset, _ in pin_zone(zone, *_FIXED_OVER).transitions}
    if len(offsets) != 1:
        return None
    seconds = offsets.pop()
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"


def _wall(at: datetime) -> timedelta:
    """What the clock on the wall shows, counted like an instant in UTC."""
    return at.replace(tzinfo=UTC) - _EPOCH


def _changes(zone: tzinfo, before: int, after: int) -> Iterator[Transition]:
    """The changes in `(before, after]`, provided the ends differ; to the second, by bisection."""
    if _in_force(zone, before) == _in_force(zone, after):
        return
    if after - before == 1:
        yield after, *_in_force(zone, after)
        return
    middle = (before + after) // 2
    yield from _changes(zone, before, middle)
    yield from _changes(zone, middle, after)


def _in_force(zone: tzinfo, at: int) -> tuple[int, str]:
    local = (_EPOCH + timedelta(seconds=at)).astimezone(zone)
    offset = local.utcoffset()
    assert offset is not None
    return offset.days * _DAY + offset.seconds, local.tzname() or ""


def _utc_second(year: int) -> int:
    since = datetime(year, 1, 1, tzinfo=UTC) - _EPOCH
    return since.days * _DAY


def _check_transitions(name: str, transitions: Sequence[Transition]) -> None:
    if not transitions:
        raise ValueError(f"zone {name!r} has no transitions; at least one offset is needed")
    for (earlier, _, _), (later, _, _) in pairwise(transitions):
        if later <= earlier:
            raise ValueError(
                f"zone {name!r}: the transition at {later} follows the one at {earlier}; "
                "transitions must be in order of time, each instant once"
            )
    for at, offset, _ in transitions:
        if abs(offset) >= _DAY:
            raise ValueError(
                f"zone {name!r}: the offset {offset} at {at} is a day or more; give seconds"
            )


def _unknown(name: object) -> str:
    known = {zone.casefold(): zone for zone in sorted(available_timezones())}
    by_city = {folded.rpartition("/")[2]: zone for folded, zone in known.items()}
    asked = str(name).strip().casefold().replace(" ", "_")
    close = [known[folded] for folded in difflib.get_close_matches(asked, known, n=3, cutoff=0.75)]
    close += [by_city[city] for city in difflib.get_close_matches(asked, by_city, n=2, cutoff=0.8)]
    hint = f"; did you mean {' or '.join(dict.fromkeys(close))}?" if close else ""
    return f"unknown time zone {name!r}{hint or '; give an IANA name such as Europe/Stockholm'}"
