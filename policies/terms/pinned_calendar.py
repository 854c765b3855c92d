"""Pinning a calendar of a policy: holidays and zone offsets as plain data."""

from collections.abc import Mapping
from datetime import date

from policies.business_time.opening_hours import expand_weekdays
from policies.business_time.zones import pin_zone
from policies.schema.calendar_days import days_in, first_half_day_end
from policies.schema.calendars import CalendarRule
from policies.schema.public_holidays import DEFAULT_LOCALE
from policies.terms.model.calendar import PinnedCalendar

YEARS_PINNED = 5
"""The number of calendar years, from the year of receipt, that are pinned."""


def pin_calendar(
    name: str,
    rule: CalendarRule,
    year: int,
    locale: str = DEFAULT_LOCALE,
    number: int = YEARS_PINNED,
) -> PinnedCalendar:
    """A calendar with its holidays and offsets for a number of years from `year`."""
    years = range(year, year + number)
    special = {day.isoformat(): _windows(w) for day, w in rule.special_hours.items()}
    days = days_in(rule, years, locale)
    until = first_half_day_end(rule)
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
        closed=_by_text(days.closed),
        special=special,
        half_days=_by_text({day: half.name for day, half in days.half.items()}),
        half_day_until=until,
        half_days_until=_by_text(
            {day: half.until for day, half in days.half.items() if half.until != until}
        ),
        working_days=_by_text(days.working),
        clause=rule.clause,
    )


def _by_text(named: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): name for day, name in named.items()}


def _windows(windows: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((w[:5], w[6:]) for w in windows)
