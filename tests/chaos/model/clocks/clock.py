"""Clocks of the reference model. Only inputs are stored; everything else is recomputed.

A cycle stores its start and its promise, and knows when its ticket waited. The time owed and the
due time are computed from the start on every access (design rules 4 to 8, rules of change C1 to
C5). An agreed due time is an input, too: nothing but another agreement moves it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.chaos.model import business_time
from tests.chaos.model.business_time import NOTHING, Calendar, Target
from tests.chaos.model.clocks.history import outlasts
from tests.chaos.model.clocks.promise import Promise
from tests.chaos.model.clocks.waits import Wait, joined
from tests.chaos.model.document import Plain

BREACH = "breach"
AS_AGREED = "as agreed"
"""The target of a clock that has an agreed due time only."""


class Progress(NamedTuple):
    """Where counting last began, the time owed there, and the resulting due time."""

    anchor: datetime
    owed: timedelta
    due: datetime


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
    rest (`continue`), or when an interval was agreed from then on."""
    set_aside: timedelta = NOTHING
    """The time used when the promise ended, of a clock that continues."""
    anew_at: datetime | None = None
    """When it began to count anew, so that no wait before then is one of its pauses."""
    carried: timedelta = NOTHING
    """The time that was used before then, of a clock that continues."""
    agreed_due: datetime | None = None
    agreed_at: datetime | None = None
    priority_at_completion: str | None = None
    """The priority of the ticket then."""
    every: str | None = None
    """The interval that was agreed for this cycle."""

    @property
    def length(self) -> str:
        """The length promised. A due time that was only agreed counts elapsed time."""
        return self.promise.length or "0 minutes"

    @property
    def target_name(self) -> str:
        """The length as the API names it."""
        return self.promise.length or AS_AGREED

    @property
    def calendar(self) -> Calendar | None:
        """The calendar on which the promise counts."""
        return self.promise.calendar

    @property
    def target(self) -> Target:
        """The promise, counted from the start of the cycle."""
        if self.restarted_at is not None and self.rule.get("on_change") == "continue":
            # The cut-off is that of the start, not of the change.
            since = max(self.restarted_at, self._after_cut_off(self.started_at))
        else:
            since = self._after_cut_off(self.restarted_at or self.started_at)
        return business_time.target(self.length, since, self.calendar)

    @property
    def begins(self) -> datetime:
        """When counting began. A clock that continues began when it started, not at the change."""
        if self.rule.get("on_change") != "continue":
            return self.target.begins
        since = self._after_cut_off(self.started_at)
        return business_time.target(self.length, since, self.calendar).begins

    @property
    def _counts_from(self) -> datetime:
        """When this promise began to count."""
        if not self.carried or self.restarted_at is None:
            return self.target.begins
        return max(self.restarted_at, self.begins)

    def _after_cut_off(self, since: datetime) -> datetime:
        if "cut_off" not in self.rule or self.calendar is None:
            return since
        return self.calendar.from_cut_off(since, self.rule["cut_off"])

    @property
    def total(self) -> timedelta:
        """The whole time to count, of which the ladder has its shares."""
        if self.agreed_due is None:
            return self.target.total
        return max(NOTHING, self.between(self.begins, self.agreed_due))

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
        is_over = self.ending == "cancelled" and BREACH in self.fired
        return bool(self.rule.get("reminds")) and is_over

    @property
    def state(self) -> str:
        """The state as the API names it."""
        if self.breached_at is not None:
            return "breached"
        if self.ending is not None:
            return self.ending
        return "paused" if self.is_held() else "running"

    @property
    def held_since(self) -> datetime | None:
        """Since when an open clock does not count, before its breach or after it."""
        holding = [wait for wait in self.pauses() if wait.until is None]
        is_holding = self.is_open and holding and (self.breached_at is not None or self.is_held())
        return max(holding[-1].since, self.anew_at or self.started_at) if is_holding else None

    def pauses(self) -> list[Wait]:
        """The time that does not count, without overlaps."""
        # The following week does not wait for anybody.
        waits_for_none = self.length == business_time.FOLLOWING_WEEK and self.agreed_due is None
        reasons = set() if waits_for_none else {*self.rule.get("pauses", ())}
        if self.rule.get("reopening") == "same_cycle" and not outlasts(self.rule):
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
        return joined(since)

    def progress(self) -> Progress:
        """The count from the start through all pauses."""
        if self.agreed_due is not None and self.agreed_at is not None:
            return self._progress_to(self.agreed_due, self.agreed_at)
        goal = self.target
        anchor, owed, due = goal.begins, goal.total, goal.due
        if self.carried:
            anchor, owed = self._counts_from, max(NOTHING, owed - self.carried)
            due = anchor if self.has_run_over else self.add(anchor, owed)
        for pause in self.pauses():
            if pause.since > due:
                break
            if pause.until is not None and pause.until <= anchor:
                continue
            since, owed = anchor, owed - max(NOTHING, self.between(anchor, pause.since))
            anchor = pause.until or max(pause.since, anchor)
            if self.has_run_over:
                due = anchor
            elif self.between(max(pause.since, since), anchor):
                # A pause in closed time moves nothing.
                due = self.add(anchor, owed)
        return Progress(anchor, owed, due)

    @property
    def has_run_over(self) -> bool:
        """It continues, and had used more than its new target: it runs out at the change, or when
        it goes on (rule C2).
        """
        return self.carried > self.target.total

    def _progress_to(self, due: datetime, anchor: datetime) -> Progress:
        """To an agreed due time, from the agreement or from the end of the last pause."""
        ends = [p.until for p in self.pauses() if p.until is not None and p.since <= due]
        anchor = max([anchor, *ends])
        return Progress(anchor, max(NOTHING, self.between(anchor, due)), due)

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
        """The due time, or the change of promise that has put it into the past. An agreed due time
        that passes in a pause runs out at the end of the pause.
        """
        at = max(self.due_at, self.promised_at)
        for pause in self.pauses() if self.agreed_due is not None else ():
            if pause.until is not None and pause.since <= at < pause.until:
                at = pause.until
        return at

    @property
    def is_overtaken(self) -> bool:
        """Whether its promise came when its time was over already."""
        return self.due_at < self.promised_at or self.carried > self.target.total

    def due_if_resumed(self, at: datetime) -> datetime:
        """The due time if the clock went on at once."""
        if self.agreed_due is not None or not self.is_held():
            return self.due_at
        if self.has_run_over:
            return max(at, self._after_cut_off(self.started_at))
        is_moved = self.between(self.held_since or at, at) > NOTHING
        return self.add(max(at, self.begins), self.owed) if is_moved else self.due_at

    def late(self, at: datetime) -> timedelta:
        """The lateness until `at`, of which waiting is no part, in the measure of the clock."""
        if self.breached_at is None:
            return NOTHING
        now, end = self.breached_at, min(at, self.completed_at or at)
        late = NOTHING
        for pause in self.pauses():
            late += max(NOTHING, self._lateness(now, min(pause.since, end)))
            now = max(now, min(pause.until or end, end))
        return late + max(NOTHING, self._lateness(now, end))

    def _lateness(self, a: datetime, b: datetime) -> timedelta:
        if self.rule.get("lateness") == "open" and self.calendar is not None:
            return self.calendar.between(a, b)
        return b - a

    def finish(self, at: datetime, ending: str) -> None:
        """Met or cancelled; a breach stays recorded."""
        if self.is_open:
            self.ending, self.completed_at = ending, at

    def reopen(self, at: datetime, promise: Promise) -> None:
        """Continues the same cycle with the time it had left, or with its lateness, if a time is
        promised now.
        """
        has_time = promise.length is not None or self.agreed_due is not None
        if self.has_reminded or (self.breached_at is not None and not has_time):
            return
        if self.completed_at is not None and not self.is_suspended:
            self.away.append(Wait("away", self.completed_at, at))
            self.ending = self.completed_at = None
            if not has_time:
                self.suspend(at, self.used(at))

    def used(self, at: datetime) -> timedelta:
        """The time used by then, without waits; lateness is used, too, until it ended."""
        if self.is_suspended:
            return self.set_aside
        at = min(at, self.completed_at or at)
        now, used = self._counts_from, self.carried
        for pause in self.pauses():
            if pause.until is None or pause.until > now:
                used += max(NOTHING, self.between(now, min(pause.since, at)))
                now = max(now, pause.until or at)
        return used + max(NOTHING, self.between(now, at))

    def suspend(self, at: datetime, used: timedelta) -> None:
        """There is no such promise any more."""
        self.finish(at, "cancelled")
        self.is_suspended, self.set_aside = True, used

    def resume_with(self, at: datetime) -> None:
        """A promise of `at` is in force, whatever was before."""
        self.is_suspended, self.ending, self.completed_at = False, None, None
        self.promised_at = at

    def breach(self) -> None:
        """The deadline passed. A reminder ends without a breach."""
        if self.rule.get("reminds"):
            self.finish(self.runs_out_at, "cancelled")
        else:
            self.breached_at = self.runs_out_at

    def is_held(self) -> bool:
        """Waiting, and the time was not used up before."""
        waiting = [wait for wait in self.pauses() if wait.until is None]
        return bool(waiting) and self.due_at >= waiting[-1].since

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The time from a to b, on the measure of the promise."""
        return business_time.between(self.length, a, b, self.calendar)

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The time at which `length` has passed, on the measure of the promise."""
        return business_time.add(self.length, start, length, self.calendar)


@dataclass(frozen=True)
class LateNote:
    """A cycle that has breached, or whose lateness has ended, at a time."""

    cycle: Cycle
    at: datetime
    late: timedelta
    is_completed: bool
