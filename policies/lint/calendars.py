"""Calendars that are unused, or open or closed at unexpected times."""

# ruff: noqa: D103 - the name of a warning states the problem

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from policies.business_time.opening_hours import WEEKDAYS, expand_weekdays
from policies.business_time.zones import ABBREVIATIONS, FIXED_ALL_YEAR
from policies.checks.references import calendar_references
from policies.documents.problems import Finding
from policies.schema.calendar_days import days_in
from policies.schema.calendars import CalendarRule
from policies.schema.policy import SupportPolicy
from policies.schema.public_holidays import HALF_DAY, half_days_in
from policies.schema.tables import values_of
from policies.schema.yearly_days import Day, in_years

ALL_DAY = ("00:00-24:00", "00:00-00:00")
_NO_OWN_DAYS: dict[str, Any] = {"half_days": {}, "working_days": (), "special_hours": {}}
_FROM = re.compile(r"\(from (\d{1,2})(am|pm)\)")
"""The hour in the English name of a half day: `Republic Day (from 1pm)`."""


def a_calendar_open_round_the_clock_closes_on_holidays(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        has_holidays = rule.ics or any(place.country or place.also for place in rule.places)
        if is_round_the_clock(rule) and has_holidays:
            wrong = "the calendar is open round the clock but closes on holidays"
            right = "remove `holidays`, unless the support page states them"
            yield Finding(("calendars", name, "holidays"), wrong, right, rule.clause)


def a_zone_has_no_summer_time(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        if rule.zone in FIXED_ALL_YEAR:
            wrong = f'the zone "{rule.zone}" has no summer time'
            offset = FIXED_ALL_YEAR[rule.zone]
            right = f'write "{ABBREVIATIONS[rule.zone]}", or the offset that is meant: "{offset}"'
            yield Finding(("calendars", name, "zone"), wrong, right, rule.clause)


def the_date_of_the_revision_could_begin_in_several_zones(
    policy: SupportPolicy,
) -> Iterator[Finding]:
    rules = [policy.calendars[name] for _, name in values_of(policy.support_hours)]
    if policy.zone is None and len({rule.zone for rule in rules}) > 1:
        wrong = "the support hours have several time zones, so the date could begin in any of them"
        right = f'add the zone of the date to the policy, for example "zone: {rules[0].zone}"'
        yield Finding(("revision",), wrong, right, rules[0].clause, about_key=True)


def a_calendar_is_not_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {reference.name for reference in calendar_references(policy)}
    for name, rule in policy.calendars.items():
        if name not in used:
            wrong = f'nothing uses the calendar "{name}"'
            right = "use it in `support_hours` or in a clock, or remove it"
            yield Finding(("calendars", name), wrong, right, rule.clause, about_key=True)


def a_date_kept_open_is_not_a_holiday(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for part, place in rule.holidays_at():
            for i, day in enumerate(place.never):
                if not _is_holiday(rule, day, policy.revision.year):
                    wrong = f"{day} is not a public holiday, so `never` has no effect on it"
                    path = ("calendars", name, *part, "never", i)
                    yield Finding(path, wrong, "check the date", rule.clause)


def half_days_end_at_another_hour_than_by_law(policy: SupportPolicy) -> Iterator[Finding]:
    years = _next_years(policy)
    for name, rule in policy.calendars.items():
        for part, place in rule.holidays_at():
            until = place.half_day_until
            for day, title in half_days_in(place, years).items():
                law = _FROM.search(title)
                if law and _in_24_hours(law) != until:
                    wrong = f'{day} is "{title}", but half days close at {until}'
                    path = ("calendars", name, *part, "half_day_until")
                    yield Finding(path, wrong, f'write "{_in_24_hours(law)}"', rule.clause)
                    break


def half_day_until_has_no_half_days(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for part, place in rule.holidays_at():
            is_set = "half_day_until" in place.model_fields_set
            if is_set and HALF_DAY not in place.categories:
                wrong = f"`half_day_until` has no effect without the category `{HALF_DAY}`"
                right = f"add {HALF_DAY} to `categories`, or remove it"
                path = ("calendars", name, *part, "half_day_until")
                yield Finding(path, wrong, right, rule.clause, about_key=True)


def a_half_day_is_never_open(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for day in rule.half_days:
            years = _years_of(day, policy.revision.year)
            closed = days_in(rule, years).closed
            if all(found in closed for found in in_years([day], years)):
                title = next(iter(closed[found] for found in in_years([day], years)), "no date")
                wrong = f"{day} is closed all day ({title}), so it is not half a day"
                right = "list it under `never` as well if support is open in the morning"
                path = ("calendars", name, "half_days", str(day))
                yield Finding(path, wrong, right, rule.clause, about_key=True)


def a_working_day_would_be_open_anyway(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        usual = rule.model_copy(update={"working_days": ()})
        for i, day in enumerate(rule.working_days):
            is_closed = day in days_in(usual, range(day.year, day.year + 1)).closed
            if not is_closed and WEEKDAYS[day.weekday()] in _open_weekdays(rule):
                wrong = f"{day} is open anyway, so it needs no entry as a working day"
                path = ("calendars", name, "working_days", i)
                yield Finding(path, wrong, "check the date", rule.clause)


def a_cut_off_comes_before_the_opening(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        choice = clock.calendar or policy.support_hours
        for calendar in dict.fromkeys(str(each) for _, each in values_of(choice)):
            windows = [w for windows in policy.calendars[calendar].hours.values() for w in windows]
            if clock.cut_off and all(clock.cut_off <= window[:5] for window in windows):
                wrong = (
                    f'no start in the hours of "{calendar}" is before the cut-off {clock.cut_off}'
                )
                right = "check the time, which is in 24 hours"
                yield Finding(("clocks", name, "cut_off"), wrong, right, clock.clause)
                break


def a_window_is_24_hours_long(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for key, windows in rule.hours.items():
            for i, window in enumerate(windows):
                opens, _, closes = window.partition("-")
                if opens == closes and opens != "00:00":
                    wrong = f'"{window}" is open for 24 hours, until the next day'
                    path = ("calendars", name, "hours", key, i)
                    yield Finding(path, wrong, 'write "00:00-24:00" for all day', rule.clause)


def is_round_the_clock(rule: CalendarRule) -> bool:
    """Whether the calendar is open all day on every day of the week."""
    open_days = {
        weekday
        for key, windows in rule.hours.items()
        if any(window in ALL_DAY for window in windows)
        for weekday in expand_weekdays(key)
    }
    return open_days == set(WEEKDAYS)


def _open_weekdays(rule: CalendarRule) -> set[str]:
    keys = [key for key, windows in rule.hours.items() if windows]
    return {weekday for key in keys for weekday in expand_weekdays(key)}


def _next_years(policy: SupportPolicy) -> range:
    return range(policy.revision.year, policy.revision.year + 5)


def _years_of(day: Day, first: int) -> range:
    """The year of a date; for a day of every year the next ones, a leap year among them."""
    return range(day.year, day.year + 1) if isinstance(day, date) else range(first, first + 5)


def _in_24_hours(law: re.Match[str]) -> str:
    """`13:00` for `(from 1pm)`."""
    return f"{int(law[1]) % 12 + (12 if law[2] == 'pm' else 0):02d}:00"


def _is_holiday(rule: CalendarRule, day: Day, first: int) -> bool:
    """Whether a calendar without `never` would close on the day, or be open for half of it."""
    places = tuple(place.model_copy(update={"never": ()}) for place in rule.places)
    years = _years_of(day, first)
    days = days_in(rule.model_copy(update={"holidays": places, **_NO_OWN_DAYS}), years)
    return any(found in days.closed or found in days.half for found in in_years([day], years))


WARNINGS = (
    a_calendar_open_round_the_clock_closes_on_holidays,
    a_zone_has_no_summer_time,
    the_date_of_the_revision_could_begin_in_several_zones,
    a_calendar_is_not_used,
    a_date_kept_open_is_not_a_holiday,
    half_days_end_at_another_hour_than_by_law,
    half_day_until_has_no_half_days,
    a_half_day_is_never_open,
    a_working_day_would_be_open_anyway,
    a_cut_off_comes_before_the_opening,
    a_window_is_24_hours_long,
)
