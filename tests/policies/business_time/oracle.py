"""A slow oracle for business time. It shares no code and no method with the product.

The hours of each date are painted on a strip of 1440 minutes. A local time becomes a UTC time by
trying every offset of the zone around that date and converting back. Open time is one plain list of
intervals, which every query walks from end to end.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Pairs = list[tuple[str, str]]
Interval = tuple[datetime, datetime]

ZONES = (
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Dublin",
    "Europe/Stockholm",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)


@dataclass(frozen=True)
class Published:
    """A calendar as its owner would write it, and the date around which to query it."""

    zone: str
    weekly: dict[str, Pairs]
    closed: dict[date, str]
    special: dict[date, Pairs]
    around: date
    half: dict[date, str] = field(default_factory=dict)
    half_until: str = "13:00"
    half_until_on: dict[date, str] = field(default_factory=dict)
    working: dict[date, str] = field(default_factory=dict)


class SlowCalendar:
    """The open time from `before` days before the published date to `after` days after it."""

    def __init__(self, published: Published, before: int = 14, after: int = 46) -> None:
        self.zone = ZoneInfo(published.zone)
        first = published.around - before * DAY
        days = [first + n * DAY for n in range(before + after)]
        strips = paint(published, days)
        self.by_date: dict[date, list[Interval]] = {
            day: self._intervals(day, strips[day]) for day in days
        }
        self.intervals = union([i for day in days for i in self.by_date[day]])

    def is_open(self, at: datetime) -> bool:
        return any(opens <= at < closes for opens, closes in self.intervals)

    def next_opening(self, at: datetime) -> datetime:
        return min(max(opens, at) for opens, closes in self.intervals if closes > at)

    def between(self, a: datetime, b: datetime) -> timedelta:
        if b < a:
            return -self.between(b, a)
        parts = (min(closes, b) - max(opens, a) for opens, closes in self.intervals)
        return sum((part for part in parts if part > timedelta(0)), timedelta(0))

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        if not open_time:
            return self.next_opening(start)
        for opens, closes in self.intervals:
            usable = closes - max(opens, start)
            if usable >= open_time:
                return max(opens, start) + open_time
            open_time -= max(usable, timedelta(0))
        raise LookupError("not within the days listed")

    def business_days(self, start: datetime, n: int) -> datetime:
        origin = self.next_opening(start)
        local = origin.astimezone(self.zone)
        at_opening = any(opens == origin for opens, _ in self.intervals)
        todays = self.by_date[local.date()]
        if at_opening and todays and todays[0][0] == origin:
            close = self._nth_open(local.date(), n - 1)[-1][1]
            if not self.is_open(close):
                return close
        day = self._nth_open_date(local.date(), n)
        same = instant(self.zone, datetime.combine(day, local.time().replace(fold=0)))
        if self.is_open(same) and not at_opening:
            return same
        return max(min(closes, same) for opens, closes in self.intervals if opens < same)

    def always_same_time(self, start: datetime, n: int) -> datetime:
        local = self.next_opening(start).astimezone(self.zone)
        day = self._nth_open_date(local.date(), n)
        same = instant(self.zone, datetime.combine(day, local.time().replace(fold=0)))
        if self.is_open(same):
            return same
        return max(min(closes, same) for opens, closes in self.intervals if opens < same)

    def end_of_day(self, start: datetime, n: int) -> datetime:
        return self._nth_open(start.astimezone(self.zone).date(), n)[-1][1]

    def close_of_the_day(self, start: datetime) -> datetime:
        """The last close of the date of a start, or of its next opening."""
        return self.by_date[self.next_opening(start).astimezone(self.zone).date()][-1][1]

    def from_cut_off(self, at: datetime, cut_off: str) -> datetime:
        local = at.astimezone(self.zone)
        todays = self.by_date[local.date()]
        midnight = datetime.combine(local.date(), time(0))
        last = instant(self.zone, midnight + timedelta(minutes=minute_of(cut_off)))
        if todays and at <= last:
            return max(at, todays[0][0])
        return self._nth_open(local.date(), 1)[0][0]

    def following_week(self, at: datetime) -> Interval:
        this_week = at.astimezone(self.zone).isocalendar()[:2]
        later = {
            key: [i for day in days for i in self.by_date[day]]
            for key, days in groupby(self.by_date, lambda day: day.isocalendar()[:2])
            if key > this_week
        }
        week = next(intervals for intervals in later.values() if intervals)
        return week[0][0], max(closes for _, closes in week)

    def _nth_open(self, day: date, n: int) -> list[Interval]:
        return self.by_date[self._nth_open_date(day, n)]

    def _nth_open_date(self, day: date, n: int) -> date:
        if n == 0:
            return day
        return [d for d, intervals in self.by_date.items() if d > day and intervals][n - 1]

    def _intervals(self, day: date, strip: bytearray) -> list[Interval]:
        runs = (run.span() for run in re.finditer(b"\1+", strip))
        return union([(self._at(day, first), self._at(day, last)) for first, last in runs])

    def _at(self, day: date, minute: int) -> datetime:
        return instant(self.zone, datetime.combine(day, time(0)) + timedelta(minutes=minute))


def paint(published: Published, days: list[date]) -> dict[date, bytearray]:
    """One byte a minute for each date, 1 where open."""
    week = paint_week(published.weekly)
    strips = {day: bytearray(week[day.weekday()]) for day in days}
    spare = bytearray(1440)
    for day in published.special:
        strips.get(day, spare)[:] = bytes(1440)
    for day, pairs in published.special.items():
        for pair in pairs:
            brush(strips.get(day, spare), strips.get(day + DAY, spare), pair)
    for day, name in published.working.items():
        for pair in published.weekly.get(name, []):
            brush(strips.get(day, spare), strips.get(day + DAY, spare), pair)
    for day in published.half:
        noon = minute_of(published.half_until_on.get(day, published.half_until))
        strips.get(day, spare)[noon:] = bytes(1440 - noon)
    for day in published.closed:
        strips.get(day, spare)[:] = bytes(1440)
    return strips


def minute_of(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def paint_week(weekly: dict[str, Pairs]) -> list[bytearray]:
    strips = [bytearray(1440) for _ in NAMES]
    for index, name in enumerate(NAMES):
        for pair in weekly.get(name, []):
            brush(strips[index], strips[(index + 1) % 7], pair)
    return strips


def brush(today: bytearray, tomorrow: bytearray, pair: tuple[str, str]) -> None:
    opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in pair)
    two_days = today + tomorrow
    until = closes if closes > opens else closes + 1440
    two_days[opens:until] = b"\1" * (until - opens)
    today[:], tomorrow[:] = two_days[:1440], two_days[1440:]


def instant(zone: ZoneInfo, local: datetime) -> datetime:
    """The first UTC time at which the zone's clock shows `local`, else `local` moved by the gap."""
    offsets = offsets_around(zone, local.date())
    for offset in sorted(offsets, reverse=True):
        at = (local - offset).replace(tzinfo=UTC)
        if at.astimezone(zone).replace(tzinfo=None) == local:
            return at
    return (local - offsets[0]).replace(tzinfo=UTC)


@cache
def offsets_around(zone: ZoneInfo, day: date) -> list[timedelta]:
    """The offsets from the day before to the day after, in order of time, sampled every four hours.
    No offset in `ZONES` lasts less than that.
    """
    noon = datetime.combine(day, time(12), UTC)
    found: list[timedelta] = []
    for hours in range(-38, 39, 4):
        offset = offset_at(zone, noon + hours * HOUR)
        if offset not in found:
            found.append(offset)
    return found


@cache
def offset_at(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def union(intervals: list[Interval]) -> list[Interval]:
    """The time in at least one interval, by counting ends along the time axis."""
    ends = [(opens, -1) for opens, closes in intervals if opens < closes]
    ends += [(closes, 1) for opens, closes in intervals if opens < closes]
    depth, result = 0, []
    for at, change in sorted(ends):
        depth -= change
        if change == -1 and depth == 1:
            began = at
        if depth == 0:
            result.append((began, at))
    return result


def random_published(rng: random.Random) -> Published:
    """A calendar of any kind, most of them around a day on which its zone changes its clocks."""
    zone = rng.choice(ZONES)
    turns = turning_days(zone)
    around = date(2010, 1, 1) + rng.randrange(365 * 25) * DAY
    if turns and rng.random() < 0.6:
        around = rng.choice(turns) + rng.randint(-3, 3) * DAY
    days = [around + n * DAY for n in range(-8, 20)]
    closed = {day: f"Closed {day}" for day in rng.sample(days, rng.choice([0, 0, 1, 3, 12]))}
    special = {
        day: rng.choice([random_hours(rng), [("09:00", "12:00")], [("22:00", "03:00")], []])
        for day in rng.sample(days, rng.choice([0, 0, 1, 3]))
        if day not in closed
    }
    half = {
        day: f"Half {day}"
        for day in rng.sample(days, rng.choice([0, 0, 2, 5]))
        if day not in closed and day not in special
    }
    until = rng.choice(["13:00", "13:00", "12:30", "02:30", "23:59"])
    until_on = {day: rng.choice(["11:00", "16:00"]) for day in half if rng.random() < 0.3}
    working = {
        day: rng.choice(NAMES)
        for day in rng.sample(days, rng.choice([0, 0, 1, 4]))
        if day not in closed and day not in special
    }
    week = random_week(rng)
    return Published(zone, week, closed, special, around, half, until, until_on, working)


def random_week(rng: random.Random) -> dict[str, Pairs]:
    every: Pairs = rng.choice(
        [
            [("09:00", "17:00")],
            [("08:30", "12:00"), ("13:00", "17:30")],
            [("22:00", "06:00")],
            [("18:00", "02:30"), ("02:30", "04:00")],
            [("00:00", "24:00")],
            [("00:00", "12:00"), ("11:00", "24:00")],
            [("01:30", "02:30")],
            [("00:00", "02:15"), ("02:45", "24:00")],
        ]
    )
    days = rng.choice([NAMES, NAMES[:5], NAMES[:5], NAMES[6:] + NAMES[:4], NAMES[2:3]])
    week = dict.fromkeys(days, every)
    for name in rng.sample(NAMES, rng.choice([0, 0, 1, 7])):
        week[name] = random_hours(rng)
    return week if any(week.values()) else {"wed": every}


def random_hours(rng: random.Random) -> Pairs:
    return [
        (clock(rng.randrange(0, 1440, step)), clock(rng.randrange(0, 1441, step)))
        for step in (rng.choice([1, 15, 30, 60]) for _ in range(rng.randint(0, 3)))
    ]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@cache
def turning_days(zone: str) -> list[date]:
    """The dates around which the offset changes, 2010 to 2034."""
    noons = [datetime(2010, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(365 * 25)]
    offsets = [noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons]
    return [noons[n].date() for n in range(1, len(noons)) if offsets[n] != offsets[n - 1]]


def random_instant(rng: random.Random, slow: SlowCalendar, around: date) -> datetime:
    """A time near the date, or close to the opening or close of a window."""
    ends = [at for interval in slow.intervals for at in interval]
    near = [at for at in ends if abs(at.date() - around) < 10 * DAY]
    if near and rng.random() < 0.5:
        moment = rng.choice([timedelta(0), timedelta(0), MICROSECOND, timedelta(seconds=1), HOUR])
        return rng.choice(near) + rng.choice([1, -1]) * moment
    midnight = datetime.combine(around, time(0), UTC)
    return midnight + timedelta(
        microseconds=rng.randrange(-8 * 86_400_000_000, 14 * 86_400_000_000)
    )
