"""A calendar as it is pinned: its hours, the names of its days, and the offsets of its zone."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.opening_hours import HALF_DAY_UNTIL, HalfDays
from policies.business_time.zones import PinnedZone
from policies.terms.model.pinned import Sparse


def _by_date(closed: Any) -> Any:
    """The name of each date, from the dates of each name."""
    if not isinstance(closed, Mapping):
        return closed
    named = [(day, name) for name, days in closed.items() if isinstance(days, list) for day in days]
    return dict(sorted(named)) if named else closed


def _by_name(closed: dict[str, str]) -> dict[str, list[str]]:
    days: dict[str, list[str]] = {}
    for day, name in closed.items():
        days.setdefault(name, []).append(day)
    return days


DatesByName = Annotated[
    dict[str, str],
    BeforeValidator(_by_date),
    PlainSerializer(_by_name, when_used="json"),
]
"""Names of dates. A name recurs each year, so JSON has it once, with its dates."""


class PinnedCalendar(Sparse):
    """A calendar as plain data: weekly hours, named closed dates and half days, zone offsets."""

    name: str
    zone: str
    offsets: tuple[tuple[int, int, str], ...]
    weekly: dict[str, tuple[tuple[str, str], ...]]
    closed: DatesByName = Field(default_factory=dict)
    special: dict[str, tuple[tuple[str, str], ...]] = Field(default_factory=dict)
    half_days: dict[str, str] = Field(default_factory=dict)
    half_day_until: str = HALF_DAY_UNTIL
    half_days_until: DatesByName = Field(default_factory=dict)
    """When half days close that do not close at `half_day_until`."""
    working_days: DatesByName = Field(default_factory=dict)
    """Made-up working days, and the weekday whose hours each has."""
    clause: str = ""

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The calendar for arithmetic; equal data share one."""
        hours = (tuple(days.items()) for days in (self.weekly, self.closed, self.special))
        named = (self.half_days, self.half_days_until, self.working_days)
        days = (tuple(names.items()) for names in named)
        return _compiled(self.tzinfo, *hours, self.half_day_until, *days)

    @cached_property
    def tzinfo(self) -> PinnedZone:
        """The zone with the pinned offsets."""
        return PinnedZone(self.zone, self.offsets)

    def local_date(self, at: datetime) -> date:
        """The local date at a time."""
        return at.astimezone(self.tzinfo).date()


Hours: TypeAlias = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Windows by weekday or by date."""


NamedDates: TypeAlias = tuple[tuple[str, str], ...]
"""Dates and their names."""


@lru_cache(maxsize=256)
def _compiled(  # noqa: PLR0913, PLR0917 - hashable parts, for the cache
    zone: PinnedZone,
    weekly: Hours,
    closed: NamedDates,
    special: Hours,
    half_day_until: str,
    half_days: NamedDates,
    half_days_until: NamedDates,
    working_days: NamedDates,
) -> BusinessCalendar:
    half = HalfDays(dict(half_days), half_day_until, dict(half_days_until))
    working = dict(working_days)
    return BusinessCalendar(zone, dict(weekly), dict(closed), dict(special), half, working)
