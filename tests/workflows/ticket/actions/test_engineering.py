"""From the handoff to the work of engineering, in New York time and without a server."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import (
    Action,
    ClockState,
    EventType,
    PauseReason,
    Role,
    Stage,
    Viewpoint,
    WaitingOn,
)
from tests.harness import ENGINEERING, HARBOUR, PRODUCT, REQUESTER, new_york, opening
from tests.workflows.ticket.ticket_driver import (
    ASK,
    WEDNESDAY,
    TicketDriver,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    reviewed,
)
from workflows.shared.refusals import InvalidContent
from workflows.ticket.actions.lifecycle import allowed_actions


@pytest.mark.clause("contently/engineering")
def test_the_packet_is_handed_over_when_the_following_week_opens() -> None:
    driver = awaiting_handoff().until("2027-01-11 08:59:59")
    assert driver.state.stage is Stage.AWAITING_HANDOFF
    assert driver.until("2027-01-11 09:00:00").state.stage is Stage.ENGINEERING_REVIEW
    (event,) = driver.events(EventType.HANDED_OVER)
    assert (event.at, event.by.id) == (new_york("2027-01-11 09:00"), "durable-desk")
    assert driver.clock("engineering_handoff").state is ClockState.MET


@pytest.mark.clause("contently/engineering")
def test_the_handoff_is_due_at_the_last_close_of_that_week() -> None:
    assert awaiting_handoff().clock("engineering_handoff").due_at == new_york("2027-01-15 17:00")


@pytest.mark.clause("contently/engineering")
def test_a_holiday_monday_opens_the_following_week_on_tuesday() -> None:
    driver = TicketDriver("2027-01-13 10:00").act(
        Action.RESPOND, message="!", outcomes=["escalation"]
    )
    driver.deliver_all().until("2027-01-14 09:30")
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    assert driver.until("2027-01-18 12:00").state.stage is Stage.AWAITING_HANDOFF
    assert driver.until("2027-01-19 09:00").state.stage is Stage.ENGINEERING_REVIEW


@pytest.mark.clause("contently/engineering")
def test_an_agent_may_hand_over_before_the_week_opens() -> None:
    driver = awaiting_handoff().act(Action.HAND_OVER, note="It is urgent.")
    assert driver.state.stage is Stage.ENGINEERING_REVIEW
    driver.until("2027-01-11 09:00")
    assert len(driver.events(EventType.HANDED_OVER)) == 1


@pytest.mark.clause("contently/handoff-content")
def test_the_packet_has_all_findings_and_answers() -> None:
    driver = escalated().act(Action.RECORD_FINDING, step="reproduce", result="In Firefox only.")
    driver.act(Action.REQUEST_INFORMATION, **ASK)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox 140.")
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression in Firefox.",
        not_run="The cause is clear.",
    )
    driver.act(Action.HAND_OVER)
    (notice,) = driver.notices("handed_over")
    assert notice.audience == "engineering"
    facts = driver.ticket.outbox.compose(notice).facts
    assert facts["conclusion"] == "A regression in Firefox."
    assert facts["description"] == driver.state.opening.description
    findings, information = facts["findings"], facts["information"]
    assert isinstance(findings, list)
    assert isinstance(findings[0], dict)
    does = "Reproduce the issue with the requester's steps"
    assert (findings[0]["step"], findings[0]["result"]) == (does, "In Firefox only.")
    assert information == [{"question": "Which browser?", "answer": "Firefox 140."}]


@pytest.mark.clause("contently/forecast")
def test_review_and_forecast_have_internal_targets() -> None:
    driver = handed_over()
    review = driver.clock("review")
    assert review.due_at == new_york("2027-01-15 17:00")
    assert not driver.state.terms.clock("review").promised
    forecast = reviewed().clock("forecast")
    assert forecast.due_at == new_york("2027-01-13 12:00")


@pytest.mark.clause("contently/forecast", "contently/forecast-basis")
def test_a_forecast_is_proposed_from_both_priorities_and_notified() -> None:
    driver = reviewed("high", "medium").act(Action.SHARE_FORECAST)
    assert driver.state.forecast is not None
    assert str(driver.state.forecast.begins_by) == "2027-01-27"
    assert driver.audiences("forecast_shared") == ["requester", "account_manager"]
    assert driver.clock("forecast").state is ClockState.MET


@pytest.mark.clause("contently/forecast-basis")
def test_every_revision_of_a_forecast_is_notified() -> None:
    driver = forecast_shared()
    driver.act(Action.SHARE_FORECAST, begins_by="2027-02-10", reason="The team is short.")
    assert driver.state.forecast is not None
    assert driver.state.forecast.revision == 2
    assert driver.audiences("forecast_shared") == ["requester", "account_manager"] * 2


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_lapses_once_when_its_date_passes_without_work() -> None:
    driver = forecast_shared().until("2027-01-27 23:59:59")
    assert driver.events(EventType.FORECAST_LAPSED) == []
    assert driver.state.waiting_on is WaitingOn.ENGINEERING
    lapsed = driver.until("2027-01-28 00:00").until("2027-02-20 00:00")
    assert len(lapsed.events(EventType.FORECAST_LAPSED)) == 1
    assert lapsed.audiences("forecast_lapsed") == ["assignee"]
    assert lapsed.state.waiting_on is WaitingOn.SUPPORT
    assert driver.clock("forecast").cycle == 2


@pytest.mark.fault(13)
@pytest.mark.clause("contently/forecast-basis")
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland"])
def test_the_date_of_a_forecast_lasts_to_its_last_second_where_the_account_is(zone: str) -> None:
    party = HARBOUR.model_copy(update={"zone": zone})
    driver = TicketDriver(opened=opening(new_york("2027-01-06 14:00"), contract=party))
    driver.act(Action.RESPOND, message="We look deeper.", outcomes=["escalation"]).deliver_all()
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    driver.until("2027-01-12 12:00")
    for actor, viewpoint in ((ENGINEERING, "engineering"), (PRODUCT, "product")):
        driver.act(Action.RECORD_REVIEW, actor, viewpoint=viewpoint, priority="high")
    today = driver.now.astimezone(ZoneInfo(zone)).date()
    driver.act(Action.SHARE_FORECAST, begins_by=today, reason="Work begins at once.")
    midnight = datetime.combine(today + timedelta(days=1), time(0), ZoneInfo(zone))
    driver.until_instant(midnight - timedelta(seconds=1))
    assert driver.events(EventType.FORECAST_LAPSED) == []
    driver.until_instant(midnight)
    assert [event.at for event in driver.events(EventType.FORECAST_LAPSED)] == [midnight]


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_does_not_lapse_once_work_began() -> None:
    driver = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING).until("2027-03-01 12:00")
    assert driver.events(EventType.FORECAST_LAPSED) == []


@pytest.mark.clause("contently/progress")
def test_while_engineering_works_no_update_is_due_from_support() -> None:
    driver = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)
    assert driver.clock("next_update").state is ClockState.PAUSED


@pytest.mark.clause("contently/forecast-basis")
def test_a_priority_that_changes_after_the_forecast_requires_a_new_one() -> None:
    driver = forecast_shared()
    driver.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="low")
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    assert driver.clock("forecast").cycle == 2
    again = driver.act(Action.SHARE_FORECAST)
    assert again.state.waiting_on is WaitingOn.ENGINEERING
    assert again.clock("forecast").state is ClockState.MET


@pytest.mark.clause("contently/forecast-basis")
def test_work_that_begins_cancels_the_forecast_clock() -> None:
    driver = forecast_shared().until("2027-01-28 10:00")
    driver.act(Action.START_ENGINEERING, ENGINEERING).until("2027-02-28 10:00")
    assert driver.clock("forecast").state is ClockState.CANCELLED
    assert "forecast" not in [e.data["clock"] for e in driver.events(EventType.CLOCK_BREACHED)]


def test_reopening_discards_forecast_and_reviews() -> None:
    driver = forecast_shared().act(Action.RESOLVE, resolution="Fixed.")
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    assert driver.state.forecast is None
    assert driver.state.reviews == {}


def test_without_support_hours_no_week_opens_and_an_agent_hands_over() -> None:
    driver = awaiting_handoff()
    terms = driver.state.terms
    process = terms.process.model_copy(update={"closing_after": None})
    always = terms.model_copy(update={"support_hours": None, "process": process})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": always})
    driver = driver.carried().until("2027-01-20 09:00")
    assert driver.state.stage is Stage.AWAITING_HANDOFF
    assert Action.HAND_OVER in allowed_actions(driver.state, Role.AGENT)


def test_a_policy_can_leave_the_handoff_to_agents() -> None:
    opened = opening(
        new_york(WEDNESDAY),
        contract=HARBOUR.model_copy(update={"overrides": {"process.handoff.automatic": False}}),
    )
    driver = TicketDriver(opened=opened)
    driver.act(Action.RESPOND, message="Deeper.", outcomes=["escalation"]).deliver_all()
    driver.act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression.", not_run="No.")
    assert driver.until("2027-01-20 09:00").state.stage is Stage.AWAITING_HANDOFF


def test_a_clock_that_pauses_for_answers_only_counts_while_engineering_has_the_ticket() -> None:
    opened = opening(new_york(WEDNESDAY))
    fix = ClockTerms(
        name="fix",
        clause="progress",
        starts=(EventType.OPENED,),
        stops=(EventType.RESOLVED,),
        promises={
            "normal": PromiseTerms.model_validate({"within": "8 business hours"}),
            "high": PromiseTerms.model_validate({"within": "9 business hours"}),
        },
        pauses=(PauseReason.INFORMATION,),
    )
    terms = opened.terms.model_copy(update={"clocks": (*opened.terms.clocks, fix)})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.until("2027-01-06 15:00").act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.SCHEDULE_RELEASE, release="2027.2").until("2027-01-07 11:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert driver.state.waiting_on is WaitingOn.ENGINEERING
    driver.until("2027-01-07 14:00")
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    # One hour on Wednesday; eight are left since Thursday 11:00.
    assert driver.clock("fix").due_at == new_york("2027-01-08 11:00")


@pytest.mark.clause("contently/forecast-basis")
def test_a_review_that_is_repeated_with_the_same_priority_is_not_completed_again() -> None:
    driver = reviewed()
    same = {"viewpoint": "engineering", "priority": "high"}
    driver.act(Action.RECORD_REVIEW, ENGINEERING, **same)
    assert len(driver.events(EventType.REVIEW_COMPLETED)) == 1
    driver.act(Action.RECORD_REVIEW, ENGINEERING, **same | {"priority": "low"})
    assert len(driver.events(EventType.REVIEW_COMPLETED)) == 2


@pytest.mark.clause("contently/forecast-basis")
def test_a_viewpoint_that_the_policy_does_not_ask_gives_no_review() -> None:
    driver = handed_over()
    terms = driver.state.terms
    assert terms.process.forecast is not None
    forecast = terms.process.forecast.model_copy(update={"viewpoints": (Viewpoint.ENGINEERING,)})
    process = terms.process.model_copy(update={"forecast": forecast})
    driver.state.opening = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"process": process})}
    )
    with pytest.raises(InvalidContent, match="product"):
        driver.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="high")
    driver.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="high")
    assert driver.state.is_reviewed


def test_support_owes_the_forecast_once_both_viewpoints_are_there() -> None:
    driver = handed_over()
    driver.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="high")
    before = driver.state.waiting_on
    driver.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="high")
    assert (before, driver.state.waiting_on) == (WaitingOn.ENGINEERING, WaitingOn.SUPPORT)


def test_a_forecast_lies_at_most_two_years_ahead() -> None:
    driver = reviewed()
    today = driver.state.terms.local_date(driver.now)
    last = today + timedelta(days=730)
    with pytest.raises(InvalidContent) as refused:
        driver.act(Action.SHARE_FORECAST, begins_by=last + timedelta(days=1), reason="A rewrite.")
    assert refused.value.values["last"] == last
    driver.act(Action.SHARE_FORECAST, begins_by=last, reason="A rewrite.")
    assert driver.state.stage is Stage.FORECAST_SHARED
