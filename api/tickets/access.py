"""Access of a caller to a ticket. A ticket of another account is unknown to a limited token."""

from api.dependencies import Dependencies
from api.identity.caller import Caller
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView


async def visible_ticket(desk: Dependencies, caller: Caller, number: str) -> TicketView:
    """Reads a ticket; TicketUnknown if it does not exist or the caller may not read it."""
    view = await desk.tickets.view(number, caller.actor.role)
    if not caller.may_see(view.account):
        raise TicketUnknown(f"there is no ticket {number}")
    return view


async def check_visible(desk: Dependencies, caller: Caller, number: str) -> None:
    """Raises TicketUnknown as above. Without an account limit there is no query."""
    if caller.account is not None:
        await visible_ticket(desk, caller, number)
