"""The days of a calendar that differ from its weekly hours, from all sources together.

Of several entries for one date the most explicit one counts:

1. `special_hours` of the date; `desk check` refuses another entry for the same date beside it.
2. `working_days`: the date is worked, also on a holiday. A half day shortens it.
3. `never`: no place's holidays and no closure of the ICS file close the date.
4. Closed dates: public holidays and `also` of each place, and the ICS file.
5. Half days: `half_days` of the date, of every year, then the category `half_day`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from policies.business_time.opening_hours import WEEKDAYS, expand_weekdays
from policies.schema.calendars import CalendarRule
from policies.schema.public_holidays import DEFAULT_LOCALE, closed_on, half_days_in
from policies.schema.yearly_days import in_years, named_in_years

HALF_DAY_NAME = "half day"


class HalfDay(NamedTuple):
    """A date that closes early: its name, and the local time at which it closes."""

    name: str
    until: str


class CalendarDays(NamedTuple):
    """Closed dates with their names, half days, and for each working day the weekday whose hours it
    has.
    """

    closed: dict[date, str]
    half: dict[date, HalfDay]
    working: dict[date, str]


def days_in(rule: CalendarRule, years: range, locale: str = DEFAULT_LOCALE) -> CalendarDays:
    """The days of a calendar in these years. Dates with `special_hours` are left out."""
    special = frozenset(rule.special_hours)
    working = {day: _worked_as(rule, day) for day in rule.working_days if day.year in years}
    closed = _closed(rule, years, locale)
    left_out = special | working.keys()
    closed = {day: name for day, name in sorted(closed.items()) if day not in left_out}
    half = _half_days(rule, years, locale)
    half = {
        day: each for day, each in sorted(half.items()) if day not in closed and day not in special
    }
    return CalendarDays(closed, half, working)


def first_half_day_end(rule: CalendarRule) -> str:
    """When half days by law close in the first place; nearly all half days close then."""
    return rule.places[0].half_day_until


def _closed(rule: CalendarRule, years: range, locale: str) -> dict[date, str]:
    closed: dict[date, str] = {}
    for place in rule.places:
        closed = closed_on(place, years, locale) | closed
    of_file = rule.ics.closed if rule.ics and rule.ics.closed else {}
    closed = {day: name for day, name in of_file.items() if day.year in years} | closed
    kept_open = {day for place in rule.places for day in in_years(place.never, years)}
    return {day: name for day, name in closed.items() if day not in kept_open}


def _half_days(rule: CalendarRule, years: range, locale: str) -> dict[date, HalfDay]:
    half: dict[date, HalfDay] = {}
    for place in rule.places:
        for day, name in half_days_in(place, years, locale).items():
            found = HalfDay(name, place.half_day_until)
            half[day] = min(found, half.get(day, found), key=lambda each: each.until)
    for place in rule.places:
        for day in in_years(place.never, years):
            half.pop(day, None)
    own: Mapping[date, str] = dict(named_in_years(rule.half_days, years))
    for day, until in own.items():
        named = half.get(day)
        half[day] = HalfDay(named.name if named else HALF_DAY_NAME, until)
    return half


def _worked_as(rule: CalendarRule, day: date) -> str:
    """The weekday whose hours a working day has: the last one before it that has any."""
    open_weekdays = {
        name for key, windows in rule.hours.items() if windows for name in expand_weekdays(key)
    }
    for days in range(1, 8):
        weekday = WEEKDAYS[(day - timedelta(days)).weekday()]
        if weekday in open_weekdays:
            return weekday
    return WEEKDAYS[day.weekday()]
