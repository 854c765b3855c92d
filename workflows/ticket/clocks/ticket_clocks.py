"""All clocks of a ticket: how events change them, and the next rung that each has due."""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, OnChange, Reopening
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.counting import NOTHING
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.cycles import NO_INTERVALS, Cycles
from workflows.ticket.clocks.event_batch import EventBatch
from workflows.ticket.clocks.ladder import RungDue, rungs_due
from workflows.ticket.clocks.past_events import (
    endings_of,
    is_assigned,
    running_since,
    waits_for,
    waits_of,
)
from workflows.ticket.model.agreement import Agreement, as_agreed

EARLIER = "@"
"""In the name of a calendar of earlier terms; no calendar of a policy has it."""
GOES_ON_UNCHANGED = frozenset({OnChange.RESTART, OnChange.CONTINUE})
"""What a clock does whose count goes on as it is if the new promise counts like the old one."""


class DueRung(NamedTuple):
    """A rung of one cycle of a clock, and the time at which it is due."""

    clock: Clock
    rung: RungTerms
    at: datetime


class TicketClocks(Cycles):
    """All clocks of a ticket, which follow its events and the changes of its promises."""

    def __init__(
        self,
        terms: Terms,
        cycles: Iterable[Clock] = (),
        intervals: Mapping[str, Agreement] = NO_INTERVALS,
    ) -> None:
        super().__init__(terms, cycles, intervals)
        self._due_rungs: dict[tuple[str, int], tuple[Clock, DueRung | None]] = {}

    def follow(self, batch: EventBatch) -> None:
        """Applies the events to each clock: stop or cancel, reopen, start, pause or resume."""
        for terms in self.terms.clocks:
            if self._is_concerned(terms, batch):
                self._follow(terms, batch)

    def recount(self, change: Change) -> None:
        """Gives every clock that would run its promise under another priority, facts or terms.

        Its due time is counted on the same past: from its start event, without the time that the
        ticket waited. An overdue cycle keeps its breach, its lateness ends, and the promise now in
        force is a new cycle. A promise that gains a time counts from its start event, too. A
        reminder that has ended has reminded.
        """
        for terms in self.terms.clocks:
            since = running_since(terms, change.events)
            clock = self.cycle_of_run(terms, since)
            promise = self._promise_after(clock, terms, change)
            used = self._used(clock, terms, change)
            if clock is not None and clock.is_open:
                since = clock.started_at
                clock = self._recounted(clock, terms, promise, change)
            elif clock is not None and clock.has_reminded:
                continue
            is_needed = promise.within is not None and not is_assigned(terms, change.events)
            is_open = clock is not None and clock.is_open
            if since is not None and is_needed and not is_open:
                self._promise_again(clock, terms, promise, since, change, used)

    def overtaken(self, at: datetime, held: Set[str] = frozenset()) -> DueRung | None:
        """A clock whose due time a change has put before this time: it breaches at the change. So
        does a rung before it that raises a level. Clocks that are `held` wait.
        """
        for clock in self.cycles:
            due = self._next_due_rung(clock) if clock.is_open else None
            if due is None or clock.name in held or not clock.promised_at == due.at <= at:
                continue
            was_over = clock.due_at < due.at or clock.overused > NOTHING
            is_breach = due.rung.at == BREACH and was_over
            if is_breach or (due.rung.raises_level and due.rung.at != BREACH):
                return due
        return None

    def start(self, terms: ClockTerms, batch: EventBatch) -> None:
        """Starts the next cycle of a clock that has a target."""
        promise = self.promise(terms, batch)
        if promise.within is not None:
            self.begin(terms, batch.at, promise, batch.priority)

    def next_due_rungs(self) -> Iterator[DueRung]:
        """The next rung of every open clock that still has one."""
        for clock in self.cycles:
            due_rung = self._next_due_rung(clock) if clock.is_open else None
            if due_rung is not None:
                yield due_rung

    def fire(self, due_rung: DueRung) -> Clock:
        """Marks a rung as fired; at the rung `breach` the clock breaches, or expires if it only
        reminds.
        """
        clock = due_rung.clock
        if due_rung.rung.at == BREACH:
            reminds = self.terms.clock(clock.name).reminds
            clock = clock.expire() if reminds else clock.breach()
        return self.replace(clock.fire(due_rung.rung.at))

    def _promise_after(
        self, clock: Clock | None, terms: ClockTerms, change: Change
    ) -> PromiseTerms:
        """The promise after a change. An interval that was agreed from the next cycle on does not
        apply to the cycle that runs, and begins no cycle: the next one begins with its event, or
        with a promise that gains a time.
        """
        promise = terms.promise(change.priority, change.facts)
        if clock is not None and (clock.is_open or clock.is_suspended):
            return as_agreed(promise, clock.agreed if clock.agreed and clock.agreed.every else None)
        return self.promise(terms, change) if promise.within is not None else promise

    def _is_concerned(self, terms: ClockTerms, batch: EventBatch) -> bool:
        """Whether the events can change the clock: one that is not open can only start."""
        clock = self.latest(terms.name)
        if clock is not None and clock.is_open:
            return True
        return batch.has(terms.starting_events)

    def _follow(self, terms: ClockTerms, batch: EventBatch) -> None:
        at = batch.at
        clock = self.latest(terms.name)
        was_open = clock is not None and clock.is_open
        is_stopped = was_open and batch.has(terms.stops)
        if clock is not None and is_stopped:
            self.replace(clock.stop(at, self.base_of(clock)))
        elif clock is not None and was_open and batch.has((*terms.cancels, *endings_of(terms))):
            self.replace(clock.cancel(at, self.base_of(clock)))
        has_assignee = is_assigned(terms, batch.past)
        is_reopened = EventType.REOPENED in batch.types and not terms.outlasts_resolution
        if is_reopened and not has_assignee:
            self._reopen(terms, batch)
        clock = self.latest(terms.name)
        is_started = batch.has(terms.starts) or (is_stopped and terms.repeats)
        is_active = batch.is_active or terms.outlasts_resolution
        is_needed = is_active and not has_assignee
        is_open = clock is not None and clock.is_open
        if is_started and is_needed and not is_open and self._begins_run(terms, batch):
            self.start(terms, batch)
        self._pause_or_resume(terms, batch)

    def _begins_run(self, terms: ClockTerms, batch: EventBatch) -> bool:
        """Whether the events begin a run. A run that began before, and had no time so far, gets its
        time from a change, which counts from its start event.
        """
        since = running_since(terms, batch.past)
        cycle = self.cycle_of_run(terms, since)
        has_reminded = cycle is not None and cycle.has_reminded
        return since is None or since >= batch.at or has_reminded

    def _reopen(self, terms: ClockTerms, batch: EventBatch) -> None:
        clock = self.latest(terms.name)
        if clock is None:
            # Its start event came with the resolution, so it has not counted anything yet.
            if running_since(terms, batch.past):
                self.start(terms, batch)
        elif terms.reopening is Reopening.SAME_CYCLE and not clock.is_suspended:
            self._go_on(clock, terms, batch)
        elif terms.reopening is Reopening.NEW_CYCLE:
            self.start(terms, batch)

    def _go_on(self, clock: Clock, terms: ClockTerms, batch: EventBatch) -> None:
        """Continues a cycle after the re-opening, if a time is still promised. A breach that a
        change has ended stays ended, and so does a reminder.
        """
        if clock.has_reminded:
            return
        time_base, promise = self.base_of(clock), self.promise(terms, batch)
        reopened = clock.reopen(batch.at, time_base)
        if promise.within is None and not clock.has_agreed_date:
            reopened = clock if clock.breached_at else reopened.suspend(batch.at, time_base)
        self.replace(reopened)

    def _pause_or_resume(self, terms: ClockTerms, batch: EventBatch) -> None:
        clock = self.latest(terms.name)
        if clock is None or not clock.is_open:
            return
        reason = next((reason for reason in batch.pauses if reason in terms.pauses), None)
        if reason is None:
            changed = clock.resume(batch.at, self.base_of(clock))
        else:
            changed = clock.pause(batch.at, reason, self.base_of(clock))
        if changed is not clock:
            self.replace(changed)

    def _next_due_rung(self, clock: Clock) -> DueRung | None:
        # Cached by identity, because a cycle is immutable: a change replaces it.
        cached = self._due_rungs.get((clock.name, clock.cycle))
        if cached is None or cached[0] is not clock:
            terms = self.terms.clock(clock.name)
            due = min(rungs_due(clock, terms, self.base_of(clock)), key=_due_time, default=None)
            cached = clock, DueRung(clock, due.rung, due.at) if due else None
            self._due_rungs[clock.name, clock.cycle] = cached
        return cached[1]

    def _recounted(
        self, clock: Clock, terms: ClockTerms, promise: PromiseTerms, change: Change
    ) -> Clock:
        """The open cycle under a promise. An overdue one ends, unless it would have been due at the
        same time. An agreed due time stays.
        """
        if clock.has_agreed_date:
            return clock
        is_same = promise.counts_like(clock.promise)
        if clock.is_overdue:
            ended = clock.stop(change.at, self.base_of(clock))
            stays = is_same or self._was_due_alike(clock, terms, promise)
            return clock if stays else self.replace(ended)
        if terms.on_change is OnChange.KEEP and promise.within is not None:
            return clock
        if terms.on_change in GOES_ON_UNCHANGED and is_same:
            update = {"promise": promise, "priority": change.priority}
            return self.replace(clock.model_copy(update=update))
        return self._count(clock, terms, promise, change, self._used(clock, terms, change))

    def _was_due_alike(self, clock: Clock, terms: ClockTerms, promise: PromiseTerms) -> bool:
        """Whether a calendar that other terms have changed gives the due time that has passed."""
        is_of_earlier_terms = EARLIER in (clock.promise.calendar or "")
        if not is_of_earlier_terms or promise.within != clock.promise.within:
            return False
        due = self.base_of(clock).target(clock.promise, clock.started_at)
        return self.time_base(terms, promise).target(promise, clock.started_at) == due

    def _used(self, clock: Clock | None, terms: ClockTerms, change: Change) -> timedelta | None:
        """The time that a cycle has used, if its clock continues with it; None if none is there."""
        if clock is None or terms.on_change is not OnChange.CONTINUE:
            return None
        return clock.used(change.at, self.base_of(clock))

    def _promise_again(
        self,
        clock: Clock | None,
        terms: ClockTerms,
        promise: PromiseTerms,
        since: datetime,
        change: Change,
        used: timedelta | None,
    ) -> None:
        """A promise with a time where none was in force: a suspended cycle goes on, else the next
        one begins. A clock that restarts begins its next cycle at the change.
        """
        restarts = terms.on_change is OnChange.RESTART
        if clock is None or not clock.is_suspended or restarts:
            clock = self.begin(terms, change.at if restarts else since, promise)
        self._count(clock, terms, promise, change, used)

    def _count(
        self,
        clock: Clock,
        terms: ClockTerms,
        promise: PromiseTerms,
        change: Change,
        used: timedelta | None,
    ) -> Clock:
        """The cycle under a promise: its past counted again, or continued after the time used, or
        suspended if no time is promised.
        """
        if promise.within is None:
            return self.replace(clock.suspend(change.at, self.base_of(clock)))
        time_base = self.time_base(terms, promise)
        if used is None:
            counted = self._counted_again(clock, terms, promise, change)
        else:
            counted = clock.continue_with(change.at, promise, used, time_base)
            reason = waits_for(terms, change.waits)
            counted = counted.pause(change.at, reason, time_base) if reason else counted
        counted = counted.skip_warnings(change.at, terms, time_base)
        return self.replace(counted.model_copy(update={"priority": change.priority}))

    def _counted_again(
        self, clock: Clock, terms: ClockTerms, promise: PromiseTerms, change: Change
    ) -> Clock:
        since = change.at if terms.on_change is OnChange.RESTART else None
        waits = waits_of(terms, change.waits)
        return clock.recount(change.at, promise, self.time_base(terms, promise), waits, since)


def _due_time(due: RungDue) -> datetime:
    return due.at
