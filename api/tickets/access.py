"""Sight: a token for one account sees the tickets of that account, and no others exist for it."""

from api.dependencies import Dependencies
from api.http.auth import Caller
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView


async def visible_ticket(desk: Dependencies, caller: Caller, number: str) -> TicketView:
    """The ticket; TicketUnknown when there is none for this caller."""
    view = await desk.tickets.view(number, caller.actor.role)
    if not caller.may_see(view.account):
        raise TicketUnknown(f"there is no ticket {number}")
    return view


async def check_visible(desk: Dependencies, caller: Caller, number: str) -> None:
    """Returns when the caller may see the ticket; most may see all, and nothing is asked."""
    if caller.account is not None:
        await visible_ticket(desk, caller, number)
