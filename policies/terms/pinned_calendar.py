"""Pinning a calendar of a policy: holidays and zone offsets as plain data."""

from policies.business_time.opening_hours import expand_weekdays
from policies.business_time.zones import pin_zone
from policies.schema.calendars import CalendarRule
from policies.schema.public_holidays import DEFAULT_LOCALE, closed_on, half_days_in
from policies.terms.ticket_terms import PinnedCalendar

YEARS_PINNED = 5
"""The number of calendar years, from the year of receipt, that are pinned."""


def pin_calendar(
    name: str, rule: CalendarRule, year: int, locale: str = DEFAULT_LOCALE
) -> PinnedCalendar:
    """A calendar with its holidays and offsets for `YEARS_PINNED` years from `year`."""
    years = range(year, year + YEARS_PINNED)
    special = {day.isoformat(): _windows(w) for day, w in rule.special_hours.items()}
    closed = closed_on(rule.holidays, years, locale)
    half_days = half_days_in(rule.holidays, years, locale)
    weekly = {
        day: _windows(windows)
        for days, windows in rule.hours.items()
        for day in expand_weekdays(days)
    }
    return PinnedCalendar(
        name=name,
        zone=rule.zone,
        offsets=tuple(pin_zone(rule.zone, years[0], years[-1]).transitions),
        weekly=weekly,
        closed={d.isoformat(): n for d, n in closed.items() if d.isoformat() not in special},
        special=special,
        half_days={d.isoformat(): n for d, n in half_days.items() if d.isoformat() not in special},
        half_day_until=rule.holidays.half_day_until,
        clause=rule.clause,
    )


def _windows(windows: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((w[:5], w[6:]) for w in windows)
