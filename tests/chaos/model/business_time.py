"""Open time, computed the slow way: the calendars of a policy, and lengths counted on them.

The arithmetic is that of the tests' business-time oracle, which shares no code with the product.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from tests.chaos.model.document import Plain
from tests.policies.business_time.oracle import NAMES, Pairs, Published, SlowCalendar, instant

DAYS_BEFORE, DAYS_AFTER = 10, 400
NOTHING = timedelta(0)
_LENGTH = re.compile(r"(\d+) (business )?(minute|hour|day|week)s?(, end of day|, same time)?")
_ELAPSED = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
FOLLOWING_WEEK = "the following week"


@dataclass(frozen=True)
class Target:
    """A promise with a start: when counting begins, when it is due, and the total to count."""

    begins: datetime
    due: datetime
    total: timedelta


class Calendar:
    """The open time of one calendar in the months around the day of receipt."""

    def __init__(self, zone: str, slow: SlowCalendar) -> None:
        self.zone = ZoneInfo(zone)
        self._slow = slow

    def __deepcopy__(self, _: object) -> "Calendar":
        return self

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open."""
        return self._slow.is_open(at)

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The time at which this much open time has passed (design rule 4)."""
        return self._slow.add(start, length)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from a to b."""
        return self._slow.between(a, b)

    def week_after(self, at: datetime) -> tuple[datetime, datetime]:
        """First opening and last close of the following week (design rule 7)."""
        return self._slow.following_week(at)

    def days(self, start: datetime, n: int, ending: str | None) -> datetime:
        """The time at which this many business days have passed (design rule 6)."""
        if ending == ", same time":
            return self._slow.always_same_time(start, n)
        if ending is None:
            return self._slow.business_days(start, n)
        return self._slow.end_of_day(start, n) if n else self._slow.close_of_the_day(start)

    def days_before(self, end: datetime, n: int) -> datetime:
        """The same local time on the nth open day before, or the latest close before that."""
        local, days = end.astimezone(self.zone), self._slow.by_date
        day = [d for d, intervals in days.items() if d < local.date() and intervals][-n]
        same = instant(self.zone, datetime.combine(day, local.time().replace(fold=0)))
        if self.is_open(same):
            return same
        return max(min(closes, same) for opens, closes in self._slow.intervals if opens < same)

    def from_cut_off(self, at: datetime, cut_off: str) -> datetime:
        """The time from which an event counts under a cut-off."""
        return self._slow.from_cut_off(at, cut_off)


def calendar_of(rule: Plain, around: date) -> Calendar:
    """The calendar that a rule of a policy describes; cached, so equal rules share it."""
    return _calendar(json.dumps(rule, default=str, sort_keys=True), around)


def is_elapsed(promise: str) -> bool:
    """Whether a length counts elapsed time rather than open time (design rule 5)."""
    match = _LENGTH.fullmatch(promise)
    return match is not None and not match[2]


@lru_cache(maxsize=100_000)
def due(promise: str, start: datetime, calendar: Calendar | None) -> datetime:
    """The time at which this length, counted from `start`, has passed."""
    match = _LENGTH.fullmatch(promise)
    if match is None:
        assert promise == FOLLOWING_WEEK
        assert calendar is not None
        return calendar.week_after(start)[1]
    amount, unit = int(match[1]), match[3]
    if not match[2]:
        return start + amount * _ELAPSED[unit]
    assert calendar is not None
    if unit == "day":
        return calendar.days(start, amount, match[4])
    return calendar.add(start, amount * _ELAPSED[unit])


@lru_cache(maxsize=100_000)
def target(promise: str, start: datetime, calendar: Calendar | None) -> Target:
    """A promise that starts at `start`."""
    begins, ends = start, due(promise, start, calendar)
    if promise == FOLLOWING_WEEK and calendar is not None:
        begins = calendar.week_after(start)[0]
    return Target(begins, ends, between(promise, begins, ends, calendar))


@lru_cache(maxsize=100_000)
def between(promise: str, a: datetime, b: datetime, calendar: Calendar | None) -> timedelta:
    """The time from a to b, on the measure of this promise."""
    return b - a if is_elapsed(promise) or calendar is None else calendar.between(a, b)


@lru_cache(maxsize=100_000)
def add(promise: str, start: datetime, length: timedelta, calendar: Calendar | None) -> datetime:
    """The time at which `length` has passed, on the measure of this promise."""
    return (
        start + length if is_elapsed(promise) or calendar is None else calendar.add(start, length)
    )


def plain_length(text: str) -> timedelta:
    """A length in minutes, hours, days or weeks of elapsed time."""
    match = _LENGTH.fullmatch(text)
    assert match is not None
    return int(match[1]) * _ELAPSED[match[3]]


@lru_cache(maxsize=256)
def _calendar(rule_text: str, around: date) -> Calendar:
    rule = json.loads(rule_text)
    years = range(around.year - 1, around.year + 3)
    special = {date.fromisoformat(d): _pairs(w) for d, w in rule.get("special_hours", {}).items()}
    weekly = {day: _pairs(w) for days, w in rule["hours"].items() for day in _weekdays(days)}
    given = rule.get("holidays", {})
    places = given if isinstance(given, list) else [given]
    working = {
        day: _day_before(day, weekly)
        for day in map(date.fromisoformat, rule.get("working_days", ()))
    }
    kept_open = {d for place in places for each in place.get("never", ()) for d in _on(each, years)}
    closed: dict[date, str] = {}
    until: dict[date, str] = {}
    for place in places:
        closed |= _closed(place, years)
        for day in _half_days(place, years):
            end = place.get("half_day_until", "13:00")
            until[day] = min(end, until.get(day, end))
    closed = {d: n for d, n in closed.items() if d not in {*kept_open, *special, *working}}
    until = {d: end for d, end in until.items() if d not in kept_open}
    for each in sorted(rule.get("half_days", {}), key=len):
        until |= dict.fromkeys(_on(each, years), rule["half_days"][each])
    until = {d: end for d, end in until.items() if d not in {*special, *closed}}
    published = Published(
        zone=rule["zone"],
        weekly=weekly,
        closed=closed,
        special=special,
        around=around,
        half=dict.fromkeys(until, "half a day"),
        half_until_on=until,
        working=working,
    )
    return Calendar(rule["zone"], SlowCalendar(published, before=DAYS_BEFORE, after=DAYS_AFTER))


def _closed(rule: Plain, years: range) -> dict[date, str]:
    whole = [name for name in rule.get("categories", ["public"]) if name != "half_day"]
    closed = _listed(rule, whole, years)
    closed |= {d: name for day, name in rule.get("also", {}).items() for d in _on(day, years)}
    return closed


def _half_days(rule: Plain, years: range) -> dict[date, str]:
    half = [name for name in rule.get("categories", ()) if name == "half_day"]
    return _listed(rule, half, years)


def _listed(rule: Plain, categories: list[str], years: range) -> dict[date, str]:
    if "country" not in rule or not categories:
        return {}
    options: dict[str, Any] = {"categories": categories}
    if "sundays" in rule:
        options["include_sundays"] = rule["sundays"]
    kind = type(holidays.country_holidays(rule["country"], years=()))
    return dict(kind(subdiv=rule.get("subdivision"), years=years, **options).items())


def _on(day: str, years: range) -> list[date]:
    """The dates that an entry names: itself, or that day of each year."""
    texts = [day] if len(day) == len("2026-12-24") else [f"{year}-{day}" for year in years]
    leap = [text for text in texts if not text.endswith("-02-29") or int(text[:4]) % 4 == 0]
    return [date.fromisoformat(text) for text in leap]


def _day_before(day: date, weekly: dict[str, Pairs]) -> str:
    """The last weekday before a date on which the desk is usually open."""
    before = [NAMES[(day.weekday() - n) % 7] for n in range(1, 8)]
    return next(name for name in before if weekly.get(name))


def _pairs(windows: str | list[str]) -> Pairs:
    listed = [windows] if isinstance(windows, str) else windows
    return [(window[:5], window[6:]) for window in listed]


def _weekdays(text: str) -> tuple[str, ...]:
    first, _, last = text.partition("-")
    begin, end = NAMES.index(first), NAMES.index(last or first)
    return NAMES[begin : end + 1] if begin <= end else NAMES[begin:] + NAMES[: end + 1]
