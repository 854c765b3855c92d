"""Late completions: promises met after their deadline that can earn the account a credit
(contentsquare/resolution-credit).
"""

from collections.abc import Iterator, Set

from policies.accounts.late_completion import LateCompletion
from workflows.ticket.model.state import TicketState
from workflows.ticket.model.ticket_clocks import EventBatch


def overdue_cycles(state: TicketState) -> set[tuple[str, int]]:
    """Name and cycle of every overdue clock."""
    return {(clock.name, clock.cycle) for clock in state.clocks if clock.is_overdue}


def late_completions(
    state: TicketState, overdue: Set[tuple[str, int]], batch: EventBatch
) -> Iterator[LateCompletion]:
    """The cycles that were `overdue` before the events of a batch completed them.

    A clock that was cancelled, because nobody needs it any more, was not completed.
    """
    for clock in state.clocks:
        has_ended = (clock.name, clock.cycle) in overdue and not clock.is_overdue
        if not has_ended or clock.name not in state.terms.credited:
            continue
        if batch.has(state.terms.clock(clock.name).stops):
            yield LateCompletion(
                account=state.terms.account,
                ticket=state.opening.number,
                clock=clock.name,
                cycle=clock.cycle,
                priority=state.priority,
                due_at=clock.due_at,
                completed_at=batch.at,
                requester=state.terms.contacts.get("requester"),
            )
