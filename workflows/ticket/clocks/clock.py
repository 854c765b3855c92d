"""A clock: one cycle of one promise, as an immutable value.

A clock counts on one time base: open time of a calendar, or elapsed time. The target of its promise
is a `total` to count, starting at `begins`; pauses do not count. Everything else follows:

    anchor   where counting last began: `begins`, or the end of the last pause if that is later
    owed     the time left at the anchor: the total less the time counted before it
    due_at   the due time: the anchor plus the time left, added on the time base

A pause stores the time left, and resuming sets a new anchor (business time rule 8), so a pause over
closed time only moves no due time. `recount` counts the same past against another promise: the due
time is a function of the start, the pauses and the promise in force. No cycle breaches before that
promise was made, so a due time that a change has put into the past breaches at the change.
`continue_with` is the other way: the time used so far stays used, in the measure in which it was
used, and the rest of the new target is left at the change.

The rungs of the ladder lie on the same time base: the 75 % rung is due when a quarter of the total
is left. Each rung fires once in a cycle. A clock that pauses does so after its breach too: its
lateness and the rungs after the deadline stand still meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from policies.business_time.spans import Span, subtract
from policies.terms.deadlines import ClockTimeBase, Progress, Target
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import ClockState
from workflows.ticket.clocks.counting import NOTHING, counted
from workflows.ticket.clocks.cycle import ACTIVE, Cycle
from workflows.ticket.clocks.ladder import warnings_passed
from workflows.ticket.clocks.pause import Pause, ended, joined, spans_of
from workflows.ticket.model.agreement import Agreement


class Clock(Cycle):
    """One cycle of one clock, and how it changes: a change is a new value."""

    @classmethod
    def start(
        cls,
        name: str,
        cycle: int,
        at: datetime,
        promise: PromiseTerms,
        time_base: ClockTimeBase,
        priority: str | None = None,
        agreed: Agreement | None = None,
    ) -> "Clock":
        """A clock that starts to run at this time. Without a target, it is due once a due time is
        agreed.
        """
        begins = time_base.counted_from(at)
        target = (
            time_base.target(promise, at) if promise.within else Target(begins, begins, NOTHING)
        )
        return cls(
            name=name,
            cycle=cycle,
            state=ClockState.RUNNING,
            promise=promise,
            priority=priority,
            started_at=at,
            promised_at=at,
            begins=target.begins,
            total=target.total,
            anchor=target.begins,
            owed=target.total,
            due_at=target.due,
            agreed=agreed,
        )

    def pause(self, at: datetime, reason: str, time_base: ClockTimeBase) -> "Clock":
        """Stops counting. Of a clock that is paused for another reason, only the reason changes."""
        if self.never_pauses or not self.is_open:
            return self
        if self.is_paused and self.pauses[-1].reason == reason:
            return self
        pauses = (*ended(self.pauses, at), Pause(since=at, reason=reason))
        if self.is_overdue:
            return self._with(pauses=pauses)
        owed = self.left(at, time_base)
        return self._with(state=ClockState.PAUSED, owed=owed, pauses=pauses)

    def resume(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """Counts on with the time left (business time rule 8)."""
        if not self.is_paused:
            return self
        resumed, since = self._with(pauses=ended(self.pauses, at)), self.held_since
        is_held = self.state is ClockState.PAUSED
        return resumed._running_from(at, time_base, since) if is_held else resumed

    def stop(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """Completed: met up to and at the due time, late after a breach."""
        return self._finished(ClockState.MET, at, time_base)

    def cancel(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """Ended without completion: nobody needs it any more. A breach stays a breach."""
        return self._finished(ClockState.CANCELLED, at, time_base)

    def suspend(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """Ended because no time is promised any more, until a promise with a target counts on. The
        promise so far, on its own time base, still says when it would have been due.
        """
        return self.cancel(at, time_base)._with(is_suspended=True)

    def reopen(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        """The same cycle goes on with the time left when it ended, or with its lateness; the time
        between is a pause.
        """
        if self.completed_at is None:
            return self
        since = self.completed_at
        away = Pause(since=since, until=at)
        reopened = self._with(pauses=(*self.pauses, away), completed_at=None)
        is_late = self.state is ClockState.BREACHED
        return reopened if is_late else reopened._running_from(at, time_base, since)

    def recount(
        self,
        at: datetime,
        promise: PromiseTerms,
        time_base: ClockTimeBase,
        waits: Sequence[Pause] = (),
        since: datetime | None = None,
    ) -> "Clock":
        """Counts the same past against another promise, from its start or from `since`.

        `waits` are the periods that this clock does not count. A cycle that has breached does not
        change.
        """
        if (self.state not in ACTIVE and not self.is_suspended) or self.has_agreed_date:
            return self
        target = time_base.target(promise, since or self.started_at)
        counted = self._with(
            promise=promise,
            promised_at=at,
            begins=target.begins,
            total=target.total,
            overused=NOTHING,
            state=ClockState.RUNNING,
            completed_at=None,
            is_suspended=False,
        )
        counts_from = since or self.started_at
        pauses = counted._past_pauses(waits, counts_from)
        return counted._with(pauses=pauses)._counted_through_pauses(time_base, target.due)

    def used(self, at: datetime, time_base: ClockTimeBase) -> timedelta:
        """The time used up to `at`, in the measure of the promise. What follows the due time is
        used too, even before a change at which the clock breaches.
        """
        counts = time_base.for_promise(self.promise)
        over = [Span(self.due_at, min(at, self.completed_at or at))] if self.breached_at else []
        beyond = (
            counts.between(span.begins, span.ends)
            for span in subtract(over, spans_of(self.pauses, at))
        )
        return self.overused + self.total - self.left(at, time_base) + sum(beyond, NOTHING)

    def continue_with(
        self, at: datetime, promise: PromiseTerms, used: timedelta, time_base: ClockTimeBase
    ) -> "Clock":
        """Goes on from `at` with the rest of another promise, of which this much is used. Nothing
        counts before the day to which a cut-off moves the start. The change itself is no start, so
        it has no cut-off.
        """
        counts_from = max(at, time_base.counted_from(self.started_at))
        target = time_base.target_from(promise, counts_from)
        total = target.total
        changed = self._with(
            promise=promise,
            promised_at=at,
            begins=time_base.target(promise, self.started_at).begins,
            total=total,
            anchor=at,
            owed=max(NOTHING, total - used),
            overused=max(NOTHING, used - total),
            completed_at=None,
            is_suspended=False,
        )
        running = changed._running_from(at, time_base)
        if not used:
            running = running._with(anchor=target.begins, due_at=target.due)
        return running._with(state=ClockState.PAUSED) if self.is_paused else running

    def agree(
        self, agreement: Agreement, time_base: ClockTimeBase, waits: Sequence[Pause] = ()
    ) -> "Clock":
        """Due at the agreed time, whatever changes; the ladder lies on the time until then.

        `waits` are the periods that this clock does not count, also those in which no due time was
        promised.
        """
        assert agreement.due_at is not None
        at, due_at, counts = agreement.at, agreement.due_at, time_base.for_promise(self.promise)
        agreed = self._with(agreed=agreement)
        pauses = agreed._past_pauses(waits, self.started_at)
        is_waiting = bool(pauses) and pauses[-1].is_open
        return agreed._with(
            state=ClockState.PAUSED if is_waiting else ClockState.RUNNING,
            pauses=pauses,
            promised_at=at,
            total=max(NOTHING, counts.between(self.begins, due_at)),
            anchor=at,
            owed=max(NOTHING, counts.between(at, due_at)),
            due_at=due_at,
            completed_at=None,
            is_suspended=False,
        )

    def breach(self) -> "Clock":
        """Ran out: breached at its due time, even if that is found later."""
        return self._with(state=ClockState.BREACHED, breached_at=self.runs_out_at, owed=NOTHING)

    def expire(self) -> "Clock":
        """Ran out without a breach: the clock only reminds."""
        return self._with(state=ClockState.CANCELLED, completed_at=self.runs_out_at, owed=NOTHING)

    def fire(self, rung: str) -> "Clock":
        """Records that a rung has fired in this cycle."""
        return self._with(fired=(*self.fired, rung))

    def skip_warnings(
        self, until: datetime, terms: ClockTerms, time_base: ClockTimeBase
    ) -> "Clock":
        """Marks the warnings as fired that a new target has placed before `until`. A level that is
        due by then is told at once (rule of change C2).
        """
        return self._with(fired=(*self.fired, *warnings_passed(self, until, terms, time_base)))

    def _past_pauses(self, waits: Sequence[Pause], since: datetime) -> tuple[Pause, ...]:
        """The pauses from `since` on: these waits, and the times in which it was completed."""
        away = (pause for pause in (*self.pauses, *waits) if pause.reason is None)
        held = (wait for wait in waits if wait.reason and not self.never_pauses)
        return joined((*away, *held), since)

    def _running_from(
        self, at: datetime, time_base: ClockTimeBase, since: datetime | None = None
    ) -> "Clock":
        """Counts on from `at`, after a pause from `since` on."""
        if self.has_agreed_date:
            return self._running_to_date(at, time_base)
        # A pause may end before counting begins: after a cut-off, or in the week before.
        anchor, counts = max(at, self.begins), time_base.for_promise(self.promise)
        is_moved = since is None or counts.between(since, at) > NOTHING
        due = counts.add(anchor, self.owed) if is_moved else self.due_at
        if self.overused > NOTHING:
            # It ran out before: it breaches at once, also in closed time.
            due = max(at, time_base.counted_from(self.started_at))
        return self._with(state=ClockState.RUNNING, anchor=anchor, due_at=due)

    def _running_to_date(self, at: datetime, time_base: ClockTimeBase) -> "Clock":
        owed = time_base.for_promise(self.promise).between(at, self.due_at)
        promised_at = max(self.promised_at, at) if self.due_at < at else self.promised_at
        return self._with(
            state=ClockState.RUNNING,
            anchor=at,
            owed=max(NOTHING, owed),
            promised_at=promised_at,
        )

    def _finished(self, state: ClockState, at: datetime, time_base: ClockTimeBase) -> "Clock":
        if not self.is_open:
            return self
        clock = self.resume(at, time_base)
        if clock.is_overdue:
            return clock._with(completed_at=at)
        return clock._with(state=state, owed=clock.left(at, time_base), completed_at=at)

    def _counted_through_pauses(self, time_base: ClockTimeBase, due: datetime) -> "Clock":
        """Anchor, time left and due time, counted from `begins`; without pauses it is `due`."""
        progress = counted(time_base.for_promise(self.promise), self._progress(due), self.pauses)
        is_waiting = bool(self.pauses) and self.pauses[-1].is_open
        is_paused = is_waiting and progress.due >= self.pauses[-1].since
        return self._with(
            state=ClockState.PAUSED if is_paused else ClockState.RUNNING,
            anchor=progress.anchor,
            owed=progress.owed,
            due_at=progress.due,
        )

    def _progress(self, due: datetime) -> Progress:
        return Progress(self.begins, self.total, self.total, due)

    def _with(self, **changes: object) -> "Clock":
        return self.model_copy(update=changes)
