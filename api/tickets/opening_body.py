"""The body of `POST /tickets`."""

from workflows.ticket.model.ticket_request import TicketRequest


class OpenTicket(TicketRequest):
    """A request for support."""
