"""Open time, worked out the slow way: calendars out of a policy's data, and promises on them.

The arithmetic is that of the tests' own second opinion, which shares nothing with the product.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from tests.chaos.model.document import Plain
from tests.policies.business_time.oracle import NAMES, Pairs, Published, SlowCalendar

DAYS_BEFORE, DAYS_AFTER = 10, 400
NOTHING = timedelta(0)
_LENGTH = re.compile(r"(\d+) (business )?(minute|hour|day|week)s?(, end of day)?")
_ELAPSED = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
FOLLOWING_WEEK = "the following week"


@dataclass(frozen=True)
class Target:
    """A promise counted from an instant: where counting begins, when it is due, how much it is."""

    begins: datetime
    due: datetime
    total: timedelta


class Hours:
    """The open time of one calendar around the day on which a ticket came in."""

    def __init__(self, zone: str, slow: SlowCalendar) -> None:
        self.zone = ZoneInfo(zone)
        self._slow = slow

    def __deepcopy__(self, _: object) -> "Hours":
        return self

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open."""
        return self._slow.is_open(at)

    def add(self, start: datetime, length: timedelta) -> datetime:
        """When this much open time has passed (design rule 4)."""
        return self._slow.add(start, length)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from a to b."""
        return self._slow.between(a, b)

    def week_after(self, at: datetime) -> tuple[datetime, datetime]:
        """When the following week opens, and its last close (design rule 7)."""
        return self._slow.following_week(at)

    def days(self, start: datetime, n: int, end_of_day: bool) -> datetime:
        """When this many business days have passed (design rule 6)."""
        return (self._slow.end_of_day if end_of_day else self._slow.business_days)(start, n)

    def day_of(self, at: datetime) -> date:
        """The local date."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """When a local date is over."""
        midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=self.zone)
        return midnight.astimezone(UTC)


def hours_of(rule: Plain, around: date) -> Hours:
    """The hours that a calendar of a policy means; the same rule has the same hours."""
    return _hours(json.dumps(rule, default=str, sort_keys=True), around)


def is_elapsed(promise: str) -> bool:
    """Whether a length counts time as it passes (design rule 5)."""
    match = _LENGTH.fullmatch(promise)
    return match is not None and not match[2]


@lru_cache(maxsize=100_000)
def due(promise: str, start: datetime, hours: Hours | None) -> datetime:
    """When so much time after `start` has passed."""
    match = _LENGTH.fullmatch(promise)
    if match is None:
        assert promise == FOLLOWING_WEEK
        assert hours is not None
        return hours.week_after(start)[1]
    amount, unit = int(match[1]), match[3]
    if not match[2]:
        return start + amount * _ELAPSED[unit]
    assert hours is not None
    if unit == "day":
        return hours.days(start, amount, bool(match[4]))
    return hours.add(start, amount * _ELAPSED[unit])


@lru_cache(maxsize=100_000)
def target(promise: str, start: datetime, hours: Hours | None) -> Target:
    """A promise that starts now."""
    begins, ends = start, due(promise, start, hours)
    if promise == FOLLOWING_WEEK and hours is not None:
        begins = hours.week_after(start)[0]
    return Target(begins, ends, between(promise, begins, ends, hours))


@lru_cache(maxsize=100_000)
def between(promise: str, a: datetime, b: datetime, hours: Hours | None) -> timedelta:
    """How much of what this promise counts passes from a to b."""
    return b - a if is_elapsed(promise) or hours is None else hours.between(a, b)


@lru_cache(maxsize=100_000)
def add(promise: str, start: datetime, length: timedelta, hours: Hours | None) -> datetime:
    """When so much of what this promise counts has passed."""
    return start + length if is_elapsed(promise) or hours is None else hours.add(start, length)


def plain_length(text: str) -> timedelta:
    """A length in minutes or hours, as it is written."""
    match = _LENGTH.fullmatch(text)
    assert match is not None
    return int(match[1]) * _ELAPSED[match[3]]


@lru_cache(maxsize=256)
def _hours(rule_text: str, around: date) -> Hours:
    rule = json.loads(rule_text)
    years = range(around.year - 1, around.year + 3)
    special = {date.fromisoformat(d): _pairs(w) for d, w in rule.get("special_hours", {}).items()}
    weekly = {day: _pairs(w) for days, w in rule["hours"].items() for day in _weekdays(days)}
    closed = _closed(rule.get("holidays", {}), years)
    published = Published(
        zone=rule["zone"],
        weekly=weekly,
        closed={day: name for day, name in closed.items() if day not in special},
        special=special,
        around=around,
    )
    return Hours(rule["zone"], SlowCalendar(published, before=DAYS_BEFORE, after=DAYS_AFTER))


def _closed(rule: Plain, years: range) -> dict[date, str]:
    closed: dict[date, str] = {}
    if "country" in rule:
        options: dict[str, Any] = {}
        if "sundays" in rule:
            options["include_sundays"] = rule["sundays"]
        kind = type(holidays.country_holidays(rule["country"], years=()))
        closed = dict(kind(subdiv=rule.get("subdivision"), years=years, **options).items())
    closed |= {date.fromisoformat(d): name for d, name in rule.get("also", {}).items()}
    never = {date.fromisoformat(str(d)) for d in rule.get("never", ())}
    return {day: name for day, name in closed.items() if day not in never}


def _pairs(windows: str | list[str]) -> Pairs:
    listed = [windows] if isinstance(windows, str) else windows
    return [(window[:5], window[6:]) for window in listed]


def _weekdays(text: str) -> tuple[str, ...]:
    first, _, last = text.partition("-")
    begin, end = NAMES.index(first), NAMES.index(last or first)
    return NAMES[begin : end + 1] if begin <= end else NAMES[begin:] + NAMES[: end + 1]
