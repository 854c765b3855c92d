"""What is asked of the settlement of terms: the request as received, and the facts given since."""

from typing import Any

from policies.terms.settlement_request import SettlementRequest
from tests.policies.requests import MIDDAY


def request(**ticket: Any) -> SettlementRequest:
    return SettlementRequest(
        account="quay", ticket=ticket, received_at=MIDDAY, facts={"place": "london"}
    )


def test_facts_that_were_given_later_are_added_and_take_precedence() -> None:
    stated = request(channel="email", facts={"site": "a", "place": "paris"})
    assert stated.with_facts == {"channel": "email", "facts": {"site": "a", "place": "london"}}
    assert request(channel="email").with_facts["facts"] == {"place": "london"}


def test_a_request_without_some_facts_has_all_the_rest() -> None:
    stated = request(channel="email", facts={"site": "a", "place": "paris"})
    assert stated.without(["place", "other"]).ticket == {"channel": "email", "facts": {"site": "a"}}
    assert stated.without(["other"]) is stated


def test_a_request_can_state_no_facts() -> None:
    for silent in (request(channel="email"), request(facts=None)):
        assert silent.stated_facts == {}
        assert silent.without(["place"]) is silent
