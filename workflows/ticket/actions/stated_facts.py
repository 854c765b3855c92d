"""Facts that an action states: whether the policy of the ticket takes them."""

from typing import Any

from workflows.shared.action_request import ActionRequest
from workflows.shared.refusals import InvalidContent
from workflows.ticket.state.ticket_state import TicketState

FIELD = "facts"
"""The field of every input that states facts."""


def unfit_facts(ticket: TicketState, request: ActionRequest[Any]) -> InvalidContent | None:
    """The refusal of facts that do not fit, with all objections; None if they fit.

    While the policy is not known, any facts fit: the settlement of the terms looks at them again.
    """
    stated, known = getattr(request.content, FIELD, None), ticket.terms.known_facts
    if not stated or known is None:
        return None
    objections = tuple(known.objections(stated))
    if not objections:
        return None
    reasons = "; ".join(f"{objection.field}: {objection.reason}" for objection in objections)
    refusal = InvalidContent("facts_refused", reasons=reasons)
    refusal.objections = objections
    return refusal
