"""All clocks of a ticket: how events change them, and the next rung that each has due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.business_time.durations import Duration
from policies.terms.deadlines import ClockTimeBase
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, OnChange, Reopening
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.counting import NOTHING
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.ladder import RungDue, rungs_due
from workflows.ticket.clocks.past_events import endings_of, is_assigned, running_since, waits_for
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.agreement import Agreement, as_agreed
from workflows.ticket.model.messages import Event

NO_INTERVALS: Mapping[str, Agreement] = {}
EARLIER = "@"
"""In the name of a calendar of earlier terms; no calendar of a policy has it."""
GOES_ON_UNCHANGED = frozenset({OnChange.RESTART, OnChange.CONTINUE})
"""What a clock does whose count goes on as it is if the new promise counts like the old one."""


class DueRung(NamedTuple):
    """A rung of one cycle of a clock, and the time at which it is due."""

    clock: Clock
    rung: RungTerms
    at: datetime


@dataclass(frozen=True)
class EventBatch:
    """Events that one change of the ticket added, and the ticket after them.

    `past` is the timeline, which includes them.
    """

    types: Set[str]
    at: datetime
    is_active: bool
    pauses: Sequence[str]
    priority: str | None
    past: Sequence[Event] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def has(self, types: Iterable[str]) -> bool:
        """Whether the batch has an event of one of these types."""
        return not self.types.isdisjoint(types)


class Change(NamedTuple):
    """A change of the promises of a ticket: the priority and facts after it, and all events and
    waits before it.
    """

    priority: str | None
    facts: Mapping[str, str]
    at: datetime
    events: Sequence[Event]
    waits: Sequence[Pause]


class TicketClocks:
    """The cycles of every clock, oldest first. A change replaces a cycle."""

    def __init__(
        self,
        terms: Terms,
        cycles: Iterable[Clock] = (),
        intervals: Mapping[str, Agreement] = NO_INTERVALS,
    ) -> None:
        self._terms = terms
        self._intervals = intervals
        self._time_bases: dict[tuple[str, str | None], ClockTimeBase] = {}
        self._due_rungs: dict[tuple[str, int], tuple[Clock, DueRung | None]] = {}
        self.cycles = list(cycles)
        self._latest = {clock.name: clock for clock in self.cycles}

    def latest(self, name: str) -> Clock | None:
        """The current cycle of a clock; None if it has never started."""
        return self._latest.get(name)

    def follow(self, batch: EventBatch) -> None:
        """Applies the events to each clock: stop or cancel, reopen, start, pause or resume."""
        for terms in self._terms.clocks:
            if self._is_concerned(terms, batch):
                self._follow(terms, batch)

    def recount(self, change: Change) -> None:
        """Gives every clock that would run its promise under another priority, facts or terms.

        Its due time is counted on the same past: from its start event, without the time that the
        ticket waited. An overdue cycle keeps its breach, its lateness ends, and the promise now in
        force is a new cycle. A promise that gains a time counts from its start event, too. A
        reminder that has ended has reminded.
        """
        for terms in self._terms.clocks:
            since = running_since(terms, change.events)
            clock = self._cycle_of_run(terms, since)
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
        promise = self._promise(terms, batch)
        if promise.within is not None:
            self._begin(terms, batch.at, promise, batch.priority)

    def would_run(self, terms: ClockTerms, change: Change) -> bool:
        """Whether a clock runs, or would run if it had a target."""
        clock = self.latest(terms.name)
        if clock is not None and clock.is_open:
            return True
        is_started = running_since(terms, change.events) is not None
        return is_started and not is_assigned(terms, change.events)

    def due_time(self, terms: ClockTerms, at: datetime) -> datetime | None:
        """The due time of an open clock; of a paused one, if it went on at once."""
        clock = self.latest(terms.name)
        if clock is None or not clock.is_open:
            return None
        return clock.resume(at, self._base_of(clock)).due_at

    def interval(
        self, terms: ClockTerms, every: Duration, change: Change
    ) -> tuple[datetime | None, datetime]:
        """When an interval would be due that began now: as it is, and with another length."""
        promise = self._promise(terms, change)
        time_base = self._time_base(terms, promise)
        now = time_base.target(promise, change.at).due if promise.within else None
        return now, time_base.due_time(every, change.at)

    def agree(self, terms: ClockTerms, agreement: Agreement, change: Change) -> None:
        """Gives a clock an agreed due time. An overdue cycle ends, and the next one has it."""
        clock, since = self._ended_if_overdue(terms, change)
        if clock is None:
            clock = self._begin(terms, since, self._promise(terms, change), change.priority)
        agreed = clock.agree(agreement, self._base_of(clock))
        reason = waits_for(terms, change.waits)
        agreed = agreed.pause(change.at, reason, self._base_of(agreed)) if reason else agreed
        self._replace(agreed.skip_warnings(change.at, terms, self._base_of(agreed)))

    def begin_interval(self, terms: ClockTerms, agreement: Agreement, change: Change) -> None:
        """Begins the interval of a clock anew, with the length that was agreed."""
        latest = self._cycle_of_run(terms, running_since(terms, change.events))
        if latest is None or not (latest.is_open or latest.is_suspended):
            return
        promise = as_agreed(self._promise(terms, change), agreement)
        clock, _ = self._ended_if_overdue(terms, change)
        if clock is None:
            clock = self._begin(terms, change.at, promise, change.priority)
        waits = [wait for wait in change.waits if wait.reason in terms.pauses]
        # Later changes count the interval from here, too.
        begun = {"agreed": None, "started_at": change.at}
        undated, time_base = clock.model_copy(update=begun), self._base_of(clock)
        counted = undated.recount(change.at, promise, time_base, waits, change.at)
        counted = counted.skip_warnings(change.at, terms, time_base)
        self._replace(counted.model_copy(update={"agreed": agreement}))

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
            reminds = self._terms.clock(clock.name).reminds
            clock = clock.expire() if reminds else clock.breach()
        return self._replace(clock.fire(due_rung.rung.at))

    def _ended_if_overdue(self, terms: ClockTerms, change: Change) -> tuple[Clock | None, datetime]:
        """The cycle that goes on, and since when its clock counts; None if the next one begins."""
        since = running_since(terms, change.events)
        clock = self._cycle_of_run(terms, since)
        if clock is not None and clock.is_overdue:
            self._replace(clock.stop(change.at, self._base_of(clock)))
            return None, clock.started_at
        if clock is not None and (clock.is_open or clock.is_suspended):
            return clock, clock.started_at
        return None, since or change.at

    def _cycle_of_run(self, terms: ClockTerms, since: datetime | None) -> Clock | None:
        """The latest cycle, if it is open, or if a change has ended it since the start of the run
        that goes on; None if the next run begins with the next cycle.
        """
        clock = self.latest(terms.name)
        if clock is None or clock.is_open:
            return clock
        return clock if since is not None and since <= clock.started_at else None

    def _promise(self, terms: ClockTerms, now: EventBatch | Change) -> PromiseTerms:
        """The promise of a clock, with the interval that was agreed."""
        promise = terms.promise(now.priority, now.facts)
        return as_agreed(promise, self._intervals.get(terms.name))

    def _promise_after(
        self, clock: Clock | None, terms: ClockTerms, change: Change
    ) -> PromiseTerms:
        """The promise after a change. An interval that is agreed from the next one on is none of
        the cycle that runs.
        """
        if clock is None or not (clock.is_open or clock.is_suspended):
            return self._promise(terms, change)
        agreed = clock.agreed if clock.agreed and clock.agreed.every else None
        return as_agreed(terms.promise(change.priority, change.facts), agreed)

    def _begin(
        self, terms: ClockTerms, at: datetime, promise: PromiseTerms, priority: str | None = None
    ) -> Clock:
        """The next cycle of a clock, which counts from `at`."""
        time_base, cycle = self._time_base(terms, promise), self._next_cycle(terms)
        agreed = self._intervals.get(terms.name)
        clock = Clock.start(terms.name, cycle, at, promise, time_base, priority, agreed)
        return self._add(clock)

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
            self._replace(clock.stop(at, self._base_of(clock)))
        elif clock is not None and was_open and batch.has((*terms.cancels, *endings_of(terms))):
            self._replace(clock.cancel(at, self._base_of(clock)))
        has_assignee = is_assigned(terms, batch.past)
        is_reopened = EventType.REOPENED in batch.types and not terms.outlasts_resolution
        if is_reopened and not has_assignee:
            self._reopen(terms, batch)
        clock = self.latest(terms.name)
        is_started = batch.has(terms.starts) or (is_stopped and terms.repeats)
        is_active = batch.is_active or terms.outlasts_resolution
        is_needed = is_active and not has_assignee
        if is_started and is_needed and not (clock is not None and clock.is_open):
            self.start(terms, batch)
        self._pause_or_resume(terms, batch)

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
        time_base, promise = self._base_of(clock), self._promise(terms, batch)
        reopened = clock.reopen(batch.at, time_base)
        if promise.within is None and not clock.has_agreed_date:
            reopened = (
                clock if clock.breached_at else reopened.recount(batch.at, promise, time_base)
            )
        self._replace(reopened)

    def _pause_or_resume(self, terms: ClockTerms, batch: EventBatch) -> None:
        clock = self.latest(terms.name)
        if clock is None or not clock.is_open:
            return
        reason = next((reason for reason in batch.pauses if reason in terms.pauses), None)
        if reason is None:
            changed = clock.resume(batch.at, self._base_of(clock))
        else:
            changed = clock.pause(batch.at, reason, self._base_of(clock))
        if changed is not clock:
            self._replace(changed)

    def _next_due_rung(self, clock: Clock) -> DueRung | None:
        # Cached by identity, because a cycle is immutable: a change replaces it.
        cached = self._due_rungs.get((clock.name, clock.cycle))
        if cached is None or cached[0] is not clock:
            terms = self._terms.clock(clock.name)
            due = min(rungs_due(clock, terms, self._base_of(clock)), key=_due_time, default=None)
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
            ended = clock.stop(change.at, self._base_of(clock))
            stays = is_same or self._was_due_alike(clock, terms, promise)
            return clock if stays else self._replace(ended)
        if terms.on_change is OnChange.KEEP and promise.within is not None:
            return clock
        if terms.on_change in GOES_ON_UNCHANGED and is_same:
            update = {"promise": promise, "priority": change.priority}
            return self._replace(clock.model_copy(update=update))
        return self._count(clock, terms, promise, change, self._used(clock, terms, change))

    def _was_due_alike(self, clock: Clock, terms: ClockTerms, promise: PromiseTerms) -> bool:
        """Whether a calendar that other terms have changed gives the due time that has passed."""
        is_of_earlier_terms = EARLIER in (clock.promise.calendar or "")
        if not is_of_earlier_terms or promise.within != clock.promise.within:
            return False
        due = self._base_of(clock).target(clock.promise, clock.started_at)
        return self._time_base(terms, promise).target(promise, clock.started_at) == due

    def _used(self, clock: Clock | None, terms: ClockTerms, change: Change) -> timedelta | None:
        """The time that a cycle has used, if its clock continues with it; None if none is there."""
        if clock is None or terms.on_change is not OnChange.CONTINUE:
            return None
        return clock.used(change.at, self._base_of(clock))

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
            clock = self._begin(terms, change.at if restarts else since, promise)
        self._count(clock, terms, promise, change, used)

    def _count(
        self,
        clock: Clock,
        terms: ClockTerms,
        promise: PromiseTerms,
        change: Change,
        used: timedelta | None,
    ) -> Clock:
        """The cycle under a promise: its past counted again, or continued after the time used."""
        time_base = self._time_base(terms, promise)
        if used is None:
            counted = self._counted_again(clock, terms, promise, change)
        else:
            counted = clock.continue_with(change.at, promise, used, time_base)
            reason = waits_for(terms, change.waits)
            counted = counted.pause(change.at, reason, time_base) if reason else counted
        counted = counted.skip_warnings(change.at, terms, time_base)
        return self._replace(counted.model_copy(update={"priority": change.priority}))

    def _counted_again(
        self, clock: Clock, terms: ClockTerms, promise: PromiseTerms, change: Change
    ) -> Clock:
        since = change.at if terms.on_change is OnChange.RESTART else None
        goes_on = terms.reopening is Reopening.SAME_CYCLE
        pauses = [
            wait
            for wait in change.waits
            if (goes_on if wait.reason is None else wait.reason in terms.pauses)
        ]
        time_base = self._time_base(terms, promise)
        return clock.recount(change.at, promise, time_base, pauses, since)

    def _next_cycle(self, terms: ClockTerms) -> int:
        latest = self.latest(terms.name)
        return latest.cycle + 1 if latest else 1

    def _base_of(self, clock: Clock) -> ClockTimeBase:
        return self._time_base(self._terms.clock(clock.name), clock.promise)

    def _time_base(self, terms: ClockTerms, promise: PromiseTerms) -> ClockTimeBase:
        key = terms.name, promise.calendar
        if key not in self._time_bases:
            self._time_bases[key] = ClockTimeBase.for_clock(self._terms, terms, promise)
        return self._time_bases[key]

    def _add(self, clock: Clock) -> Clock:
        self.cycles.append(clock)
        self._latest[clock.name] = clock
        return clock

    def _replace(self, clock: Clock) -> Clock:
        for index, cycle in enumerate(self.cycles):
            if (cycle.name, cycle.cycle) == (clock.name, clock.cycle):
                self.cycles[index] = clock
        if self._latest[clock.name].cycle == clock.cycle:
            self._latest[clock.name] = clock
        return clock


def _due_time(due: RungDue) -> datetime:
    return due.at
