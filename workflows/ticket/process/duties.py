"""The documented process: what is owed, from when. Read it top to bottom.

Each rule looks at a ticket and says which duties it gives rise to and the instant from which
each is owed. A duty that is owed later is a durable timer; one that is owed now is performed.
Nothing here knows of Temporal, and nothing here decides by the wall clock.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from policies.vocabulary import Action, ClosedAs, Stage
from workflows.shared.action_request import ActionInput
from workflows.ticket.actions.closing import Close
from workflows.ticket.actions.engineering import HandOver
from workflows.ticket.model.ticket_clocks import DueRung
from workflows.ticket.process.ticket import Ticket


class Duty(NamedTuple):
    """What the system owes from an instant on. `key` is its identity within the ticket."""

    key: str
    at: datetime
    summary: str
    perform: Callable[[Ticket], None]


def ring_clocks(ticket: Ticket) -> Iterator[Duty]:
    """Every clock warns, breaches and reminds at the rungs of its ladder, the next one first."""
    for ring in ticket.clocks.next_due_rungs():
        key = f"{ring.clock.name}/{ring.clock.cycle}"
        yield Duty(key, ring.at, _ring_summary(ring), partial(Ticket.ring, ring=ring))


def hand_over_when_the_week_opens(ticket: Ticket) -> Iterator[Duty]:
    """Triage ended without a resolution: engineering gets the packet the following week."""
    state, calendar = ticket.state, ticket.state.terms.desk_calendar
    is_automatic = state.terms.process.automatic_handoff
    if state.stage is Stage.AWAITING_HANDOFF and is_automatic and state.concluded_at and calendar:
        opens, _ = calendar.calendar.following_week(state.concluded_at)
        yield _action("handoff", opens, "hand over to engineering", Action.HAND_OVER, HandOver())


def ask_for_a_forecast_that_holds(ticket: Ticket) -> Iterator[Duty]:
    """The date in the forecast passed and work has not begun: a new forecast is asked for."""
    state, calendar = ticket.state, ticket.state.terms.desk_calendar
    forecast = state.forecast
    if state.stage is Stage.FORECAST_SHARED and forecast and calendar and not forecast.lapsed:
        over = calendar.end_of(forecast.begins_by)
        key = f"forecast/{forecast.revision}"
        yield Duty(key, over, "the forecast date is over", Ticket.lapse_forecast)


def close_what_stayed_resolved(ticket: Ticket) -> Iterator[Duty]:
    """Nobody came back after the resolution: the ticket closes by itself."""
    closes_at = ticket.state.closes_at
    if closes_at is not None:
        close = Close(closed_as=ClosedAs.RESOLVED)
        yield _action("close", closes_at, "close the resolved ticket", Action.CLOSE, close)


def let_the_refusal_stand(ticket: Ticket) -> Iterator[Duty]:
    """A verdict closed the ticket, and nobody overrode it in time: it is closed for good."""
    until = ticket.state.contest_until
    if until is not None and ticket.state.is_contestable:
        yield Duty("refusal", until, "let the refusal stand", Ticket.finalize_refusal)


RULES = (
    ring_clocks,
    hand_over_when_the_week_opens,
    ask_for_a_forecast_that_holds,
    close_what_stayed_resolved,
    let_the_refusal_stand,
)


def duties(ticket: Ticket) -> list[Duty]:
    """Every duty of the ticket as it stands, the earliest first; the process breaks ties."""
    return sorted(_rules(ticket), key=_instant)


def _rules(ticket: Ticket) -> Iterator[Duty]:
    return (duty for rule in RULES for duty in rule(ticket))


def catch_up(ticket: Ticket, now: datetime) -> Duty | None:
    """Performs what is owed by now, once; the duty that is owed next, if any."""
    return Plan(ticket).catch_up(now)


class Plan:
    """What a ticket owes, worked out again only when the ticket has changed.

    `performed` is told of each duty, once it is done.
    """

    def __init__(self, ticket: Ticket, performed: Callable[[Duty], None] | None = None) -> None:
        self._ticket = ticket
        self._performed = performed
        self._next: Duty | None = None
        self._changes = -1

    def next(self) -> Duty | None:
        """The duty that is owed first, if any."""
        if self._changes != self._ticket.changes:
            self._next = min(_rules(self._ticket), key=_instant, default=None)
            self._changes = self._ticket.changes
        return self._next

    def catch_up(self, now: datetime) -> Duty | None:
        """Performs, in their order, the duties owed by now; the one that is owed next, if any."""
        while (owed := self.next()) is not None and owed.at <= now:
            owed.perform(self._ticket)
            if self._performed is not None:
                self._performed(owed)
        return owed


def _instant(duty: Duty) -> datetime:
    return duty.at


def _action(key: str, at: datetime, summary: str, action: Action, content: ActionInput) -> Duty:
    perform = partial(Ticket.act_automatically, action=action, content=content, at=at)
    return Duty(key, at, summary, perform)


def _ring_summary(ring: DueRung) -> str:
    cycle = f" (cycle {ring.clock.cycle})" if ring.clock.cycle > 1 else ""
    return f"{ring.clock.name}{cycle}: {ring.rung.at}"
