"""Durations as policies write them: "2 business days", "8 business hours", "4 hours".

Grammar (English, singular or plural, case-insensitive):

    <n> minutes | hours | days | weeks              elapsed time, nights and holidays included
    <n> business minutes | business hours           open time of a calendar (rule 5)
    <n> business days                               same time of day, or full days (rule 6)
    <n> business days, same time                    same time of day, from an opening too (rule 6)
    <n> business days, end of day                   the last close (rule 6)
    0 business days, end of day                     the last close of the day itself (rule 6)
    the following week                              the last close of the next week (rule 7)

The rules are those of `calendar.py`. A `Duration` is written as its canonical text, in JSON too.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.likely_durations import (
    ROUND_THE_CLOCK,
    is_round_the_clock,
    likely_duration,
)


class Unit(StrEnum):
    """The unit a duration counts in."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    BUSINESS_MINUTE = "business minute"
    BUSINESS_HOUR = "business hour"
    BUSINESS_DAY = "business day"
    FOLLOWING_WEEK = "the following week"


ELAPSED = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}
OPEN_TIME = {
    Unit.BUSINESS_MINUTE: timedelta(minutes=1),
    Unit.BUSINESS_HOUR: timedelta(hours=1),
}
EXAMPLES = '"2 business days", "8 business hours", "4 hours", "30 minutes", "the following week"'
MAX_AMOUNT = 100_000
_TEXT = re.compile(
    r"(?P<amount>[0-9]{1,9}) (?P<unit>(business )?(minute|hour|day)|week)s?"
    r"(?P<end>, (end of day|same time))?",
    re.IGNORECASE,
)
# Lower case only: the regular expressions of JSON Schema have no flag to ignore case.
_JSON_SCHEMA_PATTERN = (
    r"^ *([1-9]\d{0,5} +((minute|hour|day|week|business (minute|hour))s?"
    r"|business days?(, (end of day|same time))?)"
    r"|0 +business days?, end of day|the following week) *$"
)


@dataclass(frozen=True)
class Duration:
    """An amount of one unit, counted from a start."""

    amount: int
    unit: Unit
    end_of_day: bool = False
    same_time: bool = False

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """The duration in a text; ValueError suggests what would be right."""
        normal = " ".join(text.split()).lower()
        if normal == Unit.FOLLOWING_WEEK:
            return cls(1, Unit.FOLLOWING_WEEK)
        match = _TEXT.fullmatch(normal)
        if match is None:
            if is_round_the_clock(normal):
                raise ValueError(f'"{text}" is not a duration; {ROUND_THE_CLOCK}')
            right = f'"{likely}"' if (likely := _corrected(normal)) else EXAMPLES
            raise ValueError(f'"{text}" is not a duration; write for example {right}')
        amount, unit = int(match["amount"]), Unit(match["unit"])
        ending = (match["end"] or "").removeprefix(", ")
        if not int(ending != "end of day") <= amount <= MAX_AMOUNT:
            raise ValueError(f'"{text}" is out of range; write from 1 to {MAX_AMOUNT:,}')
        if ending and unit is not Unit.BUSINESS_DAY:
            right = 'leave it out, or write "business days"'
            raise ValueError(f'"{text}": only business days may have "{ending}"; {right}')
        return cls(amount, unit, ending == "end of day", ending == "same time")

    def __str__(self) -> str:
        if self.unit is Unit.FOLLOWING_WEEK:
            return self.unit.value
        plural = "" if self.amount == 1 else "s"
        ending = ", end of day" if self.end_of_day else ", same time" if self.same_time else ""
        return f"{self.amount} {self.unit}{plural}{ending}"

    @property
    def is_same_day(self) -> bool:
        """Whether this ends with the business day of its start."""
        return self.amount == 0

    @property
    def is_elapsed(self) -> bool:
        """Whether this counts all time, not only open time (rule 5)."""
        return self.unit in ELAPSED

    @property
    def length(self) -> timedelta:
        """The elapsed or open time; ValueError for business days and the following week."""
        if self.unit in ELAPSED:
            return self.amount * ELAPSED[self.unit]
        if self.unit in OPEN_TIME:
            return self.amount * OPEN_TIME[self.unit]
        raise ValueError(f'"{self}" has no fixed length; its due time depends on the start')

    def due_from(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        """The due time (UTC) of this duration counted from `start` (rules 4 to 7)."""
        if self.unit in ELAPSED:
            return start + self.length
        if self.unit in OPEN_TIME:
            return calendar.add(start, self.length)
        if self.unit is Unit.FOLLOWING_WEEK:
            return calendar.following_week(start)[1]
        if self.end_of_day:
            return calendar.business_days(start, self.amount, count="end_of_day")
        if self.same_time:
            return calendar.business_days(start, self.amount, count="always_same_time")
        return calendar.business_days(start, self.amount)


def _corrected(text: str) -> str | None:
    """The duration that is probably meant; None if there is none."""
    likely = likely_duration(text)
    match = _TEXT.fullmatch(likely)
    if match is None:
        return likely if likely == Unit.FOLLOWING_WEEK else None
    try:
        return str(Duration.parse(likely))
    except ValueError:
        return None


parse_duration = lru_cache(maxsize=1_000)(Duration.parse)
"""`Duration.parse`, cached: the terms of all tickets have the same few durations."""


def _validate(value: Any) -> Duration:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, Duration):
        return value
    raise ValueError(f"a duration must be a text; write for example {EXAMPLES}")


DurationText = Annotated[
    Duration,
    BeforeValidator(_validate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _JSON_SCHEMA_PATTERN,
            "description": "A duration: 2 business days, 8 business hours, 4 hours, "
            "30 minutes, the following week.",
            "examples": ["2 business days", "8 business hours", "4 hours", "the following week"],
        }
    ),
]
"""A `Duration` in a Pydantic model, read from and written as its text."""
