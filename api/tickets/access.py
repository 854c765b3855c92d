"""Sight: a token for one account sees the tickets of that account, and no others exist for it."""

from api.dependencies import Desk
from api.http.auth import Caller
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView


async def look_at(desk: Desk, caller: Caller, number: str) -> TicketView:
    """The ticket; TicketUnknown when there is none for this caller."""
    view = await desk.tickets.view(number, caller.actor.role)
    if not caller.may_see(view.account):
        raise TicketUnknown(f"there is no ticket {number}")
    return view


async def check_sight(desk: Desk, caller: Caller, number: str) -> None:
    """Returns when the caller may see the ticket; most may see all, and nothing is asked."""
    if caller.account is not None:
        await look_at(desk, caller, number)
