"""The cycles of the clocks of a ticket, and the promise and the time base that each counts by."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from policies.terms.deadlines import ClockTimeBase
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.event_batch import EventBatch
from workflows.ticket.model.agreement import Agreement, as_agreed

NO_INTERVALS: Mapping[str, Agreement] = {}


class Cycles:
    """The cycles of every clock, oldest first. A change replaces a cycle."""

    def __init__(
        self,
        terms: Terms,
        cycles: Iterable[Clock] = (),
        intervals: Mapping[str, Agreement] = NO_INTERVALS,
    ) -> None:
        self.terms = terms
        self._intervals = intervals
        self._time_bases: dict[tuple[str, str | None], ClockTimeBase] = {}
        self.cycles = list(cycles)
        self._latest = {clock.name: clock for clock in self.cycles}

    def latest(self, name: str) -> Clock | None:
        """The current cycle of a clock; None if it has never started."""
        return self._latest.get(name)

    def cycle_of_run(self, terms: ClockTerms, since: datetime | None) -> Clock | None:
        """The latest cycle, if it is open, or if a change has ended it since the start of the run
        that goes on; None if the next run begins with the next cycle.
        """
        clock = self.latest(terms.name)
        if clock is None or clock.is_open:
            return clock
        return clock if since is not None and since <= clock.started_at else None

    def promise(self, terms: ClockTerms, now: EventBatch | Change) -> PromiseTerms:
        """The promise of a clock, with the interval that was agreed."""
        promise = terms.promise(now.priority, now.facts)
        return as_agreed(promise, self._intervals.get(terms.name))

    def begin(
        self, terms: ClockTerms, at: datetime, promise: PromiseTerms, priority: str | None = None
    ) -> Clock:
        """The next cycle of a clock, which counts from `at`."""
        time_base, cycle = self.time_base(terms, promise), self._next_cycle(terms)
        agreed = self._intervals.get(terms.name)
        clock = Clock.start(terms.name, cycle, at, promise, time_base, priority, agreed)
        return self._add(clock)

    def replace(self, clock: Clock) -> Clock:
        """Puts a cycle in the place of the one with its number."""
        for index, cycle in enumerate(self.cycles):
            if (cycle.name, cycle.cycle) == (clock.name, clock.cycle):
                self.cycles[index] = clock
        if self._latest[clock.name].cycle == clock.cycle:
            self._latest[clock.name] = clock
        return clock

    def base_of(self, clock: Clock) -> ClockTimeBase:
        """The time base on which a cycle counts."""
        return self.time_base(self.terms.clock(clock.name), clock.promise)

    def time_base(self, terms: ClockTerms, promise: PromiseTerms) -> ClockTimeBase:
        """The time base on which a clock counts a promise."""
        key = terms.name, promise.calendar
        if key not in self._time_bases:
            self._time_bases[key] = ClockTimeBase.for_clock(self.terms, terms, promise)
        return self._time_bases[key]

    def _next_cycle(self, terms: ClockTerms) -> int:
        latest = self.latest(terms.name)
        return latest.cycle + 1 if latest else 1

    def _add(self, clock: Clock) -> Clock:
        self.cycles.append(clock)
        self._latest[clock.name] = clock
        return clock
