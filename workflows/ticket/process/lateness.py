"""Reports of lateness to the account, which earns credits for it (contentsquare/resolution-credit).

A cycle is reported when it breaches, and again whenever its lateness stops growing or goes on: it
is completed late, it ends with its ticket, another promise takes its place, the ticket waits for
its requester, or is opened again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from policies.accounts.lateness import Lateness
from policies.terms.model.calendar import PinnedCalendar
from policies.vocabulary import LatenessMeasure
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.state.ticket_state import TicketState


def late_cycles(state: TicketState) -> dict[tuple[str, int], Clock]:
    """The cycles that have breached, of clocks that can earn credits."""
    return {
        (clock.name, clock.cycle): clock
        for clock in state.clocks
        if clock.breached_at is not None and clock.name in state.terms.credited
    }


def lateness_reports(
    state: TicketState, before: dict[tuple[str, int], Clock], at: datetime
) -> Iterator[Lateness]:
    """Reports about the late cycles that a change at `at` has begun, ended, stopped or continued.

    `before` has the late cycles before it.
    """
    for identity, clock in late_cycles(state).items():
        old = before.get(identity)
        if old is None or _stands(old) != _stands(clock):
            state.reports += 1
            yield _report(state, clock, at)


def lateness_of(state: TicketState, clock: Clock, at: datetime) -> timedelta:
    """The lateness of a cycle until `at`, on the measure of its clock."""
    return _late(clock, _measuring_calendar(state, clock), at)


def _stands(clock: Clock) -> tuple[bool, datetime | None]:
    return clock.is_paused, clock.completed_at


def _report(state: TicketState, clock: Clock, at: datetime) -> Lateness:
    assert clock.breached_at is not None
    calendar = _measuring_calendar(state, clock)
    return Lateness(
        account=state.terms.account,
        ticket=state.opening.number,
        clock=clock.name,
        cycle=clock.cycle,
        number=state.reports,
        priority=clock.priority,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        late=_late(clock, calendar, at),
        reported_at=at,
        grows=clock.is_overdue and not clock.is_paused,
        calendar=calendar,
        completed_at=clock.completed_at,
        requester=state.terms.contacts.get("requester"),
        claim_until=_claim_until(state, clock),
    )


def _claim_until(state: TicketState, clock: Clock) -> datetime | None:
    """The end of a time limit for claims in business time, which runs from the breach; None without
    one.
    """
    within = state.terms.claim_within
    calendar = state.terms.calendar_of(state.terms.clock(clock.name), clock.promise)
    if within is None or calendar is None or clock.breached_at is None:
        return None
    return within.due_from(clock.breached_at, calendar.calendar)


def _measuring_calendar(state: TicketState, clock: Clock) -> PinnedCalendar | None:
    """The calendar on whose open time lateness grows; None if it is elapsed time."""
    terms = state.terms.clock(clock.name)
    counts_open_time = terms.lateness is LatenessMeasure.OPEN
    return state.terms.calendar_of(terms, clock.promise) if counts_open_time else None


def _late(clock: Clock, calendar: PinnedCalendar | None, at: datetime) -> timedelta:
    spans = clock.late_spans(at)
    if calendar is None:
        return sum((span.length for span in spans), timedelta(0))
    counted = (calendar.calendar.between(span.begins, span.ends) for span in spans)
    return sum(counted, timedelta(0))
