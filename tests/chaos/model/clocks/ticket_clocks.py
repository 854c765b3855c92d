"""How the clocks of a ticket follow its events (docs/policies.md, `clocks`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.chaos.model.clocks.clock import Cycle
from tests.chaos.model.clocks.history import begun_at, endings_of, has_assignee, outlasts
from tests.chaos.model.clocks.ladder import skip_warnings
from tests.chaos.model.clocks.promise import Promise
from tests.chaos.model.clocks.waits import Wait
from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event
from tests.chaos.model.terms import Request


class Now(NamedTuple):
    """A ticket at a time, with its timeline."""

    at: datetime
    priority: str | None
    facts: Mapping[str, Any]
    events: Sequence[Event]
    is_active: bool = True


class TicketClocks:
    """All cycles of all clocks, oldest first."""

    def __init__(self, request: Request, waits: list[Wait]) -> None:
        self._request, self._waits = request, waits
        self.cycles: list[Cycle] = []
        self.intervals: dict[str, str] = {}
        """The intervals that were agreed, by clock."""

    def latest(self, name: str) -> Cycle | None:
        """The latest cycle of a clock."""
        return next((c for c in reversed(self.cycles) if c.name == name), None)

    def follow(self, types: Sequence[str], now: Now) -> None:
        """Applies events of one moment to each clock."""
        for name, rule in self._request.clocks.items():
            is_stopped = self._end(name, rule, set(types), now.at)
            is_reopened = "reopened" in types and not outlasts(rule)
            if is_reopened and not has_assignee(rule, now.events):
                self._reopen(name, rule, now)
            latest = self.latest(name)
            is_started = bool(set(types) & set(rule["starts"]))
            is_free = now.is_active or outlasts(rule)
            is_free = is_free and not (latest and latest.is_open)
            is_free = is_free and not has_assignee(rule, now.events)
            is_next = is_started or (is_stopped and rule.get("repeats"))
            if is_free and is_next and not self._has_begun(name, rule, now):
                self.start(name, rule, now)

    def _has_begun(self, name: str, rule: Plain, now: Now) -> bool:
        """Whether a start event came before, for which no time was promised so far (rule C1)."""
        _, begun = self._run(name, rule, now.events)
        return begun is not None and begun < now.at

    def reaim(self, now: Now) -> None:
        """Applies a new priority, or new facts (rules of change C1 to C4)."""
        for name, rule in self._request.clocks.items():
            self._reaim(name, rule, now)

    def _reaim(self, name: str, rule: Plain, now: Now) -> None:
        (cycle, begun), at = self._run(name, rule, now.events), now.at
        has_run = cycle is not None and (cycle.is_open or cycle.is_suspended)
        promise = self._promise(rule, now)
        # An interval that was agreed lets no cycle begin: its clock needs a time of its own.
        agreed = self.intervals.get(name) if promise.length is not None else None
        every = cycle.every if cycle is not None and has_run else agreed
        promise = promise.with_interval(every)
        continues = rule.get("on_change") == "continue"
        used = cycle.used(at) if cycle is not None and continues else None
        if cycle is not None and cycle.is_open and cycle.agreed_due is not None:
            return
        if cycle is not None and cycle.is_open and not cycle.is_overdue:
            self._change(cycle, promise, now, used)
            return
        if cycle is not None and cycle.is_overdue:
            if cycle.promise.is_same_time(promise):
                return
            begun = cycle.started_at
            cycle.finish(at, "met")
        if begun is None or promise.length is None or has_assignee(rule, now.events):
            return
        restarts = rule.get("on_change") == "restart"
        if cycle is None or not cycle.is_suspended or restarts:
            cycle = self._begin(name, rule, at if restarts else begun, promise, now)
            cycle.anew_at = at if used is not None else None
        self._count(cycle, promise, now, used)

    def _change(self, cycle: Cycle, promise: Promise, now: Now, used: timedelta | None) -> None:
        """Puts a cycle that is still in time under another promise (rule of change C4)."""
        on_change = cycle.rule.get("on_change")
        if on_change == "keep" and promise.length is not None:
            return
        if on_change in {"restart", "continue"} and cycle.promise.is_same_time(promise):
            # The new promise is in force. It counts as the one before did.
            cycle.promise, cycle.priority = promise, now.priority
            return
        self._count(cycle, promise, now, used)

    def _run(
        self, name: str, rule: Plain, events: Sequence[Event]
    ) -> tuple[Cycle | None, datetime | None]:
        """The latest cycle, unless it belongs to a run that is over, and when the run began. A
        reminder that has come to its end does not run again.
        """
        cycle, begun = self.latest(name), begun_at(rule, events)
        if cycle is None or cycle.is_open:
            return cycle, begun
        if begun is None or begun > cycle.started_at:
            return None, begun
        return cycle, None if cycle.has_reminded else begun

    def _count(self, cycle: Cycle, promise: Promise, now: Now, used: timedelta | None) -> None:
        """Counts the same past against a promise, restarts with it, or continues with what was
        used.
        """
        restarts = cycle.rule.get("on_change") == "restart" or used is not None
        if promise.length is None:
            cycle.suspend(now.at, used or timedelta(0))
            return
        cycle.carried = used or timedelta(0)
        cycle.promise, cycle.priority = promise, now.priority
        cycle.restarted_at = now.at if restarts else cycle.agreed_at
        goes_on_later = cycle.is_suspended and used is not None and cycle.completed_at != now.at
        if cycle.rule.get("on_change") == "restart" or goes_on_later:
            cycle.anew_at = now.at
        cycle.resume_with(now.at)
        skip_warnings(cycle, now.at)

    def start(self, name: str, rule: Plain, now: Now) -> None:
        """Starts the next cycle, if the policy promises a time, or an interval was agreed."""
        promise = self._promise(rule, now).with_interval(self.intervals.get(name))
        if promise.length is not None:
            self._begin(name, rule, now.at, promise, now)

    def _begin(self, name: str, rule: Plain, since: datetime, promise: Promise, now: Now) -> Cycle:
        latest = self.latest(name)
        number = latest.number + 1 if latest else 1
        cycle = Cycle(name, number, since, since, promise, now.priority, rule, self._waits)
        cycle.every = self.intervals.get(name)
        self.cycles.append(cycle)
        return cycle

    def would_run(self, name: str, now: Now) -> bool:
        """Whether a clock runs, or would run if it promised a time."""
        latest, rule = self.latest(name), self._request.clocks[name]
        if latest is not None and latest.is_open:
            return True
        return begun_at(rule, now.events) is not None and not has_assignee(rule, now.events)

    def due_time(self, name: str, at: datetime) -> datetime | None:
        """The due time of an open clock; of a paused one, if it went on at once."""
        latest = self.latest(name)
        return latest.due_if_resumed(at) if latest is not None and latest.is_open else None

    def agree_due_time(self, name: str, due: datetime, now: Now) -> Cycle | None:
        """The present cycle is due at an agreed time, or the next one if it is overdue."""
        rule = self._request.clocks[name]
        latest, _ = self._run(name, rule, now.events)
        is_late = latest is not None and latest.is_overdue
        begun = latest.started_at if latest and is_late else begun_at(rule, now.events)
        cycle = self._open_cycle(latest, now.at)
        if cycle is None:
            promise = self._promise(rule, now).with_interval(self.intervals.get(name))
            cycle = self._begin(name, rule, begun or now.at, promise, now)
        # The waits since its start are its pauses, also those before any time was promised.
        cycle.anew_at = None
        cycle.agreed_due, cycle.agreed_at, cycle.every = due, now.at, None
        cycle.resume_with(now.at)
        skip_warnings(cycle, now.at)
        return cycle

    def agree_interval(self, name: str, every: str, now: Now, from_now: bool) -> Cycle | None:
        """Every cycle has this interval from the next one on, or from now on."""
        self.intervals = {**self.intervals, name: every}
        rule = self._request.clocks[name]
        latest, _ = self._run(name, rule, now.events)
        if not from_now or not self.would_run(name, now):
            return self.latest(name)
        promise = self._promise(rule, now).with_interval(every)
        cycle = self._open_cycle(latest, now.at)
        cycle = cycle or self._begin(name, rule, now.at, promise, now)
        cycle.agreed_due, cycle.agreed_at, cycle.every = None, now.at, every
        cycle.started_at = now.at
        cycle.anew_at = now.at
        cycle.restarted_at, cycle.carried, cycle.promise = now.at, timedelta(0), promise
        cycle.resume_with(now.at)
        skip_warnings(cycle, now.at)
        return cycle

    def _open_cycle(self, latest: Cycle | None, at: datetime) -> Cycle | None:
        """The cycle that an agreement is about. An overdue one ends with its breach."""
        if latest is not None and latest.is_overdue:
            latest.finish(at, "met")
            return None
        return latest if latest is not None and (latest.is_open or latest.is_suspended) else None

    def _promise(self, rule: Plain, now: Now) -> Promise:
        return self._request.promise(rule, now.priority, now.facts)

    def _end(self, name: str, rule: Plain, types: set[str], at: datetime) -> bool:
        cycle = self.latest(name)
        if cycle is None or not cycle.is_open:
            return False
        is_stopped = bool(types & set(rule["stops"]))
        if is_stopped:
            cycle.finish(at, "met")
        elif types & endings_of(rule):
            cycle.finish(at, "cancelled")
        return is_stopped

    def _reopen(self, name: str, rule: Plain, now: Now) -> None:
        cycle, reopening = self.latest(name), rule.get("reopening", "none")
        if cycle is None:
            # The response that would have started it also resolved the ticket.
            if begun_at(rule, now.events) is not None:
                self.start(name, rule, now)
            return
        if reopening == "same_cycle":
            cycle.reopen(now.at, self._promise(rule, now).with_interval(cycle.every))
        if reopening == "new_cycle" and not cycle.is_open:
            self.start(name, rule, now)
