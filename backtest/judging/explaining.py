"""Explaining: a ticket played again, with what each of its rows did to one clock."""

from collections.abc import Iterator
from datetime import datetime

from backtest.judging.judge import opened
from backtest.judging.log_terms import LogTerms
from backtest.judging.played_ticket import PlayedTicket
from backtest.log.ticket import LoggedTicket, Row
from backtest.results.explanation import Step
from policies.vocabulary import ClockState, EventType
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.model.events import Event


def steps_of(
    terms: LogTerms, logged: LoggedTicket, clock: str, until: datetime
) -> tuple[Step, ...]:
    """The steps of a clock of a ticket that can be judged, until the end of the log."""
    ticket = opened(logged, terms.terms_of(logged.request, logged.opened_at))
    teller = _Teller(ticket, clock)
    steps = [*teller.news(None)]
    for row in logged.rows:
        ticket.play(row)
        steps += teller.news(row)
    ticket.end(until)
    return (*steps, *teller.news(None))


class _Teller:
    """Tells the changes of one clock since it last did."""

    def __init__(self, ticket: PlayedTicket, clock: str) -> None:
        self._ticket = ticket
        self._name = clock
        self._told = 0
        self._last: Clock | None = None

    def news(self, row: Row | None) -> Iterator[Step]:
        """A step for each time since the last one, if the clock is another one now."""
        events = self._ticket.state.events[self._told :]
        self._told = len(self._ticket.state.events)
        for event in events:
            if self._is_of_clock(event):
                yield self._step(event.at, (str(event.type),), None)
        clock = self._ticket.clocks.latest(self._name)
        own = [event for event in events if not _is_of_a_clock(event)]
        if clock is None or clock == self._last or not own:
            self._last = clock
            return
        self._last = clock
        names = tuple(dict.fromkeys(event.names[-1] for event in own))
        yield self._step(own[-1].at, tuple(map(str, names)), row)

    def _is_of_clock(self, event: Event) -> bool:
        is_breach = event.type is EventType.CLOCK_BREACHED
        return is_breach and event.data["clock"] == self._name

    def _step(self, at: datetime, events: tuple[str, ...], row: Row | None) -> Step:
        clock = self._ticket.clocks.latest(self._name)
        assert clock is not None
        used = clock.used(min(at, clock.completed_at or at), self._ticket.clocks.base_of(clock))
        is_breach = events == (EventType.CLOCK_BREACHED,)
        state = ClockState.BREACHED if is_breach else clock.state
        return Step(
            at=at,
            events=events,
            clock=state.value,
            due=None if state is ClockState.PAUSED else clock.due_at,
            counted_seconds=round(used.total_seconds()),
            cycle=clock.cycle,
            priority=self._ticket.state.priority,
            state=row.state if row else None,
            place=row.place if row else None,
        )


def _is_of_a_clock(event: Event) -> bool:
    """Whether a clock caused the event."""
    return "clock" in event.data or "by_clock" in event.data
