"""From the handoff to engineering's work, told as stories in New York time on the core alone."""

import pytest

from policies.vocabulary import Action, ClockState, EventType, Stage, WaitingOn
from tests.harness import ENGINEERING, REQUESTER, new_york
from tests.workflows.ticket.story import (
    ASK,
    Story,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    reviewed,
)


@pytest.mark.clause("contently/engineering")
def test_the_packet_is_handed_over_when_the_following_week_opens() -> None:
    story = awaiting_handoff().until("2027-01-11 08:59:59")
    assert story.state.stage is Stage.AWAITING_HANDOFF
    assert story.until("2027-01-11 09:00:00").state.stage is Stage.ENGINEERING_REVIEW
    (event,) = story.events(EventType.HANDED_OVER)
    assert (event.at, event.by.id) == (new_york("2027-01-11 09:00"), "durable-desk")
    assert story.clock("engineering_handoff").state is ClockState.MET


@pytest.mark.clause("contently/engineering")
def test_the_handoff_is_due_at_the_last_close_of_that_week() -> None:
    assert awaiting_handoff().clock("engineering_handoff").due_at == new_york("2027-01-15 17:00")


@pytest.mark.clause("contently/engineering")
def test_a_holiday_monday_opens_the_following_week_on_tuesday() -> None:
    story = Story("2027-01-13 10:00").act(Action.RESPOND, message="!", outcomes=["escalation"])
    story.deliver_all().until("2027-01-14 09:30")
    story.act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression.")
    assert story.until("2027-01-18 12:00").state.stage is Stage.AWAITING_HANDOFF
    assert story.until("2027-01-19 09:00").state.stage is Stage.ENGINEERING_REVIEW


@pytest.mark.clause("contently/engineering")
def test_an_agent_may_hand_over_before_the_week_opens() -> None:
    story = awaiting_handoff().act(Action.HAND_OVER, note="It is urgent.")
    assert story.state.stage is Stage.ENGINEERING_REVIEW
    story.until("2027-01-11 09:00")
    assert len(story.events(EventType.HANDED_OVER)) == 1


@pytest.mark.clause("contently/handoff-content")
def test_engineering_gets_everything_that_was_gathered() -> None:
    story = escalated().act(Action.RECORD_FINDING, step="reproduce", result="In Firefox only.")
    story.act(Action.REQUEST_INFORMATION, **ASK)
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox 140.")
    story.act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression in Firefox.")
    story.act(Action.HAND_OVER)
    (notice,) = story.notices("handed_over")
    assert notice.audience == "engineering"
    facts = story.ticket.outbox.compose(notice).facts
    assert facts["conclusion"] == "A regression in Firefox."
    assert facts["description"] == story.state.opening.description
    findings, information = facts["findings"], facts["information"]
    assert isinstance(findings, list)
    assert isinstance(findings[0], dict)
    does = "Reproduce the issue with the requester's steps"
    assert (findings[0]["step"], findings[0]["result"]) == (does, "In Firefox only.")
    assert information == [{"question": "Which browser?", "answer": "Firefox 140."}]


@pytest.mark.clause("contently/forecast")
def test_the_review_and_then_the_forecast_have_targets_of_the_desks_own() -> None:
    story = handed_over()
    review = story.clock("review")
    assert review.due_at == new_york("2027-01-15 17:00")
    assert not story.state.terms.clock("review").promised
    forecast = reviewed().clock("forecast")
    assert forecast.due_at == new_york("2027-01-13 12:00")


@pytest.mark.clause("contently/forecast", "contently/forecast-basis")
def test_a_forecast_is_proposed_from_both_priorities_and_told_to_both() -> None:
    story = reviewed("high", "medium").act(Action.SHARE_FORECAST)
    assert story.state.forecast is not None
    assert str(story.state.forecast.begins_by) == "2027-01-27"
    assert story.told("forecast_shared") == ["requester", "account_manager"]
    assert story.clock("forecast").state is ClockState.MET


@pytest.mark.clause("contently/forecast-basis")
def test_every_revision_of_a_forecast_is_told() -> None:
    story = forecast_shared()
    story.act(Action.SHARE_FORECAST, begins_by="2027-02-10", reason="The team is short.")
    assert story.state.forecast is not None
    assert story.state.forecast.revision == 2
    assert story.told("forecast_shared") == ["requester", "account_manager"] * 2


@pytest.mark.clause("contently/forecast-basis")
def test_a_begin_date_that_passes_without_work_asks_for_a_new_forecast_once() -> None:
    story = forecast_shared().until("2027-01-27 23:59:59")
    assert story.events(EventType.FORECAST_LAPSED) == []
    assert story.state.waiting_on is WaitingOn.ENGINEERING
    lapsed = story.until("2027-01-28 00:00").until("2027-02-20 00:00")
    assert len(lapsed.events(EventType.FORECAST_LAPSED)) == 1
    assert lapsed.told("forecast_lapsed") == ["assignee"]
    assert lapsed.state.waiting_on is WaitingOn.SUPPORT
    assert story.clock("forecast").cycle == 2


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_does_not_lapse_once_work_began() -> None:
    story = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING).until("2027-03-01 12:00")
    assert story.events(EventType.FORECAST_LAPSED) == []


@pytest.mark.clause("contently/progress")
def test_while_engineering_works_no_update_is_due_from_support() -> None:
    story = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)
    assert story.clock("next_update").state is ClockState.PAUSED


@pytest.mark.clause("contently/forecast-basis")
def test_a_priority_that_changes_after_the_forecast_asks_for_another() -> None:
    story = forecast_shared()
    story.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="low")
    assert story.state.waiting_on is WaitingOn.SUPPORT
    assert story.clock("forecast").cycle == 2
    again = story.act(Action.SHARE_FORECAST)
    assert again.state.waiting_on is WaitingOn.ENGINEERING
    assert again.clock("forecast").state is ClockState.MET


@pytest.mark.clause("contently/forecast-basis")
def test_work_that_begins_ends_the_wait_for_another_forecast() -> None:
    story = forecast_shared().until("2027-01-28 10:00")
    story.act(Action.START_ENGINEERING, ENGINEERING).until("2027-02-28 10:00")
    assert story.clock("forecast").state is ClockState.CANCELLED
    assert "forecast" not in [e.data["clock"] for e in story.events(EventType.CLOCK_BREACHED)]


def test_reopening_leaves_nothing_of_an_earlier_forecast() -> None:
    story = forecast_shared().act(Action.RESOLVE, resolution="Fixed.")
    story.act(Action.REOPEN, REQUESTER, reason="It is back.")
    assert story.state.forecast is None
    assert story.state.reviews == {}
