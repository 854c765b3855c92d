"""Clocks of the reference model. Only inputs are stored; everything else is recomputed.

A cycle stores its start, its promise and its pauses. The time owed and the due time are computed
from the start on every access (design rules 4 to 8).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.chaos.model import business_time
from tests.chaos.model.business_time import NOTHING, Calendar, Target
from tests.chaos.model.document import Plain

BREACH = "breach"


@dataclass
class Pause:
    """Time that does not count; open while `until` is None."""

    since: datetime
    until: datetime | None = None


class Progress(NamedTuple):
    """Where counting last began, the time owed there, and the resulting due time."""

    anchor: datetime
    owed: timedelta
    due: datetime


@dataclass(frozen=True)
class Promise:
    """One cell of a table: the length promised, and the clause if the cell names one."""

    length: str | None
    clause: str | None = None

    @classmethod
    def of(cls, cell: object) -> "Promise":
        """A cell of a table, or a value."""
        if isinstance(cell, str):
            return cls(cell)
        assert isinstance(cell, dict)
        return cls(cell.get("within"), cell.get("clause"))


@dataclass
class Cycle:
    """One run of a clock."""

    name: str
    number: int
    started_at: datetime
    promise: Promise
    calendar: Calendar | None
    rule: Plain
    state: str = "running"
    pauses: list[Pause] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)
    breached_at: datetime | None = None
    completed_at: datetime | None = None
    is_suspended: bool = False
    """The ticket's current priority has no such promise."""

    @property
    def length(self) -> str:
        """The length promised."""
        assert self.promise.length is not None
        return self.promise.length

    @property
    def target(self) -> Target:
        """The promise, counted from the start of the cycle."""
        return business_time.target(self.length, self.started_at, self.calendar)

    @property
    def is_overdue(self) -> bool:
        """Breached and not completed since."""
        return self.state == "breached" and self.completed_at is None

    @property
    def is_open(self) -> bool:
        """Not completed, in time or late."""
        return self.state in {"running", "paused"} or self.is_overdue

    def progress(self) -> Progress:
        """The count from the start through all pauses."""
        goal = self.target
        anchor, owed, due = goal.begins, goal.total, goal.due
        for pause in self.pauses:
            counted = max(NOTHING, self._between(anchor, pause.since))
            if counted >= owed > NOTHING:
                break
            owed -= counted
            anchor = pause.until or pause.since
            due = business_time.add(self.length, anchor, owed, self.calendar)
        return Progress(anchor, owed, due)

    @property
    def due_at(self) -> datetime:
        """The due time; of a breached cycle, the time of the breach."""
        return self.breached_at or self.progress().due

    @property
    def owed(self) -> timedelta:
        """The time still owed while paused."""
        return self.progress().owed

    def pause(self, at: datetime) -> None:
        """Stops counting. A promise of the following week never pauses (design rule 7)."""
        if self.state == "running" and self.length != business_time.FOLLOWING_WEEK:
            self.state = "paused"
            self.pauses.append(Pause(at))

    def resume(self, at: datetime) -> None:
        """Continues to count."""
        if self.state == "paused":
            self.state = "running"
            self.pauses[-1].until = at

    def finish(self, at: datetime, state: str) -> None:
        """Met or cancelled; a breach stays recorded."""
        if self.is_overdue:
            self.completed_at = at
        elif self.is_open:
            self.resume(at)
            self.state, self.completed_at = state, at

    def reopen(self, at: datetime) -> None:
        """Continues the same cycle with the time it had left. A breached cycle has none left."""
        if self.completed_at is not None and self.state != "breached" and not self.is_suspended:
            self.pauses.append(Pause(self.completed_at, at))
            self.state, self.completed_at = "running", None

    def reaim(self, at: datetime, promise: Promise) -> None:
        """Counts the same past against another promise."""
        if self.is_suspended and promise.length is not None:
            self.is_suspended = False
            self.reopen(at)
        if self.state not in {"running", "paused"}:
            return
        if promise.length is None:
            self.finish(at, "cancelled")
            self.is_suspended = True
            return
        self.promise = promise
        if self.state == "paused":
            last = self.pauses[-1]
            if promise.length == business_time.FOLLOWING_WEEK or self.progress().due <= last.since:
                self.state = "running"
                last.until = at
        self._skip_warnings(at)

    def breach(self) -> None:
        """The deadline passed. A reminder ends without a breach."""
        due = self.progress().due
        if self.rule.get("reminds"):
            self.state, self.completed_at = "cancelled", due
        else:
            self.state, self.breached_at = "breached", due

    def rungs(self) -> Iterator[tuple[datetime, str, Plain]]:
        """The rungs that have not fired, each with its time."""
        if self.state != "running" and not self.is_overdue:
            return
        ladder = {rung["at"]: rung for rung in self.rule.get("ladder", ())}
        ladder.setdefault(BREACH, {"at": BREACH, "tell": []})
        for name, rung in ladder.items():
            if name not in self.fired:
                yield self._time_of(name), name, rung

    def _time_of(self, name: str) -> datetime:
        progress = self.progress()
        if self.breached_at is not None:
            progress = progress._replace(due=self.breached_at)
        if name == BREACH:
            return progress.due
        if name.endswith("after"):
            return business_time.due(name.removesuffix(" after"), progress.due, self.calendar)
        left = self._left_at(name)
        if left is None:
            return progress.due - business_time.plain_length(name.removesuffix(" before"))
        return business_time.add(
            self.length, progress.anchor, max(NOTHING, progress.owed - left), self.calendar
        )

    def _left_at(self, name: str) -> timedelta | None:
        """The time still owed at a warning; None for a warning that is elapsed time before."""
        if name.endswith("%"):
            return self.target.total * (1 - int(name[:-1]) / 100)
        length = name.removesuffix(" before")
        return None if business_time.is_elapsed(length) else business_time.plain_length(length)

    def _skip_warnings(self, at: datetime) -> None:
        """A warning whose time a new promise puts in the past is never sent."""
        progress = self.progress()
        owed = progress.owed
        if self.state == "running":
            owed = max(NOTHING, owed - max(NOTHING, self._between(progress.anchor, at)))
        for rung in self.rule.get("ladder", ()):
            name = rung["at"]
            if name == BREACH or name.endswith("after"):
                continue
            if name.endswith("%"):
                passed = self.target.total * (1 - int(name[:-1]) / 100)
            else:
                passed = business_time.plain_length(name.removesuffix(" before"))
            if owed <= passed:
                self.fired.add(name)

    def _between(self, a: datetime, b: datetime) -> timedelta:
        return business_time.between(self.length, a, b, self.calendar)
