"""The transition table: what it allows, what it refuses, and that refusals change nothing."""

from datetime import date
from typing import Any

import pytest

from policies.vocabulary import Action, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.harness import ACTORS, AGENT, ENGINEERING, OPERATOR, PRODUCT, REQUESTER, SERVICE
from tests.workflows.ticket.story import (
    Story,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    resolved,
    reviewed,
)
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.refusals import ConditionUnmet, WrongStage


def in_progress() -> Story:
    said: dict[str, Any] = {"message": "Looking into it.", "outcomes": ["information_request"]}
    return Story().act(Action.RESPOND, **said, questions=["Which browser?"])


def engineering_work() -> Story:
    return forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)


def scheduled_release() -> Story:
    return engineering_work().act(Action.SCHEDULE_RELEASE, ENGINEERING, release="2027.2")


def closed() -> Story:
    return resolved().act(Action.CLOSE)


STORIES = {
    Stage.RECEIVED: Story,
    Stage.IN_PROGRESS: in_progress,
    Stage.TRIAGE: escalated,
    Stage.AWAITING_HANDOFF: awaiting_handoff,
    Stage.ENGINEERING_REVIEW: reviewed,
    Stage.FORECAST_SHARED: forecast_shared,
    Stage.ENGINEERING_WORK: engineering_work,
    Stage.SCHEDULED_RELEASE: scheduled_release,
    Stage.RESOLVED: resolved,
    Stage.CLOSED: closed,
}
NEWER = Story().state.terms.model_copy(update={"revision": date(2027, 2, 1)})
SAID: dict[Action, dict[str, Any]] = {
    Action.ACKNOWLEDGE: {},
    Action.ASSIGN: {"assignee": {"id": "bo", "name": "Bo", "email": "bo@desk.example"}},
    Action.RESPOND: {"message": "Here is how.", "outcomes": ["escalation"]},
    Action.REQUEST_INFORMATION: {"message": "Please tell us more."},
    Action.PROVIDE_INFORMATION: {"message": "It is Firefox."},
    Action.POST_UPDATE: {"message": "We are on it."},
    Action.ADD_NOTE: {"note": "Their proxy again?"},
    Action.ESCALATE: {"reason": "Needs a closer look."},
    Action.RECORD_FINDING: {"step": "reproduce", "result": "Reproduced."},
    Action.CONCLUDE_TRIAGE: {"resolved": False, "conclusion": "A regression."},
    Action.HAND_OVER: {},
    Action.RECORD_REVIEW: {"viewpoint": "engineering", "priority": "high"},
    Action.SHARE_FORECAST: {},
    Action.START_ENGINEERING: {},
    Action.SCHEDULE_RELEASE: {"release": "2027.2"},
    Action.RECLASSIFY: {"priority": "high", "reason": "It blocks the launch."},
    Action.RAISE_LEVEL: {"reason": "Nobody takes it seriously."},
    Action.OVERRIDE_VERDICT: {"reason": "A courtesy."},
    Action.CHANGE_REVISION: {"terms": NEWER, "reason": "Agreed with the customer."},
    Action.RESOLVE: {"resolution": "Fixed."},
    Action.REOPEN: {"reason": "It is back."},
    Action.CLOSE: {"closed_as": "withdrawn", "reason": "Asked us to."},
    Action.WITHDRAW: {},
    Action.MERGE: {"into": "ZZZZ-ZZZZ-ZZZZ"},
}
OTHER_POLICIES = frozenset({Action.RAISE_LEVEL, Action.OVERRIDE_VERDICT})
"""Actions that Contently's policy has no use for; test_other_policies.py has them."""
CONTENTLYS = [action for action in Action if action not in OTHER_POLICIES]
EVERY_PAIR = [(stage, action) for stage in Stage for action in CONTENTLYS]


def someone_for(action: Action) -> Role:
    return ACTIONS[action].by[0]


def test_every_action_has_a_row() -> None:
    assert set(ACTIONS) == set(SAID) == set(Action)


def test_every_stage_can_be_told_as_a_story() -> None:
    assert {stage: STORIES[stage]().state.stage for stage in Stage} == {s: s for s in Stage}


@pytest.mark.parametrize(("stage", "action"), EVERY_PAIR)
def test_an_action_is_possible_in_the_stages_of_its_row_and_in_no_other(
    stage: Stage, action: Action
) -> None:
    story, transition = STORIES[stage](), ACTIONS[action]
    actor = ACTORS[someone_for(action)]
    if stage in transition.within:
        story.act(action, actor, **SAID[action])
        assert story.state.stage in (transition.to or (stage,))
        return
    before = story.state.model_dump_json()
    with pytest.raises(WrongStage) as refused:
        story.act(action, actor, **SAID[action])
    assert stage in str(refused.value)
    assert story.state.model_dump_json() == before


@pytest.mark.parametrize("action", CONTENTLYS)
@pytest.mark.parametrize("role", [r for r in Role if r in ACTORS])
def test_only_the_roles_of_its_row_may_take_an_action(action: Action, role: Role) -> None:
    transition = ACTIONS[action]
    story = STORIES[transition.within[0]]()
    before = story.state.model_dump_json()
    if role in transition.by and (action, role) != (Action.ESCALATE, Role.REQUESTER):
        assert action in allowed_actions(story.state, role) or action is Action.SHARE_FORECAST
        return
    with pytest.raises(WrongRole):
        story.act(action, ACTORS[role], **SAID[action])
    assert story.state.model_dump_json() == before
    assert action not in allowed_actions(story.state, role)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
def test_every_open_stage_can_reach_closed(stage: Stage) -> None:
    story = STORIES[stage]().act(Action.WITHDRAW, REQUESTER)
    assert (story.state.stage, story.state.closed_as) == (Stage.CLOSED, ClosedAs.WITHDRAWN)


def test_a_closed_ticket_allows_nothing_to_anybody() -> None:
    assert all(allowed_actions(closed().state, role) == () for role in Role)


@pytest.mark.clause("contently/first-response-content")
@pytest.mark.parametrize(
    ("outcomes", "stage", "waiting_on"),
    [
        (["resolution"], Stage.RESOLVED, WaitingOn.NOBODY),
        (["information_request"], Stage.IN_PROGRESS, WaitingOn.REQUESTER),
        (["escalation"], Stage.TRIAGE, WaitingOn.SUPPORT),
        (["resolution", "information_request"], Stage.IN_PROGRESS, WaitingOn.REQUESTER),
        (["resolution", "escalation"], Stage.TRIAGE, WaitingOn.SUPPORT),
        (["information_request", "escalation"], Stage.TRIAGE, WaitingOn.REQUESTER),
        (["resolution", "information_request", "escalation"], Stage.TRIAGE, WaitingOn.REQUESTER),
    ],
)
def test_a_response_is_one_or_all_outcomes_and_the_ticket_goes_where_work_remains(
    outcomes: list[str], stage: Stage, waiting_on: WaitingOn
) -> None:
    questions = ["Which browser?"] if "information_request" in outcomes else []
    story = Story().act(Action.RESPOND, message="Hello.", outcomes=outcomes, questions=questions)
    assert (story.state.stage, story.state.waiting_on) == (stage, waiting_on)


@pytest.mark.clause("contently/first-response-content")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"outcomes": []}, "one or more of"),
        ({"outcomes": ["resolution", "resolution"]}, "only once"),
        ({"outcomes": ["information_request"]}, "at least one question"),
        ({"outcomes": ["resolution"], "questions": ["Why?"]}, "add the outcome"),
    ],
)
def test_a_response_without_proper_content_is_refused_with_the_reason(
    said: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidContent, match=reason) as refused:
        Story().act(Action.RESPOND, message="Hello.", **said)
    assert refused.value.clause == "first-response-content"


@pytest.mark.clause("contently/escalation-update")
def test_triage_cannot_end_while_an_escalation_notice_is_undelivered() -> None:
    story = Story().act(Action.RESPOND, message="Deeper.", outcomes=["escalation"])
    concluded: dict[str, Any] = {"resolved": False, "conclusion": "A regression."}
    with pytest.raises(ConditionUnmet, match="requester, account_manager"):
        story.act(Action.CONCLUDE_TRIAGE, **concluded)
    story.act(Action.CONCLUDE_TRIAGE, **concluded, undelivered="Told both by phone.")
    (event,) = story.events(EventType.TRIAGE_CONCLUDED)
    assert event.data["undelivered"] == {
        "to": ["requester", "account_manager"],
        "accepted_because": "Told both by phone.",
    }


@pytest.mark.clause("contently/escalation-update")
def test_triage_ends_freely_once_both_were_told() -> None:
    assert awaiting_handoff().state.stage is Stage.AWAITING_HANDOFF


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_is_refused_until_both_priorities_are_there() -> None:
    story = handed_over()
    review: dict[str, Any] = {"viewpoint": "engineering", "priority": "high"}
    story.act(Action.RECORD_REVIEW, ENGINEERING, **review)
    with pytest.raises(ConditionUnmet, match="both priorities"):
        story.act(Action.SHARE_FORECAST)
    assert Action.SHARE_FORECAST not in allowed_actions(story.state, Role.AGENT)
    story.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="low")
    assert Action.SHARE_FORECAST in allowed_actions(story.state, Role.AGENT)


@pytest.mark.clause("contently/forecast-basis")
def test_each_viewpoint_is_given_by_its_own_people_and_in_the_policys_words() -> None:
    with pytest.raises(WrongRole, match="engineering"):
        handed_over().act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="product", priority="high")
    with pytest.raises(InvalidContent, match="high, medium, low"):
        handed_over().act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="p1")


@pytest.mark.clause("contently/forecast-basis")
def test_another_date_than_the_proposed_needs_a_reason() -> None:
    with pytest.raises(InvalidContent, match="needs a reason"):
        reviewed().act(Action.SHARE_FORECAST, begins_by="2027-03-01")
    with pytest.raises(InvalidContent, match="must be from"):
        reviewed().act(Action.SHARE_FORECAST, begins_by="2027-01-11", reason="Sooner.")
    story = reviewed().act(
        Action.SHARE_FORECAST, begins_by="2027-03-01", reason="The team is at a conference."
    )
    assert story.state.forecast is not None
    assert str(story.state.forecast.begins_by) == "2027-03-01"


@pytest.mark.clause("contently/limitation")
def test_not_covered_needs_its_clause_and_a_reason_and_is_told() -> None:
    with pytest.raises(InvalidContent, match="needs a clause"):
        Story().act(Action.CLOSE, closed_as="not_covered", reason="A browser extension.")
    with pytest.raises(InvalidContent, match="give a reason"):
        Story().act(Action.CLOSE, closed_as="not_covered", clause="limitation")
    story = Story().act(
        Action.CLOSE, closed_as="not_covered", clause="limitation", reason="An ad blocker."
    )
    assert story.state.closed_as is ClosedAs.NOT_COVERED
    assert story.told("closed") == ["requester"]
    (closing,) = story.events(EventType.CLOSED)
    assert closing.data["clause"] == "limitation"
    assert "third-party" in str(closing.data["says"])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "resolve the ticket before"),
        ({"closed_as": "no_reply", "reason": "Silence."}, "wait for the requester"),
        ({"closed_as": "duplicate", "reason": "Twice."}, "use merge"),
        ({"closed_as": "withdrawn"}, "needs a reason"),
    ],
)
def test_closing_says_what_is_missing(said: dict[str, Any], reason: str) -> None:
    with pytest.raises((InvalidContent, ConditionUnmet), match=reason):
        Story().act(Action.CLOSE, **said)


def test_a_ticket_is_not_merged_into_itself() -> None:
    story = Story()
    with pytest.raises(InvalidContent, match="into itself"):
        story.act(Action.MERGE, into=story.state.opening.number)
    story.act(Action.MERGE, into="ZZZZ-ZZZZ-ZZZZ")
    assert story.state.merged_into == "ZZZZ-ZZZZ-ZZZZ"


def test_reclassifying_knows_the_policys_priorities() -> None:
    with pytest.raises(InvalidContent, match="high, normal, low"):
        Story().act(Action.RECLASSIFY, OPERATOR, priority="urgent", reason="!")
    with pytest.raises(InvalidContent, match="already has the priority normal"):
        Story().act(Action.RECLASSIFY, priority="normal", reason="!")
    assert Story().act(Action.RECLASSIFY, priority="low", reason="Minor.").state.priority == "low"


def test_a_request_is_acknowledged_once() -> None:
    story = Story().act(Action.ACKNOWLEDGE)
    with pytest.raises(ConditionUnmet, match="already"):
        story.act(Action.ACKNOWLEDGE)


def test_a_backend_service_acts_for_the_requester() -> None:
    story = in_progress().act(Action.PROVIDE_INFORMATION, SERVICE, message="Firefox.")
    assert story.state.waiting_on is WaitingOn.SUPPORT


def test_escalating_is_the_agents_where_the_policy_does_not_let_requesters() -> None:
    with pytest.raises(WrongRole, match="reserved for these roles: agent"):
        in_progress().act(Action.ESCALATE, REQUESTER, reason="I am not happy.")
    assert in_progress().act(Action.ESCALATE, AGENT, reason="Odd.").state.stage is Stage.TRIAGE
