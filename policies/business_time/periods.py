"""Periods of an account: months, quarters, calendar years and contract years, by local date.

A contract that does not state its start has calendar years instead of contract years.
"""

import re
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, StringConstraints

from policies.business_time.contract_year import ContractYear
from policies.business_time.months import Month, midnight
from policies.business_time.spans import Span


class Each(StrEnum):
    """A kind of period."""

    MONTH = "month"
    QUARTER = "quarter"
    CALENDAR_YEAR = "calendar_year"
    CONTRACT_YEAR = "contract_year"


_PATTERN = r"^2[01]\d{2}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
"""The names of periods: 2027-03, 2027-Q2, 2027, 2027-03-01."""
_MONTHS = {Each.MONTH: 1, Each.QUARTER: 3, Each.CALENDAR_YEAR: 12}


class Period(NamedTuple):
    """One period, first and last day included. Its name is `2026-06`, `2026-Q2`, `2026`, or the
    first day of a contract year.
    """

    name: str
    begins: date
    last_day: date

    @classmethod
    def of(cls, day: date, each: Each, starts_on: date | None = None) -> "Period":
        """The period of a day; `starts_on` is the start of the contract."""
        if each is Each.CONTRACT_YEAR and starts_on is not None:
            year = ContractYear.of(day, starts_on)
            return cls(str(year.begins), year.begins, year.last_day)
        months = _MONTHS.get(each, 12)
        first = (day.month - 1) // months * months + 1
        begins = date(day.year, first, 1)
        last_day = Month(day.year, first + months - 1).last_day
        return cls(_name(begins, months), begins, last_day)

    @classmethod
    def parse(cls, name: str, starts_on: date | None = None) -> "Period":
        """The period with this name; ValueError if there is none. A date begins a contract year, of
        a contract that `starts_on` a day.
        """
        if not re.fullmatch(_PATTERN, name):
            raise ValueError(_no_period(name))
        if "Q" in name:
            return cls.of(date(int(name[:4]), int(name[-1]) * 3, 1), Each.QUARTER)
        if "-" not in name:
            return cls.of(date(int(name), 1, 1), Each.CALENDAR_YEAR)
        if len(name) == len("2027-03"):
            return cls.of(date(*Month.parse(name), 1), Each.MONTH)
        try:
            begins = date.fromisoformat(name)
        except ValueError:
            raise ValueError(_no_period(name)) from None
        year_of = ContractYear.of(begins, starts_on or begins)
        if year_of.begins != begins:
            year_of = ContractYear.of(begins, begins)
        return cls(name, begins, year_of.last_day)

    @property
    def month(self) -> Month | None:
        """The month that it is; None for a longer period."""
        return Month.parse(self.name) if self.name == f"{self.begins:%Y-%m}" else None

    @property
    def following(self) -> date:
        """The first day of the next period."""
        return self.last_day + timedelta(days=1)

    @property
    def before(self) -> date:
        """The last day of the period before."""
        return self.begins - timedelta(days=1)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.begins <= day <= self.last_day

    def span(self, zone: tzinfo) -> Span:
        """From the beginning of its first day to that of the next period, in UTC."""
        return Span(midnight(self.begins, zone), midnight(self.following, zone))


def _no_period(name: str) -> str:
    return f'"{name}" is not a period; write for example 2027-03, 2027-Q2, 2027 or 2027-03-01'


def _name(begins: date, months: int) -> str:
    if months == 1:
        return f"{begins:%Y-%m}"
    return f"{begins.year}-Q{begins.month // 3 + 1}" if months == 3 else f"{begins.year}"


def _checked(name: str) -> str:
    Period.parse(name)
    return name


PeriodName = Annotated[str, StringConstraints(pattern=_PATTERN), AfterValidator(_checked)]
