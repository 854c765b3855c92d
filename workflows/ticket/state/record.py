"""The record of a ticket: what a proof of it is made from."""

from datetime import datetime
from typing import Any, Self

from workflows.shared.payload import Payload
from workflows.ticket.state.ticket_state import TicketState


class TicketRecord(Payload):
    """The state of a ticket, without what it owes and whom it notified. It is exact for `as_of`:
    everything that was due before then is in it.
    """

    state: TicketState
    as_of: datetime
    is_over: bool = False
    """Whether nothing is due any more and no clock is open: it stands as it did at its last event.
    """

    @classmethod
    def of(cls, state: TicketState, due: datetime | None, until: datetime) -> Self:
        """The record of a ticket up to a time, or up to an earlier one at which a duty is due that
        it has not performed yet.
        """
        is_over = due is None and not any(clock.is_open for clock in state.clocks)
        last = state.events[-1].at
        covered = last if is_over else min(until, due or until)
        left_out: dict[str, Any] = {
            "notices": [],
            "handled": {},
            "late": [],
            "outcomes": [],
            "told_outcomes": {},
        }
        kept = state.model_copy(update=left_out)
        return cls(state=kept, as_of=max(covered, last), is_over=is_over)
