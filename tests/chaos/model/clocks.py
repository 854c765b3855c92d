"""Clocks of the reference: nothing is kept but what happened, and all else is counted anew.

A cycle knows when it started, what it promises, and the stretches that do not count. What is owed
and when it is due is worked out from the start each time it is asked for (design rules 4 to 8).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.chaos.model import business_time
from tests.chaos.model.business_time import NOTHING, Hours, Target
from tests.chaos.model.document import Plain

BREACH = "breach"


@dataclass
class Stretch:
    """Time that does not count; it goes on while `until` is None."""

    since: datetime
    until: datetime | None = None


class Aim(NamedTuple):
    """Where counting last began, what was owed there, and when that has passed."""

    anchor: datetime
    owed: timedelta
    due: datetime


@dataclass(frozen=True)
class Promise:
    """What one cell promises, and the clause it names itself."""

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
    open_hours: Hours | None
    rule: Plain
    state: str = "running"
    pauses: list[Stretch] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)
    breached_at: datetime | None = None
    completed_at: datetime | None = None
    given_up: bool = False
    """Not promised under the priority the ticket has now."""

    @property
    def length(self) -> str:
        """The length promised."""
        assert self.promise.length is not None
        return self.promise.length

    @property
    def target(self) -> Target:
        """The promise, counted from where the cycle started."""
        return business_time.target(self.length, self.started_at, self.open_hours)

    @property
    def is_overdue(self) -> bool:
        """Ran out, and is still owed."""
        return self.state == "breached" and self.completed_at is None

    @property
    def is_open(self) -> bool:
        """Still to be completed."""
        return self.state in {"running", "paused"} or self.is_overdue

    def aim(self) -> Aim:
        """The count, from the start to where it stands."""
        goal = self.target
        anchor, owed, due = goal.begins, goal.total, goal.due
        for pause in self.pauses:
            counted = max(NOTHING, self._between(anchor, pause.since))
            if counted >= owed > NOTHING:
                break
            owed -= counted
            anchor = pause.until or pause.since
            due = business_time.add(self.length, anchor, owed, self.open_hours)
        return Aim(anchor, owed, due)

    @property
    def due_at(self) -> datetime:
        """When it is due, or was."""
        return self.breached_at or self.aim().due

    @property
    def owed(self) -> timedelta:
        """What is still owed while it is paused."""
        return self.aim().owed

    def pause(self, at: datetime) -> None:
        """Stands still, unless it is the following week that is promised."""
        if self.state == "running" and self.length != business_time.FOLLOWING_WEEK:
            self.state = "paused"
            self.pauses.append(Stretch(at))

    def resume(self, at: datetime) -> None:
        """Runs on."""
        if self.state == "paused":
            self.state = "running"
            self.pauses[-1].until = at

    def finish(self, at: datetime, state: str) -> None:
        """Met, or not needed any more; what ran out stays so."""
        if self.is_overdue:
            self.completed_at = at
        elif self.is_open:
            self.resume(at)
            self.state, self.completed_at = state, at

    def reopen(self, at: datetime) -> None:
        """The same cycle goes on with what it had left; one that ran out has nothing left."""
        if self.completed_at is not None and self.state != "breached" and not self.given_up:
            self.pauses.append(Stretch(self.completed_at, at))
            self.state, self.completed_at = "running", None

    def reaim(self, at: datetime, promise: Promise) -> None:
        """Counts the same past against another promise."""
        if self.given_up and promise.length is not None:
            self.given_up = False
            self.reopen(at)
        if self.state not in {"running", "paused"}:
            return
        if promise.length is None:
            self.finish(at, "cancelled")
            self.given_up = True
            return
        self.promise = promise
        if self.state == "paused":
            last = self.pauses[-1]
            if promise.length == business_time.FOLLOWING_WEEK or self.aim().due <= last.since:
                self.state = "running"
                last.until = at
        self._pass_over_warnings(at)

    def run_out(self) -> None:
        """The deadline passed. A reminder breaks nothing."""
        due = self.aim().due
        if self.rule.get("reminds"):
            self.state, self.completed_at = "cancelled", due
        else:
            self.state, self.breached_at = "breached", due

    def rungs(self) -> Iterator[tuple[datetime, str, Plain]]:
        """What is still to ring, and when."""
        if self.state != "running" and not self.is_overdue:
            return
        ladder = {rung["at"]: rung for rung in self.rule.get("ladder", ())}
        ladder.setdefault(BREACH, {"at": BREACH, "tell": []})
        for name, rung in ladder.items():
            if name not in self.fired:
                yield self._instant(name), name, rung

    def _instant(self, name: str) -> datetime:
        aim = self.aim()
        if self.breached_at is not None:
            aim = aim._replace(due=self.breached_at)
        if name == BREACH:
            return aim.due
        if name.endswith("after"):
            return business_time.due(name.removesuffix(" after"), aim.due, self.open_hours)
        left = self._left_at(name)
        if left is None:
            return aim.due - business_time.plain_length(name.removesuffix(" before"))
        return business_time.add(
            self.length, aim.anchor, max(NOTHING, aim.owed - left), self.open_hours
        )

    def _left_at(self, name: str) -> timedelta | None:
        """How much is still owed at a warning; None for one that lies a plain time before."""
        if name.endswith("%"):
            return self.target.total * (1 - int(name[:-1]) / 100)
        length = name.removesuffix(" before")
        return None if business_time.is_elapsed(length) else business_time.plain_length(length)

    def _pass_over_warnings(self, at: datetime) -> None:
        """Warnings that a new aim has passed already are not sent (each rung fires at its time)."""
        aim = self.aim()
        owed = aim.owed
        if self.state == "running":
            owed = max(NOTHING, owed - max(NOTHING, self._between(aim.anchor, at)))
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
        return business_time.between(self.length, a, b, self.open_hours)
