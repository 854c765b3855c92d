"""Measuring: the cycles of one clock of a played ticket as one result."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from backtest.judging.credits import Credits
from backtest.judging.played_ticket import PlayedTicket
from backtest.log.ticket import LoggedTicket
from backtest.results.clock_result import ClockResult, ResultState, Why
from policies.accounts.credits import Earned
from policies.accounts.worth import total
from policies.terms.model.calendar import PinnedCalendar
from policies.vocabulary import ClockState, OnChange
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.cycle import AS_AGREED
from workflows.ticket.process.lateness import lateness_of

_STATES = {
    ClockState.MET: ResultState.MET,
    ClockState.RUNNING: ResultState.OPEN,
    ClockState.PAUSED: ResultState.OPEN,
    ClockState.CANCELLED: ResultState.CANCELLED,
    ClockState.BREACHED: ResultState.BREACHED,
}


def results_of(
    ticket: PlayedTicket, logged: LoggedTicket, credits: Credits, until: datetime
) -> Iterator[ClockResult]:
    """The result of each clock that ran, at the end of the log. Clocks that only remind have none:
    nothing is promised by them.
    """
    reminders = {clock.name for clock in ticket.state.terms.clocks if clock.reminds}
    earned = credits.earned(ticket, until) if ticket.state.late else {}
    cycles = sorted(ticket.state.clocks, key=lambda cycle: (cycle.name, cycle.cycle))
    for name, group in groupby(cycles, key=lambda cycle: cycle.name):
        if name not in reminders:
            own = [*group]
            yield _with_credits(_result(ticket, logged, own, until), own, earned)


def _result(
    ticket: PlayedTicket, logged: LoggedTicket, cycles: Sequence[Clock], until: datetime
) -> ClockResult:
    terms = ticket.state.terms
    first, last = cycles[0], cycles[-1]
    clock = terms.clock(last.name)
    breached = next((cycle for cycle in cycles if cycle.breached_at is not None), None)
    shown = breached or last
    # A clock that keeps its due time is judged by the promise that it keeps.
    judged = shown if clock.on_change is OnChange.KEEP else last
    counted, target = _counted(ticket, judged, last, until), _seconds(judged.total)
    is_held = shown.state is ClockState.PAUSED and not shown.has_agreed_date
    return ClockResult(
        ticket=logged.id,
        clock=last.name,
        started=first.started_at,
        due=None if is_held else (shown.breached_at or shown.due_at),
        completed=None if last.state is ClockState.CANCELLED else last.completed_at,
        state=_STATES[shown.state],
        priority=judged.priority,
        month=_month(first.started_at, terms.calendar_of(clock, judged.promise)),
        target=str(judged.promise.within or AS_AGREED),
        target_seconds=target,
        counted_seconds=counted,
        overdue_seconds=sum(_seconds(lateness_of(ticket.state, c, until)) for c in cycles),
        breached_at=breached.breached_at if breached else None,
        why=_why(breached, judged, counted <= target) if breached else None,
        cycles=len(cycles),
        clause=shown.promise.clause or clock.clause,
        place=logged.place,
    )


def _with_credits(
    result: ClockResult, cycles: Sequence[Clock], earned: Mapping[tuple[str, int], Earned]
) -> ClockResult:
    own = [earned[key] for c in cycles if (key := (c.name, c.cycle)) in earned]
    if not own:
        return result
    worth = total(each.worth for each in own)
    return result._replace(
        credits=sum(each.credits for each in own),
        earned=tuple((each.unit, str(each.number)) for each in worth),
    )


def _counted(ticket: PlayedTicket, judged: Clock, last: Clock, until: datetime) -> int:
    """The seconds counted until the completion of the last cycle, or until the end of the log."""
    if judged is not last:
        ended = {"completed_at": last.completed_at, "pauses": last.pauses}
        judged = judged.model_copy(update=ended)
    return _seconds(judged.used(last.completed_at or until, ticket.clocks.base_of(judged)))


def _why(breached: Clock, judged: Clock, is_within: bool) -> Why:
    """The rule by which it breached. `is_within` is whether no more than the target was counted."""
    if breached.breached_at is not None and breached.breached_at > breached.due_at:
        return Why.CHANGE
    if judged.breached_at is None:
        return Why.EARLIER_PROMISE
    return Why.CLOSING if is_within else Why.DEADLINE


def _month(at: datetime, calendar: PinnedCalendar | None) -> str:
    local = at.astimezone(calendar.tzinfo) if calendar else at
    return f"{local.year:04}-{local.month:02}"


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
