"""The action table: which actions are possible, and that refusals change nothing."""

from datetime import date
from typing import Any

import pytest

from policies.vocabulary import Action, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.harness import ACTORS, AGENT, ENGINEERING, OPERATOR, PRODUCT, REQUESTER, SERVICE
from tests.workflows.ticket.ticket_driver import (
    TicketDriver,
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
from workflows.ticket.model.refusals import ConditionUnmet, TicketClosed, WrongStage


def in_progress() -> TicketDriver:
    inputs: dict[str, Any] = {"message": "Looking into it.", "outcomes": ["information_request"]}
    return TicketDriver().act(Action.RESPOND, **inputs, questions=["Which browser?"])


def engineering_work() -> TicketDriver:
    return forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)


def scheduled_release() -> TicketDriver:
    return engineering_work().act(Action.SCHEDULE_RELEASE, ENGINEERING, release="2027.2")


def closed() -> TicketDriver:
    return resolved().act(Action.CLOSE)


DRIVERS = {
    Stage.RECEIVED: TicketDriver,
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
NEWER = TicketDriver().state.terms.model_copy(update={"revision": date(2027, 2, 1)})
INPUTS: dict[Action, dict[str, Any]] = {
    Action.ACKNOWLEDGE: {},
    Action.ASSIGN: {"assignee": {"id": "bo", "name": "Bo", "email": "bo@desk.example"}},
    Action.RESPOND: {"message": "Here is how.", "outcomes": ["escalation"]},
    Action.AGREE_DUE_TIME: {"clock": "resolution", "due_at": "2027-03-12T17:00Z", "reason": "So."},
    Action.REQUEST_INFORMATION: {"message": "Please tell us more."},
    Action.PROVIDE_INFORMATION: {"message": "It is Firefox."},
    Action.POST_UPDATE: {"message": "We are on it."},
    Action.PROVIDE_WORKAROUND: {"message": "Use the other editor."},
    Action.WITHDRAW_WORKAROUND: {"reason": "It fails, too."},
    Action.GIVE_ESTIMATE: {"resolved_by": "2030-01-01T00:00:00Z"},
    Action.RECORD_MILESTONE: {"milestone": "reproduced"},
    Action.ADD_NOTE: {"note": "Their proxy again?"},
    Action.ESCALATE: {"reason": "Needs a closer look."},
    Action.RECORD_FINDING: {"step": "reproduce", "result": "Reproduced."},
    Action.CONCLUDE_TRIAGE: {
        "resolved": False,
        "conclusion": "A regression.",
        "not_run": "The cause is clear.",
    },
    Action.HAND_OVER: {},
    Action.RECORD_REVIEW: {"viewpoint": "engineering", "priority": "high"},
    Action.SHARE_FORECAST: {},
    Action.START_ENGINEERING: {},
    Action.SCHEDULE_RELEASE: {"release": "2027.2"},
    Action.RECLASSIFY: {"priority": "high", "reason": "It blocks the launch."},
    Action.RAISE_LEVEL: {"reason": "Nobody takes it seriously."},
    Action.OVERRIDE_VERDICT: {"reason": "A courtesy."},
    Action.CHANGE_REVISION: {"terms": NEWER, "reason": "Agreed with the customer."},
    Action.SETTLE_TERMS: {},
    Action.RESOLVE: {"resolution": "Fixed."},
    Action.REOPEN: {"reason": "It is back."},
    Action.CLOSE: {"closed_as": "withdrawn", "reason": "Asked us to."},
    Action.WITHDRAW: {},
    Action.MERGE: {"into": "ZZZZ-ZZZZ-ZZZZ"},
}
OTHER_POLICIES = frozenset(
    {
        Action.AGREE_DUE_TIME,
        Action.RAISE_LEVEL,
        Action.OVERRIDE_VERDICT,
        Action.SETTLE_TERMS,
        Action.PROVIDE_WORKAROUND,
        Action.WITHDRAW_WORKAROUND,
        Action.GIVE_ESTIMATE,
        Action.RECORD_MILESTONE,
    }
)
"""Actions that Contently's policy does not use; test_other_policies.py, test_settlements.py and
test_progress.py test them.
"""
CONTENTLYS = [action for action in Action if action not in OTHER_POLICIES]
EVERY_PAIR = [(stage, action) for stage in Stage for action in CONTENTLYS]


def someone_for(action: Action) -> Role:
    return ACTIONS[action].by[0]


def test_every_action_has_a_row() -> None:
    assert set(ACTIONS) == set(INPUTS) == set(Action)


def test_every_stage_can_be_reached() -> None:
    assert {stage: DRIVERS[stage]().state.stage for stage in Stage} == {s: s for s in Stage}


@pytest.mark.parametrize(("stage", "action"), EVERY_PAIR)
def test_an_action_is_possible_only_in_the_stages_of_its_row(stage: Stage, action: Action) -> None:
    driver, transition = DRIVERS[stage](), ACTIONS[action]
    actor = ACTORS[someone_for(action)]
    if stage in transition.within:
        driver.act(action, actor, **INPUTS[action])
        assert driver.state.stage in (transition.to or (stage,))
        return
    before = driver.state.model_dump_json()
    is_closed = stage is Stage.CLOSED
    with pytest.raises(TicketClosed if is_closed else WrongStage) as refused:
        driver.act(action, actor, **INPUTS[action])
    assert stage in str(refused.value)
    assert driver.state.model_dump_json() == before


@pytest.mark.parametrize("action", CONTENTLYS)
@pytest.mark.parametrize("role", [r for r in Role if r in ACTORS])
def test_only_the_roles_of_its_row_can_take_an_action(action: Action, role: Role) -> None:
    transition = ACTIONS[action]
    driver = DRIVERS[transition.within[0]]()
    before = driver.state.model_dump_json()
    if role in transition.by and (action, role) != (Action.ESCALATE, Role.REQUESTER):
        assert action in allowed_actions(driver.state, role) or action is Action.SHARE_FORECAST
        return
    with pytest.raises(WrongRole):
        driver.act(action, ACTORS[role], **INPUTS[action])
    assert driver.state.model_dump_json() == before
    assert action not in allowed_actions(driver.state, role)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
def test_every_open_stage_can_reach_closed(stage: Stage) -> None:
    driver = DRIVERS[stage]().act(Action.WITHDRAW, REQUESTER)
    assert (driver.state.stage, driver.state.closed_as) == (Stage.CLOSED, ClosedAs.WITHDRAWN)


def test_a_closed_ticket_allows_no_actions() -> None:
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
def test_the_outcomes_of_a_response_decide_the_stage(
    outcomes: list[str], stage: Stage, waiting_on: WaitingOn
) -> None:
    questions = ["Which browser?"] if "information_request" in outcomes else []
    driver = TicketDriver().act(
        Action.RESPOND, message="Hello.", outcomes=outcomes, questions=questions
    )
    assert (driver.state.stage, driver.state.waiting_on) == (stage, waiting_on)


@pytest.mark.clause("contently/first-response-content")
@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"outcomes": []}, "one or more of"),
        ({"outcomes": ["resolution", "resolution"]}, "only once"),
        ({"outcomes": ["information_request"]}, "at least one question"),
        ({"outcomes": ["resolution"], "questions": ["Why?"]}, "add the outcome"),
    ],
)
def test_an_invalid_response_is_refused_with_the_reason(
    inputs: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidContent, match=reason) as refused:
        TicketDriver().act(Action.RESPOND, message="Hello.", **inputs)
    assert refused.value.clause == "first-response-content"


@pytest.mark.clause("contently/escalation-update")
def test_triage_cannot_end_while_an_escalation_notice_is_undelivered() -> None:
    driver = TicketDriver().act(Action.RESPOND, message="Deeper.", outcomes=["escalation"])
    concluded: dict[str, Any] = {"resolved": False, "conclusion": "A regression."}
    concluded["not_run"] = "The cause is clear."
    with pytest.raises(ConditionUnmet, match="requester, account_manager"):
        driver.act(Action.CONCLUDE_TRIAGE, **concluded)
    driver.act(Action.CONCLUDE_TRIAGE, **concluded, undelivered="Told both by phone.")
    (event,) = driver.events(EventType.TRIAGE_CONCLUDED)
    assert event.data["undelivered"] == {
        "to": ["requester", "account_manager"],
        "accepted_because": "Told both by phone.",
    }


@pytest.mark.clause("contently/escalation-update")
def test_triage_can_end_once_both_are_notified() -> None:
    assert awaiting_handoff().state.stage is Stage.AWAITING_HANDOFF


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_needs_both_priorities() -> None:
    driver = handed_over()
    review: dict[str, Any] = {"viewpoint": "engineering", "priority": "high"}
    driver.act(Action.RECORD_REVIEW, ENGINEERING, **review)
    with pytest.raises(ConditionUnmet, match="both priorities"):
        driver.act(Action.SHARE_FORECAST)
    assert Action.SHARE_FORECAST not in allowed_actions(driver.state, Role.AGENT)
    driver.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="low")
    assert Action.SHARE_FORECAST in allowed_actions(driver.state, Role.AGENT)


@pytest.mark.clause("contently/forecast-basis")
def test_a_review_needs_the_role_of_its_viewpoint_and_a_priority_of_the_policy() -> None:
    with pytest.raises(WrongRole, match="engineering"):
        handed_over().act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="product", priority="high")
    with pytest.raises(InvalidContent, match="high, medium, low"):
        handed_over().act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="p1")


@pytest.mark.clause("contently/forecast-basis")
def test_a_date_other_than_the_proposed_one_needs_a_reason() -> None:
    with pytest.raises(InvalidContent, match="needs a reason"):
        reviewed().act(Action.SHARE_FORECAST, begins_by="2027-03-01")
    with pytest.raises(InvalidContent, match="must be from"):
        reviewed().act(Action.SHARE_FORECAST, begins_by="2027-01-11", reason="Sooner.")
    driver = reviewed().act(
        Action.SHARE_FORECAST, begins_by="2027-03-01", reason="The team is at a conference."
    )
    assert driver.state.forecast is not None
    assert str(driver.state.forecast.begins_by) == "2027-03-01"


@pytest.mark.clause("contently/limitation")
def test_closing_as_not_covered_needs_a_clause_and_a_reason() -> None:
    with pytest.raises(InvalidContent, match="needs a clause"):
        TicketDriver().act(Action.CLOSE, closed_as="not_covered", reason="A browser extension.")
    with pytest.raises(InvalidContent, match="give a reason"):
        TicketDriver().act(Action.CLOSE, closed_as="not_covered", clause="limitation")
    driver = TicketDriver().act(
        Action.CLOSE, closed_as="not_covered", clause="limitation", reason="An ad blocker."
    )
    assert driver.state.closed_as is ClosedAs.NOT_COVERED
    assert driver.audiences("closed") == ["requester"]
    (closing,) = driver.events(EventType.CLOSED)
    assert closing.data["clause"] == "limitation"
    assert "third-party" in str(closing.data["says"])


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({}, "resolve the ticket before"),
        ({"closed_as": "no_reply", "reason": "Silence."}, "wait for the requester"),
        ({"closed_as": "duplicate", "reason": "Twice."}, "use merge"),
        ({"closed_as": "withdrawn"}, "needs a reason"),
    ],
)
def test_the_refusal_of_a_closing_states_the_cause(inputs: dict[str, Any], reason: str) -> None:
    with pytest.raises((InvalidContent, ConditionUnmet), match=reason):
        TicketDriver().act(Action.CLOSE, **inputs)


def test_a_ticket_is_not_merged_into_itself() -> None:
    driver = TicketDriver()
    with pytest.raises(InvalidContent, match="into itself"):
        driver.act(Action.MERGE, into=driver.state.opening.number)
    driver.act(Action.MERGE, into="ZZZZ-ZZZZ-ZZZZ")
    assert driver.state.merged_into == "ZZZZ-ZZZZ-ZZZZ"


def test_reclassifying_needs_another_priority_of_the_policy() -> None:
    with pytest.raises(InvalidContent, match="high, normal, low"):
        TicketDriver().act(Action.RECLASSIFY, OPERATOR, priority="urgent", reason="!")
    with pytest.raises(InvalidContent, match="already has the priority normal"):
        TicketDriver().act(Action.RECLASSIFY, priority="normal", reason="!")
    assert (
        TicketDriver().act(Action.RECLASSIFY, priority="low", reason="Minor.").state.priority
        == "low"
    )


def test_a_request_is_acknowledged_once() -> None:
    driver = TicketDriver().act(Action.ACKNOWLEDGE)
    with pytest.raises(ConditionUnmet, match="already"):
        driver.act(Action.ACKNOWLEDGE)


def test_a_backend_service_acts_for_the_requester() -> None:
    driver = in_progress().act(Action.PROVIDE_INFORMATION, SERVICE, message="Firefox.")
    assert driver.state.waiting_on is WaitingOn.SUPPORT


def test_only_agents_escalate_unless_the_policy_lets_requesters() -> None:
    with pytest.raises(WrongRole, match="reserved for these roles: agent"):
        in_progress().act(Action.ESCALATE, REQUESTER, reason="I am not happy.")
    assert in_progress().act(Action.ESCALATE, AGENT, reason="Odd.").state.stage is Stage.TRIAGE
