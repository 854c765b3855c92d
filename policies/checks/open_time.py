"""Open time: every calendar has some, and every duration can be counted on it."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import Duration, Unit
from policies.business_time.errors import BusinessTimeError
from policies.business_time.opening_hours import HalfDays, OpeningHours, expand_weekdays
from policies.business_time.timeline import LONGEST_CLOSURE
from policies.checks.clocks import lengths
from policies.checks.process import process_durations
from policies.documents.problems import Finding, Path
from policies.schema.calendar_days import days_in
from policies.schema.calendars import CalendarRule, Windows
from policies.schema.policy import SupportPolicy
from policies.schema.tables import values_of
from policies.schema.yearly_days import in_years

_YEARS_AFTER = 4
"""The years to look at after the last date of a calendar: one more than the longest closure."""
_SHORT = 2_000
"""An amount of business time that no calendar stretches to 100 years."""
_LONGEST = timedelta(days=100 * 366)
_DAY = timedelta(days=1)


def calendars_open_at_least_once_in_three_years(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        years = _years(policy, rule)
        hours = _opening_hours(rule, years)
        closure = _long_closure(hours, years) if hours else None
        if closure is None:
            continue
        last_open, next_open = closure
        also = in_years([day for place in rule.places for day in place.also], years)
        listed = sum(last_open < day < next_open for day in also)
        is_listed = 2 * listed > (next_open - last_open).days
        part, _ = next(rule.holidays_at())
        path: Path = ("calendars", name, *((*part, "also") if is_listed else ("hours",)))
        wrong = f"the calendar has no open time from {last_open} for more than 3 years"
        yield Finding(path, wrong, "leave some dates open, so that deadlines can be counted")


def times_can_be_counted(policy: SupportPolicy) -> Iterator[Finding]:
    start = datetime.combine(policy.revision, time(12), tzinfo=UTC)
    for path, length, calendars in _durations(policy):
        if length.is_elapsed:
            is_too_long = length.length > _LONGEST
        else:
            is_too_long = any(_is_out_of_reach(rule, length, start) for rule in calendars)
        if is_too_long:
            yield Finding(path, f'"{length}" is longer than 100 years', "write a shorter time")


def _durations(policy: SupportPolicy) -> Iterator[tuple[Path, Duration, list[CalendarRule]]]:
    """Every duration, with the calendars that it may be counted on."""
    for name, clock in policy.clocks.items():
        calendars = _calendars(policy, clock.calendar or policy.support_hours)
        for path, length in lengths(name, clock):
            yield path, length, calendars
    for path, length in process_durations(policy.process):
        yield path, length, _calendars(policy, policy.support_hours)


def _calendars(policy: SupportPolicy, choice: Any) -> list[CalendarRule]:
    names = dict.fromkeys(str(name) for _, name in values_of(choice))
    return [policy.calendars[name] for name in names if name in policy.calendars]


def _is_out_of_reach(rule: CalendarRule, length: Duration, start: datetime) -> bool:
    # Holidays are left out: they lengthen nothing by much, and their library ends in 2100.
    if length.amount < _SHORT or not any(rule.hours.values()):
        return False
    if length.unit is Unit.BUSINESS_DAY and length.amount > _LONGEST.days:
        return True  # whatever the hours, a date has one business day
    try:
        weekly = BusinessCalendar(UTC, _weekly(rule))
    except ValueError:  # reported by another check
        return False
    try:
        return length.due_from(start, weekly) - start > _LONGEST
    except (BusinessTimeError, OverflowError):
        return True


def _years(policy: SupportPolicy, rule: CalendarRule) -> range:
    days = [*(day for place in rule.places for day in place.also), *rule.special_hours]
    days += [*rule.half_days, *rule.working_days]
    named = [day.year for day in days if isinstance(day, date)]
    first = policy.revision.year
    return range(first, max([first, *named]) + _YEARS_AFTER + 1)


def _opening_hours(rule: CalendarRule, years: range) -> OpeningHours | None:
    """The opening hours in these years; None if another check reports them as invalid."""
    special = {day: _pairs(windows) for day, windows in rule.special_hours.items()}
    try:
        days = days_in(rule, years)
        half_days = HalfDays(
            {day: half.name for day, half in days.half.items()},
            until_on={day: half.until for day, half in days.half.items()},
        )
        return OpeningHours(_weekly(rule), days.closed, special, half_days, days.working)
    except (ValueError, NotImplementedError):
        # `holidays` raises NotImplementedError for an unknown country or subdivision.
        return None


def _long_closure(hours: OpeningHours, years: range) -> tuple[date, date] | None:
    """The last open date and the date of the next opening, if a closure is too long."""
    if _opens_each_year(hours, years):
        return None
    last_open, closes = date(years[0], 1, 1), timedelta(0)
    day, end = last_open, date(years[-1], 12, 31)
    while day <= end:
        windows = hours.on(day)
        since_close = (day - last_open) - closes + (windows[0].opens if windows else timedelta(0))
        if since_close > LONGEST_CLOSURE:
            return last_open, day
        if windows:
            last_open, closes = day, windows[-1].closes
        day += _DAY
    return None


def _opens_each_year(hours: OpeningHours, years: range) -> bool:
    """Whether each year opens in its first two weeks, as most do: then no closure is too long."""
    new_years = (date(year, 1, 1) for year in years)
    return all(any(hours.on(first + n * _DAY) for n in range(14)) for first in new_years)


def _weekly(rule: CalendarRule) -> dict[str, list[tuple[str, str]]]:
    return {
        day: _pairs(windows) for key, windows in rule.hours.items() for day in expand_weekdays(key)
    }


def _pairs(windows: Windows) -> list[tuple[str, str]]:
    return [(window[:5], window[6:]) for window in windows]


CHECKS = (calendars_open_at_least_once_in_three_years, times_can_be_counted)
