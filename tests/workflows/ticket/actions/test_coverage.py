"""A refusal by a verdict can be overridden for a while; the request then comes in anew."""

from datetime import timedelta
from typing import Any

import pytest

from policies.coverage.verdict import Decision
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.conftest import Begin
from tests.harness import AGENT, OPERATOR, REQUESTER, RecordingMailer, new_york
from tests.workflows.ticket.story import Story
from tests.workflows.ticket.test_other_policies import cention_services, of_account
from workflows.client.tickets import ActionRefused, TicketClosed
from workflows.shared.refusals import WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.process import views
from workflows.ticket.process.duties import duties

WHY: dict[str, Any] = {"reason": "Their publication is being renewed."}
OVER = "2027-01-13 14:00"
"""Five business days after Wednesday 14:00."""


def refused() -> Story:
    return Story(publication="ebb")


@pytest.mark.clause("contently/eligibility")
def test_a_refused_request_waits_for_nobody_and_only_an_agent_can_take_it_on() -> None:
    story = refused()
    assert (story.state.stage, story.state.waiting_on) == (Stage.CLOSED, WaitingOn.NOBODY)
    assert allowed_actions(story.state, Role.AGENT) == (Action.OVERRIDE_VERDICT,)
    assert all(allowed_actions(story.state, r) == () for r in Role if r is not Role.AGENT)
    for other in (REQUESTER, OPERATOR):
        with pytest.raises(WrongRole):
            story.act(Action.OVERRIDE_VERDICT, other, **WHY)
    assert [(d.key, d.at) for d in duties(story.ticket)] == [("refusal", new_york(OVER))]
    assert views.view(story.state).contest_until == new_york(OVER)


@pytest.mark.clause("contently/eligibility", "contently/first-response")
def test_what_is_promised_counts_from_the_override_and_never_from_before() -> None:
    story = refused().until("2027-01-12 10:00")
    story.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    state = story.state
    assert (state.stage, state.closed_as, state.closed_at) == (Stage.RECEIVED, None, None)
    assert state.verdict.decision is Decision.COVERED
    clock = story.clock("first_response")
    assert (clock.started_at, clock.due_at) == (story.now, new_york("2027-01-14 10:00"))
    assert story.told("verdict_overridden") == ["requester"]
    assert story.told("opened") == []
    (notice,) = story.notices("verdict_overridden")
    letter = story.ticket.outbox.compose(notice)
    assert letter.facts["due_at"] == clock.due_at.isoformat()
    overridden = views.view(state).overridden
    assert overridden is not None
    assert (overridden.by, overridden.reason) == (AGENT.name, WHY["reason"])
    assert (overridden.closed_as, overridden.clause) == (ClosedAs.NOT_ELIGIBLE, "eligibility")
    story.until("2027-01-13 09:00")
    assert story.next_duty() == "first_response/1"
    story.act(Action.RESPOND, message="Here is how.", outcomes=["resolution"])
    assert story.clock("first_response").state is ClockState.MET
    assert "Verdict overridden by Ada Agent" in views.details(story.state)


def test_the_override_is_written_down_and_read_again() -> None:
    story = refused().act(Action.OVERRIDE_VERDICT, AGENT, **WHY).carried()
    (event,) = story.events(EventType.VERDICT_OVERRIDDEN)
    assert (event.data["closed_as"], event.data["clause"]) == ("not_eligible", "eligibility")
    assert "active publication" in str(event.data["says"])
    assert views.reply(story.state, Role.AGENT).refusal is None
    assert story.ticket.clocks.latest("first_response") is not None


@pytest.mark.clause("contently/eligibility")
def test_after_its_time_the_refusal_stands_and_says_until_when_it_could_be_overridden() -> None:
    story = refused().until(OVER)
    assert duties(story.ticket) == []
    assert allowed_actions(story.state, Role.AGENT) == ()
    with pytest.raises(ConditionUnmet, match="the refusal is final") as over:
        story.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert over.value.text("en").endswith("could be overridden until 13 January 2027, 14:00 EST")
    assert over.value.text("fr").endswith(
        "jusqu’au 13 janvier 2027 à 14\u00a0h (heure de New York)"
    )
    assert over.value.clause == "eligibility"


def test_a_verdict_is_overridden_once() -> None:
    story = refused().act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    with pytest.raises(ConditionUnmet, match="already overridden"):
        story.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert Action.OVERRIDE_VERDICT not in allowed_actions(story.state, Role.AGENT)


@pytest.mark.parametrize("received", [Story, lambda: Story().act(Action.WITHDRAW, REQUESTER)])
def test_a_verdict_that_covers_is_nothing_to_override(received: Any) -> None:
    with pytest.raises(ConditionUnmet, match="no coverage decision to override"):
        received().act(Action.OVERRIDE_VERDICT, AGENT, **WHY)


@pytest.mark.parametrize(
    "said",
    [
        {"closed_as": "not_covered", "clause": "limitation", "reason": "An ad blocker."},
        {"closed_as": "withdrawn", "reason": "By phone."},
    ],
)
def test_a_ticket_that_people_close_is_closed_for_good(said: dict[str, Any]) -> None:
    story = Story().act(Action.CLOSE, **said)
    assert not story.state.is_contestable
    assert (story.next_duty(), views.view(story.state).contest_until) == (None, None)


def test_a_ticket_withdrawn_while_facts_are_missing_is_closed_for_good() -> None:
    story = of_account("millbrook-township", kind="custom_feature")
    story.act(Action.WITHDRAW, REQUESTER)
    with pytest.raises(ConditionUnmet, match="no coverage decision to override"):
        story.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)


@pytest.mark.clause("cention/exclusions")
def test_the_policy_says_how_long_and_a_contract_may_say_otherwise() -> None:
    # Enterprise is served on every day but Epiphany: from Thursday 00:00 in Stockholm.
    assert cention_services().state.contest_until == new_york("2027-01-11 18:00")
    longer = {"process.contest.within": "2 business days"}
    story = cention_services(overrides=longer)
    assert story.state.contest_until == new_york("2027-01-08 18:00")


def test_without_a_word_of_the_policy_it_is_five_days_of_the_desk_or_seven_without_hours() -> None:
    terms = Story().state.terms
    assert str(terms.contest_within) == "5 business days"
    assert str(terms.model_copy(update={"support_hours": None}).contest_within) == "7 days"


@pytest.mark.clause("contensive/feature-third-party")
def test_without_hours_of_its_own_a_desk_is_given_seven_days() -> None:
    story = of_account("millbrook-township", kind="custom_feature", facts={"third_party": True})
    assert story.state.contest_until == story.now + timedelta(days=7)


@pytest.mark.clause("prismic/category-1")
def test_whoever_had_the_ticket_has_it_again_and_what_was_done_is_owed_anew() -> None:
    story = of_account("alder-forge", kind="api_outage", priority="category_1", channel="portal")
    bo: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    story.act(Action.ASSIGN, assignee=bo).act(Action.ACKNOWLEDGE)
    refusal = story.state.verdict.model_copy(
        update={"decision": Decision.NOT_COVERED, "closed_as": ClosedAs.NOT_COVERED}
    )
    new = story.state.terms.model_copy(update={"verdict": refusal})
    story.state.owes_settlement = True
    story.ticket.settle(Settlement(terms=new), story.now)
    assert story.state.is_contestable
    story.until_instant(story.now + timedelta(hours=2))
    story.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert story.state.assignee is not None
    states = {name: story.clock(name).state for name in ("assignment", "acknowledgement")}
    assert states == {"assignment": ClockState.MET, "acknowledgement": ClockState.RUNNING}
    assert story.clock("acknowledgement").cycle == 2
    story.act(Action.ACKNOWLEDGE)
    assert story.clock("acknowledgement").state is ClockState.MET
    assert story.events(EventType.CLOCK_BREACHED) == []


def test_a_priority_given_after_the_override_finds_the_promise_begun() -> None:
    story = refused().act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    story.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    assert story.clock("first_response").state is ClockState.RUNNING


@pytest.mark.clause("cention/professional-services")
def test_those_whom_it_was_referred_to_hear_that_it_is_taken_on_after_all() -> None:
    story = cention_services()
    story.act(Action.OVERRIDE_VERDICT, AGENT, **WHY)
    assert story.told("verdict_overridden") == ["requester", "sales"]
    assert views.view(story.state).turn_to is None


def test_calling_a_refused_ticket_off_ends_it_at_once() -> None:
    story = refused()
    story.ticket.cancel(story.now)
    assert not story.state.is_contestable


@pytest.mark.clause("contently/eligibility")
async def test_on_the_server_a_refused_ticket_lives_on_idly_and_is_taken_on(
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
    assert "has been accepted" in mailer.letters[-1]["Subject"]
    found = {
        pair.key.name: pair.value for pair in (await life.handle.describe()).typed_search_attributes
    }
    assert (found["TicketStage"], found["TicketWaitingOn"]) == ("received", "support")


@pytest.mark.clause("contently/eligibility")
async def test_on_the_server_a_refusal_that_stood_says_until_when_it_could_be_overridden(
    begin: Begin,
) -> None:
    life = await begin(new_york("2027-01-06 14:00"), publication="ebb")
    await life.until(new_york("2027-01-13 15:00"))
    assert (await life.handle.result()).closed_as is ClosedAs.NOT_ELIGIBLE
    with pytest.raises(TicketClosed, match="overridden until 13 January 2027, 19:00 UTC"):
        await life.act(Action.OVERRIDE_VERDICT, **WHY)
    with pytest.raises(TicketClosed, match=r"is closed$"):
        await life.act(Action.ACKNOWLEDGE)


async def test_a_covered_ticket_refuses_an_override_on_the_server(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    with pytest.raises(ActionRefused, match="no coverage decision to override"):
        await life.act(Action.OVERRIDE_VERDICT, **WHY)
