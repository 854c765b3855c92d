"""Objections that a settlement finds are work for the support team, and close no ticket."""

from typing import Any

import pytest

from policies.coverage.verdict import Decision
from policies.schema.contract import Contract
from policies.schema.request import TicketFacts
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Settlement, SettlementRequest
from policies.terms.ticket_terms import Recipient
from policies.vocabulary import Action, EventType, Role, Stage, WaitingOn
from tests.harness import CATALOG, HARBOUR, MIA, OPERATOR, REQUESTER, opening
from tests.policies.requests import MIDDAY, contract
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.process import views

NOBODY = Settlement(objections=("there is no account 'nobody'",))
DESK = Recipient(name="Support", email="support@desk.example")
MILLBROOK = contract("millbrook-township")


def unsettled(**stated: Any) -> TicketDriver:
    """A ticket that opened while the contract directory was down."""
    ticket = TicketFacts(requester=MIA, **({"channel": "email"} | stated))
    terms = unsettled_terms(MILLBROOK.account, ticket, MIDDAY)
    request = SettlementRequest(
        account=MILLBROOK.account,
        ticket=ticket.model_dump(mode="json", exclude_defaults=True),
        received_at=MIDDAY,
    )
    update = {"terms": terms, "request": request}
    return TicketDriver(opened=opening(MIDDAY).model_copy(update=update))


def settle(driver: TicketDriver, agreed: Contract = MILLBROOK) -> Settlement:
    """What the activity would return now."""
    request = driver.state.opening.request
    assert request is not None
    assert driver.state.awaits_settlement
    with_facts = request.model_copy(update={"facts": driver.state.facts}).with_facts
    ticket = TicketFacts.model_validate(with_facts)
    policy = CATALOG.in_force(agreed.policy, request.received_at)
    settlement = settle_open_ticket(policy, agreed, ticket, request.received_at)
    driver.ticket.settle(settlement, driver.now)
    return settlement


@pytest.mark.fault(14)
def test_a_ticket_without_an_account_stays_open_and_workable() -> None:
    driver = unsettled()
    driver.ticket.settle(NOBODY.model_copy(update={"desk": DESK}), driver.now)
    assert driver.state.is_active
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    (found,) = driver.events(EventType.OBJECTIONS_FOUND)
    assert found.data["objections"] == ["there is no account 'nobody'"]
    assert [(n.template, n.to.email) for n in driver.notices()] == [
        ("objections_found", DESK.email)
    ]
    driver.act(Action.RESPOND, message="Here is how.", outcomes=["resolution"])
    assert driver.state.stage is Stage.RESOLVED


@pytest.mark.fault(14)
def test_requesters_do_not_see_objections() -> None:
    driver = unsettled()
    driver.ticket.settle(NOBODY, driver.now)
    types = [event.type for event in views.timeline(driver.state, Role.REQUESTER)]
    assert types == [EventType.OPENED]


@pytest.mark.fault(14)
def test_an_operator_settles_again_once_the_directory_is_corrected() -> None:
    driver = unsettled(kind="how_to")
    driver.ticket.settle(NOBODY, driver.now)
    assert not driver.state.awaits_settlement
    assert Action.SETTLE_TERMS in allowed_actions(driver.state, Role.OPERATOR)
    driver.act(Action.SETTLE_TERMS, OPERATOR)
    assert Action.SETTLE_TERMS not in allowed_actions(driver.state, Role.OPERATOR)
    settle(driver)
    assert driver.state.terms.policy == "contensive"
    assert driver.state.verdict.decision is Decision.COVERED


@pytest.mark.fault(15)
def test_a_completed_contract_decides_when_the_verdict_is_settled_again() -> None:
    silent = MILLBROOK.model_copy(update={"facts": {}})
    driver = unsettled(kind="how_to")
    settle(driver, silent)
    assert driver.state.verdict.missing == ("user_support",)
    driver.act(Action.SETTLE_TERMS, OPERATOR)
    settle(driver, silent)
    # The team was told before.
    assert len(driver.events(EventType.CONTRACT_INCOMPLETE)) == 1
    driver.act(Action.SETTLE_TERMS, OPERATOR)
    settle(driver)
    assert driver.state.verdict.decision is Decision.COVERED
    with pytest.raises(ConditionUnmet, match="need no settlement"):
        driver.act(Action.SETTLE_TERMS, OPERATOR)


@pytest.mark.fault(14)
@pytest.mark.parametrize("at_opening", [True, False])
def test_facts_that_turn_out_to_be_wrong_are_asked_for_again(at_opening: bool) -> None:
    wrong: dict[str, Any] = {"nature": "defekt", "colour": "red", "latest_version": True}
    driver = unsettled(kind="framework", facts=wrong if at_opening else {})
    if not at_opening:
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.", facts=wrong)
    settlement = settle(driver)
    assert settlement.dropped == ("nature", "colour")
    assert driver.state.is_active
    assert driver.state.terms.policy == "contensive"
    (found,) = driver.events(EventType.OBJECTIONS_FOUND)
    assert "'defekt' is not one of" in str(found.data["objections"])
    (asked,) = driver.events(EventType.INFORMATION_REQUESTED)
    assert asked.data["facts"] == ["nature"]
    assert driver.state.waiting_on is WaitingOn.REQUESTER
    assert driver.audiences("objections_found") == ["assignee"]
    assert driver.audiences("information_needed") == ["requester"]
    right = {"nature": "defect", "prevents_documented_use": True, "minor_with_workaround": False}
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Sorry.", facts=right)
    settle(driver)
    assert driver.state.verdict.decision is Decision.COVERED
    assert len(driver.events(EventType.OBJECTIONS_FOUND)) == 1


@pytest.mark.fault(14)
def test_a_channel_that_turns_out_to_be_closed_closes_no_ticket() -> None:
    driver = unsettled(channel="fax")
    settle(driver, HARBOUR)
    assert driver.state.terms.is_settled
    assert driver.state.is_active
    assert len(driver.events(EventType.OBJECTIONS_FOUND)) == 1
    assert driver.clock("first_response").started_at == MIDDAY


@pytest.mark.fault(14)
def test_a_verdict_on_an_account_that_has_gone_keeps_the_ticket_open() -> None:
    driver = unsettled(kind="framework")
    settle(driver)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="!", facts={"nature": "defect"})
    driver.ticket.settle(NOBODY, driver.now)
    assert driver.state.is_active
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    assert driver.audiences("objections_found") == ["assignee"]
    allowed = allowed_actions(driver.state, Role.AGENT)
    assert {Action.OVERRIDE_VERDICT, Action.SETTLE_TERMS} <= {*allowed}
