"""Contract years: each begins on an anniversary of the contract's start.

**Reading** (prismic/enablement): in "8 hours / year" the year is a contract year. A contract that
began on 29 February has its anniversary on 1 March in other than leap years.
"""

from datetime import date, timedelta
from typing import NamedTuple


class ContractYear(NamedTuple):
    """One year of a contract, first and last day included."""

    begins: date
    last_day: date

    @classmethod
    def of(cls, day: date, starts_on: date) -> "ContractYear":
        """The contract year of a day; years are counted before the start as well."""
        begins = _anniversary(starts_on, day.year)
        if begins > day:
            begins = _anniversary(starts_on, day.year - 1)
        following = _anniversary(starts_on, begins.year + 1)
        return cls(begins, following - timedelta(days=1))


def _anniversary(starts_on: date, year: int) -> date:
    try:
        return starts_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
