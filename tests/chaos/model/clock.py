"""Clocks of the reference model. Only inputs are stored; everything else is recomputed.

A cycle stores its start and its promise, and knows when its ticket waited. The time owed and the
due time are computed from the start on every access (design rules 4 to 8, rules of change C1 to
C5).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.chaos.model import business_time
from tests.chaos.model.business_time import NOTHING, Calendar, Target
from tests.chaos.model.document import Plain

BREACH = "breach"
AFTER_START = " after start"


@dataclass
class Wait:
    """Time in which the ticket waited for a reason, or was `resolved`; open if `until` is None."""

    reason: str
    since: datetime
    until: datetime | None = None


class Progress(NamedTuple):
    """Where counting last began, the time owed there, and the resulting due time."""

    anchor: datetime
    owed: timedelta
    due: datetime


@dataclass(frozen=True)
class Promise:
    """One cell of a table: the length promised, the clause if the cell names one, and the calendar
    on which it counts.
    """

    length: str | None
    clause: str | None = None
    calendar: Calendar | None = None

    @classmethod
    def of(cls, cell: object, calendar: Calendar | None) -> "Promise":
        """A cell of a table, or a value."""
        if isinstance(cell, str):
            return cls(cell, calendar=calendar)
        if cell is None:
            return cls(None)
        assert isinstance(cell, dict)
        return cls(cell.get("within"), cell.get("clause"), calendar)

    def is_same_time(self, other: "Promise") -> bool:
        """Whether both promise the same length on the same calendar, or of elapsed time."""
        if self.length is not None and business_time.is_elapsed(self.length):
            return self.length == other.length
        return (self.length, self.calendar) == (other.length, other.calendar)


@dataclass
class Cycle:
    """One run of a clock. `waits` are those of its ticket, present and past."""

    name: str
    number: int
    started_at: datetime
    promised_at: datetime
    promise: Promise
    priority: str | None
    rule: Plain
    waits: list[Wait]
    ending: str | None = None
    completed_at: datetime | None = None
    breached_at: datetime | None = None
    away: list[Wait] = field(default_factory=list)
    """From a completion that did not hold to the re-opening of the ticket."""
    fired: set[str] = field(default_factory=set)
    is_suspended: bool = False
    """The ticket's current priority has no such promise."""
    restarted_at: datetime | None = None
    """When a change of promise has given it the whole target again (`on_change: restart`), or its
    rest (`continue`)."""
    carried: timedelta = NOTHING
    """The time that was used before then, of a clock that continues."""

    @property
    def length(self) -> str:
        """The length promised."""
        assert self.promise.length is not None
        return self.promise.length

    @property
    def calendar(self) -> Calendar | None:
        """The calendar on which the promise counts."""
        return self.promise.calendar

    @property
    def target(self) -> Target:
        """The promise, counted from the start of the cycle."""
        since = self._after_cut_off(self.restarted_at or self.started_at)
        return business_time.target(self.length, since, self.calendar)

    def _after_cut_off(self, since: datetime) -> datetime:
        if "cut_off" not in self.rule or self.calendar is None:
            return since
        return self.calendar.from_cut_off(since, self.rule["cut_off"])

    @property
    def is_overdue(self) -> bool:
        """Breached and not completed since."""
        return self.breached_at is not None and self.completed_at is None

    @property
    def is_open(self) -> bool:
        """Not completed, in time or late."""
        return self.completed_at is None

    @property
    def has_reminded(self) -> bool:
        """A reminder that has come to its end."""
        return (
            bool(self.rule.get("reminds")) and self.ending == "cancelled" and BREACH in self.fired
        )

    @property
    def state(self) -> str:
        """The state as the API names it."""
        if self.breached_at is not None:
            return "breached"
        if self.ending is not None:
            return self.ending
        return "paused" if self._is_held() else "running"

    @property
    def held_since(self) -> datetime | None:
        """Since when an open clock does not count, before its breach or after it."""
        holding = [wait for wait in self.pauses() if wait.until is None]
        is_holding = self.is_open and holding and (self.breached_at is not None or self._is_held())
        return max(holding[-1].since, self.started_at) if is_holding else None

    def pauses(self) -> list[Wait]:
        """The time that does not count, of which parts can overlap."""
        if self.length == business_time.FOLLOWING_WEEK:
            return []
        reasons = {*self.rule.get("pauses", ())}
        if self.rule.get("reopening") == "same_cycle":
            reasons.add("resolved")
        waits = [*(wait for wait in self.waits if wait.reason in reasons), *self.away]
        since = [wait for wait in waits if wait.until is None or wait.until > self.started_at]
        done = self.completed_at
        if done is not None:
            # Nothing after the completion counts, and it ends a pause.
            since = [
                Wait(wait.reason, wait.since, min(wait.until or done, done))
                for wait in since
                if wait.since < done
            ]
        return sorted(since, key=lambda wait: wait.since)

    def progress(self) -> Progress:
        """The count from the start through all pauses."""
        goal = self.target
        anchor, owed, due = goal.begins, goal.total, goal.due
        if self.restarted_at is not None and self.rule.get("on_change") == "continue":
            # The cut-off is one of the start event, not of the change.
            anchor = max(self.restarted_at, self._after_cut_off(self.started_at))
            due = business_time.add(self.length, anchor, owed, self.calendar)
        if self.carried:
            owed = max(NOTHING, owed - self.carried)
            due = business_time.add(self.length, anchor, owed, self.calendar)
        for pause in self.pauses():
            if pause.since > due:
                break
            if pause.until is not None and pause.until <= anchor:
                continue
            owed -= max(NOTHING, self._between(anchor, pause.since))
            anchor = pause.until or max(pause.since, anchor)
            due = business_time.add(self.length, anchor, owed, self.calendar)
        return Progress(anchor, owed, due)

    @property
    def due_at(self) -> datetime:
        """The due time under the promise in force."""
        return self.progress().due

    @property
    def owed(self) -> timedelta:
        """The time still owed while paused."""
        return self.progress().owed

    @property
    def runs_out_at(self) -> datetime:
        """The due time, or the change of promise that has put it into the past."""
        return max(self.due_at, self.promised_at)

    def late(self, at: datetime) -> timedelta:
        """The lateness until `at`, of which waiting is no part."""
        if self.breached_at is None:
            return NOTHING
        now, end = self.breached_at, min(at, self.completed_at or at)
        late = NOTHING
        for pause in self.pauses():
            late += max(NOTHING, min(pause.since, end) - now)
            now = max(now, min(pause.until or end, end))
        return late + max(NOTHING, end - now)

    def finish(self, at: datetime, ending: str) -> None:
        """Met or cancelled; a breach stays recorded."""
        if self.is_open:
            self.ending, self.completed_at = ending, at

    def reopen(self, at: datetime, promise: Promise) -> None:
        """Continues the same cycle with the time it had left, or with its lateness, if a time is
        promised now.
        """
        if self.has_reminded or (self.breached_at is not None and promise.length is None):
            return
        if self.completed_at is not None and not self.is_suspended:
            self.away.append(Wait("away", self.completed_at, at))
            self.ending = self.completed_at = None
            if promise.length is None:
                self.finish(at, "cancelled")
                self.is_suspended = True

    def used(self, at: datetime) -> timedelta:
        """The time used by then, without waits; lateness is used, too."""
        now, used = self.restarted_at or self.started_at, self.carried
        for pause in self.pauses() if not self.is_suspended else ():
            if pause.until is None or pause.until > now:
                used += max(NOTHING, self._between(now, min(pause.since, at)))
                now = max(now, pause.until or at)
        return used if self.is_suspended else used + max(NOTHING, self._between(now, at))

    def reaim(
        self,
        at: datetime,
        promise: Promise,
        priority: str | None,
        used: timedelta | None = None,
    ) -> None:
        """Counts the same past against another promise, restarts with it, or continues with what
        was used.
        """
        restarts = self.rule.get("on_change") == "restart" or used is not None
        self.carried = used or NOTHING
        if promise.length is None:
            self.finish(at, "cancelled")
            self.is_suspended = True
            return
        self.is_suspended, self.ending, self.completed_at = False, None, None
        self.promise, self.promised_at, self.priority = promise, at, priority
        self.restarted_at = at if restarts else None
        self._skip_warnings(at)

    def breach(self) -> None:
        """The deadline passed. A reminder ends without a breach."""
        if self.rule.get("reminds"):
            self.finish(self.runs_out_at, "cancelled")
        else:
            self.breached_at = self.runs_out_at

    def rungs(self) -> Iterator[tuple[datetime, str, Plain]]:
        """The rungs that have not fired, each with its time."""
        if not self.is_open or self.held_since is not None:
            return
        ladder = {rung["at"]: rung for rung in self.rule.get("ladder", ())}
        ladder.setdefault(BREACH, {"at": BREACH, "tell": []})
        for name, rung in ladder.items():
            at = self._time_of(name) if name not in self.fired else None
            if at is not None:
                # A level that a change has put into the past is told at the change.
                yield max(at, self.promised_at) if rung.get("raises_level") else at, name, rung

    def _time_of(self, name: str) -> datetime | None:
        """The time of a rung; None for one after the deadline while there is no breach."""
        progress = self.progress()
        if name == BREACH:
            return self.runs_out_at
        if name.endswith(AFTER_START):
            return self._time_since(self.target.begins, name.removesuffix(AFTER_START))
        if name.endswith("after"):
            return self._time_after(name.removesuffix(" after"))
        left = self._left_at(name)
        if left is None:
            return progress.due - business_time.plain_length(name.removesuffix(" before"))
        return business_time.add(
            self.length, progress.anchor, max(NOTHING, progress.owed - left), self.calendar
        )

    def _time_after(self, length: str) -> datetime | None:
        """A rung after the breach. Pauses move it as they move a due time."""
        return self._time_since(self.breached_at, length) if self.breached_at else None

    def _time_since(self, anchor: datetime, length: str) -> datetime:
        due = business_time.due(length, anchor, self.calendar)
        owed = business_time.between(length, anchor, due, self.calendar)
        for pause in self.pauses():
            begins = max(pause.since, anchor)
            if pause.until is None or pause.until <= begins:
                continue
            if begins > due:
                break
            owed -= business_time.between(length, anchor, begins, self.calendar)
            anchor = pause.until
            due = business_time.add(length, anchor, owed, self.calendar)
        return due

    def _is_held(self) -> bool:
        """Waiting, and the time was not used up before."""
        waiting = [wait for wait in self.pauses() if wait.until is None]
        return bool(waiting) and self.due_at >= waiting[-1].since

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
        if not self._is_held():
            owed = max(NOTHING, owed - max(NOTHING, self._between(progress.anchor, at)))
        for rung in self.rule.get("ladder", ()):
            name = rung["at"]
            if name == BREACH or name.endswith("after") or rung.get("raises_level"):
                continue
            if name.endswith(AFTER_START):
                waiting = [wait for wait in self.pauses() if wait.until is None]
                until = waiting[-1].since if self._is_held() else at
                if self._time_since(self.target.begins, name.removesuffix(AFTER_START)) <= until:
                    self.fired.add(name)
                continue
            if name.endswith("%"):
                passed = self.target.total * (1 - int(name[:-1]) / 100)
            else:
                passed = business_time.plain_length(name.removesuffix(" before"))
            if owed <= passed:
                self.fired.add(name)

    def _between(self, a: datetime, b: datetime) -> timedelta:
        return business_time.between(self.length, a, b, self.calendar)
