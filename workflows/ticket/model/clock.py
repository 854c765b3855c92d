"""A clock: one cycle of one promise, as an immutable value.

A clock counts on one time base: open time of a calendar, or elapsed time. The target of its promise
is a `total` to count, starting at `begins`; pauses do not count. Everything else follows:

    anchor   where counting last began: `begins`, or the end of the last pause
    owed     the time left at the anchor: the total less the time counted before it
    due_at   the due time: the anchor plus the time left, added on the time base

A pause stores the time left, and resuming sets a new anchor (business time rule 8), so a pause over
closed time only moves no due time. `reaim` counts the same past against another target.

The rungs of the ladder lie on the same time base: the 75 % rung is due when a quarter of the total
is left. Each rung fires once in a cycle.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.business_time.durations import Unit
from policies.terms.deadlines import ClockTimeBase, Progress, TimeBase
from policies.terms.ticket_terms import ClockTerms, PromiseTerms, RungTerms
from policies.vocabulary import ClockState, PauseReason
from workflows.shared.payload import Payload
from workflows.ticket.model.messages import ClockView

NOTHING = timedelta(0)
BREACH = "breach"
DEADLINE = RungTerms(at=BREACH, tell=())
"""The rung at the due time, for a ladder that does not list it."""
ACTIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


class Pause(Payload):
    """A period that does not count; open while `until` is None. No reason means that the ticket was
    resolved meanwhile.
    """

    since: datetime
    until: datetime | None = None
    reason: PauseReason | None = None


class RungDue(NamedTuple):
    """A rung that has not fired, and the time at which it is due."""

    rung: RungTerms
    at: datetime


class Clock(Payload):
    """One cycle of one clock. Times are UTC; `total` and `owed` are lengths on its time base."""

    name: str
    cycle: int
    state: ClockState
    promise: PromiseTerms
    started_at: datetime
    begins: datetime
    total: timedelta
    anchor: datetime
    owed: timedelta
    due_at: datetime
    pauses: tuple[Pause, ...] = ()
    fired: tuple[str, ...] = ()
    breached_at: datetime | None = None
    completed_at: datetime | None = None
    is_suspended: bool = False

    @classmethod
    def start(
        cls, name: str, cycle: int, at: datetime, promise: PromiseTerms, time_base: ClockTimeBase
    ) -> "Clock":
        """A clock that starts to run at this time."""
        target = time_base.target(promise, at)
        return cls(
            name=name,
            cycle=cycle,
            state=ClockState.RUNNING,
            promise=promise,
            started_at=at,
            begins=target.begins,
            total=target.total,
            anchor=target.begins,
            owed=target.total,
            due_at=target.due,
        )

    @property
    def is_overdue(self) -> bool:
        """Breached, and not completed since."""
        return self.state is ClockState.BREACHED and self.completed_at is None

    @property
    def is_open(self) -> bool:
        """Still to be completed, in time or late."""
        return self.state in ACTIVE or self.is_overdue

    def left(self, at: datetime, time_base: ClockTimeBase) -> timedelta:
        """The time left at `at`; never negative."""
        if self.state is not ClockState.RUNNING:
            return self.owed
        counted = time_base.for_promise(self.promise).between(self.anchor, at)
        return max(NOTHING, self.owed - max(NOTHING, counted))

    def pause(self, at: datetime, reason: PauseReason, time_base: ClockTimeBase) -> "Clock":
        """Stops counting. A target of "the following week" never pauses (business time rule 7)."""
        within = self.promise.within
        if self.state is not ClockState.RUNNING or within is None:
            return self
        if within.unit is Unit.FOLLOWING_WEEK:
            return self
        return self._with(
            state=ClockState.PAUSED,
            owed=self.left(at, time_base),
            pauses=(*self.pauses, Pause(since=at, reason=reason)),
        )

    def resume(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """Counts on with the time left (business time rule 8)."""
        if self.state is not ClockState.PAUSED:
            return self
        return self._with(pauses=_ended(self.pauses, at))._running_from(at, time_base)

    def stop(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """Completed: met up to and at the due time, late after a breach."""
        if self.is_overdue:
            return self._with(completed_at=at)
        return self._finished(ClockState.MET, at, time_base) if self.is_open else self

    def cancel(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """No longer needed. A breach stays a breach."""
        if self.is_overdue:
            return self._with(completed_at=at)
        return self._finished(ClockState.CANCELLED, at, time_base) if self.is_open else self

    def reopen(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """The same cycle goes on with the time left when it ended; the time between is a pause."""
        if self.completed_at is None or self.state is ClockState.BREACHED:
            return self
        away = Pause(since=self.completed_at, until=at)
        reopened = self._with(pauses=(*self.pauses, away), completed_at=None, is_suspended=False)
        return reopened._running_from(at, time_base)

    def reaim(self, at: datetime, promise: PromiseTerms, time_base: ClockTimeBase) -> "Clock":
        """Counts the same past against another target. A breached cycle does not change.

        A cycle without a target is suspended, until a promise with a target reopens it.
        """
        if self.is_suspended and promise.within is not None:
            return self.reopen(at, time_base).reaim(at, promise, time_base)
        if self.state not in ACTIVE:
            return self
        if promise.within is None:
            return self.cancel(at, time_base)._with(is_suspended=True)
        target = time_base.target(promise, self.started_at)
        if promise.within.unit is Unit.FOLLOWING_WEEK:
            return self.resume(at, time_base)._with(
                promise=promise,
                begins=target.begins,
                total=target.total,
                anchor=target.begins,
                owed=target.total,
                due_at=target.due,
            )
        aimed = self._with(promise=promise, begins=target.begins, total=target.total)
        anchor, owed, due = aimed._recounted(time_base.for_promise(promise))
        still_paused = self.state is ClockState.PAUSED and due > self.pauses[-1].since
        return aimed._with(
            state=ClockState.PAUSED if still_paused else ClockState.RUNNING,
            anchor=anchor,
            owed=owed,
            due_at=due,
        )

    def breach(self) -> "Clock":
        """Ran out: breached at its due time, even if that is found later."""
        return self._with(state=ClockState.BREACHED, breached_at=self.due_at, owed=NOTHING)

    def expire(self) -> "Clock":
        """Ran out without a breach: the clock only reminds."""
        return self._with(state=ClockState.CANCELLED, completed_at=self.due_at, owed=NOTHING)

    def fire(self, rung: str) -> "Clock":
        """Records that a rung has fired in this cycle."""
        return self._with(fired=(*self.fired, rung))

    def skip_warnings(
        self, until: datetime, terms: ClockTerms, time_base: ClockTimeBase
    ) -> "Clock":
        """Marks the warnings as fired that a new target has placed before `until`."""
        left = self.left(until, time_base)
        passed = [
            rung.at
            for rung in terms.ladder
            if rung.at not in self.fired and _is_passed(rung, self.total, left)
        ]
        return self._with(fired=(*self.fired, *passed))

    def rungs(self, terms: ClockTerms, time_base: ClockTimeBase) -> Iterator[RungDue]:
        """The rungs that have not fired, unordered. Before the breach these are the rungs up to and
        at the due time; after it, the later ones as well.
        """
        if self.state is not ClockState.RUNNING and not self.is_overdue:
            return
        ladder = {rung.at: rung for rung in terms.ladder}
        ladder.setdefault(BREACH, DEADLINE)
        progress = Progress(self.anchor, self.owed, self.total, self.due_at)
        has_run_out = BREACH in self.fired
        for rung in ladder.values():
            if rung.at not in self.fired and (has_run_out or not rung.is_after):
                yield RungDue(rung, time_base.rung_time(rung, self.promise, progress))

    def view(self, terms: ClockTerms) -> ClockView:
        """This cycle as readers see it."""
        is_paused = self.state is ClockState.PAUSED
        return ClockView(
            name=self.name,
            cycle=self.cycle,
            state=self.state,
            clause=self.promise.clause or terms.clause,
            promised=terms.promised,
            target=str(self.promise.within),
            started_at=self.started_at,
            due_at=None if is_paused else self.due_at,
            owed=self.owed.total_seconds() if is_paused else None,
            paused_at=self.pauses[-1].since if is_paused else None,
            breached_at=self.breached_at,
            completed_at=self.completed_at,
        )

    def _running_from(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        due = time_base.for_promise(self.promise).add(at, self.owed)
        return self._with(state=ClockState.RUNNING, anchor=at, due_at=due)

    def _finished(self, state: ClockState, at: datetime, time_base: ClockTimeBase) -> "Clock":
        clock = self.resume(at, time_base)
        return clock._with(state=state, owed=clock.left(at, time_base), completed_at=at)

    def _recounted(self, time_base: TimeBase) -> tuple[datetime, timedelta, datetime]:
        """Anchor, time left and due time, counted from `begins` through all pauses.

        A pause after the due time moves nothing.
        """
        anchor, owed = self.begins, self.total
        for pause in self.pauses:
            counted = max(NOTHING, time_base.between(anchor, pause.since))
            if counted >= owed:
                break
            owed -= counted
            anchor = pause.until or pause.since
        return anchor, owed, time_base.add(anchor, owed)

    def _with(self, **changes: object) -> "Clock":
        return self.model_copy(update=changes)


def _ended(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    return (*pauses[:-1], pauses[-1].model_copy(update={"until": at}))


def _is_passed(rung: RungTerms, total: timedelta, left: timedelta) -> bool:
    """Whether a warning would have fired already, with this much time left."""
    if rung.at == BREACH:
        return False
    if rung.share is not None:
        return left <= total * (1 - rung.share)
    length, is_after = rung.distance
    return not is_after and left <= length.length
