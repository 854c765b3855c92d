"""Merging: the ticket that goes on has to be one that can be told, as far as that is known now."""

from api.dependencies import Dependencies
from api.http import problems
from api.http.auth import Caller
from api.http.problems import FieldError, Problem
from api.tickets.access import visible_ticket
from policies.vocabulary import Action, Stage
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView


async def check_merge(desk: Dependencies, caller: Caller, number: str, into: str) -> None:
    """Returns when `into` can go on for both. A merge that is not possible at all, or was made
    before, is for the ticket itself to answer.
    """
    ticket = await visible_ticket(desk, caller, number)
    if Action.MERGE not in ticket.allowed_actions or into == number:
        return
    try:
        target = await visible_ticket(desk, caller, into)
    except TicketUnknown:
        raise _unfit(ticket, "no_ticket", number=into) from None
    if target.account != ticket.account:
        raise _unfit(ticket, "of_another_account", number=into, account=target.account)
    if target.merged_into:
        raise _unfit(ticket, "closed_merged", number=into, following=target.merged_into)
    if target.stage is Stage.CLOSED:
        raise _unfit(ticket, "closed", number=into)


def _unfit(ticket: TicketView, phrase: str, **values: object) -> Problem:
    problem = Problem.saying(problems.INVALID_CONTENT, ticket.locale, phrase, **values)
    problem.stage, problem.allowed_actions = ticket.stage, ticket.allowed_actions
    problem.errors = (FieldError(field="into", message=problem.detail),)
    return problem
