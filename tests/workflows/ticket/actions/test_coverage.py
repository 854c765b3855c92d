"""Overriding a refusal while it can be contested."""

from datetime import timedelta
from typing import Any

import pytest

from policies.coverage.verdict import Decision
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.harness import AGENT, OPERATOR, REQUESTER, RecordingMailer, new_york, opening
from tests.server_fixtures import Begin
from tests.workflows.ticket.test_other_policies import cention_services, of_account
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.client.ticket_errors import ActionRefused
from workflows.shared.refusals import WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.process import views
from workflows.ticket.process.duties import duties

WHY: dict[str, Any] = {"reason": "Their publication is being renewed."}
OVER = "2027-01-13 14:00"
"""Five business days after Wednesday 14:00."""


def refused() -> TicketDriver:
    return TicketDriver(publication="ebb")


@pytest.mark.clause("contently/eligibility")
def test_only_an_agent_can_override_a_refusal() -> None:
    driver = refused()
    assert (driver.state.stage, driver.state.waiting_on) == (Stage.CLOSED, WaitingOn.NOBODY)
    assert allowed_actions(driver.state, Role.AGENT) == (Action.OVERRIDE_VERDICT,)
    assert all(allowed_actions(driver.state, r) == () for r in Role if r is not Role.AGENT)
    for other in (REQUESTER, OPERATOR):
        with pytest.raises(WrongRole):
            driver.act(Action.OVERRIDE_VERDICT, other, **WHY)
    assert [(d.key, d.at) for d in duties(driver.ticket)] == [("refusal", new_york(OVER))]
    assert views.view(driver.state).contest_until == new_york(OVER)


@pytest.mark.clause("contently/eligibility", "contently/first-response")
def test_clocks_count_from_the_override() -> None:
    driver = refused().until("2027-01-12 10:00")
    driver.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    state = driver.state
    assert (state.stage, state.closed_as, state.closed_at) == (Stage.RECEIVED, None, None)
    assert state.verdict.decision is Decision.COVERED
    clock = driver.clock("first_response")
    assert (clock.started_at, clock.due_at) == (driver.now, new_york("2027-01-14 10:00"))
    assert driver.audiences("verdict_overridden") == ["requester"]
    assert driver.audiences("opened") == []
    (notice,) = driver.notices("verdict_overridden")
    facts = driver.ticket.outbox.compose(notice).facts
    assert facts["due_at"] == clock.due_at.isoformat()
    overridden = views.view(state).overridden
    assert overridden is not None
    assert (overridden.by, overridden.reason) == (AGENT.name, WHY["reason"])
    assert (overridden.closed_as, overridden.clause) == (ClosedAs.NOT_ELIGIBLE, "eligibility")
    driver.until("2027-01-13 09:00")
    assert driver.next_duty() == "first_response/1"
    driver.act(Action.RESPOND, message="Here is how.", outcomes=["resolution"])
    assert driver.clock("first_response").state is ClockState.MET
    assert "Verdict overridden by Ada Agent" in views.details(driver.state)


def test_the_override_survives_serialization() -> None:
    driver = refused().act(Action.OVERRIDE_VERDICT, AGENT, **WHY).carried()
    (event,) = driver.events(EventType.VERDICT_OVERRIDDEN)
    assert (event.data["closed_as"], event.data["clause"]) == ("not_eligible", "eligibility")
    assert "active publication" in str(event.data["says"])
    assert views.reply(driver.state, Role.AGENT).refusal is None
    assert driver.ticket.clocks.latest("first_response") is not None


@pytest.mark.clause("contently/eligibility")
def test_a_final_refusal_states_until_when_it_could_be_overridden() -> None:
    driver = refused().until(OVER)
    assert duties(driver.ticket) == []
    assert allowed_actions(driver.state, Role.AGENT) == ()
    with pytest.raises(ConditionUnmet, match="the refusal is final") as over:
        driver.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert over.value.text("en").endswith("could be overridden until 13 January 2027, 14:00 EST")
    assert over.value.text("fr").endswith(
        "jusqu’au 13 janvier 2027 à 14\u00a0h (heure de New York)"
    )
    assert over.value.clause == "eligibility"


def test_a_verdict_is_overridden_once() -> None:
    driver = refused().act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    with pytest.raises(ConditionUnmet, match="already overridden"):
        driver.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert Action.OVERRIDE_VERDICT not in allowed_actions(driver.state, Role.AGENT)


@pytest.mark.parametrize(
    "received", [TicketDriver, lambda: TicketDriver().act(Action.WITHDRAW, REQUESTER)]
)
def test_a_verdict_that_covers_cannot_be_overridden(received: Any) -> None:
    with pytest.raises(ConditionUnmet, match="no coverage decision to override"):
        received().act(Action.OVERRIDE_VERDICT, AGENT, **WHY)


@pytest.mark.parametrize(
    "inputs",
    [
        {"closed_as": "not_covered", "clause": "limitation", "reason": "An ad blocker."},
        {"closed_as": "withdrawn", "reason": "By phone."},
    ],
)
def test_a_ticket_closed_by_an_agent_cannot_be_contested(inputs: dict[str, Any]) -> None:
    driver = TicketDriver().act(Action.CLOSE, **inputs)
    assert not driver.state.is_contestable
    assert (driver.next_duty(), views.view(driver.state).contest_until) == (None, None)


def test_a_ticket_withdrawn_while_facts_are_missing_cannot_be_contested() -> None:
    driver = of_account("millbrook-township", kind="custom_feature")
    driver.act(Action.WITHDRAW, REQUESTER)
    with pytest.raises(ConditionUnmet, match="no coverage decision to override"):
        driver.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)


@pytest.mark.clause("cention/exclusions")
def test_policy_or_contract_set_the_time_to_override() -> None:
    # Enterprise has support on every day but Epiphany: from Thursday 00:00 in Stockholm.
    assert cention_services().state.contest_until == new_york("2027-01-11 18:00")
    longer = {"process.contest.within": "2 business days"}
    driver = cention_services(overrides=longer)
    assert driver.state.contest_until == new_york("2027-01-08 18:00")


def test_the_default_time_to_override_is_five_business_days_or_seven_days() -> None:
    terms = TicketDriver().state.terms
    assert str(terms.contest_within) == "5 business days"
    assert str(terms.model_copy(update={"support_hours": None}).contest_within) == "7 days"


@pytest.mark.clause("contensive/feature-third-party")
def test_without_support_hours_the_time_to_override_is_seven_days() -> None:
    driver = of_account("millbrook-township", kind="custom_feature", facts={"third_party": True})
    assert driver.state.contest_until == driver.now + timedelta(days=7)


@pytest.mark.clause("prismic/category-1")
def test_a_revived_ticket_keeps_its_assignee_and_its_clocks_start_again() -> None:
    driver = of_account("alder-forge", kind="api_outage", priority="category_1", channel="portal")
    bo: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    driver.act(Action.ASSIGN, assignee=bo).act(Action.ACKNOWLEDGE)
    refusal = driver.state.verdict.model_copy(
        update={"decision": Decision.NOT_COVERED, "closed_as": ClosedAs.NOT_COVERED}
    )
    new = driver.state.terms.model_copy(update={"verdict": refusal})
    driver.state.owes_settlement = True
    driver.ticket.settle(Settlement(terms=new), driver.now)
    assert driver.state.is_contestable
    driver.until_instant(driver.now + timedelta(hours=2))
    driver.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert driver.state.assignee is not None
    states = {name: driver.clock(name).state for name in ("assignment", "acknowledgement")}
    assert states == {"assignment": ClockState.MET, "acknowledgement": ClockState.RUNNING}
    assert driver.clock("acknowledgement").cycle == 2
    driver.act(Action.ACKNOWLEDGE)
    assert driver.clock("acknowledgement").state is ClockState.MET
    assert driver.events(EventType.CLOCK_BREACHED) == []


def test_a_priority_set_after_the_override_keeps_the_running_clock() -> None:
    driver = refused().act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    assert driver.clock("first_response").state is ClockState.RUNNING


@pytest.mark.clause("cention/professional-services")
def test_the_contact_of_a_referral_is_notified_of_the_override() -> None:
    driver = cention_services()
    driver.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert driver.audiences("verdict_overridden") == ["requester", "sales"]
    assert views.view(driver.state).turn_to is None


def test_cancelling_a_refused_ticket_makes_the_refusal_final() -> None:
    driver = refused()
    driver.ticket.cancel(driver.now)
    assert not driver.state.is_contestable


@pytest.mark.clause("contently/eligibility")
async def test_on_the_server_a_refused_ticket_idles_until_it_is_overridden(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await begin(new_york("2027-01-06 14:00"), publication="ebb")
    await life.delivered(1)
    before = (await life.handle.fetch_history()).events
    timers = [e for e in before if e.HasField("timer_started_event_attributes")]
    assert len(timers) == 1
    await life.until(new_york("2027-01-12 10:00"))
    after = (await life.handle.fetch_history()).events
    assert [e for e in after if e.HasField("workflow_task_started_event_attributes")] == [
        e for e in before if e.HasField("workflow_task_started_event_attributes")
    ]
    reply = await life.act(Action.OVERRIDE_VERDICT, **WHY)
    assert (reply.stage, reply.closed_as) == (Stage.RECEIVED, None)
    assert reply.next_due is not None
    assert reply.next_due.replace(microsecond=0) == new_york("2027-01-14 10:00")
    await life.delivered(2)
    assert "has been accepted" in mailer.emails[-1]["Subject"]
    found = {
        pair.key.name: pair.value for pair in (await life.handle.describe()).typed_search_attributes
    }
    assert (found["TicketStage"], found["TicketWaitingOn"]) == ("received", "support")


@pytest.mark.clause("contently/eligibility")
async def test_on_the_server_a_final_refusal_states_until_when_it_could_be_overridden(
    begin: Begin,
) -> None:
    life = await begin(new_york("2027-01-06 14:00"), publication="ebb")
    await life.until(new_york("2027-01-13 15:00"))
    assert (await life.handle.result()).closed_as is ClosedAs.NOT_ELIGIBLE
    with pytest.raises(ActionRefused, match="overridden until 13 January 2027, 19:00 UTC"):
        await life.act(Action.OVERRIDE_VERDICT, **WHY)
    with pytest.raises(ActionRefused, match=r"is closed$"):
        await life.act(Action.ACKNOWLEDGE)


async def test_a_covered_ticket_refuses_an_override_on_the_server(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    with pytest.raises(ActionRefused, match="no coverage decision to override"):
        await life.act(Action.OVERRIDE_VERDICT, **WHY)


def test_a_revived_ticket_starts_the_clocks_that_count_from_the_assignment() -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    work = ClockTerms(
        name="work",
        clause="progress",
        starts=(EventType.ASSIGNED,),
        stops=(EventType.RESOLVED,),
        promises={"otherwise": PromiseTerms.model_validate({"within": "8 business hours"})},
    )
    terms = opened.terms.model_copy(update={"clocks": (*opened.terms.clocks, work)})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    bo: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    driver.act(Action.ASSIGN, assignee=bo)
    refusal = terms.verdict.model_copy(
        update={"decision": Decision.NOT_COVERED, "closed_as": ClosedAs.NOT_COVERED}
    )
    driver.state.owes_settlement = True
    driver.ticket.settle(
        Settlement(terms=terms.model_copy(update={"verdict": refusal})), driver.now
    )
    driver.until("2027-01-07 14:00").act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    clock = driver.clock("work")
    assert (clock.cycle, clock.started_at) == (2, driver.now)
