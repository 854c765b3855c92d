"""The input of a ticket workflow that this project starts itself."""

from workflows.shared.payload import Payload
from workflows.ticket.model.opening import Opening
from workflows.ticket.state.ticket_state import TicketState


class Start(Payload):
    """A new ticket whose terms are settled, or the state carried from the run before.

    It is private to this project. Others start a ticket with a `TicketStart`.
    """

    opening: Opening | None = None
    carried: TicketState | None = None
