"""Ladders: the rungs of a clock, in order of time and each once."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from policies.business_time.durations import Duration, Unit
from policies.checks.references import level_audiences, targets
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.clocks import ClockRule, raised_levels
from policies.schema.policy import SupportPolicy
from policies.schema.tables import values_of
from policies.vocabulary import LevelOrder

_ADD_LEVELS = "add `levels` to `process`"
# An estimate to compare two durations without a calendar.
_MINUTES = {
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
    """Whether a rung is before, at or after the deadline, in order of time; or after the start."""

    START = -1
    BEFORE = 0
    BREACH = 1
    AFTER = 2


class Point(NamedTuple):
    """The point of a rung: a share of the target, or a duration before or after the deadline."""

    side: Side
    share: int | None = None
    length: Duration | None = None

    @classmethod
    def parse(cls, text: str) -> "Point":
        """The point in the text of `at`; ValueError if its duration is invalid."""
        if text == "breach":
            return cls(Side.BREACH)
        if text.endswith("%"):
            return cls(Side.BEFORE, share=int(text[:-1]))
        length, _, side = text.replace(" after start", " start").rpartition(" ")
        return cls(Side[side.upper()], length=Duration.parse(length))

    def is_later_than(self, other: "Point") -> bool | None:
        """Whether this point is later; None if that depends on the target."""
        if self.side is not other.side:
            depends = Side.START in (self.side, other.side)
            return None if depends else self.side > other.side
        if self.share is not None and other.share is not None:
            return self.share > other.share
        if self.length is None or other.length is None:
            return None
        if self.length.is_elapsed is not other.length.is_elapsed:
            return None
        further = minutes(self.length) > minutes(other.length)
        return not further if self.side is Side.BEFORE else further


def minutes(length: Duration) -> int:
    """An estimate of a duration in minutes, with 8 hours to a business day."""
    return length.amount * _MINUTES[length.unit]


def rung_points_are_valid(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            try:
                Point.parse(rung.at)
            except ValueError as error:
                wrong, _, right = str(error).partition("; ")
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)


def rungs_are_in_order_of_time(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for (_, before), (i, point) in pairwise(_points(clock)):
            if point.is_later_than(before) is False and point != before:
                wrong = f'"{clock.ladder[i].at}" is earlier than the rung above it'
                right = "put the rungs in order of time"
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)


def rungs_are_given_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        seen: set[Point] = set()
        for i, point in _points(clock):
            if point in seen:
                wrong = f'the rung "{clock.ladder[i].at}" is given twice'
                right = "list all audiences in one rung"
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)
            seen.add(point)


def ladders_have_a_deadline(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if clock.ladder and not any(targets(name, clock)):
            wrong = "the clock has a ladder, but none of its targets has a time"
            right = "remove the ladder, or give a duration in `within`"
            yield Finding(("clocks", name, "ladder"), wrong, right)


def rungs_are_after_the_start(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, point in _points(clock):
            if point.side is not Side.BEFORE or point.length is None:
                continue
            for _, target in targets(name, clock):
                same = target.is_elapsed is point.length.is_elapsed
                if same and minutes(point.length) >= minutes(target):
                    wrong = f'"{clock.ladder[i].at}" is not after the start of a target "{target}"'
                    right = "write a shorter time, or a share such as 50%"
                    yield Finding(("clocks", name, "ladder", i, "at"), wrong, right)
                    break


def rungs_tell_somebody_or_raise_a_level(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            tells = any(names for _, names in values_of(rung.tell))
            if not tells and not rung.raises_level:
                path = ("clocks", name, "ladder", i)
                wrong = "this rung tells nobody, and raises no level"
                yield Finding(path, wrong, 'add the audiences, for example "tell: [assignee]"')


def reminders_come_before_the_end(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, point in _points(clock) if clock.reminds else ():
            if point.side is Side.AFTER:
                wrong = "the clock has ended by then: it reminds, and is never overdue"
                yield Finding(("clocks", name, "ladder", i, "at"), wrong, "count it from the start")
            for _, target in targets(name, clock):
                is_later = point.side is Side.START and _is_at_least(point.length, target)
                if is_later:
                    wrong = f'"{clock.ladder[i].at}" is not before the end of a target "{target}"'
                    path = ("clocks", name, "ladder", i, "at")
                    yield Finding(path, wrong, "write a shorter time")
                    break


def _is_at_least(length: Duration | None, target: Duration) -> bool:
    if length is None or length.is_elapsed is not target.is_elapsed:
        return False
    return minutes(length) >= minutes(target)


def rungs_raise_to_declared_levels(policy: SupportPolicy) -> Iterator[Finding]:
    levels = policy.process.levels.ladder if policy.process.levels else ()
    audiences = frozenset[str]().union(*level_audiences(policy))
    for path, raises in _raising(policy):
        if isinstance(raises, str) and raises not in audiences:
            wrong = f'no level of the process has the audience "{raises}"'
            right = one_of(raises, sorted(audiences)) if audiences else _ADD_LEVELS
            yield Finding(path, wrong, right)
        elif not isinstance(raises, str) and not isinstance(raises, bool) and raises > len(levels):
            wrong = f"there is no level {raises}; the process has {len(levels)}"
            yield Finding(path, wrong, f"write 1 to {len(levels)}" if levels else _ADD_LEVELS)


def rungs_raise_to_higher_levels_than_those_before(policy: SupportPolicy) -> Iterator[Finding]:
    audiences, levels = level_audiences(policy), policy.process.levels
    follow_one_another = levels is None or levels.order is LevelOrder.LADDER
    for name, clock in policy.clocks.items():
        told: set[int] = set()
        for i, level in enumerate(raised_levels(clock.ladder, audiences)):
            reached = max(told, default=0) if follow_one_another else level
            if level is not None and reached and (level in told or level < reached):
                wrong = f"this rung tells nobody: one above it raises to level {reached} already"
                path = ("clocks", name, "ladder", i, "raises_level")
                right = "write a higher level" if follow_one_another else "write another level"
                yield Finding(path, wrong, f"{right}, or remove it")
            told |= {level} if level else set()


def _raising(policy: SupportPolicy) -> Iterator[tuple[Path, bool | int | str]]:
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            yield ("clocks", name, "ladder", i, "raises_level"), rung.raises_level


def _points(clock: ClockRule) -> list[tuple[int, Point]]:
    points = []
    for i, rung in enumerate(clock.ladder):
        try:
            points.append((i, Point.parse(rung.at)))
        except ValueError:
            continue
    return points


CHECKS = (
    rung_points_are_valid,
    rungs_are_in_order_of_time,
    rungs_are_given_once,
    ladders_have_a_deadline,
    rungs_are_after_the_start,
    rungs_tell_somebody_or_raise_a_level,
    reminders_come_before_the_end,
    rungs_raise_to_declared_levels,
    rungs_raise_to_higher_levels_than_those_before,
)
