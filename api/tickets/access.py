"""Access of a caller to a ticket. A ticket that a caller may not see does not exist for it."""

from typing import TypeVar

from api.dependencies import Dependencies
from api.identity.caller import Caller
from workflows.client.ticket_errors import TicketUnknown
from workflows.ticket.model.views import Reply, TicketView

AnyReply = TypeVar("AnyReply", bound=Reply)


async def visible_ticket(desk: Dependencies, caller: Caller, number: str) -> TicketView:
    """Reads a ticket; TicketUnknown if it does not exist or the caller may not read it."""
    view = await desk.tickets.view(number, caller.actor.role)
    requester = view.contact.email if view.contact else None
    if not (caller.may_see(view.account) and caller.is_own(requester)):
        raise TicketUnknown(f"there is no ticket {number}")
    return as_granted(caller, view)


def as_granted(caller: Caller, reply: AnyReply) -> AnyReply:
    """The reply without the actions that the caller may not take, whatever its role."""
    if caller.actions is None:
        return reply
    granted = tuple(filter(caller.may_take, reply.allowed_actions))
    return reply.model_copy(update={"allowed_actions": granted})


async def check_visible(desk: Dependencies, caller: Caller, number: str) -> None:
    """Raises TicketUnknown as above. For a caller that sees every ticket there is no query."""
    if caller.is_limited:
        await visible_ticket(desk, caller, number)
