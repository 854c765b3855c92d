"""Calendar months, and the UTC times at which they and their dates begin."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from policies.business_time.spans import Span

PATTERN = r"^2[01]\d{2}-(0[1-9]|1[0-2])$"


class Month(NamedTuple):
    """One month of one year, written `2027-03`."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month in a text such as `2027-03`; ValueError for any other text."""
        if not re.fullmatch(PATTERN, text):
            raise ValueError(f'"{text}" is not a month; write year-month, for example 2027-03')
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def at(cls, time: datetime, zone: tzinfo) -> "Month":
        """The month of this time in a zone."""
        local = time.astimezone(zone)
        return cls(local.year, local.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def following(self) -> "Month":
        """The next month."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def last_day(self) -> date:
        """The last date of the month."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def span(self, zone: tzinfo) -> Span:
        """From the beginning of the month to that of the next month, in UTC."""
        first, after = date(self.year, self.month, 1), self.last_day + timedelta(days=1)
        return Span(midnight(first, zone), midnight(after, zone))


def midnight(day: date, zone: tzinfo) -> datetime:
    """The UTC time at which a local date begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
