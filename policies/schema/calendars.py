"""Calendars: weekly hours, holidays and special days of a desk."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from policies.business_time.opening_hours import HALF_DAY_UNTIL, WEEKDAYS
from policies.schema.contract import Slug
from policies.schema.fields import Date, Part, Rule, Text


class Holidays(Part):
    """Public holidays of a country or a part of it, and further closed dates.

    Some countries have `categories` of holidays other than public ones. On those of the category
    `half_day` support closes at `half_day_until`, local time. In some countries, every Sunday is
    a public holiday by law: `sundays` states whether support is closed on them.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: str | None = None
    categories: tuple[Slug, ...] = ("public",)
    half_day_until: Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")] = HALF_DAY_UNTIL
    sundays: bool = False
    also: dict[Date, Text] = Field(default_factory=dict)
    never: tuple[Date, ...] = ()


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


class CalendarRule(Rule):
    """The opening hours of support: zone, hours by weekday, closed and special days."""

    zone: str
    hours: dict[Weekdays, Windows] = Field(min_length=1)
    holidays: Holidays = Holidays()
    special_hours: dict[Date, Windows] = Field(default_factory=dict)
