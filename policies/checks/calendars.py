"""Calendars: zones, hours and holidays that exist, and a calendar wherever one is counted on."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

import holidays

from policies.business_time.opening_hours import expand_weekdays
from policies.business_time.zones import fixed_offset
from policies.checks.places import unknown_zone
from policies.checks.references import Reference, calendar_references, unknown
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.calendars import CalendarRule
from policies.schema.policy import SupportPolicy
from policies.schema.public_holidays import categories_of

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DAY = timedelta(days=1)

Span = tuple[timedelta, timedelta]


def calendars_named_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    yield from unknown("calendar", calendar_references(policy), policy.calendars)


def zones_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        yield from unknown_zone(("calendars", name, "zone"), rule.zone)


def holiday_countries_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        path: Path = ("calendars", name, "holidays")
        country, subdivision = rule.holidays.country, rule.holidays.subdivision
        known = _countries()
        if country and country not in known:
            right = one_of(country, known)
            yield Finding((*path, "country"), f'no holidays are known for "{country}"', right)
        elif country and subdivision and subdivision not in known[country]:
            wrong = f'"{subdivision}" is not a part of {country} with holidays of its own'
            yield Finding((*path, "subdivision"), wrong, one_of(subdivision, known[country]))
        elif subdivision and not country:
            wrong = "a subdivision is given without its country"
            yield Finding((*path, "subdivision"), wrong, "add the country")


def holiday_categories_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        country = rule.holidays.country
        if country not in _countries():
            continue
        known = categories_of(country)
        for i, category in enumerate(rule.holidays.categories):
            if category not in known:
                wrong = f'{country} has no holidays of the category "{category}"'
                path = ("calendars", name, "holidays", "categories", i)
                yield Finding(path, wrong, one_of(category, known))


def months_have_a_fixed_offset(policy: SupportPolicy) -> Iterator[Finding]:
    availability = policy.remedies.availability
    here: Path = ("remedies", "availability", "zone")
    if availability is None:
        return
    missing = list(unknown_zone(here, availability.zone))
    yield from missing
    if not missing and fixed_offset(availability.zone) is None:
        wrong = f'the offset of "{availability.zone}" changes, and with it the length of months'
        yield Finding(here, wrong, "write UTC, or a fixed zone such as Etc/GMT-2")


def maintenance_hours_are_legal(policy: SupportPolicy) -> Iterator[Finding]:
    availability = policy.remedies.availability
    if availability is None or availability.maintenance is None:
        return
    here: Path = ("remedies", "availability", "maintenance", "hours")
    for key, windows in availability.maintenance.hours.items():
        try:
            expand_weekdays(key)
        except ValueError as error:
            wrong, _, right = str(error).replace("'", '"').partition("; ")
            yield Finding((*here, key), wrong, right, about_key=True)
        for i, window in enumerate(windows):
            if not (_TIME.fullmatch(window[:5]) and _TIME.fullmatch(window[6:])):
                wrong = f'"{window}" has a time that no day has'
                yield Finding((*here, key, i), wrong, "write for example 08:00-16:00")


def holiday_dates_do_not_contradict(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        path: Path = ("calendars", name)
        for i, day in enumerate(rule.holidays.never):
            if day in rule.holidays.also:
                wrong = f"{day} is closed under `also` and open under `never`"
                yield Finding((*path, "holidays", "never", i), wrong, "keep one of the two")
        for day in rule.special_hours:
            if day in rule.holidays.also:
                wrong = f"{day} has special hours and is closed under `holidays.also`"
                here = (*path, "special_hours", day.isoformat())
                yield Finding(here, wrong, "keep one of the two", about_key=True)


def hours_are_legal(policy: SupportPolicy) -> Iterator[Finding]:
    for path, window in _all_windows(policy):
        opens, _, closes = window.partition("-")
        if not (_TIME.fullmatch(opens) and _TIME.fullmatch(closes)) or opens == "24:00":
            wrong = f'"{window}" has a time that no day has'
            yield Finding(path, wrong, "open from 00:00 to 23:59 and close from 00:01 to 24:00")


def weekdays_exist(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        for key in rule.hours:
            try:
                expand_weekdays(key)
            except ValueError as error:
                wrong, _, right = str(error).replace("'", '"').partition("; ")
                yield Finding(("calendars", name, "hours", key), wrong, right, about_key=True)


def no_weekday_is_given_twice(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        given: dict[str, str] = {}
        for mention in _weekdays(name, rule):
            key = str(mention.path[-1])
            if mention.name in given:
                wrong = f'{mention.name} is in "{key}" and in "{given[mention.name]}"'
                right = "give each weekday once, with all its hours in a list"
                yield Finding(mention.path, wrong, right, about_key=True)
            given.setdefault(mention.name, key)


def hours_do_not_overlap(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        path: Path = ("calendars", name)
        for key, windows in rule.hours.items():
            yield from _overlaps((*path, "hours", key), windows)
        for day, windows in rule.special_hours.items():
            yield from _overlaps((*path, "special_hours", day.isoformat()), windows)


def every_calendar_opens(policy: SupportPolicy) -> Iterator[Finding]:
    for name, rule in policy.calendars.items():
        if not any(rule.hours.values()):
            wrong = "this calendar never opens"
            yield Finding(("calendars", name, "hours"), wrong, 'give hours, e.g. "09:00-17:00"')


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


def _weekdays(name: str, rule: CalendarRule) -> Iterator[Reference]:
    for key in rule.hours:
        try:
            weekdays = expand_weekdays(key)
        except ValueError:
            continue
        for weekday in weekdays:
            yield Reference(("calendars", name, "hours", key), weekday)


def _overlaps(path: Path, windows: tuple[str, ...]) -> Iterator[Finding]:
    if not all(_TIME.fullmatch(w[:5]) and _TIME.fullmatch(w[6:]) for w in windows):
        return
    spans = sorted((_span(window), i) for i, window in enumerate(windows))
    for ((_, closes), first), ((opens, _), second) in pairwise(spans):
        if opens < closes:
            wrong = f'"{windows[second]}" overlaps "{windows[first]}"'
            yield Finding((*path, second), wrong, "make one window of the two")


def _span(window: str) -> Span:
    opens, closes = (
        timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in window.split("-")
    )
    return opens, closes if opens < closes else closes + _DAY


CHECKS = (
    calendars_named_are_declared,
    zones_exist,
    holiday_countries_exist,
    holiday_categories_exist,
    months_have_a_fixed_offset,
    maintenance_hours_are_legal,
    holiday_dates_do_not_contradict,
    hours_are_legal,
    weekdays_exist,
    no_weekday_is_given_twice,
    hours_do_not_overlap,
    every_calendar_opens,
)
