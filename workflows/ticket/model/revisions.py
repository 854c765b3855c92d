"""Another revision for an open ticket: which terms it comes under, and what its clocks make of it.

A clock keeps its past: what was counted and what was paused stays, and is held against the target
of the new terms. A clock that the new terms do not have is over, and stays on the record. Whether
the request is covered is judged anew, unless a person decided on it.
"""

from collections.abc import Iterator
from datetime import datetime

from policies.coverage.verdict import Verdict
from policies.schema.tables import OTHERWISE
from policies.terms.ticket_terms import ClockTerms, PromiseTerms, Terms
from policies.vocabulary import ClockState, Reopening
from workflows.ticket.model.clock import Clock
from workflows.ticket.model.messages import ClockMove, RevisionPreview
from workflows.ticket.model.state import TicketState
from workflows.ticket.model.ticket_clocks import EventBatch, TicketClocks


def is_under(state: TicketState, terms: Terms) -> bool:
    """Whether the ticket is under these very terms already."""
    return _with_the_past(state, terms) == state.terms


def come_under(state: TicketState, terms: Terms, at: datetime) -> list[ClockMove]:
    """Puts a ticket under other terms, and aims its clocks; what came of the open ones."""
    before = {_identity(clock): clock for clock in state.clocks}
    state.opening = state.opening.model_copy(update={"terms": _with_the_past(state, terms)})
    state.priority = state.priority or terms.priority
    board = TicketClocks(state.terms, state.clocks)
    board.reaim(state.priority, at, state.events)
    now_so = EventBatch(
        types=frozenset(),
        at=at,
        is_active=state.is_active,
        pauses=state.pauses,
        priority=state.priority,
    )
    board.follow(now_so)
    state.clocks = board.cycles
    return list(_moves(before, board.cycles))


def verdict_under(state: TicketState, terms: Terms) -> Verdict:
    """Whether these terms cover the request; what somebody overrode stays overridden."""
    return state.verdict if state.override else terms.verdict


def preview(state: TicketState, terms: Terms, at: datetime) -> RevisionPreview:
    """What these terms would do, and what would be over at once; the ticket stays as it is."""
    copy, verdict = state.copy_of(), verdict_under(state, terms)
    moves = come_under(copy, terms, at)
    shown = (_at_once(copy.terms, move, at) for move in moves)
    if verdict.refuses:
        shown = (when_closed(move) for move in moves)
    return RevisionPreview(clocks=tuple(shown), verdict=verdict)


def when_closed(move: ClockMove) -> ClockMove:
    """What is left of a clock when the terms turn the request down; what ran out stays so."""
    is_over = move.new_state is ClockState.BREACHED
    state = ClockState.BREACHED if is_over else ClockState.CANCELLED
    return move.model_copy(update={"new_due_at": None, "new_state": state})


def _with_the_past(state: TicketState, terms: Terms) -> Terms:
    """The terms, and with them the clocks that ran before and that they have no more."""
    known = {clock.name for clock in terms.clocks}
    started = {clock.name for clock in state.clocks}
    gone = [_retired(c) for c in state.terms.clocks if c.name in started - known]
    needed = {clock.calendar for clock in gone if clock.calendar}
    calendars = {name: state.terms.calendars[name] for name in needed} | terms.calendars
    return terms.model_copy(update={"clocks": (*terms.clocks, *gone), "calendars": calendars})


def _retired(clock: ClockTerms) -> ClockTerms:
    """A clock that promises nothing any more, and can still be completed where it ran out."""
    return clock.model_copy(
        update={"promises": {OTHERWISE: PromiseTerms()}, "reopening": Reopening.NONE}
    )


def _moves(before: dict[tuple[str, int], Clock], after: list[Clock]) -> Iterator[ClockMove]:
    for clock in after:
        known = before.get(_identity(clock))
        if clock.is_open or (known is not None and known.is_open):
            yield ClockMove(
                name=clock.name,
                cycle=clock.cycle,
                due_at=_due(known),
                new_due_at=_due(clock),
                new_state=clock.state,
            )


def _at_once(terms: Terms, move: ClockMove, at: datetime) -> ClockMove:
    """A new due time that lies behind is a deadline missed."""
    is_over = move.new_due_at is not None and move.new_due_at <= at
    if move.new_state is not ClockState.RUNNING or not is_over:
        return move
    over = ClockState.CANCELLED if terms.clock(move.name).reminds else ClockState.BREACHED
    return move.model_copy(update={"new_state": over})


def _due(clock: Clock | None) -> datetime | None:
    is_due = clock is not None and (clock.is_overdue or clock.state is ClockState.RUNNING)
    return clock.due_at if clock is not None and is_due else None


def _identity(clock: Clock) -> tuple[str, int]:
    return clock.name, clock.cycle
