"""Calendars that are unused, or open or closed at unexpected times."""

# ruff: noqa: D103 - the name of a warning states the problem

import re
from collections.abc import Iterator
from datetime import date

from policies.business_time.opening_hours import WEEKDAYS, expand_weekdays
from policies.checks.references import calendar_references
from policies.documents.problems import Finding
from policies.schema.calendars import CalendarRule
from policies.schema.policy import SupportPolicy
from policies.schema.public_holidays import HALF_DAY, closed_on, half_days_in

ALL_DAY = ("00:00-24:00", "00:00-00:00")
_FROM = re.compile(r"\(from (\d{1,2})(am|pm)\)")
"""The hour in the English name of a half day: `Republic Day (from 1pm)`."""


def a_calendar_open_round_the_clock_closes_on_holidays(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        if is_round_the_clock(rule) and (rule.holidays.country or rule.holidays.also):
            wrong = "the calendar is open round the clock but closes on holidays"
            right = "remove `holidays`, unless the support page states them"
            yield Finding(("calendars", name, "holidays"), wrong, right, rule.clause)


def a_calendar_is_not_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {reference.name for reference in calendar_references(policy)}
    for name, rule in policy.calendars.items():
        if name not in used:
            wrong = f'nothing uses the calendar "{name}"'
            right = "use it in `support_hours` or in a clock, or remove it"
            yield Finding(("calendars", name), wrong, right, rule.clause, about_key=True)


def a_date_kept_open_is_not_a_holiday(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for i, day in enumerate(rule.holidays.never):
            if not _is_holiday(rule, day):
                wrong = f"{day} is not a public holiday, so `never` has no effect on it"
                path = ("calendars", name, "holidays", "never", i)
                yield Finding(path, wrong, "check the date", rule.clause)


def half_days_end_at_another_hour_than_by_law(policy: SupportPolicy) -> Iterator[Finding]:
    years = range(policy.revision.year, policy.revision.year + 5)
    for name, rule in policy.calendars.items():
        until = rule.holidays.half_day_until
        for day, title in half_days_in(rule.holidays, years).items():
            law = _FROM.search(title)
            if law and _in_24_hours(law) != until:
                wrong = f'{day} is "{title}", but half days close at {until}'
                path = ("calendars", name, "holidays", "half_day_until")
                yield Finding(path, wrong, f'write "{_in_24_hours(law)}"', rule.clause)
                break


def half_day_until_has_no_half_days(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        is_set = "half_day_until" in rule.holidays.model_fields_set
        if is_set and HALF_DAY not in rule.holidays.categories:
            wrong = f"`half_day_until` has no effect without the category `{HALF_DAY}`"
            right = f"add {HALF_DAY} to `categories`, or remove it"
            path = ("calendars", name, "holidays", "half_day_until")
            yield Finding(path, wrong, right, rule.clause, about_key=True)


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


def _in_24_hours(law: re.Match[str]) -> str:
    """`13:00` for `(from 1pm)`."""
    return f"{int(law[1]) % 12 + (12 if law[2] == 'pm' else 0):02d}:00"


def _is_holiday(rule: CalendarRule, day: date) -> bool:
    all_holidays = rule.holidays.model_copy(update={"never": ()})
    years = range(day.year, day.year + 1)
    return day in closed_on(all_holidays, years) or day in half_days_in(all_holidays, years)


WARNINGS = (
    a_calendar_open_round_the_clock_closes_on_holidays,
    a_calendar_is_not_used,
    a_date_kept_open_is_not_a_holiday,
    half_days_end_at_another_hour_than_by_law,
    half_day_until_has_no_half_days,
    a_window_is_24_hours_long,
)
