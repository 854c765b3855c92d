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
    `(year or 0, month, day)`. `unit` is the currency of money.
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


class Numbers:
    """Quantities to look others up in: those of a page, or those of a policy."""

    def __init__(self) -> None:
        self._exact: set[Quantity] = set()
        self._minutes: set[Decimal] = set()

    def add(self, quantity: Quantity, *, always_open: bool = True) -> None:
        """Adds one. `always_open`: it can be compared with elapsed time."""
        self._exact.add(quantity)
        minutes = _minutes(quantity)
        if always_open and minutes is not None:
            self._minutes.add(minutes)

    def has(self, quantity: Quantity, *, always_open: bool = True) -> bool:
        """Whether an equal quantity is there. With `always_open`, open time is elapsed time, if it
        was added so as well.
        """
        if quantity in self._exact:
            return True
        return always_open and _minutes(quantity) in self._minutes


def as_open_time(quantity: Quantity) -> Quantity | None:
    """Hours as business hours, for a page that says that its times are; None for anything else."""
    is_hours = quantity.kind is Kind.ELAPSED
    return Quantity(Kind.OPEN, quantity.value) if is_hours else None


def _minutes(quantity: Quantity) -> Decimal | None:
    if not isinstance(quantity.value, Decimal):
        return None
    if quantity.kind is Kind.BUSINESS_DAYS:
        return quantity.value * DAY
    return quantity.value if quantity.kind in (Kind.ELAPSED, Kind.OPEN) else None
