"""Settlements: what becomes of objections that are found after the opening of a ticket."""

from collections.abc import Iterable

from pydantic import JsonValue

from policies.terms.model.recipient import Recipient
from policies.terms.settlement_request import Settlement
from policies.vocabulary import EventType
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.state.ticket_state import TicketState

DESK = "desk"
"""The audience for work of the support team, while the policy with its contacts is not known."""


def objections_found(settlement: Settlement) -> list[NewEvent]:
    """The event that reports the objections of a settlement, if it has any."""
    if not settlement.objections:
        return []
    data: dict[str, JsonValue] = {
        "objections": list(settlement.objections),
        "facts": list(settlement.dropped),
        "settled": settlement.terms is not None,
    }
    return [NewEvent(EventType.OBJECTIONS_FOUND, data)]


def forget_facts(state: TicketState, dropped: Iterable[str]) -> None:
    """Facts that the policy does not accept are no longer part of the request."""
    names = frozenset(dropped)
    state.facts = {name: value for name, value in state.facts.items() if name not in names}
    if state.opening.request is not None:
        request = state.opening.request.without(names)
        state.opening = state.opening.model_copy(update={"request": request})


def name_the_desk(state: TicketState, desk: Recipient | None) -> None:
    """Tickets without terms notify this recipient of what is work for the support team."""
    terms = state.terms
    if desk is not None and terms.unassigned is None:
        named = {"contacts": {**terms.contacts, DESK: desk}, "unassigned": DESK}
        update = {"terms": terms.model_copy(update=named)}
        state.opening = state.opening.model_copy(update=update)
