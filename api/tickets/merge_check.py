"""Checks the target of a merge before the action is sent to the merged ticket."""

from api.dependencies import Dependencies
from api.http import problem_types
from api.http.auth import Caller
from api.http.problems import FieldError, Problem
from api.tickets.access import visible_ticket
from policies.vocabulary import Action, Stage
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView


async def check_merge(desk: Dependencies, caller: Caller, number: str, into: str) -> None:
    """Raises a Problem if `into` cannot be the surviving ticket.

    The merged ticket itself refuses a merge that is not possible, and replies to a retry.
    """
    ticket = await visible_ticket(desk, caller, number)
    if Action.MERGE not in ticket.allowed_actions or into == number:
        return
    try:
        target = await visible_ticket(desk, caller, into)
    except TicketUnknown:
        raise _invalid(ticket, "no_ticket", number=into) from None
    if target.account != ticket.account:
        raise _invalid(ticket, "of_another_account", number=into, account=target.account)
    if target.merged_into:
        raise _invalid(ticket, "closed_merged", number=into, following=target.merged_into)
    if target.stage is Stage.CLOSED:
        raise _invalid(ticket, "closed", number=into)


def _invalid(ticket: TicketView, phrase: str, **values: object) -> Problem:
    problem = Problem.from_phrase(problem_types.INVALID_CONTENT, ticket.locale, phrase, **values)
    problem.stage, problem.allowed_actions = ticket.stage, ticket.allowed_actions
    problem.errors = (FieldError(field="into", message=problem.detail),)
    return problem
