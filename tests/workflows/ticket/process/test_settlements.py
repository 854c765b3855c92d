"""Objections that a settlement finds are work for the support team, and close no ticket."""

from datetime import timedelta
from typing import Any

import pytest

from policies.coverage.verdict import Decision
from policies.schema.contract import Contract
from policies.schema.request import TicketFacts
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.model.recipient import Recipient
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Settlement, SettlementRequest
from policies.vocabulary import Action, ClockState, EventType, Role, Stage, WaitingOn
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
    assert found.data["settled"] is False
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
    assert driver.events(EventType.SETTLEMENT_REQUESTED)
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
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Sorry.", facts={"nature": "defect"})
    settle(driver)
    asked = driver.events(EventType.INFORMATION_REQUESTED)[-1]
    data: dict[str, Any] = asked.data
    assert set(data["facts"]) == {"prevents_documented_use", "minor_with_workaround"}
    assert all(question.endswith("?") for question in data["questions"])
    right = {"prevents_documented_use": True, "minor_with_workaround": False}
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Yes.", facts=right)
    settle(driver)
    assert driver.state.verdict.decision is Decision.COVERED
    assert len(driver.events(EventType.OBJECTIONS_FOUND)) == 1


@pytest.mark.fault(14)
def test_a_channel_that_turns_out_to_be_closed_closes_no_ticket() -> None:
    driver = unsettled(channel="fax", priority="high")
    settle(driver, HARBOUR)
    assert driver.state.priority == "high"
    assert driver.state.terms.is_settled
    assert driver.state.is_active
    assert len(driver.events(EventType.OBJECTIONS_FOUND)) == 1
    assert driver.state.verdict.decision is Decision.COVERED
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    assert driver.clock("first_response").started_at == MIDDAY


@pytest.mark.fault(14)
def test_a_wrong_fact_is_asked_for_again_even_if_coverage_could_be_decided_without_it() -> None:
    driver = unsettled(facts={"cause": "third-party"})
    settle(driver, HARBOUR)
    (asked,) = driver.events(EventType.INFORMATION_REQUESTED)
    assert asked.data["facts"] == ["cause"]
    assert driver.state.waiting_on is WaitingOn.REQUESTER


@pytest.mark.fault(14)
def test_a_ticket_that_fits_no_terms_is_work_for_the_desk_of_its_policy() -> None:
    driver = unsettled()
    settle(driver, HARBOUR.model_copy(update={"plan": "gold"}))
    assert not driver.state.terms.is_settled
    assert [(n.template, n.to.email) for n in driver.notices()] == [
        ("objections_found", "support-lead@contently.example")
    ]


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


@pytest.mark.fault(14)
def test_a_priority_that_turns_out_not_to_exist_is_replaced_by_the_default() -> None:
    driver = unsettled(priority="urgent", facts={"browser": "chrome", "browser_up_to_date": True})
    settle(driver, contract("maison-lumiere"))
    assert "urgent" in str(driver.events(EventType.OBJECTIONS_FOUND)[0].data["objections"])
    assert driver.state.priority == "p2"
    assert {clock.priority for clock in driver.state.clocks} == {"p2"}


@pytest.mark.fault(14)
def test_a_wrong_fact_is_asked_for_again_with_those_that_are_missing() -> None:
    driver = unsettled(kind="framework", facts={"prevents_documented_use": "yes"})
    settle(driver)
    (asked,) = driver.events(EventType.INFORMATION_REQUESTED)
    data: dict[str, Any] = asked.data
    assert {"nature", "prevents_documented_use"} <= set(data["facts"])


@pytest.mark.fault(14)
def test_a_wrong_fact_that_this_kind_of_request_does_not_need_is_asked_for_in_words() -> None:
    driver = unsettled(kind="how_to", facts={"nature": "defekt", "user_support": True})
    settle(driver)
    (asked,) = driver.events(EventType.INFORMATION_REQUESTED)
    assert asked.data["facts"] == ["nature"]
    assert str(asked.data["questions"]).endswith("?']")


def test_what_was_done_at_its_due_time_before_the_terms_is_met() -> None:
    driver = unsettled()
    due_at = TicketDriver(opened=opening(driver.now)).clock("first_response").due_at
    driver.until_instant(due_at)
    driver.act(Action.RESPOND, message="Here is how.", outcomes=["resolution"])
    settle(driver, HARBOUR)
    assert driver.clock("first_response").state is ClockState.MET


@pytest.mark.fault(14)
def test_a_request_that_is_refused_is_not_asked_for_right_facts() -> None:
    driver = unsettled(publication="ebb", facts={"cause": "third-party"})
    settle(driver, HARBOUR)
    assert driver.state.verdict.refuses
    assert driver.events(EventType.INFORMATION_REQUESTED) == []


@pytest.mark.fault(15)
def test_a_resolved_ticket_needs_no_coverage_decision() -> None:
    driver = unsettled(kind="how_to")
    settle(driver, MILLBROOK.model_copy(update={"facts": {}}))
    assert Action.SETTLE_TERMS in allowed_actions(driver.state, Role.OPERATOR)
    driver.act(Action.RESPOND, message="Here is how.", outcomes=["resolution"])
    assert Action.SETTLE_TERMS not in allowed_actions(driver.state, Role.OPERATOR)


def test_an_email_with_questions_lists_the_possible_answers() -> None:
    driver = unsettled(kind="framework")
    settle(driver)
    [letter] = driver.notices("information_needed")
    facts: Any = driver.ticket.outbox.compose(letter).facts
    nature = facts["facts"].index("nature")
    assert facts["choices"][nature]
    assert len(facts["choices"]) == len(facts["questions"])


def test_the_requester_is_told_when_a_ticket_without_terms_is_closed() -> None:
    driver = unsettled().act(Action.WITHDRAW, REQUESTER)
    assert driver.audiences("closed") == ["requester"]


def test_what_a_requester_provides_settles_terms_again_that_could_not_be_settled() -> None:
    driver = unsettled()
    driver.ticket.settle(NOBODY, driver.now)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Our account is millbrook.")
    assert driver.state.awaits_settlement
    assert driver.events(EventType.SETTLEMENT_REQUESTED) == []


def test_nobody_is_reminded_of_a_ticket_without_terms() -> None:
    driver = unsettled()
    assert driver.state.idle_at is None
    settle(driver, HARBOUR)
    assert driver.state.idle_at is not None


def test_objections_to_a_later_settlement_are_reported_with_its_decision() -> None:
    driver = unsettled(kind="framework")
    settle(driver)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="!", facts={"nature": "defect"})
    again = Settlement(terms=driver.state.terms, objections=("it is another version",))
    driver.ticket.settle(again, driver.now)
    types = [event.type for event in driver.events()]
    assert {EventType.OBJECTIONS_FOUND, EventType.VERDICT_REACHED} <= {*types}


@pytest.mark.clause("contentsquare/resolution-credit")
def test_the_lateness_of_a_ticket_that_was_resolved_before_its_terms_is_reported() -> None:
    driver = unsettled(priority="p1", facts={"browser": "chrome", "browser_up_to_date": True})
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    driver.until_instant(driver.now + timedelta(days=60))
    driver.act(Action.RESOLVE, resolution="Fixed.")
    settle(driver, contract("maison-lumiere"))
    report = driver.state.late[-1]
    assert (report.completed_at, report.grows) == (driver.now, False)


def test_breaches_before_the_terms_are_recorded_in_their_order() -> None:
    driver = unsettled(priority="p1", facts={"browser": "chrome", "browser_up_to_date": True})
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    driver.until_instant(driver.now + timedelta(days=60))
    driver.act(Action.POST_UPDATE, message="We look.")
    settle(driver, contract("maison-lumiere"))
    fired = [event.at for event in driver.events() if "rung" in event.data]
    assert fired == sorted(fired)


def test_a_ticket_that_is_settled_later_gets_the_letters_of_its_policy() -> None:
    driver = unsettled()
    outbox = driver.ticket.outbox
    outbox.enqueue(driver.state.events[0], ("requester",), EventType.OPENED)
    record = driver.state.notices[0]
    assert outbox.compose(record).ticket.policy == ""
    settle(driver)
    assert outbox.compose(record).ticket.policy == MILLBROOK.policy
    assert outbox.compose(record).ticket.policy_title == driver.state.terms.title


def answered_without_terms() -> TicketDriver:
    driver = unsettled().act(Action.RESPOND, message="Hello.", outcomes=["resolution"])
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.POST_UPDATE, message="We look again.")
    return driver.act(Action.REQUEST_INFORMATION, message="Which browser?")


def test_each_action_of_the_past_is_one_email_to_the_requester_once_terms_are_settled() -> None:
    driver = answered_without_terms()
    assert not driver.notices()
    settle(driver, HARBOUR)
    told = [n.template for n in driver.notices() if n.audience == "requester"]
    assert told == ["opened", "responded", "update_posted", "information_requested"]
    sent = [n.event for n in driver.notices()]
    assert sent == sorted(sent)


def test_the_emails_of_the_past_are_those_of_a_ticket_whose_terms_were_known() -> None:
    late, known = answered_without_terms(), TicketDriver(opened=opening(MIDDAY))
    settle(late, HARBOUR)
    known.act(Action.RESPOND, message="Hello.", outcomes=["resolution"])
    known.act(Action.REOPEN, REQUESTER, reason="It is back.")
    known.act(Action.POST_UPDATE, message="We look again.")
    known.act(Action.REQUEST_INFORMATION, message="Which browser?")
    expected = [(n.template, n.audience) for n in known.notices()]
    found = [(n.template, n.audience) for n in late.notices()]
    assert [each for each in found if each[0] != "terms_settled"] == expected


def test_an_answer_that_was_given_before_the_terms_is_not_promised_again() -> None:
    driver = answered_without_terms()
    settle(driver, HARBOUR)
    [opened] = driver.notices("opened")
    assert "due_at" not in opened.deadline
    assert "promise" not in opened.deadline
