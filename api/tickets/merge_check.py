"""Checks that the caller of a merge may see the target. The target itself decides the rest."""

from api.dependencies import Dependencies
from api.http import problem_types
from api.http.problems import FieldError, Problem
from api.identity.caller import Caller
from api.tickets.access import check_visible, visible_ticket
from workflows.client.ticket_errors import TicketUnknown


async def check_merge(desk: Dependencies, caller: Caller, number: str, into: str) -> None:
    """Raises a Problem if `into` belongs to an account that the caller may not see.

    Like a ticket that does not exist, so that callers learn nothing of other accounts.
    """
    try:
        await check_visible(desk, caller, into)
    except TicketUnknown:
        ticket = await visible_ticket(desk, caller, number)
        problem = Problem.from_phrase(
            problem_types.INVALID_CONTENT, ticket.locale, "no_ticket", number=into
        )
        problem.stage, problem.allowed_actions = ticket.stage, ticket.allowed_actions
        problem.errors = (FieldError(field="into", message=problem.detail),)
        raise problem from None
