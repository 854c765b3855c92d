"""Reports of the outcomes of clocks to the account, which measures service levels.

A cycle is reported when it starts, so that the account knows what a period waits for, and again
when it is decided: met, or breached. A change of the priority before that is reported too. A ticket
whose policy has no service levels reports nothing.
"""

from collections.abc import Iterator

from policies.accounts.outcomes import ClockOutcome, OutcomeState
from policies.vocabulary import ClockState
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.state.told_outcome import ToldOutcome


def outcome_reports(state: TicketState) -> Iterator[ClockOutcome]:
    """Reports about the measured cycles that differ from what was reported last."""
    for clock in state.clocks:
        if clock.name not in state.terms.measured:
            continue
        key = f"{clock.name}:{clock.cycle}"
        told = state.told_outcomes.get(key)
        now = _outcome(state, clock, told)
        if told is None and now.state is OutcomeState.DROPPED:
            continue
        if told is not None and (told.state, told.priority) == (now.state, now.priority):
            # Nothing to report, but from its completion on the priority stays.
            state.told_outcomes[key] = now.model_copy(update={"number": told.number})
        else:
            state.told_outcomes[key] = now
            yield ClockOutcome(
                account=state.terms.account,
                ticket=state.opening.number,
                clock=clock.name,
                cycle=clock.cycle,
                number=now.number,
                state=now.state,
                priority=now.priority,
                started_at=clock.started_at,
                due_at=clock.due_at,
            )


def _outcome(state: TicketState, clock: Clock, told: ToldOutcome | None) -> ToldOutcome:
    """The outcome as it stands. The priority at the completion stays."""
    is_final = told is not None and told.is_completed and clock.completed_at is not None
    return ToldOutcome(
        number=told.number + 1 if told else 1,
        state=_state(state, clock),
        priority=told.priority if told is not None and is_final else state.priority,
        is_completed=clock.completed_at is not None,
    )


def _state(state: TicketState, clock: Clock) -> OutcomeState:
    if clock.state is ClockState.CANCELLED or _is_replaced(state, clock):
        return OutcomeState.DROPPED
    if clock.state is ClockState.BREACHED:
        return OutcomeState.LATE
    return OutcomeState.IN_TIME if clock.state is ClockState.MET else OutcomeState.RUNNING


def _is_replaced(state: TicketState, clock: Clock) -> bool:
    """Whether another promise took its place: the next cycle counts from before its end."""
    following = (c for c in state.clocks if (c.name, c.cycle) == (clock.name, clock.cycle + 1))
    other = next(following, None)
    ended = clock.completed_at
    return other is not None and ended is not None and other.started_at < ended
