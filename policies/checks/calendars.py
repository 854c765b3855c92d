"""Calendars: valid zones, hours and holidays, and no calendar that is undeclared."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator, Set
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

import holidays

from policies.business_time.opening_hours import expand_weekdays, is_time_of_day
from policies.business_time.zones import fixed_offset
from policies.checks.places import unknown_zone
from policies.checks.references import Reference, calendar_references, repeated, undeclared
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.calendars import CalendarRule, Holidays
from policies.schema.policy import SupportPolicy
from policies.schema.public_holidays import categories_of
from policies.schema.yearly_days import Day

_DAY = timedelta(days=1)


def calendars_in_use_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    yield from undeclared("calendar", calendar_references(policy), policy.calendars)


def calendar_zones_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        yield from unknown_zone(("calendars", name, "zone"), rule.zone)


def the_date_of_the_revision_has_a_zone(policy: SupportPolicy) -> Iterator[Finding]:
    yield from unknown_zone(("zone",), policy.zone)


def holiday_countries_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for path, holidays_there in _holidays(policy):
        country, subdivision = holidays_there.country, holidays_there.subdivision
        known = _countries()
        if country and country not in known:
            wrong = f'no public holidays are known for "{country}"'
            yield Finding((*path, "country"), wrong, one_of(country, known))
        elif country and subdivision and subdivision not in known[country]:
            wrong = f'"{subdivision}" is not a subdivision of {country}'
            yield Finding((*path, "subdivision"), wrong, one_of(subdivision, known[country]))
        elif subdivision and not country:
            wrong = "the subdivision has no country"
            yield Finding((*path, "subdivision"), wrong, "add `country`")


def holiday_categories_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for path, holidays_there in _holidays(policy):
        country = holidays_there.country
        if country not in _countries():
            continue
        known = categories_of(country)
        for i, category in enumerate(holidays_there.categories):
            if category not in known:
                wrong = f'{country} has no holidays of the category "{category}"'
                yield Finding((*path, "categories", i), wrong, one_of(category, known))


def half_days_end_at_a_time_of_day(policy: SupportPolicy) -> Iterator[Finding]:
    ends = [((*path, "half_day_until"), each.half_day_until) for path, each in _holidays(policy)]
    for name, rule in policy.calendars.items():
        ends += [(("calendars", name, "half_days", str(d)), e) for d, e in rule.half_days.items()]
    for path, until in ends:
        if not is_time_of_day(until) or until in {"00:00", "24:00"}:
            yield Finding(path, f'"{until}" does not end half a day', 'write for example "13:00"')


def closures_files_are_read(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        if rule.ics and rule.ics.closed is None:
            wrong = f'"{rule.ics.file}" cannot be read: only the file of a policy names an ICS file'
            right = "load the policy from a file in the same directory, or list the dates in `also`"
            yield Finding(("calendars", name, "ics"), wrong, right)


def the_availability_zone_has_a_fixed_offset(policy: SupportPolicy) -> Iterator[Finding]:
    availability = policy.remedies.availability
    here: Path = ("remedies", "availability", "zone")
    if availability is None:
        return
    unknown = list(unknown_zone(here, availability.zone))
    yield from unknown
    if not unknown and fixed_offset(availability.zone) is None:
        wrong = f'the offset of "{availability.zone}" changes, so months vary by an hour'
        yield Finding(here, wrong, "write UTC, or a zone with a fixed offset such as Etc/GMT-2")


def maintenance_hours_are_valid(policy: SupportPolicy) -> Iterator[Finding]:
    availability = policy.remedies.availability
    if availability is None or availability.maintenance is None:
        return
    here: Path = ("remedies", "availability", "maintenance", "hours")
    for key, windows in availability.maintenance.hours.items():
        yield from _invalid_weekdays((*here, key))
        for i, window in enumerate(windows):
            if not _is_window(window):
                right = "write for example 08:00-16:00"
                yield Finding((*here, key, i), f'"{window}" has an invalid time', right)


def days_do_not_conflict(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        path: Path = ("calendars", name)
        also = {day for place in rule.places for day in place.also}
        closed = "closed under `holidays.also`"
        for part, place in rule.holidays_at():
            for i, day in enumerate(place.never):
                if day in also:
                    wrong = f"{day} is closed under `also` and open under `never`"
                    yield Finding((*path, *part, "never", i), wrong, "remove one of them")
        special = set(rule.special_hours)
        yield from _conflicts(
            (*path, "special_hours"), special, also, f"has special hours and is {closed}"
        )
        half = set(rule.half_days)
        yield from _conflicts((*path, "half_days"), half, also, f"is half a day and {closed}")
        yield from _conflicts(
            (*path, "half_days"), half, special, "is half a day and has special hours"
        )
        for i, day in enumerate(rule.working_days):
            for others, clash in ((also, f"is {closed}"), (special, "has special hours")):
                if day in others:
                    wrong = f"{day} is a working day and {clash}"
                    yield Finding((*path, "working_days", i), wrong, "remove one of them")


def working_days_are_given_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for i, day in repeated(rule.working_days):
            path = ("calendars", name, "working_days", i)
            yield Finding(path, f'"{day}" is given twice', "remove one of them")


def opening_hours_are_valid(policy: SupportPolicy) -> Iterator[Finding]:
    for path, window in _all_windows(policy):
        if not _is_window(window) or window.startswith("24:00"):
            right = "open from 00:00 to 23:59 and close from 00:01 to 24:00"
            yield Finding(path, f'"{window}" has an invalid time', right)


def weekdays_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for key in rule.hours:
            yield from _invalid_weekdays(("calendars", name, "hours", key))


def weekdays_are_given_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        first: dict[str, str] = {}
        for path, weekday in _weekdays(name, rule):
            key = str(path[-1])
            if weekday in first:
                wrong = f'{weekday} is in "{key}" and in "{first[weekday]}"'
                right = "give each weekday once, with all its hours in a list"
                yield Finding(path, wrong, right, about_key=True)
            first.setdefault(weekday, key)


def opening_hours_do_not_overlap(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        path: Path = ("calendars", name)
        for key, windows in rule.hours.items():
            yield from _overlaps((*path, "hours", key), windows)
        for day, windows in rule.special_hours.items():
            yield from _overlaps((*path, "special_hours", day.isoformat()), windows)


def calendars_have_opening_hours(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        if not any(rule.hours.values()):
            wrong, right = "the calendar has no opening hours", 'add for example "09:00-17:00"'
            yield Finding(("calendars", name, "hours"), wrong, right)


def _holidays(policy: SupportPolicy) -> Iterator[tuple[Path, Holidays]]:
    """The holidays of each place of each calendar, with their paths."""
    for name, rule in policy.calendars.items():
        for part, holidays_there in rule.holidays_at():
            yield ("calendars", name, *part), holidays_there


def _conflicts(path: Path, days: Set[Day], others: Set[Day], clash: str) -> Iterator[Finding]:
    for day in sorted(days & others, key=str):
        here = (*path, str(day))
        yield Finding(here, f"{day} {clash}", "remove one of them", about_key=True)


@lru_cache
def _countries() -> dict[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=True)


def _all_windows(policy: SupportPolicy) -> Iterator[tuple[Path, str]]:
    for name, rule in policy.calendars.items():
        weekly = ((("hours", key), windows) for key, windows in rule.hours.items())
        special = (
            (("special_hours", day.isoformat()), windows)
            for day, windows in rule.special_hours.items()
        )
        for path, windows in (*weekly, *special):
            for i, window in enumerate(windows):
                yield ("calendars", name, *path, i), window


def _is_window(window: str) -> bool:
    opens, _, closes = window.partition("-")
    return is_time_of_day(opens) and is_time_of_day(closes)


def _invalid_weekdays(path: Path) -> Iterator[Finding]:
    """A finding if the key at the end of the path is not a weekday or a range of weekdays."""
    try:
        expand_weekdays(str(path[-1]))
    except ValueError as error:
        wrong, _, right = str(error).partition("; ")
        yield Finding(path, wrong, right, about_key=True)


def _weekdays(name: str, rule: CalendarRule) -> Iterator[Reference]:
    for key in rule.hours:
        try:
            weekdays = expand_weekdays(key)
        except ValueError:
            continue
        for weekday in weekdays:
            yield Reference(("calendars", name, "hours", key), weekday)


def _overlaps(path: Path, windows: tuple[str, ...]) -> Iterator[Finding]:
    if not all(map(_is_window, windows)):
        return
    spans = sorted((_span(window), i) for i, window in enumerate(windows))
    for ((_, closes), first), ((opens, _), second) in pairwise(spans):
        if opens < closes:
            wrong = f'"{windows[second]}" overlaps "{windows[first]}"'
            yield Finding((*path, second), wrong, "merge the two windows")


def _span(window: str) -> tuple[timedelta, timedelta]:
    opens, closes = (
        timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in window.split("-")
    )
    return opens, closes if opens < closes else closes + _DAY


CHECKS = (
    calendars_in_use_are_declared,
    calendar_zones_exist,
    the_date_of_the_revision_has_a_zone,
    holiday_countries_exist,
    holiday_categories_exist,
    half_days_end_at_a_time_of_day,
    closures_files_are_read,
    the_availability_zone_has_a_fixed_offset,
    maintenance_hours_are_valid,
    days_do_not_conflict,
    working_days_are_given_once,
    opening_hours_are_valid,
    weekdays_exist,
    weekdays_are_given_once,
    opening_hours_do_not_overlap,
    calendars_have_opening_hours,
)
