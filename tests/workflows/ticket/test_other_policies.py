"""Features that Contently's policy does not use: management levels, verdicts that need facts, terms
settled later, credits for late completions, fixes in a release.
"""

from datetime import timedelta
from typing import Any

import pytest

from policies.accounts.lateness import Lateness
from policies.coverage.verdict import Decision
from policies.loading.loader import load_contract
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle, unsettled_terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.harness import AGENT, CATALOG, HARBOUR, MIA, OPERATOR, REQUESTER, new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.refusals import ConditionUnmet

RECEIVED = new_york(WEDNESDAY)
CHROME = {"browser": "chrome", "browser_up_to_date": True}


def contract(name: str) -> Contract:
    return load_contract(f"examples/contracts/{name}.yaml")


def of_account(name: str, **facts: Any) -> TicketDriver:
    """A ticket under an example contract."""
    asker = Requester(name="Kim Doe", email=facts.pop("email", "kim@customer.example"))
    return TicketDriver(opened=opening(RECEIVED, contract=contract(name), requester=asker, **facts))


def cention() -> TicketDriver:
    designated = contract("fjordline-energy").designated
    email = designated[0] if designated else "kim@customer.example"
    return of_account("fjordline-energy", email=email, priority="serious")


def cention_services(**changes: Any) -> TicketDriver:
    """A request for a professional service, which is refused and referred to sales."""
    party = contract("fjordline-energy").model_copy(update=changes)
    asker = Requester(name="Kim Doe", email=party.designated[0])
    facts: dict[str, Any] = {"subject_matter": "professional_services"}
    opened = opening(RECEIVED, contract=party, requester=asker, priority="minor", facts=facts)
    return TicketDriver(opened=opened)


@pytest.mark.clause("contentsquare/escalation")
def test_each_level_of_management_is_notified_once_and_in_order() -> None:
    driver = of_account("maison-lumiere", priority="p1", facts=CHROME)
    levels = driver.state.terms.process.levels
    assert len(levels) >= 2
    for number, level in enumerate(levels, start=1):
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="We still wait.")
        assert driver.state.level == number
        assert level.audience in driver.audiences("level_raised")
    with pytest.raises(ConditionUnmet, match="no further level"):
        driver.act(Action.RAISE_LEVEL, REQUESTER, reason="Once more.")
    raised = driver.events(EventType.LEVEL_RAISED)
    assert [event.data["level"] for event in raised] == list(range(1, len(levels) + 1))


@pytest.mark.clause("contentsquare/escalation")
def test_the_three_levels_are_the_published_ones() -> None:
    driver = of_account("maison-lumiere", priority="p1", facts={"browser": "chrome"})
    assert [level.audience for level in driver.state.terms.process.levels] == [
        "customer_support_manager",
        "customer_account_manager",
        "ww_support_director",
    ]


def test_a_policy_without_levels_refuses_to_raise_one() -> None:
    with pytest.raises(WrongRole, match="not available to any role"):
        TicketDriver().act(Action.RAISE_LEVEL, REQUESTER, reason="I am not happy.")


@pytest.mark.clause("cention/professional-services")
def test_the_contact_of_a_referral_is_notified() -> None:
    facts = {"subject_matter": "professional_services"}
    driver = of_account("birch-clinic", email="reception@birch-clinic.example", facts=facts)
    assert driver.state.closed_as is ClosedAs.NOT_COVERED
    assert (driver.audiences("closed"), driver.audiences("referred")) == (["requester"], ["sales"])


@pytest.mark.clause("prismic/category-1")
def test_a_resource_stays_assigned_until_resolution() -> None:
    bo: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    driver = of_account("alder-forge", kind="api_outage", priority="category_1", channel="portal")
    driver.act(Action.ASSIGN, assignee=bo)
    with pytest.raises(InvalidContent, match="give the next assignee"):
        driver.act(Action.ASSIGN, assignee=None)
    driver.act(Action.ASSIGN, assignee=bo | {"id": "cy", "name": "Cy"})
    assert driver.state.assignee is not None
    assert driver.state.assignee.id == "cy"


@pytest.mark.clause("prismic/category-3")
def test_a_minor_issue_ships_with_a_release_and_its_requester_is_notified() -> None:
    driver = of_account("alder-forge", kind="issue_report", priority="category_3", channel="portal")
    assert driver.ticket.clocks.latest("first_response") is None
    question: dict[str, Any] = {"questions": ["Which editor?"], "outcomes": ["information_request"]}
    driver.act(Action.RESPOND, message="Thank you.", **question)
    driver.act(Action.SCHEDULE_RELEASE, release="2027.2", goes_out_on="2027-02-20")
    assert driver.state.stage is Stage.SCHEDULED_RELEASE
    assert driver.audiences("release_scheduled") == ["requester"]


@pytest.mark.clause("contentsquare/classification")
def test_only_the_roles_of_the_policy_set_the_priority() -> None:
    driver = of_account("maison-lumiere", priority="p2", facts={"browser": "chrome"})
    narrowed = driver.state.terms.process.model_copy(update={"classify_by": (Role.OPERATOR,)})
    terms = driver.state.terms.model_copy(update={"process": narrowed})
    driver = TicketDriver(opened=driver.state.opening.model_copy(update={"terms": terms}))
    with pytest.raises(WrongRole, match="roles: operator; yours is agent") as refused:
        driver.act(Action.RECLASSIFY, AGENT, priority="p1", reason="It spreads.")
    assert refused.value.clause == "classification"
    assert Action.RECLASSIFY not in allowed_actions(driver.state, Role.AGENT)
    assert Action.RECLASSIFY in allowed_actions(driver.state, Role.OPERATOR)
    driver.act(Action.RECLASSIFY, OPERATOR, priority="p1", reason="It spreads.")
    assert driver.state.priority == "p1"


def undecided() -> TicketDriver:
    driver = of_account("millbrook-township", kind="custom_feature", channel="email")
    assert driver.state.verdict.missing
    return driver


@pytest.mark.clause("contensive/feature-isolation")
def test_missing_facts_are_requested_by_name() -> None:
    driver = undecided()
    assert driver.state.waiting_on is WaitingOn.REQUESTER
    (request,) = driver.events(EventType.INFORMATION_REQUESTED)
    assert request.by.role is Role.SYSTEM
    assert request.data["facts"] == list(driver.state.verdict.missing)
    (letter,) = driver.notices()
    questions = driver.ticket.outbox.compose(letter).facts["questions"]
    assert (letter.template, questions) == ("opened", request.data["questions"])


def resettled(driver: TicketDriver, facts: dict[str, Any]) -> Settlement:
    asker = Requester(name="Kim Doe", email="kim@customer.example")
    ticket = TicketFacts(requester=asker, channel="email", kind="custom_feature", facts=facts)
    party = contract("millbrook-township")
    policy = CATALOG.in_force(party.policy, RECEIVED)
    return Settlement(terms=settle(policy, party, ticket, RECEIVED))


@pytest.mark.clause("contensive/feature-isolation")
def test_an_answer_leads_to_a_new_verdict() -> None:
    driver = undecided()
    facts: dict[str, Any] = {"third_party": False, "scenario": "isolation", "reproducible": True}
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is ours.", facts=facts)
    assert driver.state.owes_settlement
    driver.ticket.settle(resettled(driver, facts), driver.now)
    assert driver.state.owes_settlement == bool(driver.state.verdict.missing)
    assert len(driver.events(EventType.VERDICT_REACHED)) == 1
    assert driver.state.verdict.decision is Decision.COVERED
    assert driver.state.waiting_on is WaitingOn.SUPPORT


@pytest.mark.clause("contensive/fees")
def test_an_agent_can_override_missing_facts_with_a_reason() -> None:
    driver = undecided()
    assert Action.OVERRIDE_VERDICT in allowed_actions(driver.state, Role.AGENT)
    driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="Agreed with the account manager.")
    assert driver.state.verdict.decision is Decision.COVERED
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    with pytest.raises(ConditionUnmet, match="already overridden"):
        driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="Again.")


@pytest.mark.clause("contensive/fees")
def test_a_verdict_after_an_override_changes_nothing() -> None:
    driver = undecided()
    facts: dict[str, Any] = {"third_party": True}
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Not ours.", facts=facts)
    driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="As a courtesy.")
    driver.ticket.settle(resettled(driver, facts), driver.now)
    assert driver.state.verdict.decision is Decision.COVERED
    assert driver.state.is_active


@pytest.mark.clause("contensive/feature-isolation")
def test_a_verdict_on_a_resolved_ticket_waits_until_it_is_reopened() -> None:
    driver = undecided()
    facts: dict[str, Any] = {"third_party": False}
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is ours.", facts=facts)
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    driver.ticket.settle(resettled(driver, facts), driver.now)
    assert driver.events(EventType.VERDICT_REACHED) == []
    assert not driver.state.awaiting_information
    driver.act(Action.REOPEN, REQUESTER, reason="No, it is still there.")
    driver.ticket.settle(resettled(driver, facts), driver.now)
    assert len(driver.events(EventType.VERDICT_REACHED)) == 1
    assert driver.state.waiting_on is WaitingOn.REQUESTER


def unsettled_opening() -> Opening:
    opened = opening(RECEIVED)
    facts = TicketFacts(requester=MIA, channel="email")
    terms = unsettled_terms(HARBOUR.account, facts, RECEIVED)
    return opened.model_copy(update={"terms": terms})


@pytest.mark.clause("contently/first-response")
def test_terms_that_are_settled_later_count_from_receipt() -> None:
    driver = TicketDriver(opened=unsettled_opening())
    assert (driver.state.stage, driver.state.clocks) == (Stage.RECEIVED, [])
    assert driver.notices() == []
    with pytest.raises(ConditionUnmet, match="are not settled yet"):
        driver.act(Action.RECLASSIFY, priority="high", reason="!")
    driver.until("2027-01-07 10:00")
    driver.ticket.settle(Settlement(terms=opening(RECEIVED).terms), driver.now)
    assert driver.clock("first_response").due_at == new_york("2027-01-08 14:00")
    assert driver.audiences("opened") == ["requester"]
    assert driver.state.terms.policy == "contently"


def test_actions_before_the_terms_are_settled_count() -> None:
    driver = TicketDriver(opened=unsettled_opening()).until("2027-01-06 16:00")
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    driver.until("2027-01-07 10:00")
    driver.ticket.settle(Settlement(terms=opening(RECEIVED).terms), driver.now)
    clock = driver.clock("first_response")
    assert (clock.state, clock.completed_at) == (ClockState.MET, new_york("2027-01-06 16:00"))


@pytest.mark.clause("contently/first-response")
def test_a_late_action_before_the_terms_are_settled_is_late() -> None:
    driver = TicketDriver(opened=unsettled_opening()).until("2027-01-08 15:00")
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    driver.until("2027-01-11 10:00")
    driver.ticket.settle(Settlement(terms=opening(RECEIVED).terms), driver.now)
    clock = driver.clock("first_response")
    assert clock.breached_at == new_york("2027-01-08 14:00")
    assert (clock.state, clock.completed_at) == (ClockState.BREACHED, new_york("2027-01-08 15:00"))
    assert len(driver.events(EventType.CLOCK_BREACHED)) == 1
    assert driver.events(EventType.CLOCK_WARNED) == []


@pytest.mark.clause("contentsquare/resolution-credit")
def test_a_late_resolution_is_reported_to_the_account_once() -> None:
    driver = of_account("maison-lumiere", priority="p1", facts={"browser": "chrome"})
    if driver.state.verdict.decision is Decision.NEEDS_FACTS:
        driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="For the test.")
    question: dict[str, Any] = {"questions": ["Since when?"], "outcomes": ["information_request"]}
    driver.act(Action.RESPOND, message="We look into it.", **question)
    due = driver.clock("resolution").due_at
    driver.until_instant(due + timedelta(hours=30))
    driver.act(Action.RESOLVE, resolution="Fixed.")
    breached, completed = driver.state.late
    assert (breached.breached_at, breached.completed_at, breached.grows) == (due, None, True)
    assert completed == Lateness(
        account=driver.state.terms.account,
        ticket=driver.state.opening.number,
        clock="resolution",
        cycle=1,
        number=2,
        priority="p1",
        due_at=due,
        breached_at=due,
        late=timedelta(hours=30),
        reported_at=due + timedelta(hours=30),
        completed_at=due + timedelta(hours=30),
        requester=driver.state.terms.contacts["requester"],
    )


def credited(clock: str, stops: EventType) -> TicketDriver:
    """A Contently ticket whose terms give credits for late completions of this clock."""
    driver = TicketDriver()
    terms = driver.state.terms
    assert stops in terms.clock(clock).stops
    driver.state.opening = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"credited": (clock,)})}
    )
    driver.ticket.restore(driver.state)
    return driver


def test_a_late_clock_is_reported_when_it_breaches_and_when_it_is_completed() -> None:
    driver = credited("first_response", EventType.RESPONDED)
    due = driver.clock("first_response").due_at
    driver.until_instant(due + timedelta(hours=3))
    driver.act(Action.RESPOND, message="Sorry.", outcomes=["escalation"])
    # Another action at the same time.
    driver.act(Action.RECORD_FINDING, step="reproduce", result="In every browser.")
    _, late = driver.state.late
    assert (late.clock, late.cycle, late.due_at) == ("first_response", 1, due)
    assert late.completed_at == due + timedelta(hours=3)
    assert late.requester == driver.state.terms.contacts["requester"]


def test_a_clock_in_time_is_not_reported() -> None:
    in_time = credited("first_response", EventType.RESPONDED)
    in_time.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert in_time.state.late == []


@pytest.mark.fault(11)
def test_lateness_stays_earned_however_the_ticket_ends() -> None:
    withdrawn = credited("first_response", EventType.RESPONDED)
    withdrawn.until_instant(withdrawn.clock("first_response").due_at + timedelta(hours=3))
    withdrawn.act(Action.WITHDRAW, REQUESTER, reason="Too late.")
    assert withdrawn.state.late[-1].late == timedelta(hours=3)
    assert withdrawn.state.late[-1].completed_at == withdrawn.now
