"""Overrides of a contract appear in the terms, the view and the timeline of a ticket."""

import pytest

from policies.schema.request import TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, EventType
from tests.harness import HARBOUR, MIA, new_york, opening
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.process import views

WITHIN = "clocks.first_response.within"
RECEIVED = "2027-01-06 14:00"


def driver() -> TicketDriver:
    contract = HARBOUR.model_copy(update={"overrides": {WITHIN: "1 business day"}})
    return TicketDriver(opened=opening(new_york(RECEIVED), contract=contract))


@pytest.mark.clause("prismic/contract-prevails")
def test_a_clock_has_the_target_of_the_contract() -> None:
    assert driver().clock("first_response").due_at == new_york("2027-01-07 14:00")


@pytest.mark.clause("prismic/contract-prevails")
def test_the_ticket_and_its_timeline_show_the_overrides() -> None:
    told = driver().carried()
    told.act(Action.ACKNOWLEDGE)
    shown = {
        "path": WITHIN,
        "policy": "2 business days",
        "contract": "1 business day",
        "clause": "first-response",
    }
    assert [o.model_dump() for o in views.view(told.state).overrides] == [shown]
    [event] = told.events(EventType.OPENED)
    assert event.data["overrides"] == [shown]


def test_a_ticket_without_overrides_shows_none() -> None:
    plain = TicketDriver(RECEIVED)
    assert views.view(plain.state).overrides == ()
    assert "overrides" not in plain.events(EventType.OPENED)[0].data


@pytest.mark.clause("prismic/contract-prevails")
def test_terms_settled_later_show_the_overrides_then() -> None:
    received = new_york(RECEIVED)
    contract = HARBOUR.model_copy(update={"overrides": {WITHIN: "1 business day"}})
    whole = opening(received, contract=contract)
    facts = TicketFacts(requester=MIA, channel="email")
    late = whole.model_copy(update={"terms": unsettled_terms(contract.account, facts, received)})
    told = TicketDriver(opened=late)
    told.ticket.settle(Settlement(terms=whole.terms), new_york("2027-01-06 15:00"))
    [event] = told.events(EventType.TERMS_SETTLED)
    assert event.data["overrides"] == [o.model_dump() for o in whole.terms.overrides]
    assert views.view(told.state).overrides == whole.terms.overrides
