"""Opening hours as published: the windows of a date in local time, or why it has none.

This module has dates and local times only; `local_dates.py` turns them into UTC times.

- A window whose close is not later than its opening crosses midnight. It becomes two windows, one
  on each date: `mon 22:00-06:00` is `mon 22:00-24:00` and `tue 00:00-06:00`. The second belongs to
  Tuesday: it stays if the Monday is a closed date and goes if the Tuesday is one.
- Special hours replace all weekly hours of their date, also those that began the evening before.
  Special hours that cross midnight add a window to the next date, unless that date is closed.
- A date that is both closed and special is an error, because either could be the mistake.
- A working day, such as a Saturday that is made up, has the hours of another weekday besides its
  own, and keeps those that began the evening before. A working day that is also closed or special
  is an error.
- A half day closes at one local time: each window ends there, and later ones are gone. The early
  hours that a night before left on it stay, and so do those that its own night leaves on the next
  date, as for a closed date. A half day that is also closed or special is an error.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from policies.business_time.errors import CalendarError
from policies.business_time.windows import Window, merged

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Day: TypeAlias = date | str
Hours: TypeAlias = Sequence[Sequence[str]]
# A mapping is invariant in its keys, so each way of writing dates is named.
DatedHours: TypeAlias = Mapping[date, Hours] | Mapping[str, Hours] | Mapping[Day, Hours]
NamedDays: TypeAlias = Mapping[date, str] | Mapping[str, str] | Mapping[Day, str]

HALF_DAY_UNTIL = "13:00"
"""When a half day closes, unless a calendar states otherwise."""

_MIDNIGHT = timedelta(0)
_ONE_DAY = timedelta(days=1)
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


class HalfDays(NamedTuple):
    """Dates that close early, with their names, and the local time at which they close: that of
    the date in `until_on`, else `until`.
    """

    names: NamedDays
    until: str = HALF_DAY_UNTIL
    until_on: NamedDays = MappingProxyType({})


class _Given(NamedTuple):
    """Hours of a date: on the date itself, and after its midnight."""

    day: date
    same_day: list[Window]
    next_day: list[Window]


class OpeningHours:
    """Weekly hours, closed dates, half days, working days, and dates with special hours."""

    def __init__(
        self,
        weekly: Mapping[str, Hours],
        closed_dates: Iterable[Day] | Mapping[Day, str] = (),
        special_hours: DatedHours | None = None,
        half_days: HalfDays | None = None,
        working_days: NamedDays | None = None,
    ) -> None:
        """Check and normalise; raises CalendarError, which lists every fault.

        `weekly` maps "mon" to "sun" to ("HH:MM", "HH:MM") pairs in local time; a day that is left
        out is closed. `closed_dates` may map each date to the name of the closed day.
        `working_days` maps each date to the weekday whose hours it has.
        """
        problems: list[str] = []
        self._weekly = _read_week(weekly, problems)
        self._closed = _read_closed(closed_dates, problems)
        given = self._read_special(special_hours or {}, problems)
        given += self._read_working(working_days or {}, weekly, special_hours or {}, problems)
        self._special = self._joined(given)
        self._half, self._half_until = _read_half(half_days or HalfDays({}), problems)
        problems += self._conflicts_of_half_days(special_hours or {})
        if problems:
            raise CalendarError("the calendar has errors: " + "; ".join(problems))

    def on(self, day: date) -> tuple[Window, ...]:
        """The windows of a local date, sorted and disjoint, as times since its local midnight."""
        if day in self._closed:
            return ()
        windows = self._hours_before_half_days(day)
        until = self._half_until.get(day)
        return windows if until is None else _ending(windows, until)

    def shortened(self, day: date) -> str | None:
        """The name of the half day that takes hours from a date; None for any other date."""
        name = self._half.get(day)
        return name if self.on(day) != self._hours_before_half_days(day) else None

    def why_closed(self, day: date) -> str:
        """For a date without windows: the name of the closed day or of the half day that leaves it
        none, "weekend", or "closed".
        """
        if day in self._closed:
            return self._closed[day]
        if name := self.shortened(day):
            return name
        return "weekend" if day.weekday() >= 5 and day not in self._special else "closed"

    def _hours_before_half_days(self, day: date) -> tuple[Window, ...]:
        special = self._special.get(day)
        return self._weekly[day.weekday()] if special is None else special

    def _conflicts_of_half_days(self, special_hours: DatedHours) -> Iterator[str]:
        # `_special` also has the dates that only got hours from the night before.
        special = {_read_date(key, "", []) for key in special_hours}
        for day in self._half:
            for other, days in (("closed_dates", self._closed), ("special_hours", special)):
                if day in days:
                    yield f"half_days[{day}] is also in {other}; remove it from one of the two"

    def _read_special(self, special_hours: DatedHours, problems: list[str]) -> list[_Given]:
        special: list[_Given] = []
        for key, hours in special_hours.items():
            where = f"special_hours[{key!r}]"
            day = _read_date(key, where, problems)
            if day is None:
                continue
            if day in self._closed:
                problems.append(f"{where} is also in closed_dates; remove it from one of the two")
            if any(day == other.day for other in special):
                problems.append(f"{where} is given twice; keep one")
            special.append(_Given(day, *_read_hours(hours, where, problems)))
        return special

    def _read_working(
        self,
        working_days: NamedDays,
        weekly: Mapping[str, Hours],
        special_hours: DatedHours,
        problems: list[str],
    ) -> list[_Given]:
        special = {_read_date(key, "", []) for key in special_hours}
        working: list[_Given] = []
        for key, weekday in working_days.items():
            where = f"working_days[{key!r}]"
            day = _read_date(key, where, problems)
            if day is None:
                continue
            for other, days in (("closed_dates", self._closed), ("special_hours", special)):
                if day in days:
                    problems.append(f"{where} is also in {other}; remove it from one of the two")
            if weekday not in WEEKDAYS:
                problems.append(f"{where} has {weekday!r}; use one of {', '.join(WEEKDAYS)}")
            same_day, next_day = _read_hours(weekly.get(weekday, ()), where, [])
            same_day += self._weekly[day.weekday()]
            working.append(_Given(day, same_day, next_day))
        return working

    def _joined(self, given: Iterable[_Given]) -> dict[date, tuple[Window, ...]]:
        """The hours of each date with special hours, and of the dates that they reach into."""
        special = {each.day: each.same_day for each in given}
        for each in given:
            day = each.day + _ONE_DAY
            if each.next_day:
                special[day] = [*special.get(day, self._weekly[day.weekday()]), *each.next_day]
        return {day: tuple(merged(windows)) for day, windows in special.items()}


def _ending(windows: tuple[Window, ...], until: timedelta) -> tuple[Window, ...]:
    """The windows as far as they lie before `until`."""
    return tuple(merged(window.clipped(_MIDNIGHT, until) for window in windows))


def _read_week(weekly: Mapping[str, Hours], problems: list[str]) -> tuple[tuple[Window, ...], ...]:
    days: list[list[Window]] = [[] for _ in WEEKDAYS]
    for name, hours in weekly.items():
        where = f"weekly[{name!r}]"
        if name not in WEEKDAYS:
            problems.append(f"{where} is not a day of the week; use one of {', '.join(WEEKDAYS)}")
            continue
        same_day, next_day = _read_hours(hours, where, problems)
        days[WEEKDAYS.index(name)] += same_day
        days[(WEEKDAYS.index(name) + 1) % 7] += next_day
    return tuple(tuple(merged(windows)) for windows in days)


def _read_closed(
    closed_dates: Iterable[Day] | Mapping[Day, str], problems: list[str]
) -> dict[date, str]:
    if isinstance(closed_dates, str):
        problems.append(f"closed_dates is the string {closed_dates!r}; give a list of dates")
        return {}
    names = closed_dates if isinstance(closed_dates, Mapping) else {}
    closed: dict[date, str] = {}
    for key in closed_dates:
        day = _read_date(key, f"closed_dates[{key!r}]", problems)
        if day is not None:
            closed[day] = names.get(key) or "closed"
    return closed


def _read_half(
    half_days: HalfDays, problems: list[str]
) -> tuple[dict[date, str], dict[date, timedelta]]:
    """The names of half days, and when each closes."""
    names: dict[date, str] = {}
    closes: dict[date, timedelta] = {}
    until = _read_time(half_days.until, "half_days.until", problems)
    own = {_read_date(key, "", []): text for key, text in half_days.until_on.items()}
    for key, name in half_days.names.items():
        day = _read_date(key, f"half_days[{key!r}]", problems)
        if day is None:
            continue
        names[day] = name or "half day"
        at = _read_time(own[day], f"half_days[{key!r}]", problems) if day in own else until
        closes[day] = _ONE_DAY if at is None else at
    return names, closes


def _read_date(value: object, where: str, problems: list[str]) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return date(value.year, value.month, value.day)
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        # fromisoformat also reads 20240704 and 2024-W27-4, which are more likely mistakes.
        if day is not None and day.isoformat() == value:
            return day
    problems.append(f'{where} is not a date; give a date or "YYYY-MM-DD"')
    return None


def _read_hours(
    hours: object, where: str, problems: list[str]
) -> tuple[list[Window], list[Window]]:
    """The windows on the date itself, and those after midnight on the next date."""
    same_day: list[Window] = []
    next_day: list[Window] = []
    if isinstance(hours, str) or not isinstance(hours, Sequence):
        problems.append(f'{where} is {hours!r}; give a list such as [("09:00", "17:00")]')
        return same_day, next_day
    for position, pair in enumerate(hours):
        window = _read_window(pair, f"{where}[{position}]", problems)
        if window is None:
            continue
        if window.opens < window.closes:
            same_day.append(window)
        else:
            same_day.append(Window(window.opens, _ONE_DAY))
            next_day.append(Window(_MIDNIGHT, window.closes))
    return same_day, next_day


def _read_window(pair: object, where: str, problems: list[str]) -> Window | None:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        problems.append(
            f'{where} is {pair!r}; give an (open, close) pair such as ("09:00", "17:00")'
        )
        return None
    opens, closes = (_read_time(text, where, problems) for text in pair)
    if opens == _ONE_DAY:
        problems.append(f"{where} opens at 24:00, which can only be a close; use 00:00")
        return None
    return None if opens is None or closes is None else Window(opens, closes)


def _read_time(text: object, where: str, problems: list[str]) -> timedelta | None:
    if isinstance(text, str) and _TIME_OF_DAY.fullmatch(text):
        return timedelta(hours=int(text[:2]), minutes=int(text[3:]))
    hint = " (unquoted times are numbers in YAML)" if isinstance(text, int) else ""
    problems.append(f'{where} has {text!r}; write a time as "HH:MM", 00:00 to 24:00{hint}')
    return None


def is_time_of_day(text: str) -> bool:
    """Whether a text is a time from 00:00 to 24:00."""
    return bool(_TIME_OF_DAY.fullmatch(text))


def time_of_day(text: str) -> timedelta:
    """The time since midnight of a text such as "15:00"; CalendarError for any other text."""
    problems: list[str] = []
    time = _read_time(text, "the time of day", problems)
    if time is None:
        raise CalendarError(problems[0])
    return time


def expand_weekdays(text: str) -> tuple[str, ...]:
    """The weekdays of a key such as `mon` or `fri-mon`, in order; ValueError for other keys."""
    first, dash, last = text.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(
            f'"{text}" is not a weekday; write {", ".join(WEEKDAYS)} or a range such as mon-fri'
        )
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    length = (end - start) % 7 + 1
    return tuple(WEEKDAYS[(start + i) % 7] for i in range(length))
