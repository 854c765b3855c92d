"""The assignee that a priority demands, and the levels of management."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.schema.contract import Contract
from policies.schema.request import Requester
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage
from tests.harness import AGENT, REQUESTER, opening
from tests.policies.requests import contract
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import InvalidContent
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet, TicketClosed, WrongStage

AT = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)
BO = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
ANSWER: dict[str, Any] = {"message": "Try it again.", "outcomes": ["resolution"]}
SERVICES = {"subject_matter": "professional_services"}


def of_account(account: Contract | str, **facts: Any) -> TicketDriver:
    """A ticket under an example contract."""
    party = contract(account) if isinstance(account, str) else account
    email = party.designated[0] if party.designated else "kim@customer.example"
    asker = Requester(name="Kim Doe", email=email)
    return TicketDriver(opened=opening(AT, contract=party, requester=asker, **facts))


def report(priority: str = "category_1", **contract_changes: Any) -> TicketDriver:
    """An issue report of Prismic's Enterprise Premium."""
    party = contract("alder-forge").model_copy(update=contract_changes)
    return of_account(party, kind="issue_report", priority=priority)


def cention(**facts: Any) -> TicketDriver:
    """A serious issue of an Enterprise customer of Cention."""
    return of_account("fjordline-energy", **({"priority": "serious"} | facts))


def told(driver: TicketDriver) -> list[str]:
    """The audiences to which a ticket was raised, in order."""
    return [str(event.data["audience"]) for event in driver.events(EventType.LEVEL_RAISED)]


def may_raise(driver: TicketDriver, role: Role = Role.REQUESTER) -> bool:
    return Action.RAISE_LEVEL in allowed_actions(driver.state, role)


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/category-1", "prismic/category-2")
@pytest.mark.parametrize("priority", ["category_1", "category_2"])
def test_a_ticket_that_needs_an_assignee_is_not_answered_without_one(priority: str) -> None:
    driver = report(priority)
    assert Action.RESPOND not in allowed_actions(driver.state, Role.AGENT)
    with pytest.raises(ConditionUnmet, match="assign the ticket first") as refused:
        driver.act(Action.RESPOND, **ANSWER)
    assert refused.value.clause == "category-1"
    driver.act(Action.ASSIGN, assignee=BO).act(Action.RESPOND, **ANSWER)
    assert driver.state.stage is Stage.RESOLVED


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/category-1")
def test_a_ticket_that_rises_to_category_1_is_not_resolved_without_an_assignee() -> None:
    question: dict[str, Any] = {"outcomes": ["information_request"], "questions": ["Since when?"]}
    driver = report("category_3").act(Action.RESPOND, AGENT, message="Hello.", **question)
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Everything is down.")
    assert Action.RESOLVE not in allowed_actions(driver.state, Role.AGENT)
    with pytest.raises(ConditionUnmet, match="assign the ticket first"):
        driver.act(Action.RESOLVE, resolution="Done.")
    driver.act(Action.ASSIGN, assignee=BO).act(Action.RESOLVE, resolution="Done.")
    assert driver.state.stage is Stage.RESOLVED


@pytest.mark.clause("prismic/category-3")
def test_category_3_needs_no_assignee() -> None:
    assert report("category_3").act(Action.RESPOND, **ANSWER).state.stage is Stage.RESOLVED


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/category-1")
@pytest.mark.parametrize("was_assigned", [True, False])
def test_the_assignment_counts_from_the_moment_the_ticket_gets_its_category(
    was_assigned: bool,
) -> None:
    driver = report("category_3")
    if was_assigned:
        driver.act(Action.ASSIGN, assignee=BO).act(Action.ASSIGN, assignee=None)
    assert driver.ticket.clocks.latest("assignment") is None
    changed_at = AT + timedelta(days=2)
    driver.until_instant(changed_at)
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Everything is down.")
    clock = driver.clock("assignment")
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, changed_at + timedelta(hours=1))
    driver.act(Action.ASSIGN, assignee=BO)
    assert driver.clock("assignment").state is ClockState.MET


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/category-1")
def test_an_assigned_ticket_that_rises_to_category_1_has_its_assignment() -> None:
    driver = report("category_3").act(Action.ASSIGN, assignee=BO)
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Everything is down.")
    assert driver.ticket.clocks.latest("assignment") is None


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/category-1")
@pytest.mark.parametrize("is_assigned", [True, False])
def test_a_reopened_ticket_that_rises_to_category_1_needs_an_assignment_unless_it_has_one(
    is_assigned: bool,
) -> None:
    driver = report("category_3")
    if is_assigned:
        driver.act(Action.ASSIGN, assignee=BO)
    driver.act(Action.RESPOND, **ANSWER).until_instant(AT + timedelta(days=1))
    driver.act(Action.REOPEN, REQUESTER, reason="Worse.").until_instant(AT + timedelta(days=2))
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Everything is down.")
    clock = driver.ticket.clocks.latest("assignment")
    assert (clock is None) is is_assigned
    if clock is not None:
        assert clock.due_at == AT + timedelta(days=2, hours=1)


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/category-1", "prismic/premium-outage")
def test_a_report_that_stops_production_pages_whoever_is_on_call() -> None:
    assert report("category_1").audiences("paged") == ["on_call"]
    driver = report("category_2")
    assert driver.notices("paged") == []
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Everything is down.")
    assert driver.audiences("paged") == ["on_call"]


@pytest.mark.fault(23)
@pytest.mark.clause("cention/escalation")
def test_each_way_of_an_escalation_can_be_taken_first() -> None:
    for way in ("support_management", "account_manager", "escalation_desk"):
        driver = cention().act(Action.RAISE_LEVEL, REQUESTER, reason="We wait.", to=way)
        assert told(driver) == [way]
        assert driver.audiences("level_raised") == [way, "requester"]
        assert driver.state.level == 1


@pytest.mark.fault(23)
@pytest.mark.clause("cention/escalation")
def test_each_way_is_taken_once_and_the_first_that_is_left_without_a_name() -> None:
    driver = cention().act(Action.RAISE_LEVEL, AGENT, reason="By mail.", to="account_manager")
    with pytest.raises(InvalidContent, match="support_management, escalation_desk") as refused:
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Again.", to="account_manager")
    assert (refused.value.field, refused.value.clause) == ("to", "escalation")
    for _ in range(2):
        assert may_raise(driver)
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Still nothing.")
    assert told(driver) == ["account_manager", "support_management", "escalation_desk"]
    assert driver.state.level == 3
    assert not may_raise(driver)
    with pytest.raises(ConditionUnmet, match="no further level"):
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Once more.")


@pytest.mark.fault(23)
@pytest.mark.clause("cention/escalation")
def test_a_resolved_ticket_can_be_raised_and_stays_resolved() -> None:
    driver = cention().act(Action.RESPOND, **ANSWER)
    assert may_raise(driver)
    driver.act(Action.RAISE_LEVEL, REQUESTER, reason="No.", to="escalation_desk")
    assert driver.state.stage is Stage.RESOLVED
    assert told(driver) == ["escalation_desk"]


@pytest.mark.fault(23)
@pytest.mark.clause("cention/escalation", "cention/exclusions")
@pytest.mark.parametrize("by_agent", [True, False])
def test_a_refused_ticket_can_be_raised_and_taken_on_until_the_refusal_is_final(
    by_agent: bool,
) -> None:
    driver = cention() if by_agent else cention(facts=SERVICES)
    if by_agent:
        driver.act(Action.CLOSE, closed_as="not_covered", reason="third_party")
    assert driver.state.closed_as is ClosedAs.NOT_COVERED
    assert may_raise(driver)
    driver.act(Action.RAISE_LEVEL, REQUESTER, reason="It is yours.", to="account_manager")
    assert (driver.state.stage, told(driver)) == (Stage.CLOSED, ["account_manager"])
    until = driver.state.contest_until
    assert until is not None
    kept = driver.carried()
    driver.act(Action.OVERRIDE_VERDICT, reason="The account manager agrees.")
    assert driver.state.stage is Stage.RECEIVED
    assert driver.clock("first_response").state is ClockState.RUNNING
    kept.until_instant(until)
    assert not may_raise(kept)
    with pytest.raises(TicketClosed):
        kept.act(Action.RAISE_LEVEL, REQUESTER, reason="And now?")


@pytest.mark.fault(23)
@pytest.mark.parametrize("closed_as", ["no_reply", "withdrawn"])
def test_another_end_than_a_refusal_or_resolution_is_final(closed_as: str) -> None:
    question: dict[str, Any] = {"outcomes": ["information_request"], "questions": ["Since when?"]}
    driver = cention().act(Action.RESPOND, AGENT, message="Hello.", **question)
    driver.act(Action.CLOSE, closed_as=closed_as, reason="We asked twice.")
    assert driver.state.contest_until is None
    assert not may_raise(driver)


@pytest.mark.clause("contentsquare/escalation")
def test_levels_of_a_ladder_are_raised_in_order_and_before_the_resolution_only() -> None:
    chrome = {"browser": "chrome", "browser_up_to_date": True}
    driver = of_account("maison-lumiere", priority="p1", facts=chrome)
    with pytest.raises(InvalidContent, match="customer_support_manager"):
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Vite.", to="ww_support_director")
    driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Vite.", to="customer_support_manager")
    driver.act(Action.RESPOND, **ANSWER)
    assert not may_raise(driver)
    with pytest.raises(WrongStage):
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Encore.")


@pytest.mark.clause("cention/escalation")
def test_a_rung_raises_to_a_way_that_was_not_taken_yet() -> None:
    ladder = [{"at": "breach", "tell": ["assignee"], "raises_level": "escalation_desk"}]
    party = contract("fjordline-energy").model_copy(
        update={"overrides": {"clocks.first_response.ladder": ladder}}
    )
    driver = of_account(party, priority="serious")
    driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Quick.", to="account_manager")
    driver.until_instant(driver.clock("first_response").due_at)
    assert told(driver) == ["account_manager", "escalation_desk"]
    taken = of_account(party, priority="serious")
    taken.act(Action.RAISE_LEVEL, REQUESTER, reason="Quick.", to="escalation_desk")
    taken.until_instant(taken.clock("first_response").due_at)
    assert told(taken) == ["escalation_desk"]


def test_a_policy_can_leave_raising_to_requesters_and_those_who_act_for_them() -> None:
    party = contract("fjordline-energy").model_copy(
        update={"overrides": {"process.levels.by": ["requester"]}}
    )
    driver = of_account(party, priority="serious")
    may = [role for role in Role if may_raise(driver, role)]
    assert may == [Role.REQUESTER, Role.SERVICE]


def test_the_refusal_to_raise_a_resolved_ticket_lists_the_stages_of_the_policy() -> None:
    facts = {"browser": "chrome", "browser_up_to_date": True}
    driver = of_account("maison-lumiere", facts=facts).act(Action.RESPOND, AGENT, **ANSWER)
    with pytest.raises(WrongStage) as refused:
        driver.act(Action.RAISE_LEVEL, AGENT, reason="Again.")
    possible, _, _ = refused.value.text("en").partition(";")
    assert "received" in possible
    assert not {"triage", "resolved", "closed"} & set(possible.replace(",", "").split())
