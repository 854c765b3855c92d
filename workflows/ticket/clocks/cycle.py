"""One cycle of a clock as it stands: its promise, its times, and what they say."""

from datetime import datetime, timedelta

from policies.business_time.durations import Unit
from policies.business_time.spans import Span, Spans, subtract
from policies.terms.deadlines import ClockTimeBase
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import ClockState
from workflows.shared.payload import Payload
from workflows.ticket.clocks.counting import NOTHING
from workflows.ticket.clocks.pause import Pause, spans_of
from workflows.ticket.model.agreement import Agreement
from workflows.ticket.model.views import ClockView

BREACH = "breach"
AS_AGREED = "as agreed"
"""The target of a clock that has an agreed due time only."""
ACTIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


class Cycle(Payload):
    """One cycle of one clock. Times are UTC; `total` and `owed` are lengths on its time base.

    `promised_at` is when the promise in force was made, and `priority` the one it was made for.
    `overused` is the time by which a clock that continues had used more than its new target.
    """

    name: str
    cycle: int
    state: ClockState
    promise: PromiseTerms
    priority: str | None = None
    started_at: datetime
    promised_at: datetime
    begins: datetime
    total: timedelta
    anchor: datetime
    owed: timedelta
    overused: timedelta = NOTHING
    due_at: datetime
    pauses: tuple[Pause, ...] = ()
    fired: tuple[str, ...] = ()
    breached_at: datetime | None = None
    completed_at: datetime | None = None
    is_suspended: bool = False
    agreed: Agreement | None = None

    @property
    def has_agreed_date(self) -> bool:
        """Whether its due time was agreed: nothing but another agreement moves it."""
        return self.agreed is not None and self.agreed.due_at is not None

    @property
    def is_overdue(self) -> bool:
        """Breached, and not completed since."""
        return self.state is ClockState.BREACHED and self.completed_at is None

    @property
    def is_open(self) -> bool:
        """Still to be completed, in time or late."""
        return self.state in ACTIVE or self.is_overdue

    @property
    def has_reminded(self) -> bool:
        """A reminder that has come to its end."""
        return self.state is ClockState.CANCELLED and BREACH in self.fired

    @property
    def is_paused(self) -> bool:
        """Open, and not counting: before its breach the time left, after it the lateness."""
        return self.is_open and bool(self.pauses) and self.pauses[-1].is_open

    @property
    def never_pauses(self) -> bool:
        """A target of "the following week" never pauses (business time rule 7)."""
        within = self.promise.within
        is_dated = self.has_agreed_date
        return not is_dated and (within is None or within.unit is Unit.FOLLOWING_WEEK)

    def left(self, at: datetime, time_base: ClockTimeBase) -> timedelta:
        """The time left at `at`; never negative."""
        if self.state is not ClockState.RUNNING:
            return self.owed
        counted = time_base.for_promise(self.promise).between(self.anchor, at)
        return max(NOTHING, self.owed - max(NOTHING, counted))

    def late_spans(self, at: datetime) -> Spans:
        """The lateness until `at`: the time from the breach to the completion, without pauses."""
        if self.breached_at is None:
            return ()
        span = Span(self.breached_at, min(at, self.completed_at or at))
        return subtract([span], spans_of(self.pauses, at))

    @property
    def held_since(self) -> datetime:
        """Since when a paused clock does not count, for whatever reasons in turn."""
        since = self.pauses[-1].since
        for pause in reversed(self.pauses):
            since = pause.since if pause.until == since else since
        return since

    @property
    def runs_out_at(self) -> datetime:
        """The due time, or the change that has put it into the past. An agreed due time that passes
        while the clock pauses runs out at the end of the pause.
        """
        return max(self.due_at, self.promised_at)

    def view(self, terms: ClockTerms) -> ClockView:
        """This cycle as readers see it."""
        is_held = self.state is ClockState.PAUSED and not self.has_agreed_date
        return ClockView(
            name=self.name,
            cycle=self.cycle,
            state=self.state,
            clause=self.promise.clause or terms.clause,
            promised=terms.promised,
            target=str(self.promise.within or AS_AGREED),
            started_at=self.started_at,
            due_at=None if is_held else self.due_at,
            owed=self.owed.total_seconds() if is_held else None,
            paused_at=self.held_since if self.is_paused else None,
            breached_at=self.breached_at,
            completed_at=self.completed_at,
            agreed=self.agreed,
        )
