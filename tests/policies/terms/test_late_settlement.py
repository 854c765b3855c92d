"""Terms of a ticket that is open already: what does not fit is left out and reported."""

from typing import Any

import pytest

from policies.coverage.verdict import Decision
from policies.schema.policy import SupportPolicy
from policies.schema.request import TicketFacts
from policies.schema.tables import Dimension
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.settlement_request import Settlement
from tests.harness import CATALOG, HARBOUR, MIA
from tests.policies.requests import MIDDAY, contract

MILLBROOK = contract("millbrook-township")
CONTENSIVE = CATALOG.latest("contensive")


def settled(policy: SupportPolicy = CONTENSIVE, **request: Any) -> Settlement:
    agreed = MILLBROOK if policy.policy == "contensive" else HARBOUR
    ticket = TicketFacts(requester=MIA, **({"channel": "email"} | request))
    return settle_open_ticket(policy, agreed, ticket, MIDDAY)


def test_a_request_that_fits_has_no_objections() -> None:
    settlement = settled(kind="how_to", facts={"custom_programming": False})
    assert (settlement.objections, settlement.dropped) == ((), ())
    assert settlement.terms is not None


def test_wrong_facts_are_asked_for_again_together_with_those_that_are_missing() -> None:
    wrong = {"nature": "defekt", "colour": "red", "latest_version": True}
    settlement = settled(kind="framework", facts=wrong)
    assert settlement.dropped == ("nature", "colour")
    assert len(settlement.objections) == 2
    terms = settlement.terms
    assert terms is not None
    assert terms.verdict.decision is Decision.NEEDS_FACTS
    assert "nature" in terms.verdict.missing
    assert "colour" not in (*terms.asks, *terms.verdict.missing)
    assert terms.asks["nature"].endswith("?")
    right = settled(kind="framework", facts={"latest_version": True}).terms
    assert right is not None
    assert terms.asks == right.asks


def test_a_fact_whose_right_value_no_rule_needs_makes_the_verdict_wait_all_the_same() -> None:
    fitting = settled(kind="how_to", facts={"custom_programming": False}).terms
    settlement = settled(kind="how_to", facts={"custom_programming": False, "nature": "defekt"})
    assert fitting is not None
    assert settlement.terms is not None
    assert fitting.verdict.decision is Decision.COVERED
    assert settlement.terms.verdict.missing == ("nature",)
    assert settlement.terms.verdict.clauses == fitting.verdict.clauses


def test_a_refusal_does_not_wait_for_facts_that_were_wrong() -> None:
    settlement = settled(kind="how_to", facts={"custom_programming": True, "nature": "defekt"})
    assert settlement.terms is not None
    assert settlement.dropped == ("nature",)
    assert settlement.terms.verdict.decision is Decision.NOT_COVERED


def test_a_fact_that_only_the_contract_states_is_not_asked_of_the_requester() -> None:
    facts = {"custom_programming": False, "user_support": False}
    settlement = settled(kind="how_to", facts=facts)
    assert settlement.dropped == ("user_support",)
    assert settlement.terms is not None
    assert settlement.terms.verdict.decision is Decision.COVERED
    assert "user_support" not in settlement.terms.asks


def test_a_priority_that_does_not_exist_is_replaced_by_that_of_the_policy() -> None:
    settlement = settled(CATALOG.latest("contently"), priority="p0", channel="fax")
    assert settlement.terms is not None
    assert settlement.terms.priority == "normal"
    assert len(settlement.objections) == 2


@pytest.mark.fault(14)
def test_without_a_default_there_are_no_terms_and_the_desk_of_the_policy_is_named() -> None:
    contently = CATALOG.latest("contently")
    others = {d: name for d, name in contently.defaults.items() if d != Dimension.PRIORITY}
    undecided = contently.model_copy(update={"defaults": others})
    settlement = settled(undecided, priority="p0")
    assert (settlement.terms, len(settlement.objections)) == (None, 1)
    assert settlement.desk is not None
    named = contently.contacts[str(contently.unassigned)]
    assert (settlement.desk.email, settlement.desk.locale) == (named.email, "en")
    alone = undecided.model_copy(update={"unassigned": None})
    assert settled(alone, priority="p0").desk is None
