"""The documented process, told as stories in New York time and run on the core alone."""

from typing import Any

import pytest

from policies.settlement import Requester
from policies.terms import ClockTerms, PromiseTerms
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Reopening, Stage, WaitingOn
from tests.harness import AGENT, ENGINEERING, REQUESTER, new_york, opening
from tests.workflows.ticket.story import (
    WEDNESDAY,
    Story,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    resolved,
    reviewed,
)
from workflows.ticket import views
from workflows.ticket.messages import Opening
from workflows.ticket.refusals import IdReused, RecordFull
from workflows.ticket.ticket import LARGEST_RECORD

ASK: dict[str, Any] = {"message": "Please tell us more.", "questions": ["Which browser?"]}


def with_clocks(*changed: ClockTerms) -> Opening:
    """A request whose policy has these clocks instead of its own of the same names."""
    opened = opening(new_york(WEDNESDAY))
    names = {clock.name for clock in changed}
    kept = [clock for clock in opened.terms.clocks if clock.name not in names]
    terms = opened.terms.model_copy(update={"clocks": (*kept, *changed)})
    return opened.model_copy(update={"terms": terms})


def by_priority(**targets: str) -> ClockTerms:
    """A first response that depends on the priority."""
    first_response = opening(new_york(WEDNESDAY)).terms.clock("first_response")
    promises = {p: PromiseTerms.model_validate({"within": t}) for p, t in targets.items()}
    return first_response.model_copy(update={"promises": promises})


@pytest.mark.clause("contently/eligibility")
def test_somebody_without_an_active_publication_is_refused_with_the_reason_and_answered() -> None:
    story = Story(requester=Requester(name="Old Hand", email="old@ebb.example"))
    assert story.state.stage is Stage.CLOSED
    assert story.state.closed_as is ClosedAs.NOT_ELIGIBLE
    (closing,) = story.events(EventType.CLOSED)
    assert closing.data["clause"] == "eligibility"
    assert story.told("closed") == ["requester"]
    assert story.told("opened") == []
    assert story.state.clocks == []


@pytest.mark.clause("contently/eligibility")
def test_a_user_of_an_active_publication_is_eligible_and_told_when_to_expect_an_answer() -> None:
    story = Story()
    assert story.state.stage is Stage.RECEIVED
    (notice,) = story.notices("opened")
    facts = story.ticket.outbox.letter(notice).facts
    assert facts["promise"] == "2 business days"
    assert facts["due_at"] == new_york("2027-01-08 14:00").isoformat()


@pytest.mark.clause("contently/first-response")
def test_the_first_response_is_due_two_business_days_after_receipt() -> None:
    assert Story().clock("first_response").due_at == new_york("2027-01-08 14:00")


@pytest.mark.clause("contently/availability")
def test_weekends_and_federal_holidays_do_not_count() -> None:
    before_mlk = Story("2027-01-15 14:00")
    assert before_mlk.clock("first_response").due_at == new_york("2027-01-20 14:00")


@pytest.mark.clause("contently/first-response")
def test_only_a_typed_response_by_a_person_stops_the_first_response() -> None:
    story = Story().act(Action.ACKNOWLEDGE).act(Action.PROVIDE_INFORMATION, REQUESTER, message="!")
    story.deliver_all()
    assert story.clock("first_response").state is ClockState.RUNNING
    story.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert story.clock("first_response").state is ClockState.MET


@pytest.mark.clause("contently/first-response")
def test_an_unanswered_request_warns_breaches_and_reminds_once_each_in_order() -> None:
    story = Story().until("2027-01-20 12:00").until("2027-01-21 12:00")
    rungs = [event.data["rung"] for event in story.events() if "rung" in event.data]
    assert rungs == ["50%", "75%", "breach", "1 business day after"]
    breached = story.events(EventType.CLOCK_BREACHED)[0]
    assert breached.at == new_york("2027-01-08 14:00")
    assert story.next_duty() is None


@pytest.mark.clause("contently/first-response")
def test_a_response_a_second_late_is_late_and_at_the_deadline_is_kept() -> None:
    kept = Story().until("2027-01-08 14:00:00")
    assert kept.clock("first_response").state is ClockState.BREACHED
    in_time = Story().until("2027-01-08 13:59:59")
    in_time.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert in_time.clock("first_response").state is ClockState.MET
    late = Story().until("2027-01-08 14:00:01")
    late.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    clock = late.clock("first_response")
    assert (clock.state, clock.completed_at) == (ClockState.BREACHED, late.now)


@pytest.mark.clause("contently/triage")
def test_triage_takes_one_business_day_and_pauses_while_the_requester_is_asked() -> None:
    story = escalated()
    assert story.clock("triage").due_at == new_york("2027-01-08 11:00")
    story.until("2027-01-07 15:00").act(Action.REQUEST_INFORMATION, **ASK)
    assert story.clock("triage").state is ClockState.PAUSED
    story.until("2027-01-12 10:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert story.clock("triage").due_at == new_york("2027-01-12 14:00")
    assert story.events(EventType.CLOCK_BREACHED) == []


@pytest.mark.clause("contently/triage")
def test_findings_along_the_checklist_are_recorded_with_their_results() -> None:
    story = escalated()
    steps = [step.id for step in story.state.terms.process.checklist]
    assert "reproduce" in steps
    for step in steps:
        story.act(Action.RECORD_FINDING, step=step, result=f"{step}: as expected.")
    assert [e.data["step"] for e in story.events(EventType.FINDING_RECORDED)] == steps


@pytest.mark.clause("contently/escalation-update")
def test_requester_and_account_manager_are_told_when_an_escalation_starts() -> None:
    story = Story().act(Action.RESPOND, message="Deeper.", outcomes=["escalation"])
    assert story.told("escalated") == ["requester", "account_manager"]
    assert [n.to.email for n in story.notices("escalated")] == [
        "mia@harbour.example",
        "ines@contently.example",
    ]


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
    facts = story.ticket.outbox.letter(notice).facts
    assert facts["conclusion"] == "A regression in Firefox."
    assert facts["description"] == story.state.opening.description
    findings, information = facts["findings"], facts["information"]
    assert isinstance(findings, list)
    assert isinstance(findings[0], dict)
    does = "Reproduce the issue with the requester's steps"
    assert (findings[0]["step"], findings[0]["result"]) == (does, "In Firefox only.")
    assert information == [{"question": "Which browser?", "answer": "Firefox 140."}]


@pytest.mark.clause("contently/triage", "contently/handoff-content")
def test_findings_may_come_with_the_conclusion_and_are_recorded_before_it() -> None:
    story = escalated().act(Action.RECORD_FINDING, step="reproduce", result="In Firefox only.")
    last = [
        {"step": "environment", "result": "As it should be."},
        {"step": "a hunch", "result": "No."},
    ]
    concluded: dict[str, Any] = {"resolved": False, "conclusion": "A regression."}
    story.act(Action.CONCLUDE_TRIAGE, findings=last, **concluded).act(Action.HAND_OVER)
    told = [(event.data["step"], event.seq) for event in story.events(EventType.FINDING_RECORDED)]
    (end,) = story.events(EventType.TRIAGE_CONCLUDED)
    assert [step for step, _ in told] == ["reproduce", "environment", "a hunch"]
    assert told[-1][1] < end.seq
    (notice,) = story.notices("handed_over")
    findings = story.ticket.outbox.letter(notice).facts["findings"]
    assert isinstance(findings, list)
    assert len(findings) == 3


def test_triage_that_finds_a_resolution_ends_there() -> None:
    story = escalated().act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Clear the cache.")
    assert story.state.stage is Stage.RESOLVED
    assert story.clock("triage").state is ClockState.MET
    assert story.ticket.clocks.latest("engineering_handoff") is None


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
def test_the_desk_reminds_itself_to_keep_the_customer_posted() -> None:
    story = Story().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    assert story.clock("next_update").state is ClockState.PAUSED
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert story.clock("next_update").due_at == new_york("2027-01-13 14:00")
    assert not story.state.terms.clock("next_update").promised
    story.until("2027-01-12 10:00").act(Action.POST_UPDATE, message="Still looking.")
    assert story.clock("next_update").cycle == 2
    assert story.clock("next_update").due_at == new_york("2027-01-20 10:00")
    assert story.told("update_posted") == ["requester"]


@pytest.mark.clause("contently/progress")
def test_while_engineering_works_no_update_is_due_from_support() -> None:
    story = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)
    assert story.clock("next_update").state is ClockState.PAUSED


@pytest.mark.clause("contently/progress")
def test_a_resolved_ticket_closes_by_itself_and_nobody_is_told_twice() -> None:
    story = resolved().until("2027-01-14 10:59:59")
    assert story.state.stage is Stage.RESOLVED
    story.until("2027-01-14 11:00")
    assert story.state.closed_as is ClosedAs.RESOLVED
    assert story.told("closed") == []


def test_reopening_breaches_nothing_and_storms_nobody() -> None:
    story = resolved().until("2027-01-13 12:00").deliver_all()
    before = len(story.notices())
    story.act(Action.REOPEN, REQUESTER, reason="It is back.")
    assert story.state.stage is Stage.IN_PROGRESS
    assert story.events(EventType.CLOCK_BREACHED) == []
    assert len(story.notices()) == before + 1
    assert story.clock("first_response").state is ClockState.MET
    assert story.clock("next_update").due_at == new_york("2027-01-21 12:00")
    assert story.until("2027-01-14 11:00").state.stage is Stage.IN_PROGRESS


@pytest.mark.parametrize(
    ("reopening", "cycle", "due"),
    [
        (Reopening.NONE, 1, None),
        (Reopening.NEW_CYCLE, 2, "2027-01-14 12:00"),
        (Reopening.SAME_CYCLE, 1, "2027-01-13 15:00"),
    ],
)
def test_the_policy_says_what_a_clock_does_on_reopening(
    reopening: Reopening, cycle: int, due: str | None
) -> None:
    resolution = ClockTerms(
        name="resolution",
        clause="progress",
        starts=(EventType.OPENED,),
        stops=(EventType.RESOLVED,),
        promises={"otherwise": PromiseTerms.model_validate({"within": "8 business hours"})},
        reopening=reopening,
    )
    story = Story(opened=with_clocks(resolution)).until("2027-01-07 11:00")
    story.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    story.until("2027-01-13 12:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    clock = story.clock("resolution")
    assert clock.cycle == cycle
    if due is None:
        assert clock.state is ClockState.MET
    else:
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, new_york(due))


def test_after_resolution_no_clock_runs_on() -> None:
    story = forecast_shared().act(Action.RESOLVE, resolution="Fixed.").until("2027-06-01 12:00")
    assert not any(clock.is_open for clock in story.state.clocks)
    assert story.events(EventType.CLOCK_BREACHED) == []


def test_reclassifying_reaims_running_clocks_and_keeps_their_past() -> None:
    opened = with_clocks(by_priority(normal="8 business hours", high="4 business hours"))
    story = Story(opened=opened).until("2027-01-06 16:00")
    story.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    clock = story.clock("first_response")
    assert (clock.cycle, clock.due_at) == (1, new_york("2027-01-07 10:00"))


def test_a_stricter_target_that_is_used_up_breaches_at_once_without_stale_warnings() -> None:
    opened = with_clocks(by_priority(normal="16 business hours", high="1 business hour"))
    story = Story(opened=opened).until("2027-01-06 16:00")
    story.act(Action.RECLASSIFY, priority="high", reason="!").until("2027-01-06 16:00")
    assert [e.data["rung"] for e in story.events() if "rung" in e.data] == ["breach"]


def test_a_promise_that_only_the_new_priority_has_starts_with_it() -> None:
    opened = with_clocks(by_priority(high="4 business hours"))
    story = Story(opened=opened)
    assert story.ticket.clocks.latest("first_response") is None
    story.until("2027-01-07 12:00").act(Action.RECLASSIFY, priority="high", reason="!")
    assert story.clock("first_response").due_at == new_york("2027-01-07 16:00")
    answered = Story(opened=opened).act(Action.RESPOND, message="!", outcomes=["escalation"])
    answered.act(Action.RECLASSIFY, priority="high", reason="!")
    assert answered.ticket.clocks.latest("first_response") is None


def test_the_same_action_id_is_one_action_and_another_one_under_it_is_refused() -> None:
    story = Story().act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Firefox.")
    before = story.state.model_dump_json()
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Firefox.")
    assert story.state.model_dump_json() == before
    with pytest.raises(IdReused):
        story.act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Chrome.")
    with pytest.raises(IdReused):
        story.act(Action.PROVIDE_INFORMATION, AGENT, id="x1", message="Firefox.")
    assert story.state.model_dump_json() == before


def test_what_was_owed_before_an_action_is_performed_before_it() -> None:
    story = Story()
    story.now = new_york("2027-01-08 15:00")
    story.act(Action.RESPOND, message="Sorry.", outcomes=["resolution"])
    types = [event.type for event in story.events()]
    assert types.index(EventType.CLOCK_BREACHED) < types.index(EventType.RESPONDED)


@pytest.mark.parametrize(("letter", "length"), [("x", 19_999), ("\u7968", 19_999), ("x", 40)])
def test_a_full_record_refuses_more_but_always_lets_a_ticket_end(letter: str, length: int) -> None:
    story = Story()
    while story.state.weight <= LARGEST_RECORD:
        story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="?".ljust(length, letter))
    with pytest.raises(RecordFull, match="as much as one can"):
        story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="One more.")
    assert LARGEST_RECORD / 2 < len(story.state.model_dump_json().encode()) < 1_500_000
    assert story.act(Action.WITHDRAW, REQUESTER).state.stage is Stage.CLOSED


@pytest.mark.parametrize(
    "tell", [Story, escalated, awaiting_handoff, handed_over, reviewed, forecast_shared, resolved]
)
def test_a_ticket_goes_on_exactly_the_same_after_it_was_written_down_and_read(tell: object) -> None:
    assert callable(tell)
    straight, carried = tell(), tell().carried()
    number = straight.state.opening.number
    later = "2027-03-01 12:00"
    one = straight.until(later).state.model_dump_json()
    other = carried.until(later).state.model_dump_json()
    assert one == other.replace(carried.state.opening.number, number).replace(
        carried.state.opening.fingerprint, straight.state.opening.fingerprint
    )


def test_a_priority_without_a_promise_suspends_the_clock_and_another_takes_it_up() -> None:
    opened = with_clocks(by_priority(normal="8 business hours", high="8 business hours"))
    story = Story(opened=opened).until("2027-01-06 16:00")
    story.act(Action.RECLASSIFY, priority="low", reason="Minor.").until("2027-01-08 10:00")
    assert story.clock("first_response").state is ClockState.CANCELLED
    story.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    clock = story.clock("first_response")
    assert (clock.cycle, clock.state) == (1, ClockState.RUNNING)
    assert clock.due_at == new_york("2027-01-08 16:00")


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


@pytest.mark.clause("contently/escalation-update")
def test_only_the_notices_of_the_latest_escalation_hold_triage() -> None:
    story = Story().act(Action.RESPOND, message="Deeper.", outcomes=["escalation"])
    excused: dict[str, Any] = {"resolved": True, "conclusion": "Found.", "undelivered": "Phoned."}
    story.act(Action.CONCLUDE_TRIAGE, **excused)
    story.act(Action.REOPEN, REQUESTER, reason="It is back.")
    story.act(Action.ESCALATE, reason="Again.")
    latest = [n for n in story.notices("escalated") if n.event == len(story.events())]
    for record in latest:
        story.ticket.outbox.sent(record.key, "<sent@desk.example>")
    story.act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found for good.")
    assert story.state.stage is Stage.RESOLVED


@pytest.mark.clause("contently/triage")
def test_the_checklist_shows_what_this_escalation_has_been_through() -> None:
    story = escalated().act(Action.RECORD_FINDING, step="reproduce", result="Yes.")
    done = {step.id: step.done for step in views.checklist(story.state)}
    assert done["reproduce"]
    assert not done["environment"]
    story.act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found.")
    story.act(Action.REOPEN, REQUESTER, reason="It is back.").act(Action.ESCALATE, reason="Again.")
    assert not any(step.done for step in views.checklist(story.state))


def test_a_called_off_ticket_ends_and_its_requester_is_told() -> None:
    story = Story()
    story.ticket.call_off(story.now)
    assert (story.state.stage, story.state.closed_as) == (Stage.CLOSED, ClosedAs.WITHDRAWN)
    assert story.told("closed") == ["requester"]


def test_an_action_never_stands_before_the_receipt_it_follows() -> None:
    story = Story()
    story.now = new_york("2027-01-06 13:59:30")
    story.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    clock = story.clock("first_response")
    assert clock.completed_at == clock.started_at
