"""The availability of months, minute by minute of exact fractions (docs/accounts.md)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.chaos.model import business_time
from tests.chaos.model.account.periods import DAY, beginning
from tests.chaos.model.document import Plain, pick

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOTHING = timedelta(0)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Outage:
    """An outage as an operator records it."""

    starts_at: datetime
    ends_at: datetime
    category: str
    announced_at: datetime | None = None


class Availability:
    """What a policy promises for months, and how it measures them."""

    def __init__(self, rules: Plain, plan: str | None) -> None:
        remedies = rules.get("remedies", {})
        self._rule: Plain = remedies.get("availability", {})
        self.percent = pick(self._rule.get("percent"), {"plan": plan})
        self.each: str = self._rule.get("each", "month")
        self.zone = ZoneInfo(self._rule.get("zone", "UTC"))
        self._support_hours = pick(rules.get("support_hours"), {"plan": plan})
        self._calendars: Plain = rules.get("calendars", {})

    def month(
        self, first: date, last: date, since: datetime | None, outages: Sequence[Outage]
    ) -> Fraction:
        """The share of the measured time of a month in which the service was up."""
        down, measured = self.figures(first, last, since, outages)
        return 1 - Fraction(down // _TICK, measured // _TICK) if measured else Fraction(1)

    def figures(
        self, first: date, last: date, since: datetime | None, outages: Sequence[Outage]
    ) -> tuple[timedelta, timedelta]:
        """The downtime of a period, and its measured time."""
        begins, ends = beginning(first, self.zone), beginning(last + DAY, self.zone)
        begins = min(max(begins, since or begins), ends)
        uncounted = [*self._maintenance(first, last)]
        uncounted += [_span(o) for o in outages if not self._counts(o)]
        moments = sorted({begins, ends, *_ends(uncounted), *_ends(map(_span, outages))})
        inside = [(a, b) for a, b in pairwise(moments) if begins <= a < ends]
        down = measured = NOTHING
        for a, b in inside:
            is_uncounted = any(x <= a < y for x, y in uncounted)
            is_down = any(x <= a < y for x, y in map(_span, outages)) and not is_uncounted
            down += b - a if is_down else NOTHING
            is_measured = self._rule.get("measured") == "whole_month" or not is_uncounted
            measured += b - a if is_measured else NOTHING
        return down, measured

    def _counts(self, outage: Outage) -> bool:
        """Whether an outage is downtime: an announced one, unless announced in time."""
        rule = self._rule.get("uncounted", {}).get(outage.category)
        announced = rule.get("announced", False) if rule else False
        if rule is None or not announced:
            return rule is None
        if outage.announced_at is None:
            return True
        if outage.announced_at >= outage.starts_at:
            return True
        if announced is True:
            return False
        ready = business_time.due(announced, outage.announced_at, self._hours(outage.announced_at))
        return outage.starts_at < ready

    def _hours(self, at: datetime) -> business_time.Calendar | None:
        """The support hours of the account, on which notice in business time counts."""
        if self._support_hours is None:
            return None
        return business_time.calendar_of(self._calendars[self._support_hours], at.date())

    def _maintenance(self, first: date, last: date) -> Iterator[Span]:
        rule = self._rule.get("maintenance")
        if not rule:
            return
        sign, clock = rule["offset"][0], rule["offset"][1:]
        hours = timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
        zone = timezone(-hours if sign == "-" else hours)
        day = first - DAY
        while day <= last + DAY:
            for days, windows in rule["hours"].items():
                if NAMES[day.weekday()] in _weekdays(days):
                    for window in [windows] if isinstance(windows, str) else windows:
                        opens, _, closes = window.partition("-")
                        midnight = beginning(day, zone)
                        yield midnight + _clock(opens), midnight + _clock(closes)
            day += DAY


_TICK = timedelta.resolution


def _span(outage: Outage) -> Span:
    return outage.starts_at, outage.ends_at


def _ends(spans: Iterable[Span]) -> set[datetime]:
    return {moment for span in spans for moment in span}


def _clock(text: str) -> timedelta:
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))


def _weekdays(text: str) -> tuple[str, ...]:
    first, _, last = text.partition("-")
    begin, end = NAMES.index(first), NAMES.index(last or first)
    return NAMES[begin : end + 1] if begin <= end else NAMES[begin:] + NAMES[: end + 1]
