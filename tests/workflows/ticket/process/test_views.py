"""What a contract overrides is on the ticket: in its terms, its view, and its timeline."""

import pytest

from policies.schema.request import TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, EventType
from tests.harness import HARBOUR, MIA, new_york, opening
from tests.workflows.ticket.story import Story
from workflows.ticket.process import views

WITHIN = "clocks.first_response.within"
RECEIVED = "2027-01-06 14:00"


def story() -> Story:
    contract = HARBOUR.model_copy(update={"overrides": {WITHIN: "1 business day"}})
    return Story(opened=opening(new_york(RECEIVED), contract=contract))


@pytest.mark.clause("prismic/contract-prevails")
def test_the_clock_of_a_ticket_counts_what_the_contract_says() -> None:
    assert story().clock("first_response").due_at == new_york("2027-01-07 14:00")


@pytest.mark.clause("prismic/contract-prevails")
def test_the_ticket_and_its_timeline_show_what_was_overridden() -> None:
    told = story().carried()
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


def test_a_ticket_without_overrides_says_nothing_of_them() -> None:
    plain = Story(RECEIVED)
    assert views.view(plain.state).overrides == ()
    assert "overrides" not in plain.events(EventType.OPENED)[0].data


@pytest.mark.clause("prismic/contract-prevails")
def test_terms_that_are_settled_later_show_it_when_they_are() -> None:
    received = new_york(RECEIVED)
    contract = HARBOUR.model_copy(update={"overrides": {WITHIN: "1 business day"}})
    whole = opening(received, contract=contract)
    facts = TicketFacts(requester=MIA, channel="email")
    late = whole.model_copy(update={"terms": unsettled_terms(contract.account, facts, received)})
    told = Story(opened=late)
    told.ticket.settle(Settlement(terms=whole.terms), new_york("2027-01-06 15:00"))
    [event] = told.events(EventType.TERMS_SETTLED)
    assert event.data["overrides"] == [o.model_dump() for o in whole.terms.overrides]
    assert views.view(told.state).overrides == whole.terms.overrides
