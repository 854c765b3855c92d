"""A clock: one promise running, as a value that is replaced and never changed.

Theory. A clock counts on one measure: open time of a calendar, or elapsed time. Its target
gives it a `total` to count from where it `begins`, and pauses are stretches that do not count.
From those alone follow the anchor (where counting last began), what was `owed` there, and the
deadline: the instant at which the total has been counted. A pause keeps what is owed and
resuming anchors anew (design rule 8), so a pause that covers only closed time moves nothing;
re-aiming counts the same past against another total.

Rungs lie on the same measure: the 75 % rung is where a quarter of the total is still owed.
Each rung fires once in a cycle.
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
"""The rung that every clock has, on a ladder that does not name it."""
ACTIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


class Pause(Payload):
    """A stretch that does not count. Open while `until` is None; without a reason the ticket
    was resolved meanwhile.
    """

    since: datetime
    until: datetime | None = None
    reason: PauseReason | None = None


class RungDue(NamedTuple):
    """A rung that has not fired, and when it is to."""

    rung: RungTerms
    at: datetime


class Clock(Payload):
    """One cycle of one clock. Instants are UTC, `total` and `owed` are time on its measure."""

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
        cls, name: str, cycle: int, at: datetime, promise: PromiseTerms, measures: ClockTimeBase
    ) -> "Clock":
        """A clock that starts running at this instant."""
        target = measures.target(promise, at)
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
        """Ran out, and nobody has completed it since."""
        return self.state is ClockState.BREACHED and self.completed_at is None

    @property
    def is_open(self) -> bool:
        """Still to be completed, in time or late."""
        return self.state in ACTIVE or self.is_overdue

    def left(self, at: datetime, measures: ClockTimeBase) -> timedelta:
        """What is still owed at an instant; never less than nothing."""
        if self.state is not ClockState.RUNNING:
            return self.owed
        counted = measures.of(self.promise).between(self.anchor, at)
        return max(NOTHING, self.owed - max(NOTHING, counted))

    def pause(self, at: datetime, reason: PauseReason, measures: ClockTimeBase) -> "Clock":
        """Stands still from this instant. The following week never does (design rule 7)."""
        within = self.promise.within
        if self.state is not ClockState.RUNNING or within is None:
            return self
        if within.unit is Unit.FOLLOWING_WEEK:
            return self
        return self._with(
            state=ClockState.PAUSED,
            owed=self.left(at, measures),
            pauses=(*self.pauses, Pause(since=at, reason=reason)),
        )

    def resume(self, at: datetime, measures: ClockTimeBase) -> "Clock":
        """Runs on, aiming at what is owed from this instant (design rule 8)."""
        if self.state is not ClockState.PAUSED:
            return self
        return self._with(pauses=_ended(self.pauses, at))._running_from(at, measures)

    def stop(self, at: datetime, measures: ClockTimeBase) -> "Clock":
        """Completed at this very instant: met, or late when it had run out."""
        if self.is_overdue:
            return self._with(completed_at=at)
        return self._finished(ClockState.MET, at, measures) if self.is_open else self

    def cancel(self, at: datetime, measures: ClockTimeBase) -> "Clock":
        """No longer needed. What ran out stays so."""
        if self.is_overdue:
            return self._with(completed_at=at)
        return self._finished(ClockState.CANCELLED, at, measures) if self.is_open else self

    def reopen(self, at: datetime, measures: ClockTimeBase) -> "Clock":
        """The same cycle goes on with what was owed when it ended; the time since is no one's."""
        if self.completed_at is None or self.state is ClockState.BREACHED:
            return self
        away = Pause(since=self.completed_at, until=at)
        reopened = self._with(pauses=(*self.pauses, away), completed_at=None, is_suspended=False)
        return reopened._running_from(at, measures)

    def reaim(self, at: datetime, promise: PromiseTerms, measures: ClockTimeBase) -> "Clock":
        """Counts the same past against another target; one that ran out already stays so."""
        if self.is_suspended and promise.within is not None:
            return self.reopen(at, measures).reaim(at, promise, measures)
        if self.state not in ACTIVE:
            return self
        if promise.within is None:
            return self.cancel(at, measures)._with(is_suspended=True)
        target = measures.target(promise, self.started_at)
        if promise.within.unit is Unit.FOLLOWING_WEEK:
            return self.resume(at, measures)._with(
                promise=promise,
                begins=target.begins,
                total=target.total,
                anchor=target.begins,
                owed=target.total,
                due_at=target.due,
            )
        aimed = self._with(promise=promise, begins=target.begins, total=target.total)
        anchor, owed, due = aimed._counted(measures.of(promise))
        still_paused = self.state is ClockState.PAUSED and due > self.pauses[-1].since
        return aimed._with(
            state=ClockState.PAUSED if still_paused else ClockState.RUNNING,
            anchor=anchor,
            owed=owed,
            due_at=due,
        )

    def breach(self) -> "Clock":
        """Ran out, at its deadline, whenever that is noticed."""
        return self._with(state=ClockState.BREACHED, breached_at=self.due_at, owed=NOTHING)

    def expire(self) -> "Clock":
        """Ran its course at its deadline; it only reminded, so nothing is broken."""
        return self._with(state=ClockState.CANCELLED, completed_at=self.due_at, owed=NOTHING)

    def fire(self, rung: str) -> "Clock":
        """This rung is done in this cycle."""
        return self._with(fired=(*self.fired, rung))

    def skip_warnings(self, until: datetime, terms: ClockTerms, measures: ClockTimeBase) -> "Clock":
        """Warnings whose point a new aim has already passed are not sent; all else is."""
        left = self.left(until, measures)
        passed = [
            rung.at
            for rung in terms.ladder
            if rung.at not in self.fired and _is_passed(rung, self.total, left)
        ]
        return self._with(fired=(*self.fired, *passed))

    def rungs(self, terms: ClockTerms, measures: ClockTimeBase) -> Iterator[RungDue]:
        """The rungs still to fire up to the deadline, which is always one of them, in no order.
        Those after it come once it has fired.
        """
        if self.state is not ClockState.RUNNING and not self.is_overdue:
            return
        ladder = {rung.at: rung for rung in terms.ladder}
        ladder.setdefault(BREACH, DEADLINE)
        has_run_out = BREACH in self.fired
        for rung in ladder.values():
            if rung.at not in self.fired and (has_run_out or not rung.is_after):
                yield RungDue(rung, self._instant_of(rung, measures))

    def view(self, terms: ClockTerms) -> ClockView:
        """What others see of this cycle."""
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

    def _running_from(self, at: datetime, measures: ClockTimeBase) -> "Clock":
        due = measures.of(self.promise).add(at, self.owed)
        return self._with(state=ClockState.RUNNING, anchor=at, due_at=due)

    def _finished(self, state: ClockState, at: datetime, measures: ClockTimeBase) -> "Clock":
        clock = self.resume(at, measures)
        return clock._with(state=state, owed=clock.left(at, measures), completed_at=at)

    def _counted(self, measure: TimeBase) -> tuple[datetime, timedelta, datetime]:
        """Where counting last began, what was owed there, and when the total is counted."""
        anchor, owed = self.begins, self.total
        for pause in self.pauses:
            counted = max(NOTHING, measure.between(anchor, pause.since))
            if counted >= owed:
                break
            owed -= counted
            anchor = pause.until or pause.since
        return anchor, owed, measure.add(anchor, owed)

    def _instant_of(self, rung: RungTerms, measures: ClockTimeBase) -> datetime:
        aim = Progress(self.anchor, self.owed, self.total, self.due_at)
        return measures.instant_of(rung, self.promise, aim)

    def _with(self, **changes: object) -> "Clock":
        return self.model_copy(update=changes)


def _ended(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    return (*pauses[:-1], pauses[-1].model_copy(update={"until": at}))


def _is_passed(rung: RungTerms, total: timedelta, left: timedelta) -> bool:
    """Whether a warning's point lies behind, when this much is left."""
    if rung.at == BREACH:
        return False
    if rung.share is not None:
        return left <= total * (1 - rung.share)
    length, is_after = rung.distance
    return not is_after and left <= length.length
