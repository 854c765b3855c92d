"""Merging: the ticket that goes on has to be one that can be told, as far as that is known now."""

from api import problems
from api.auth import Caller
from api.desk import Desk
from api.problems import FieldError, Problem
from api.sight import look_at
from policies.vocabulary import Action, Stage
from workflows.gateway import TicketUnknown
from workflows.ticket.messages import TicketView


async def check_merge(desk: Desk, caller: Caller, number: str, into: str) -> None:
    """Returns when `into` can go on for both. A merge that is not possible at all, or was made
    before, is for the ticket itself to answer.
    """
    ticket = await look_at(desk, caller, number)
    if Action.MERGE not in ticket.allowed_actions or into == number:
        return
    try:
        target = await look_at(desk, caller, into)
    except TicketUnknown as error:
        raise _unfit(str(error), ticket) from None
    if target.account != ticket.account:
        raise _unfit(f"ticket {into} is of another account, {target.account}", ticket)
    if target.stage is Stage.CLOSED:
        goes_on = f"; it goes on in {target.merged_into}" if target.merged_into else ""
        raise _unfit(f"ticket {into} is closed{goes_on}", ticket)


def _unfit(reason: str, ticket: TicketView) -> Problem:
    return Problem(
        problems.INVALID_CONTENT,
        reason,
        stage=ticket.stage,
        allowed_actions=ticket.allowed_actions,
        errors=(FieldError(field="into", message=reason),),
    )
