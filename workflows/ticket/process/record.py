"""The record of a ticket: what a proof of it is made from."""

from datetime import datetime
from typing import Any

from workflows.shared.payload import Payload
from workflows.ticket.process.duties import DutySchedule
from workflows.ticket.state.ticket_state import TicketState


class TicketRecord(Payload):
    """The state of a ticket, without what it owes and whom it notified. It is exact for `as_of`:
    everything that was due before then is in it.
    """

    state: TicketState
    as_of: datetime


def record(state: TicketState, schedule: DutySchedule, until: datetime) -> TicketRecord:
    """The record of a ticket up to a time, or up to an earlier one at which a duty is due that it
    has not performed yet.
    """
    due, last = schedule.next(), state.events[-1].at
    covered = min(until, due.at) if due else until
    left_out: dict[str, Any] = {"notices": [], "handled": {}, "late": [], "outcomes": [], "told_outcomes": {}}
    return TicketRecord(state=state.model_copy(update=left_out), as_of=max(covered, last))
