"""All clocks of a ticket: how events change them, and the next rung that each has due."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from policies.terms.deadlines import ClockTimeBase
from policies.terms.ticket_terms import ClockTerms, RungTerms, Terms
from policies.vocabulary import EventType, PauseReason, Reopening
from workflows.ticket.model.clock import BREACH, Clock, RungDue
from workflows.ticket.model.messages import Event

ENDINGS = frozenset({EventType.RESOLVED, EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED})
"""Events that cancel every running clock. A re-opened ticket starts or continues its clocks."""


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

    types: Set[EventType]
    at: datetime
    is_active: bool
    pauses: Sequence[PauseReason]
    priority: str | None
    past: Sequence[Event] = ()

    def has(self, types: Iterable[EventType]) -> bool:
        """Whether the batch has an event of one of these types."""
        return not self.types.isdisjoint(types)


class TicketClocks:
    """The cycles of every clock, oldest first. A change replaces a cycle."""

    def __init__(self, terms: Terms, cycles: Iterable[Clock] = ()) -> None:
        self._terms = terms
        self._time_bases = {
            clock.name: ClockTimeBase.for_clock(terms, clock) for clock in terms.clocks
        }
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

    def reaim(self, priority: str | None, at: datetime, events: Sequence[Event]) -> None:
        """Gives every open clock the target of another priority, counted on the same past.

        A clock that only the new priority has starts now: before, it was not promised.
        """
        for terms in self._terms.clocks:
            clock, time_base = self.latest(terms.name), self._time_base(terms)
            if clock is not None and clock.is_suspended and not _would_run(terms, events):
                continue
            if clock is not None and (clock.is_open or clock.is_suspended):
                aimed = clock.reaim(at, terms.promise(priority), time_base)
                self._replace(aimed.skip_warnings(at, terms, time_base))
            elif clock is None and _would_run(terms, events):
                self.start(terms, at, priority)

    def start(self, terms: ClockTerms, at: datetime, priority: str | None) -> None:
        """Starts the next cycle of a clock that has a target."""
        promise = terms.promise(priority)
        if promise.within is None:
            return
        latest = self.latest(terms.name)
        cycle = latest.cycle + 1 if latest else 1
        started = Clock.start(terms.name, cycle, at, promise, self._time_base(terms))
        self.cycles.append(started)
        self._latest[terms.name] = started

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

    def _is_concerned(self, terms: ClockTerms, batch: EventBatch) -> bool:
        """Whether the events can change the clock: one that is not open can only start."""
        clock = self.latest(terms.name)
        if clock is not None and clock.is_open:
            return True
        return batch.has(terms.starting_events)

    def _follow(self, terms: ClockTerms, batch: EventBatch) -> None:
        time_base, at = self._time_base(terms), batch.at
        clock = self.latest(terms.name)
        was_open = clock is not None and clock.is_open
        is_stopped = was_open and batch.has(terms.stops)
        if clock is not None and is_stopped:
            clock = self._replace(clock.stop(at, time_base))
        elif clock is not None and was_open and (batch.has(ENDINGS) or batch.has(terms.cancels)):
            clock = self._replace(clock.cancel(at, time_base))
        if EventType.REOPENED in batch.types:
            clock = self._reopen(clock, terms, batch)
        is_started = batch.has(terms.starts) or (is_stopped and terms.repeats)
        if is_started and batch.is_active and not (clock is not None and clock.is_open):
            self.start(terms, at, batch.priority)
        self._pause_or_resume(terms, batch)

    def _reopen(self, clock: Clock | None, terms: ClockTerms, batch: EventBatch) -> Clock | None:
        if clock is None:
            # Its start event came with the resolution, so it has not counted anything yet.
            if terms.reopening is not Reopening.NONE and _would_run(terms, batch.past):
                self.start(terms, batch.at, batch.priority)
            return self.latest(terms.name)
        if terms.reopening is Reopening.SAME_CYCLE and not clock.is_suspended:
            return self._replace(clock.reopen(batch.at, self._time_base(terms)))
        if terms.reopening is Reopening.NEW_CYCLE and not clock.is_open:
            self.start(terms, batch.at, batch.priority)
        return self.latest(terms.name) or clock

    def _pause_or_resume(self, terms: ClockTerms, batch: EventBatch) -> None:
        clock = self.latest(terms.name)
        if clock is None or not clock.is_open:
            return
        reason = next((reason for reason in batch.pauses if reason in terms.pauses), None)
        time_base = self._time_base(terms)
        if reason is None:
            changed = clock.resume(batch.at, time_base)
        else:
            changed = clock.pause(batch.at, reason, time_base)
        if changed is not clock:
            self._replace(changed)

    def _next_due_rung(self, clock: Clock) -> DueRung | None:
        # Cached by identity, because a cycle is immutable: a change replaces it.
        cached = self._due_rungs.get((clock.name, clock.cycle))
        if cached is None or cached[0] is not clock:
            terms = self._terms.clock(clock.name)
            due = min(clock.rungs(terms, self._time_base(terms)), key=_due_time, default=None)
            cached = clock, DueRung(clock, due.rung, due.at) if due else None
            self._due_rungs[clock.name, clock.cycle] = cached
        return cached[1]

    def _time_base(self, terms: ClockTerms) -> ClockTimeBase:
        return self._time_bases[terms.name]

    def _replace(self, clock: Clock) -> Clock:
        for index, cycle in enumerate(self.cycles):
            if (cycle.name, cycle.cycle) == (clock.name, clock.cycle):
                self.cycles[index] = clock
        if self._latest[clock.name].cycle == clock.cycle:
            self._latest[clock.name] = clock
        return clock


def _due_time(due: RungDue) -> datetime:
    return due.at


def _would_run(terms: ClockTerms, events: Sequence[Event]) -> bool:
    """Whether a clock with these start and stop events would run after this timeline."""
    runs = has_started = False
    for kind in (kind for event in events for kind in event.counts_as):
        if kind in terms.starts:
            runs = has_started = True
        elif kind in terms.stops:
            runs = terms.repeats
        elif kind in terms.cancels or kind in ENDINGS:
            runs = False
        elif kind is EventType.REOPENED and terms.reopening is not Reopening.NONE:
            runs = has_started
    return runs
