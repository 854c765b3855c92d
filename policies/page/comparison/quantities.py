"""Quantities as a page and a policy both have them: comparable, whatever the words and units.

Elapsed time is in minutes, so 24 hours are 1 day. Open time is kept apart: 4 business hours are
not 4 hours, and a business day is as long as support is open.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from policies.business_time.durations import Duration, Unit

DAY = 24 * 60
_MINUTES = {
    Unit.MINUTE: 1,
    Unit.HOUR: 60,
    Unit.DAY: DAY,
    Unit.WEEK: 7 * DAY,
    Unit.BUSINESS_MINUTE: 1,
    Unit.BUSINESS_HOUR: 60,
}


class Kind(StrEnum):
    """What a quantity measures."""

    ELAPSED = "elapsed time"
    OPEN = "business hours"
    BUSINESS_DAYS = "business days"
    FOLLOWING_WEEK = "the following week"
    LONG = "months"
    PERCENT = "percentage"
    TIME = "time of day"
    DATE = "date"
    MONEY = "amount"
    OFFSET = "offset from UTC"
    ALWAYS = "around the clock"


@dataclass(frozen=True)
class Quantity:
    """A quantity: minutes, days, months, percent, minutes since midnight, an amount, or for a date
    `(year or 0, month, day)`. `unit` is the currency of money. `is_days` tells whether elapsed time
    was written in days.
    """

    kind: Kind
    value: Decimal | tuple[int, int, int]
    unit: str = ""

    @classmethod
    def of(cls, length: Duration) -> "Quantity":
        """The quantity of a duration in a policy."""
        if length.unit is Unit.FOLLOWING_WEEK:
            return cls(Kind.FOLLOWING_WEEK, Decimal(1))
        if length.unit is Unit.BUSINESS_DAY:
            return cls(Kind.BUSINESS_DAYS, Decimal(length.amount))
        kind = Kind.ELAPSED if length.is_elapsed else Kind.OPEN
        return cls(kind, Decimal(length.amount * _MINUTES[length.unit]))


ALWAYS = Quantity(Kind.ALWAYS, Decimal(1))


def percent(share: Decimal) -> Quantity:
    """A share in percent."""
    return Quantity(Kind.PERCENT, share.normalize())


def time_of_day(text: str) -> Quantity:
    """A local time such as `09:00`; the end of a day is its beginning."""
    return Quantity(Kind.TIME, Decimal((int(text[:2]) * 60 + int(text[3:])) % DAY))


def agree(on_page: Quantity, promised: Quantity, *, always_open: bool, in_hours: bool) -> bool:
    """Whether a number of a page is one of a policy.

    `always_open`: the promise counts on a calendar without closed time, so open time is elapsed
    time. `in_hours`: the page says that its times are counted during support hours, so its hours
    are business hours.
    """
    if on_page == promised:
        return True
    if on_page.kind is Kind.DATE and promised.kind is Kind.DATE:
        return _same_day(on_page, promised)
    pair = {on_page.kind, promised.kind}
    if pair == {Kind.ELAPSED, Kind.OPEN}:
        is_open = always_open or (in_hours and on_page.kind is Kind.ELAPSED)
        return is_open and on_page.value == promised.value
    if always_open and Kind.BUSINESS_DAYS in pair:
        return _minutes(on_page) == _minutes(promised)
    return False


def _minutes(quantity: Quantity) -> Decimal | None:
    if not isinstance(quantity.value, Decimal):
        return None
    if quantity.kind is Kind.BUSINESS_DAYS:
        return quantity.value * DAY
    return quantity.value if quantity.kind in (Kind.ELAPSED, Kind.OPEN) else None


def _same_day(one: Quantity, other: Quantity) -> bool:
    """Equal dates; one without a year is equal to that day of any year."""
    assert isinstance(one.value, tuple)
    assert isinstance(other.value, tuple)
    return one.value[1:] == other.value[1:] and 0 in (one.value[0], other.value[0])
