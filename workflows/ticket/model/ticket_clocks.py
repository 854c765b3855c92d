"""All clocks of a ticket: how they follow from its events, and what they owe next."""

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
"""Events after which nothing is owed until the ticket is re-opened."""


class DueRung(NamedTuple):
    """A rung of one cycle of a clock, and when it is to fire."""

    clock: Clock
    rung: RungTerms
    at: datetime


@dataclass(frozen=True)
class EventBatch:
    """Events that became true together, and what the ticket is like after them; `past` is its
    timeline up to and with them.
    """

    types: Set[EventType]
    at: datetime
    is_active: bool
    pauses: Sequence[PauseReason]
    priority: str | None
    past: Sequence[Event] = ()

    def has(self, types: Iterable[EventType]) -> bool:
        """Whether an event of one of these types is among them."""
        return not self.types.isdisjoint(types)


class TicketClocks:
    """The cycles of every clock, oldest first, evolving with the ticket's events."""

    def __init__(self, terms: Terms, cycles: Iterable[Clock] = ()) -> None:
        self._terms = terms
        self._time_bases = {
            clock.name: ClockTimeBase.of_clock(terms, clock) for clock in terms.clocks
        }
        self._due_rungs: dict[tuple[str, int], tuple[Clock, DueRung | None]] = {}
        self.cycles = list(cycles)
        self._latest = {clock.name: clock for clock in self.cycles}

    def latest(self, name: str) -> Clock | None:
        """The current cycle of a clock, if it ever started."""
        return self._latest.get(name)

    def follow(self, batch: EventBatch) -> None:
        """Stops, cancels, starts, pauses and resumes what these events call for."""
        for terms in self._terms.clocks:
            if self._is_concerned(terms, batch):
                self._follow(terms, batch)

    def reaim(self, priority: str | None, at: datetime, events: Sequence[Event]) -> None:
        """Aims every open clock at the targets of another priority. A clock that only the new
        priority has starts now: nobody was promised it before.
        """
        for terms in self._terms.clocks:
            clock, measures = self.latest(terms.name), self._time_base(terms)
            if clock is not None and clock.is_suspended and not _is_begun(terms, events):
                continue
            if clock is not None and (clock.is_open or clock.is_suspended):
                aimed = clock.reaim(at, terms.promise(priority), measures)
                self._put(aimed.skip_warnings(at, terms, measures))
            elif clock is None and _is_begun(terms, events):
                self.start(terms, at, priority)

    def start(self, terms: ClockTerms, at: datetime, priority: str | None) -> None:
        """Starts the next cycle of a clock, unless the policy gives it no target."""
        promise = terms.promise(priority)
        if promise.within is None:
            return
        latest = self.latest(terms.name)
        cycle = latest.cycle + 1 if latest else 1
        started = Clock.start(terms.name, cycle, at, promise, self._time_base(terms))
        self.cycles.append(started)
        self._latest[terms.name] = started

    def next_due_rungs(self) -> Iterator[DueRung]:
        """The next rung of every clock that has one to fire."""
        for clock in self.cycles:
            ring = self._next_due_rung(clock) if clock.is_open else None
            if ring is not None:
                yield ring

    def fire(self, ring: DueRung) -> Clock:
        """Marks a rung as fired, and the clock as breached where that is the rung."""
        clock = ring.clock
        if ring.rung.at == BREACH:
            reminds = self._terms.clock(clock.name).reminds
            clock = clock.expire() if reminds else clock.breach()
        return self._put(clock.fire(ring.rung.at))

    def _is_concerned(self, terms: ClockTerms, batch: EventBatch) -> bool:
        """Whether anything can come of these events: a clock that is not open only ever starts."""
        clock = self.latest(terms.name)
        if clock is not None and clock.is_open:
            return True
        return batch.has(terms.starting_events)

    def _follow(self, terms: ClockTerms, batch: EventBatch) -> None:
        measures, at = self._time_base(terms), batch.at
        clock = self.latest(terms.name)
        was_open = clock is not None and clock.is_open
        is_stopped = was_open and batch.has(terms.stops)
        if clock is not None and is_stopped:
            clock = self._put(clock.stop(at, measures))
        elif clock is not None and was_open and self._is_cancelled(terms, batch):
            clock = self._put(clock.cancel(at, measures))
        if EventType.REOPENED in batch.types:
            clock = self._reopen(clock, terms, batch)
        begins_anew = batch.has(terms.starts) or (is_stopped and terms.repeats)
        if begins_anew and batch.is_active and not (clock is not None and clock.is_open):
            self.start(terms, at, batch.priority)
        self._hold_or_run(terms, batch)

    @staticmethod
    def _is_cancelled(terms: ClockTerms, batch: EventBatch) -> bool:
        return batch.has(ENDINGS) or batch.has(terms.cancels)

    def _reopen(self, clock: Clock | None, terms: ClockTerms, batch: EventBatch) -> Clock | None:
        if clock is None:
            # It was to start with the very response that resolved the ticket: all of it is owed.
            if terms.reopening is not Reopening.NONE and _is_begun(terms, batch.past):
                self.start(terms, batch.at, batch.priority)
            return self.latest(terms.name)
        if terms.reopening is Reopening.SAME_CYCLE and not clock.is_suspended:
            return self._put(clock.reopen(batch.at, self._time_base(terms)))
        if terms.reopening is Reopening.NEW_CYCLE and not clock.is_open:
            self.start(terms, batch.at, batch.priority)
        return self.latest(terms.name) or clock

    def _hold_or_run(self, terms: ClockTerms, batch: EventBatch) -> None:
        clock = self.latest(terms.name)
        if clock is None or not clock.is_open:
            return
        reason = next((reason for reason in batch.pauses if reason in terms.pauses), None)
        measures = self._time_base(terms)
        if reason is None:
            changed = clock.resume(batch.at, measures)
        else:
            changed = clock.pause(batch.at, reason, measures)
        if changed is not clock:
            self._put(changed)

    def _next_due_rung(self, clock: Clock) -> DueRung | None:
        # A cycle never changes, it is replaced; so what was worked out of it once holds.
        known = self._due_rungs.get((clock.name, clock.cycle))
        if known is None or known[0] is not clock:
            terms = self._terms.clock(clock.name)
            due = min(clock.rungs(terms, self._time_base(terms)), key=_instant, default=None)
            known = clock, DueRung(clock, due.rung, due.at) if due else None
            self._due_rungs[clock.name, clock.cycle] = known
        return known[1]

    def _time_base(self, terms: ClockTerms) -> ClockTimeBase:
        return self._time_bases[terms.name]

    def _put(self, clock: Clock) -> Clock:
        for index, known in enumerate(self.cycles):
            if (known.name, known.cycle) == (clock.name, clock.cycle):
                self.cycles[index] = clock
        if self._latest[clock.name].cycle == clock.cycle:
            self._latest[clock.name] = clock
        return clock


def _instant(due: RungDue) -> datetime:
    return due.at


def _is_begun(terms: ClockTerms, events: Sequence[Event]) -> bool:
    """Whether what the clock is about has begun, and has not ended since."""
    is_begun = was_begun = False
    for kind in (kind for event in events for kind in event.counts_as):
        if kind in terms.starts:
            is_begun = was_begun = True
        elif kind in terms.stops:
            is_begun = terms.repeats
        elif kind in terms.cancels or kind in ENDINGS:
            is_begun = False
        elif kind is EventType.REOPENED and terms.reopening is not Reopening.NONE:
            is_begun = was_begun
    return is_begun
