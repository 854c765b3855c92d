"""What Contently's policy has no use for: management levels, verdicts that need facts, terms that
are settled later, lateness that earns credits, fixes that ship with a release.
"""

from datetime import timedelta
from typing import Any

import pytest

from policies.accounts.late_completion import LateCompletion
from policies.coverage.verdict import Decision
from policies.loading.loader import load_contract
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle, unsettled_terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.harness import AGENT, CATALOG, HARBOUR, MIA, OPERATOR, REQUESTER, new_york, opening
from tests.workflows.ticket.story import WEDNESDAY, Story
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.messages import Opening
from workflows.ticket.model.refusals import ConditionUnmet

RECEIVED = new_york(WEDNESDAY)


def contract(name: str) -> Contract:
    return load_contract(f"examples/contracts/{name}.yaml")


def of_account(name: str, **facts: Any) -> Story:
    """A ticket of a contract that ships."""
    asker = Requester(name="Kim Doe", email=facts.pop("email", "kim@customer.example"))
    return Story(opened=opening(RECEIVED, contract=contract(name), requester=asker, **facts))


def cention() -> Story:
    designated = contract("fjordline-energy").designated
    email = designated[0] if designated else "kim@customer.example"
    return of_account("fjordline-energy", email=email, priority="serious")


def cention_services(**changes: Any) -> Story:
    """A request for a professional service: turned down, and referred to sales."""
    party = contract("fjordline-energy").model_copy(update=changes)
    asker = Requester(name="Kim Doe", email=party.designated[0])
    facts: dict[str, Any] = {"subject_matter": "professional_services"}
    opened = opening(RECEIVED, contract=party, requester=asker, priority="minor", facts=facts)
    return Story(opened=opened)


@pytest.mark.clause("cention/escalation")
def test_each_level_of_management_is_told_once_and_in_order() -> None:
    story = cention()
    levels = story.state.terms.process.levels
    assert len(levels) >= 2
    for number, level in enumerate(levels, start=1):
        story.act(Action.RAISE_LEVEL, REQUESTER, reason="We still wait.")
        assert story.state.level == number
        assert level.audience in story.told("level_raised")
    with pytest.raises(ConditionUnmet, match="no higher level"):
        story.act(Action.RAISE_LEVEL, REQUESTER, reason="Once more.")
    raised = story.events(EventType.LEVEL_RAISED)
    assert [event.data["level"] for event in raised] == list(range(1, len(levels) + 1))


@pytest.mark.clause("contentsquare/escalation")
def test_the_three_levels_are_the_published_ones() -> None:
    story = of_account("maison-lumiere", priority="p1", facts={"browser": "chrome"})
    assert [level.audience for level in story.state.terms.process.levels] == [
        "customer_support_manager",
        "customer_account_manager",
        "ww_support_director",
    ]


def test_a_policy_without_levels_has_nobody_to_raise_a_ticket_to() -> None:
    with pytest.raises(WrongRole, match="not available to any role"):
        Story().act(Action.RAISE_LEVEL, REQUESTER, reason="I am not happy.")


@pytest.mark.clause("cention/professional-services")
def test_who_is_there_for_a_request_instead_is_told_of_it() -> None:
    asked = {"subject_matter": "professional_services"}
    story = of_account("birch-clinic", email="reception@birch-clinic.example", facts=asked)
    assert story.state.closed_as is ClosedAs.NOT_COVERED
    assert (story.told("closed"), story.told("referred")) == (["requester"], ["sales"])


@pytest.mark.clause("contentsquare/classification")
def test_only_whom_the_policy_names_sets_the_priority() -> None:
    story = of_account("maison-lumiere", priority="p1", facts={"browser": "chrome"})
    by_operators = story.state.terms.process.model_copy(update={"classify_by": (Role.OPERATOR,)})
    terms = story.state.terms.model_copy(update={"process": by_operators})
    story = Story(opened=story.state.opening.model_copy(update={"terms": terms}))
    assert Action.RECLASSIFY not in allowed_actions(story.state, Role.AGENT)
    with pytest.raises(WrongRole, match="reclassify is reserved for these roles: operator"):
        story.act(Action.RECLASSIFY, priority="p0", reason="Nobody can work.")
    story.act(Action.RECLASSIFY, OPERATOR, priority="p0", reason="Nobody can work.")
    assert story.state.priority == "p0"


@pytest.mark.clause("prismic/category-1")
def test_a_resource_stays_assigned_until_resolution() -> None:
    bo: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    story = of_account("alder-forge", kind="api_outage", priority="category_1", channel="portal")
    story.act(Action.ASSIGN, assignee=bo)
    with pytest.raises(InvalidContent, match="give the next assignee"):
        story.act(Action.ASSIGN, assignee=None)
    story.act(Action.ASSIGN, assignee=bo | {"id": "cy", "name": "Cy"})
    assert story.state.assignee is not None
    assert story.state.assignee.id == "cy"


@pytest.mark.clause("prismic/category-3")
def test_a_minor_issue_ships_with_a_release_that_its_requester_is_told() -> None:
    story = of_account("alder-forge", kind="issue_report", priority="category_3", channel="portal")
    assert story.ticket.clocks.latest("first_response") is None
    asked: dict[str, Any] = {"questions": ["Which editor?"], "outcomes": ["information_request"]}
    story.act(Action.RESPOND, message="Thank you.", **asked)
    story.act(Action.SCHEDULE_RELEASE, release="2027.2", goes_out_on="2027-02-20")
    assert story.state.stage is Stage.SCHEDULED_RELEASE
    assert story.told("release_scheduled") == ["requester"]


@pytest.mark.clause("contentsquare/classification")
def test_whom_the_policy_lets_set_the_priority_and_nobody_else_does() -> None:
    story = of_account("maison-lumiere", priority="p2", facts={"browser": "chrome"})
    narrowed = story.state.terms.process.model_copy(update={"classify_by": (Role.OPERATOR,)})
    terms = story.state.terms.model_copy(update={"process": narrowed})
    story = Story(opened=story.state.opening.model_copy(update={"terms": terms}))
    with pytest.raises(WrongRole, match="roles: operator; yours is agent") as refused:
        story.act(Action.RECLASSIFY, AGENT, priority="p1", reason="It spreads.")
    assert refused.value.clause == "classification"
    assert Action.RECLASSIFY not in allowed_actions(story.state, Role.AGENT)
    assert Action.RECLASSIFY in allowed_actions(story.state, Role.OPERATOR)
    story.act(Action.RECLASSIFY, OPERATOR, priority="p1", reason="It spreads.")
    assert story.state.priority == "p1"


def undecided() -> Story:
    story = of_account("millbrook-township", kind="custom_feature", channel="email")
    assert story.state.verdict.missing
    return story


@pytest.mark.clause("contensive/feature-isolation")
def test_facts_that_are_missing_are_asked_for_by_name_and_never_a_silent_no() -> None:
    story = undecided()
    assert story.state.waiting_on is WaitingOn.REQUESTER
    (asked,) = story.events(EventType.INFORMATION_REQUESTED)
    assert asked.by.role is Role.SYSTEM
    assert asked.data["facts"] == list(story.state.verdict.missing)
    assert story.told("information_needed") == ["requester"]


def resettled(story: Story, facts: dict[str, Any]) -> Settlement:
    asker = Requester(name="Kim Doe", email="kim@customer.example")
    ticket = TicketFacts(requester=asker, channel="email", kind="custom_feature", facts=facts)
    party = contract("millbrook-township")
    policy = CATALOG.in_force(party.policy, RECEIVED)
    return Settlement(terms=settle(policy, party, ticket, RECEIVED))


@pytest.mark.clause("contensive/feature-isolation")
def test_the_answer_reopens_the_verdict() -> None:
    story = undecided()
    facts: dict[str, Any] = {"third_party": False, "scenario": "isolation", "reproducible": True}
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is ours.", facts=facts)
    assert story.state.owes_settlement
    story.ticket.settle(resettled(story, facts), story.now)
    assert story.state.owes_settlement == bool(story.state.verdict.missing)
    assert len(story.events(EventType.VERDICT_REACHED)) == 1
    assert story.state.verdict.decision is Decision.COVERED
    assert story.state.waiting_on is WaitingOn.SUPPORT


@pytest.mark.clause("contensive/fees")
def test_an_agent_can_take_a_request_as_covered_with_a_reason() -> None:
    story = undecided()
    assert Action.OVERRIDE_VERDICT in allowed_actions(story.state, Role.AGENT)
    story.act(Action.OVERRIDE_VERDICT, AGENT, reason="Agreed with the account manager.")
    assert story.state.verdict.decision is Decision.COVERED
    assert story.state.waiting_on is WaitingOn.SUPPORT
    with pytest.raises(ConditionUnmet, match="already overridden"):
        story.act(Action.OVERRIDE_VERDICT, AGENT, reason="Again.")


@pytest.mark.clause("contensive/fees")
def test_a_verdict_that_comes_after_an_agent_took_the_request_as_covered_changes_nothing() -> None:
    story = undecided()
    facts: dict[str, Any] = {"third_party": True}
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Not ours.", facts=facts)
    story.act(Action.OVERRIDE_VERDICT, AGENT, reason="As a courtesy.")
    story.ticket.settle(resettled(story, facts), story.now)
    assert story.state.verdict.decision is Decision.COVERED
    assert story.state.is_active


@pytest.mark.clause("contensive/feature-isolation")
def test_a_verdict_on_a_resolved_ticket_waits_until_it_is_reopened() -> None:
    story = undecided()
    facts: dict[str, Any] = {"third_party": False}
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is ours.", facts=facts)
    story.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    story.ticket.settle(resettled(story, facts), story.now)
    assert story.events(EventType.VERDICT_REACHED) == []
    assert not story.state.awaiting_information
    story.act(Action.REOPEN, REQUESTER, reason="No, it is still there.")
    story.ticket.settle(resettled(story, facts), story.now)
    assert len(story.events(EventType.VERDICT_REACHED)) == 1
    assert story.state.waiting_on is WaitingOn.REQUESTER


def unsettled_opening() -> Opening:
    opened = opening(RECEIVED)
    facts = TicketFacts(requester=MIA, channel="email")
    terms = unsettled_terms(HARBOUR.account, facts, RECEIVED)
    return opened.model_copy(update={"terms": terms})


@pytest.mark.clause("contently/first-response")
def test_terms_that_are_settled_later_count_from_receipt() -> None:
    story = Story(opened=unsettled_opening())
    assert (story.state.stage, story.state.clocks) == (Stage.RECEIVED, [])
    assert story.notices() == []
    with pytest.raises(ConditionUnmet, match="are not settled yet"):
        story.act(Action.RECLASSIFY, priority="high", reason="!")
    story.until("2027-01-07 10:00")
    story.ticket.settle(Settlement(terms=opening(RECEIVED).terms), story.now)
    assert story.clock("first_response").due_at == new_york("2027-01-08 14:00")
    assert story.told("opened") == ["requester"]
    assert story.state.terms.policy == "contently"


def test_what_was_done_before_the_terms_were_settled_counts_too() -> None:
    story = Story(opened=unsettled_opening()).until("2027-01-06 16:00")
    story.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    story.until("2027-01-07 10:00")
    story.ticket.settle(Settlement(terms=opening(RECEIVED).terms), story.now)
    clock = story.clock("first_response")
    assert (clock.state, clock.completed_at) == (ClockState.MET, new_york("2027-01-06 16:00"))


@pytest.mark.clause("contently/first-response")
def test_what_was_done_too_late_is_late_though_the_terms_came_later_still() -> None:
    story = Story(opened=unsettled_opening()).until("2027-01-08 15:00")
    story.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    story.until("2027-01-11 10:00")
    story.ticket.settle(Settlement(terms=opening(RECEIVED).terms), story.now)
    clock = story.clock("first_response")
    assert clock.breached_at == new_york("2027-01-08 14:00")
    assert (clock.state, clock.completed_at) == (ClockState.BREACHED, new_york("2027-01-08 15:00"))
    assert len(story.events(EventType.CLOCK_BREACHED)) == 1
    assert story.events(EventType.CLOCK_WARNED) == []


def test_a_request_that_no_contract_admits_is_answered_when_that_is_known() -> None:
    story = Story(opened=unsettled_opening())
    story.ticket.settle(Settlement(objections=("there is no account 'nobody'",)), story.now)
    assert story.state.closed_as is ClosedAs.NOT_ELIGIBLE
    assert story.told("closed") == ["requester"]


@pytest.mark.clause("contentsquare/resolution-credit")
def test_a_resolution_that_is_late_is_reported_to_the_account_once() -> None:
    story = of_account("maison-lumiere", priority="p1", facts={"browser": "chrome"})
    if story.state.verdict.decision is Decision.NEEDS_FACTS:
        story.act(Action.OVERRIDE_VERDICT, AGENT, reason="For the story.")
    asked: dict[str, Any] = {"questions": ["Since when?"], "outcomes": ["information_request"]}
    story.act(Action.RESPOND, message="We look into it.", **asked)
    due = story.clock("resolution").due_at
    story.until_instant(due + timedelta(hours=30))
    story.act(Action.RESOLVE, resolution="Fixed.")
    assert story.state.late == [
        LateCompletion(
            account=story.state.terms.account,
            ticket=story.state.opening.number,
            clock="resolution",
            cycle=1,
            priority="p1",
            due_at=due,
            completed_at=due + timedelta(hours=30),
            requester=story.state.terms.contacts["requester"],
        )
    ]


def credited(clock: str, stops: EventType) -> Story:
    """A Contently ticket under terms by which the lateness of this clock earns credits."""
    story = Story()
    terms = story.state.terms
    assert stops in terms.clock(clock).stops
    story.state.opening = story.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"credited": (clock,)})}
    )
    story.ticket.restore(story.state)
    return story


def test_any_clock_the_policy_names_is_reported_once_when_it_is_completed_late() -> None:
    story = credited("first_response", EventType.RESPONDED)
    due = story.clock("first_response").due_at
    story.until_instant(due + timedelta(hours=3))
    story.act(Action.RESPOND, message="Sorry.", outcomes=["escalation"])
    # More happens in the very same instant.
    story.act(Action.RECORD_FINDING, step="reproduce", result="In every browser.")
    (late,) = story.state.late
    assert (late.clock, late.cycle, late.due_at) == ("first_response", 1, due)
    assert late.completed_at == due + timedelta(hours=3)
    assert late.requester == story.state.terms.contacts["requester"]


def test_a_clock_in_time_or_no_longer_needed_is_not_reported() -> None:
    in_time = credited("first_response", EventType.RESPONDED)
    in_time.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert in_time.state.late == []
    withdrawn = credited("first_response", EventType.RESPONDED)
    withdrawn.until_instant(withdrawn.clock("first_response").due_at + timedelta(hours=3))
    withdrawn.act(Action.WITHDRAW, REQUESTER, reason="Too late.")
    assert withdrawn.clock("first_response").breached_at is not None
    assert withdrawn.state.late == []
