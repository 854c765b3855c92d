"""Access of a caller to a ticket. A ticket that a caller may not see does not exist for it."""

from api.dependencies import Dependencies
from api.identity.caller import Caller
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView


async def visible_ticket(desk: Dependencies, caller: Caller, number: str) -> TicketView:
    """Reads a ticket; TicketUnknown if it does not exist or the caller may not read it."""
    view = await desk.tickets.view(number, caller.actor.role)
    requester = view.contact.email if view.contact else None
    if not (caller.may_see(view.account) and caller.is_own(requester)):
        raise TicketUnknown(f"there is no ticket {number}")
    return view


async def check_visible(desk: Dependencies, caller: Caller, number: str) -> None:
    """Raises TicketUnknown as above. For a caller that sees every ticket there is no query."""
    if caller.is_limited:
        await visible_ticket(desk, caller, number)
