"""Facts of actions are checked as at opening. A wrong one is refused and changes nothing."""

from typing import Any

import pytest

from policies.coverage.verdict import Decision, Verdict
from policies.terms.admission import RequestRefused
from policies.vocabulary import Action, EventType, Role, WaitingOn
from tests.harness import AGENT, MIA, REQUESTER, SERVICE, opening
from tests.policies.requests import MIDDAY, contract
from tests.workflows.ticket.placed_policy import placed_ticket
from tests.workflows.ticket.test_other_policies import of_account, unsettled_opening
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import Actor
from workflows.shared.refusals import InvalidContent
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.stated_facts import FIELD
from workflows.ticket.actions.table import ACTIONS

WRONG: dict[str, dict[str, Any]] = {
    "a name that does not exist": {"natur": "bug"},
    "a name in another case": {"Nature": "defect"},
    "a value that is not a choice": {"nature": "defekt"},
    "a list for a text": {"nature": ["defect"]},
    "no value": {"nature": None},
    "a text for true or false": {"latest_version": "yes"},
    "a number for true or false": {"latest_version": 1},
    "a text for a date": {"signed_off": "last spring"},
    "a date that does not exist": {"signed_off": "2027-02-30"},
    "a fact of the contract": {"user_support": True},
}
CALLERS = (REQUESTER, AGENT, SERVICE)


def framework_ticket() -> TicketDriver:
    driver = of_account("millbrook-township", kind="framework", channel="email")
    assert driver.state.verdict.decision is Decision.NEEDS_FACTS
    return driver


def refusal(driver: TicketDriver, actor: Actor, facts: dict[str, Any]) -> InvalidContent:
    with pytest.raises(InvalidContent) as refused:
        driver.act(Action.PROVIDE_INFORMATION, actor, message="Here it is.", facts=facts)
    return refused.value


@pytest.mark.fault(14)
@pytest.mark.parametrize("facts", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("actor", CALLERS, ids=lambda actor: actor.role)
def test_a_wrong_fact_is_refused_and_leaves_the_ticket_untouched(
    actor: Actor, facts: dict[str, Any]
) -> None:
    driver = framework_ticket()
    before = driver.state.model_dump_json()
    (objection,) = refusal(driver, actor, facts).objections
    assert objection.field == f"facts.{next(iter(facts))}"
    assert driver.state.model_dump_json() == before
    assert driver.state.waiting_on is WaitingOn.REQUESTER


@pytest.mark.fault(14)
def test_all_wrong_facts_are_refused_at_once_and_none_of_the_right_ones_is_taken() -> None:
    driver = framework_ticket()
    stated = {"natur": "bug", "nature": "defekt", "latest_version": "yes", "third_party": False}
    refused = refusal(driver, REQUESTER, stated)
    fields = [objection.field for objection in refused.objections]
    assert fields == ["facts.natur", "facts.nature", "facts.latest_version"]
    assert all(field in str(refused) for field in fields)
    assert "An existing feature does not work (defect)" in str(refused)
    assert "is not true or false" in str(refused)
    assert driver.state.facts == {}


@pytest.mark.fault(14)
@pytest.mark.parametrize("facts", WRONG.values(), ids=WRONG.keys())
def test_an_action_refuses_a_fact_in_the_words_of_an_opening(facts: dict[str, Any]) -> None:
    agreed = contract("millbrook-township")
    with pytest.raises(RequestRefused) as at_opening:
        opening(MIDDAY, contract=agreed, kind="framework", facts=facts)
    later = refusal(framework_ticket(), REQUESTER, facts)
    assert later.objections == tuple(at_opening.value.objections)


@pytest.mark.fault(14)
def test_facts_are_checked_for_every_action_that_states_them() -> None:
    stating = [a for a, rule in ACTIONS.items() if FIELD in rule.input.model_fields]
    assert stating == [Action.PROVIDE_INFORMATION, Action.RECLASSIFY]


@pytest.mark.fault(14)
def test_the_check_survives_serialization_of_the_ticket() -> None:
    driver = framework_ticket().carried()
    (objection,) = refusal(driver, AGENT, {"nature": "defekt"}).objections
    assert "defect" in objection.reason


@pytest.mark.fault(14)
def test_a_french_contract_gets_a_french_refusal() -> None:
    driver = of_account("maison-lumiere", priority="p2")
    refused = refusal(driver, REQUESTER, {"browser": "Chrome"})
    assert refused.text("fr").startswith("ces informations ne conviennent pas")
    assert "Google Chrome (chrome), un autre navigateur (other)" in refused.text("fr")
    assert "Quel navigateur utilisez-vous" in refused.text("fr")


@pytest.mark.fault(34)
def test_a_misspelled_cause_is_refused_with_the_right_values() -> None:
    (objection,) = refusal(TicketDriver(), REQUESTER, {"cause": "third-party"}).objections
    assert "(third_party)" in objection.reason


def test_facts_for_an_unknown_policy_are_taken() -> None:
    driver = TicketDriver(opened=unsettled_opening())
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="!", facts={"colour": "red"})
    assert driver.state.facts == {"colour": "red"}


SILENT = contract("millbrook-township").model_copy(update={"facts": {}})


def silent(**facts: Any) -> TicketDriver:
    return TicketDriver(opened=opening(MIDDAY, contract=SILENT, requester=MIA, **facts))


@pytest.mark.fault(15)
def test_what_only_the_contract_states_is_never_asked_of_the_requester() -> None:
    driver = silent(kind="how_to")
    assert driver.state.verdict.missing == ("user_support",)
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    assert driver.state.is_active
    assert driver.events(EventType.INFORMATION_REQUESTED) == []
    (lacking,) = driver.events(EventType.CONTRACT_INCOMPLETE)
    assert lacking.data["facts"] == ["user_support"]
    (notice,) = driver.notices("contract_incomplete")
    assert notice.to.email == driver.state.terms.contacts["team_lead"].email
    assert "requester" not in {n.audience for n in driver.notices() if n.template != "opened"}


@pytest.mark.fault(15)
def test_the_requester_is_asked_only_for_what_a_request_can_state() -> None:
    driver = silent(kind="custom_feature")
    (asked,) = driver.events(EventType.INFORMATION_REQUESTED)
    (lacking,) = driver.events(EventType.CONTRACT_INCOMPLETE)
    assert asked.data["facts"] == ["scenario", "third_party"]
    assert lacking.data["facts"] == ["feature_warranty"]
    assert driver.state.waiting_on is WaitingOn.REQUESTER


@pytest.mark.fault(15)
def test_a_contract_with_a_wrong_value_counts_as_silent() -> None:
    wrong = SILENT.model_copy(update={"facts": {"user_support": "yes"}})
    driver = TicketDriver(opened=opening(MIDDAY, contract=wrong, kind="how_to"))
    assert [e.data["facts"] for e in driver.events(EventType.CONTRACT_INCOMPLETE)] == [
        ["user_support"]
    ]


@pytest.mark.fault(15)
def test_an_agent_can_override_what_the_contract_lacks() -> None:
    driver = silent(kind="how_to")
    assert Action.OVERRIDE_VERDICT in allowed_actions(driver.state, Role.AGENT)
    driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="Paid by invoice.")
    assert driver.state.verdict.decision is Decision.COVERED


def test_only_facts_that_a_verdict_waits_for_have_it_decided_again() -> None:
    driver = placed_ticket("2026-07-02T09:00-04:00", priority="sev_3", place="new_york")
    to_chicago: dict[str, Any] = {"facts": {"place": "chicago"}, "reason": "They moved."}
    assert not driver.act(Action.RECLASSIFY, **to_chicago).state.owes_settlement
    driver.state.verdict = Verdict(decision=Decision.NEEDS_FACTS, missing=("place",))
    driver.act(Action.RECLASSIFY, priority="sev_2", reason="It is urgent.")
    assert not driver.state.owes_settlement
    assert driver.act(Action.RECLASSIFY, **to_chicago).state.owes_settlement
