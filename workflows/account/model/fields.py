"""Types of fields that the messages of an account share.

Times lie between the years 2000 and 2200. Times of outages have whole seconds.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

QUARTER = Decimal("0.25")
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)


def _utc_in_range(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("has no zone; end it with Z, or an offset such as +02:00")
    if not FIRST.year < at.year < LAST.year:
        raise ValueError(f"is not between {FIRST.year} and {LAST.year}")
    return at.astimezone(UTC)


def _to_the_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _not_a_number(value: Any) -> Any:
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, date | str):
        return value
    raise ValueError("is not a date; write it as in ISO 8601, for example 2027-03-01")


Exact = Annotated[datetime, BeforeValidator(_not_a_number), AfterValidator(_utc_in_range)]
Instant = Annotated[Exact, AfterValidator(_to_the_second)]
Day = Annotated[date, BeforeValidator(_not_a_number), Field(ge=FIRST, lt=LAST)]
Hours = Annotated[Decimal, Field(ge=QUARTER, le=24, multiple_of=QUARTER)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
EntryId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,120}$")]
CreditIds = Annotated[tuple[EntryId, ...], Field(min_length=1, max_length=100)]
