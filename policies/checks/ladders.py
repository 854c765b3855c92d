"""Ladders: the rungs of a clock in the order in which they are reached, each once."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from policies.business_time.durations import Duration, Unit
from policies.checks.references import targets
from policies.documents.problems import Finding
from policies.schema.clocks import ClockRule
from policies.schema.policy import SupportPolicy

# Only to put two lengths in order; design rule 6 decides how long a business day really is.
MINUTES = {
    Unit.MINUTE: 1,
    Unit.HOUR: 60,
    Unit.DAY: 24 * 60,
    Unit.WEEK: 7 * 24 * 60,
    Unit.BUSINESS_MINUTE: 1,
    Unit.BUSINESS_HOUR: 60,
    Unit.BUSINESS_DAY: 8 * 60,
    Unit.FOLLOWING_WEEK: 5 * 8 * 60,
}


class Side(IntEnum):
    """On which side of the deadline a rung is, in the order of time."""

    BEFORE = 0
    BREACH = 1
    AFTER = 2


class Point(NamedTuple):
    """Where a rung is: a share of the target, or a length before or after the deadline."""

    side: Side
    share: int | None = None
    length: Duration | None = None

    @classmethod
    def parse(cls, text: str) -> "Point":
        """The point that `at` writes; ValueError when its length is none."""
        if text == "breach":
            return cls(Side.BREACH)
        if text.endswith("%"):
            return cls(Side.BEFORE, share=int(text[:-1]))
        length, _, side = text.rpartition(" ")
        return cls(Side[side.upper()], length=Duration.parse(length))

    def is_later_than(self, other: "Point") -> bool | None:
        """Whether this is reached later; None when a target would have to be known."""
        if self.side is not other.side:
            return self.side > other.side
        if self.share is not None and other.share is not None:
            return self.share > other.share
        if self.length is None or other.length is None:
            return None
        if self.length.is_elapsed is not other.length.is_elapsed:
            return None
        further = minutes(self.length) > minutes(other.length)
        return further if self.side is Side.AFTER else not further


def minutes(length: Duration) -> int:
    """About how many minutes a length is, business days counted as 8 hours."""
    return length.amount * MINUTES[length.unit]


def rungs_have_a_length(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            try:
                Point.parse(rung.at)
            except ValueError as error:
                wrong, _, right = str(error).partition("; ")
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)


def rungs_are_in_order(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        points = _points(clock)
        for (_, before), (i, point) in pairwise(points):
            if point.is_later_than(before) is False and point != before:
                wrong = f'"{clock.ladder[i].at}" is reached before the rung above it'
                right = "put the rungs in the order of time"
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)


def no_rung_is_given_twice(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        seen: set[Point] = set()
        for i, point in _points(clock):
            if point in seen:
                wrong = f'the rung "{clock.ladder[i].at}" is given twice'
                right = "name everybody it tells in one rung"
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)
            seen.add(point)


def rungs_have_a_deadline(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if clock.ladder and not any(targets(name, clock)):
            wrong = "this clock has rungs but promises no time in any case"
            right = "remove the ladder, or give a duration in `within`"
            yield Finding(("clocks", name, "ladder"), wrong, right)


def rungs_come_after_the_start(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, point in _points(clock):
            if point.side is not Side.BEFORE or point.length is None:
                continue
            for _, target in targets(name, clock):
                same = target.is_elapsed is point.length.is_elapsed
                if same and minutes(point.length) >= minutes(target):
                    wrong = f'"{clock.ladder[i].at}" the end of "{target}" is before its start'
                    right = "write a shorter time, or a share such as 50%"
                    yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)
                    break


def _points(clock: ClockRule) -> list[tuple[int, Point]]:
    points = []
    for i, rung in enumerate(clock.ladder):
        try:
            points.append((i, Point.parse(rung.at)))
        except ValueError:
            continue
    return points


CHECKS = (
    rungs_have_a_length,
    rungs_are_in_order,
    no_rung_is_given_twice,
    rungs_have_a_deadline,
    rungs_come_after_the_start,
)
