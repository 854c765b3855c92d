"""From receipt to the end of triage, told as stories in New York time on the core alone."""

from typing import Any

import pytest

from policies.schema.request import Requester
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Stage
from tests.harness import REQUESTER, new_york
from tests.workflows.ticket.story import ASK, Story, escalated
from workflows.ticket.process import views


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
    facts = story.ticket.outbox.compose(notice).facts
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
    told = [n for n in story.notices() if n.template in ("responded", "escalated")]
    assert [(n.template, n.to.email) for n in told] == [
        ("responded", "mia@harbour.example"),
        ("escalated", "ines@contently.example"),
    ]


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
    findings = story.ticket.outbox.compose(notice).facts["findings"]
    assert isinstance(findings, list)
    assert len(findings) == 3


def test_triage_that_finds_a_resolution_ends_there() -> None:
    story = escalated().act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Clear the cache.")
    assert story.state.stage is Stage.RESOLVED
    assert story.clock("triage").state is ClockState.MET
    assert story.ticket.clocks.latest("engineering_handoff") is None


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
