"""Lengths of time as policies write them: "2 business days", "8 business hours", "4 hours".

Grammar (English, singular or plural, case-insensitive):

    <n> minutes | hours | days | weeks              elapsed time, nights and holidays included
    <n> business minutes | business hours           open time of the clock's calendar
    <n> business days [, end of day]                design rule 6: same time of day, or close
    the following week                              design rule 7

A `Duration` is written back in its canonical text, which is also its JSON form.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Protocol, TypeAlias

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


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
MOST = 100_000
WORDS = (
    *("minute", "minutes", "hour", "hours", "day", "days", "week", "weeks"),
    *("business", "the", "following"),
)

_TEXT = re.compile(
    r"(?P<amount>[0-9]{1,9}) (?P<unit>(business )?(minute|hour|day)|week)s?(?P<end>, end of day)?",
    re.IGNORECASE,
)


# The same, as far as a pattern for every dialect can say it.
_AS_JSON_SCHEMA = (
    r"^ *([1-9]\d{0,5} +((minute|hour|day|week|business (minute|hour))s?"
    r"|business days?(, end of day)?)|the following week) *$"
)

Count: TypeAlias = Literal["same_time", "end_of_day"]


class Calendar(Protocol):
    """What a duration needs of a business calendar."""

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """When this much open time has passed."""

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from a to b."""

    def business_days(self, start: datetime, n: int, count: Count = ...) -> datetime:
        """When this many business days have passed."""

    def following_week(self, at: datetime) -> tuple[datetime, datetime]:
        """When the following week opens, and its last close."""


@dataclass(frozen=True)
class Duration:
    """A length of time in one unit, to be counted from an instant on a calendar."""

    amount: int
    unit: Unit
    end_of_day: bool = False

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """The duration that `text` writes; ValueError says what would be right."""
        normal = " ".join(text.split()).lower()
        if normal == Unit.FOLLOWING_WEEK:
            return cls(1, Unit.FOLLOWING_WEEK)
        match = _TEXT.fullmatch(normal)
        if match is None:
            right = f'"{likely}"' if (likely := _likely(normal)) else EXAMPLES
            raise ValueError(f'"{text}" is not a duration; write for example {right}')
        amount, unit = int(match["amount"]), Unit(match["unit"])
        if not 0 < amount <= MOST:
            raise ValueError(f'"{text}" is too little or too much; write from 1 to {MOST:,}')
        if match["end"] and unit is not Unit.BUSINESS_DAY:
            right = "leave it out, or count business days"
            raise ValueError(f'"{text}": only business days can be until the end of day; {right}')
        return cls(amount, unit, end_of_day=bool(match["end"]))

    def __str__(self) -> str:
        if self.unit is Unit.FOLLOWING_WEEK:
            return self.unit.value
        plural = "" if self.amount == 1 else "s"
        return f"{self.amount} {self.unit}{plural}" + (", end of day" if self.end_of_day else "")

    @property
    def is_elapsed(self) -> bool:
        """Counts real time, whether the desk is open or not (design rule 5)."""
        return self.unit in ELAPSED

    @property
    def length(self) -> timedelta:
        """The elapsed or open time this is; ValueError for days and weeks of a calendar."""
        if self.unit in ELAPSED:
            return self.amount * ELAPSED[self.unit]
        if self.unit in OPEN_TIME:
            return self.amount * OPEN_TIME[self.unit]
        raise ValueError(f"how long {self} is depends on when it starts")

    def due_from(self, start: datetime, calendar: Calendar) -> datetime:
        """The UTC instant at which this much time after `start` has passed (design rules 4-7)."""
        if self.unit in ELAPSED:
            return start + self.length
        if self.unit in OPEN_TIME:
            return calendar.add(start, self.length)
        if self.unit is Unit.FOLLOWING_WEEK:
            return calendar.following_week(start)[1]
        count: Count = "end_of_day" if self.end_of_day else "same_time"
        return calendar.business_days(start, self.amount, count=count)


def _likely(text: str) -> str | None:
    """The duration that was probably meant, its words mended one by one; None if that fails."""
    mended = re.sub(r"(\d)(?=[a-z])", r"\1 ", text.replace("working", "business"))
    words = [
        word if word[0].isdigit() else next(iter(get_close_matches(word, WORDS, n=1)), word)
        for word in mended.split()
    ]
    text = " ".join(words)
    match = _TEXT.fullmatch(text)
    if match:
        return str(Duration.parse(text)) if 0 < int(match["amount"]) <= MOST else None
    return Unit.FOLLOWING_WEEK.value if text == Unit.FOLLOWING_WEEK else None


parsed = lru_cache(maxsize=1_000)(Duration.parse)
"""`Duration.parse`, kept: the terms of every ticket write the same few again."""


def _validate(value: Any) -> Duration:
    if isinstance(value, str):
        return parsed(value)
    if isinstance(value, Duration):
        return value
    raise ValueError(f"a duration is a text; write for example {EXAMPLES}")


DurationText = Annotated[
    Duration,
    BeforeValidator(_validate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _AS_JSON_SCHEMA,
            "description": "A length of time: 2 business days, 8 business hours, 4 hours, "
            "30 minutes, the following week.",
            "examples": ["2 business days", "8 business hours", "4 hours", "the following week"],
        }
    ),
]
"""A `Duration` in a Pydantic model: read from and written to its text."""
