"""Calendars: weekly hours, holidays and special days of a desk."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, WithJsonSchema

from policies.business_time.opening_hours import HALF_DAY_UNTIL, WEEKDAYS
from policies.schema.contract import Slug
from policies.schema.fields import Date, Part, Rule, Text, TimeOfDay
from policies.schema.yearly_days import DateOrYearlyDay


class Holidays(Part):
    """Public holidays of a country or a part of it, and further closed dates.

    Some countries have `categories` of holidays other than public ones. On those of the category
    `half_day` support closes at `half_day_until`, local time. In some countries, every Sunday is
    a public holiday by law: `sundays` states whether support is closed on them. A day of `also` and
    `never` is a date, or a month and a day for every year.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: str | None = None
    categories: tuple[Slug, ...] = ("public",)
    half_day_until: TimeOfDay = HALF_DAY_UNTIL
    sundays: bool = False
    also: dict[DateOrYearlyDay, Text] = Field(default_factory=dict)
    never: tuple[DateOrYearlyDay, ...] = ()


def _one_or_several(value: Any) -> str:
    return "<several>" if isinstance(value, list | tuple) else "<one>"


HolidaysOfPlaces = Annotated[
    Annotated[tuple[Holidays, ...], Field(min_length=1), Tag("<several>")]
    | Annotated[Holidays, Tag("<one>")],
    Discriminator(_one_or_several),
]
"""Holidays of one place, or a list of those of several places: closed are the days of each."""

Hours = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}-\d{2}:\d{2}$")]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_WINDOW = {"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$"}
Windows = Annotated[
    tuple[Hours, ...],
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [_WINDOW, {"type": "array", "items": _WINDOW}]}),
]
_WEEKDAY = rf"({'|'.join(WEEKDAYS)})"
Weekdays = Annotated[str, WithJsonSchema({"pattern": rf"^{_WEEKDAY}(-{_WEEKDAY})?$"})]

ICS_FILE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ics$"


class ClosuresFile(Part):
    """The all-day events of an ICS file as closed dates, with their titles.

    A policy names the `file` only. `closed` is its content, read when the policy is loaded; None
    if it was not read.
    """

    file: Annotated[str, StringConstraints(pattern=ICS_FILE)]
    closed: dict[Date, Text] | None = None


def _named(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else value


Closures = Annotated[
    ClosuresFile,
    BeforeValidator(_named),
    WithJsonSchema({"type": "string", "pattern": ICS_FILE}),
]


class CalendarRule(Rule):
    """The opening hours of support: zone, hours by weekday, closed and special days."""

    zone: str
    hours: dict[Weekdays, Windows] = Field(min_length=1)
    holidays: HolidaysOfPlaces = Holidays()
    ics: Closures | None = None
    half_days: dict[DateOrYearlyDay, TimeOfDay] = Field(default_factory=dict)
    working_days: tuple[Date, ...] = ()
    special_hours: dict[Date, Windows] = Field(default_factory=dict)

    @property
    def places(self) -> tuple[Holidays, ...]:
        """The holidays of each place."""
        return self.holidays if isinstance(self.holidays, tuple) else (self.holidays,)

    def holidays_at(self) -> Iterator[tuple[tuple[str | int, ...], Holidays]]:
        """The holidays of each place, with their paths in the calendar."""
        is_list = isinstance(self.holidays, tuple)
        for i, holidays in enumerate(self.places):
            yield ("holidays", i) if is_list else ("holidays",), holidays
