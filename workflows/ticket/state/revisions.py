"""Other terms for an open ticket: what they change, as a preview and for real.

Each clock counts its past, with its pauses, against the target of the new terms. A clock that the
new terms do not have is cancelled and stays on the record. Coverage is decided again, unless the
verdict was overridden.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from policies.coverage.verdict import Verdict
from policies.schema.tables import OTHERWISE
from policies.terms.deadline_terms import deadline_terms
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.clock import BY_PRIORITY, ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import ClockState, Reopening
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.event_batch import EventBatch
from workflows.ticket.clocks.ticket_clocks import EARLIER, TicketClocks
from workflows.ticket.model.revision_preview import ClockMove, RevisionPreview
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.state.waits import all_waits, pause_reasons

MOST_EARLIER_TERMS = 10
"""Terms before changes of the revision that a ticket keeps for its proof."""
LARGEST_EARLIER_TERMS = 150_000
"""Bytes of them: its state has to fit one Temporal payload (2 MiB)."""


def has_terms(state: TicketState, terms: Terms) -> bool:
    """Whether the ticket has exactly these terms already."""
    own = state.terms
    if terms.promised_by.keys() == own.promised_by.keys():
        # The clocks follow facts given since, so that a later value is nothing new to them.
        terms = terms.model_copy(update={"promised_by": own.promised_by})
    return _with_started_clocks(state, terms)[0] == own


def change_terms(state: TicketState, terms: Terms, at: datetime) -> list[ClockMove]:
    """Puts the ticket under other terms; returns the effect on clocks that were or are open."""
    before = {_identity(clock): clock for clock in state.clocks}
    state.earlier_terms = _kept([*state.earlier_terms, deadline_terms(state.terms)])
    extended, state.clocks = _with_started_clocks(state, terms)
    state.opening = state.opening.model_copy(update={"terms": extended})
    state.priority = state.priority or terms.priority
    clocks = TicketClocks(state.terms, state.clocks, state.intervals)
    clocks.recount(Change(state.priority, state.fact_rows, at, state.events, all_waits(state)))
    no_events = EventBatch(
        types=frozenset(),
        at=at,
        is_active=state.is_active,
        pauses=pause_reasons(state),
        priority=state.priority,
        facts=state.fact_rows,
    )
    clocks.follow(no_events)
    state.clocks = clocks.cycles
    return list(_moves(before, clocks.cycles))


def verdict_under(state: TicketState, terms: Terms) -> Verdict:
    """The coverage decision under these terms; an overridden verdict stays overridden."""
    return state.verdict if state.override else terms.verdict


def preview(state: TicketState, terms: Terms, at: datetime) -> RevisionPreview:
    """The effect that these terms would have, with clocks that would breach at once."""
    copy, verdict = state.draft(), verdict_under(state, terms)
    moves = change_terms(copy, terms, at)
    if verdict.refuses:
        moves = [after_refusal(move) for move in moves]
    else:
        moves = [_breached_if_past(copy.terms, move, at) for move in moves]
    return RevisionPreview(clocks=tuple(moves), verdict=verdict)


def after_refusal(move: ClockMove) -> ClockMove:
    """The effect on a clock if the terms refuse the request; a breach stays a breach."""
    is_over = move.new_state is ClockState.BREACHED
    state = ClockState.BREACHED if is_over else ClockState.CANCELLED
    return move.model_copy(update={"new_due_at": None, "new_state": state})


def _kept(terms: list[Terms]) -> list[Terms]:
    """The last of these terms, as far as there is room for them."""
    kept, room = list[Terms](), LARGEST_EARLIER_TERMS
    for each in reversed(terms[-MOST_EARLIER_TERMS:]):
        room -= len(each.model_dump_json())
        if room < 0:
            break
        kept.insert(0, each)
    return kept


def _with_started_clocks(state: TicketState, terms: Terms) -> tuple[Terms, list[Clock]]:
    """The terms, extended by those clocks of the ticket that they do not have, and by the calendars
    that its cycles count on. The cycles, which name those calendars.
    """
    kept = {clock.name for clock in terms.clocks}
    started = {clock.name for clock in state.clocks}
    retired = [_retired(c) for c in state.terms.clocks if c.name in started - kept]
    needed = {clock.calendar for clock in retired} | {c.promise.calendar for c in state.clocks}
    kept_calendars = {
        name: pinned for name, pinned in state.terms.calendars.items() if name in needed
    }
    calendars = kept_calendars | terms.calendars
    extended = terms.model_copy(
        update={"clocks": (*terms.clocks, *retired), "calendars": calendars}
    )
    clocks = [_on_its_calendar(clock, state.terms, extended, calendars) for clock in state.clocks]
    return extended.model_copy(update={"calendars": calendars}), clocks


def _on_its_calendar(
    clock: Clock, old: Terms, new: Terms, calendars: dict[str, PinnedCalendar]
) -> Clock:
    """The cycle, which goes on counting on its calendar if the new terms have another one in its
    place. `calendars` gets the old one under a name of its own.
    """
    counted_on = old.calendar_of(old.clock(clock.name), clock.promise)
    if counted_on is None or counted_on == new.calendar_of(new.clock(clock.name), clock.promise):
        return clock
    names = (f"{counted_on.name}{EARLIER}{number}" for number in count(1))
    name = next(name for name in names if calendars.get(name, counted_on) == counted_on)
    calendars[name] = counted_on
    return clock.model_copy(update={"promise": clock.promise.model_copy(update={"calendar": name})})


def _retired(clock: ClockTerms) -> ClockTerms:
    """A clock without targets. A breached cycle of it can still be completed."""
    return clock.model_copy(
        update={
            "promises": {OTHERWISE: PromiseTerms()},
            "by": BY_PRIORITY,
            "calendars": None,
            "reopening": Reopening.NONE,
        }
    )


def _moves(before: dict[tuple[str, int], Clock], after: list[Clock]) -> Iterator[ClockMove]:
    for clock in after:
        old = before.get(_identity(clock))
        if clock.is_open or (old is not None and old.is_open):
            yield ClockMove(
                name=clock.name,
                cycle=clock.cycle,
                due_at=_due(old),
                new_due_at=_due(clock),
                new_state=clock.state,
            )


def _breached_if_past(terms: Terms, move: ClockMove, at: datetime) -> ClockMove:
    """The effect on a clock, which breaches at once if its new due time has passed."""
    is_over = move.new_due_at is not None and move.new_due_at <= at
    if not is_over:
        return move
    state = ClockState.CANCELLED if terms.clock(move.name).reminds else ClockState.BREACHED
    return move.model_copy(update={"new_state": state})


def _due(clock: Clock | None) -> datetime | None:
    if clock is None or not (clock.is_overdue or clock.state is ClockState.RUNNING):
        return None
    return clock.due_at


def _identity(clock: Clock) -> tuple[str, int]:
    return clock.name, clock.cycle
