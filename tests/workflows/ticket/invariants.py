"""Invariants of a ticket, which hold after every step."""

from collections.abc import Callable
from datetime import datetime

from policies.vocabulary import ClockState, EventType, Stage, WaitingOn
from tests.harness import ACTORS
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.state.ticket_state import ENDED, WITH_ENGINEERING, TicketState
from workflows.ticket.state.waits import pause_reasons

MOVES_DEADLINES = (EventType.RECLASSIFIED, EventType.REVISION_CHANGED, EventType.TERMS_SETTLED)
ASKING = (EventType.INFORMATION_REQUESTED,)
ASKING_ENDS = (
    *(EventType.INFORMATION_PROVIDED, EventType.TRIAGE_CONCLUDED, EventType.HANDED_OVER),
    *(EventType.VERDICT_OVERRIDDEN, EventType.RESOLVED, EventType.CLOSED),
)


def no_clock_is_met_and_breached(state: TicketState, _: datetime) -> None:
    for clock in state.clocks:
        if clock.state is ClockState.MET:
            assert clock.breached_at is None
            assert clock.completed_at is not None
            # An agreed due time that passes in a pause runs out at the end of the pause.
            is_dated, resumed_at = clock.has_agreed_date, clock.promised_at
            assert clock.completed_at <= clock.due_at or (
                is_dated and clock.completed_at == resumed_at
            )
        if clock.state is ClockState.BREACHED:
            assert clock.breached_at == max(clock.due_at, clock.promised_at)
            assert clock.completed_at is None or clock.completed_at >= clock.breached_at


def no_rung_fires_twice(state: TicketState, _: datetime) -> None:
    rungs = [
        (e.data["clock"], e.data["cycle"], e.data["rung"]) for e in state.events if "rung" in e.data
    ]
    assert len(rungs) == len(set(rungs))
    assert all(len(clock.fired) == len(set(clock.fired)) for clock in state.clocks)
    keys = [notice.key for notice in state.notices]
    assert len(keys) == len(set(keys))


def every_overdue_clock_has_breached(state: TicketState, now: datetime) -> None:
    for clock in state.clocks:
        assert clock.state is not ClockState.RUNNING or clock.due_at > now


def nothing_breaches_retroactively(state: TicketState, _: datetime) -> None:
    for clock in state.clocks:
        assert clock.breached_at is None or clock.breached_at >= clock.started_at
    reopened_at: datetime | None = None
    for event in state.events:
        if event.type is EventType.REOPENED:
            reopened_at = event.at
        elif event.type in MOVES_DEADLINES:
            reopened_at = None
        elif event.type is EventType.CLOCK_BREACHED and reopened_at is not None:
            assert event.at >= reopened_at


def no_event_is_before_the_event_before_it(state: TicketState, _: datetime) -> None:
    times = [event.at for event in state.events]
    assert times == sorted(times)


def only_one_cycle_of_a_clock_is_open(state: TicketState, _: datetime) -> None:
    open_clocks = [c.name for c in state.clocks if c.is_open]
    assert len(open_clocks) == len(set(open_clocks))


def whom_it_waits_on_fits_the_stage(state: TicketState, _: datetime) -> None:
    ended = state.stage in ENDED
    assert (state.waiting_on is WaitingOn.NOBODY) == ended
    lasting = [c for c in state.clocks if not state.terms.clock(c.name).outlasts_resolution]
    assert not (ended and any(c.state in ("running", "paused") for c in lasting))
    assert (state.closed_as is not None) == (state.stage is Stage.CLOSED)
    if state.waiting_on is WaitingOn.ENGINEERING:
        assert state.stage in WITH_ENGINEERING
    if state.waiting_on is WaitingOn.SUPPORT:
        assert state.stage not in (Stage.ENGINEERING_WORK, Stage.SCHEDULED_RELEASE)
    assert (state.waiting_on is WaitingOn.REQUESTER) == _is_asked(state)


def only_what_may_pause_is_paused(state: TicketState, _: datetime) -> None:
    for clock in state.clocks:
        if clock.state is ClockState.PAUSED:
            assert set(pause_reasons(state)) & set(state.terms.clock(clock.name).pauses)
            assert clock.pauses[-1].until is None


def what_is_allowed_is_in_the_table(state: TicketState, _: datetime) -> None:
    for role in ACTORS:
        for action in allowed_actions(state, role):
            assert state.stage in ACTIONS[action].within


def only_people_respond(state: TicketState, _: datetime) -> None:
    for event in state.events_of(EventType.RESPONDED):
        assert event.by.role == "agent"
        assert event.action_id is not None


def _is_asked(state: TicketState) -> bool:
    last = next((e.type for e in reversed(state.events) if e.type in (*ASKING, *ASKING_ENDS)), None)
    return last in ASKING


ALL: tuple[Callable[[TicketState, datetime], None], ...] = (
    no_clock_is_met_and_breached,
    no_rung_fires_twice,
    every_overdue_clock_has_breached,
    nothing_breaches_retroactively,
    no_event_is_before_the_event_before_it,
    only_one_cycle_of_a_clock_is_open,
    whom_it_waits_on_fits_the_stage,
    only_what_may_pause_is_paused,
    what_is_allowed_is_in_the_table,
    only_people_respond,
)
