"""From receipt to the end of triage, in New York time and without a server."""

from typing import Any

import pytest

from policies.schema.request import Requester
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Stage
from tests.harness import REQUESTER, new_york
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver, escalated
from workflows.ticket.process import views


@pytest.mark.clause("contently/eligibility")
def test_a_requester_without_an_active_publication_is_refused_with_the_reason() -> None:
    driver = TicketDriver(requester=Requester(name="Old Hand", email="old@ebb.example"))
    assert driver.state.stage is Stage.CLOSED
    assert driver.state.closed_as is ClosedAs.NOT_ELIGIBLE
    (closing,) = driver.events(EventType.CLOSED)
    assert closing.data["clause"] == "eligibility"
    assert driver.audiences("closed") == ["requester"]
    assert driver.audiences("opened") == []
    assert driver.state.clocks == []


@pytest.mark.clause("contently/eligibility")
def test_the_confirmation_to_an_eligible_requester_states_the_due_time() -> None:
    driver = TicketDriver()
    assert driver.state.stage is Stage.RECEIVED
    (notice,) = driver.notices("opened")
    facts = driver.ticket.outbox.compose(notice).facts
    assert facts["promise"] == "2 business days"
    assert facts["due_at"] == new_york("2027-01-08 14:00").isoformat()


@pytest.mark.clause("contently/first-response")
def test_the_first_response_is_due_two_business_days_after_receipt() -> None:
    assert TicketDriver().clock("first_response").due_at == new_york("2027-01-08 14:00")


@pytest.mark.clause("contently/availability")
def test_weekends_and_federal_holidays_do_not_count() -> None:
    before_mlk = TicketDriver("2027-01-15 14:00")
    assert before_mlk.clock("first_response").due_at == new_york("2027-01-20 14:00")


@pytest.mark.clause("contently/first-response")
def test_only_a_response_of_an_agent_stops_the_first_response() -> None:
    driver = (
        TicketDriver()
        .act(Action.ACKNOWLEDGE)
        .act(Action.PROVIDE_INFORMATION, REQUESTER, message="!")
    )
    driver.deliver_all()
    assert driver.clock("first_response").state is ClockState.RUNNING
    driver.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert driver.clock("first_response").state is ClockState.MET


@pytest.mark.clause("contently/first-response")
def test_an_unanswered_request_warns_breaches_and_reminds_once_each_in_order() -> None:
    driver = TicketDriver().until("2027-01-20 12:00").until("2027-01-21 12:00")
    rungs = [event.data["rung"] for event in driver.events() if "rung" in event.data]
    assert rungs == ["50%", "75%", "breach", "1 business day after"]
    breached = driver.events(EventType.CLOCK_BREACHED)[0]
    assert breached.at == new_york("2027-01-08 14:00")
    assert driver.next_duty() == "idle"


@pytest.mark.clause("contently/first-response")
def test_a_response_at_the_deadline_is_in_time_and_a_second_later_is_late() -> None:
    kept = TicketDriver().until("2027-01-08 14:00:00")
    assert kept.clock("first_response").state is ClockState.BREACHED
    in_time = TicketDriver().until("2027-01-08 13:59:59")
    in_time.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert in_time.clock("first_response").state is ClockState.MET
    late = TicketDriver().until("2027-01-08 14:00:01")
    late.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    clock = late.clock("first_response")
    assert (clock.state, clock.completed_at) == (ClockState.BREACHED, late.now)


@pytest.mark.clause("contently/triage")
def test_triage_takes_one_business_day_and_pauses_while_waiting_on_the_requester() -> None:
    driver = escalated()
    assert driver.clock("triage").due_at == new_york("2027-01-08 11:00")
    driver.until("2027-01-07 15:00").act(Action.REQUEST_INFORMATION, **ASK)
    assert driver.clock("triage").state is ClockState.PAUSED
    driver.until("2027-01-12 10:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert driver.clock("triage").due_at == new_york("2027-01-12 14:00")
    assert driver.events(EventType.CLOCK_BREACHED) == []


@pytest.mark.clause("contently/triage")
def test_findings_along_the_checklist_are_recorded_with_their_results() -> None:
    driver = escalated()
    steps = [step.id for step in driver.state.terms.process.checklist]
    assert "reproduce" in steps
    for step in steps:
        driver.act(Action.RECORD_FINDING, step=step, result=f"{step}: as expected.")
    assert [e.data["step"] for e in driver.events(EventType.FINDING_RECORDED)] == steps


@pytest.mark.clause("contently/escalation-update")
def test_requester_and_account_manager_are_notified_of_an_escalation() -> None:
    driver = TicketDriver().act(Action.RESPOND, message="Deeper.", outcomes=["escalation"])
    told = [n for n in driver.notices() if n.template in ("responded", "escalated")]
    assert [(n.template, n.to.email) for n in told] == [
        ("responded", "mia@harbour.example"),
        ("escalated", "ines@contently.example"),
    ]


@pytest.mark.clause("contently/triage", "contently/handoff-content")
def test_findings_of_the_conclusion_are_recorded_before_it() -> None:
    driver = escalated().act(Action.RECORD_FINDING, step="reproduce", result="In Firefox only.")
    last = [
        {"step": "environment", "result": "As it should be."},
        {"step": "a hunch", "result": "No."},
    ]
    concluded: dict[str, Any] = {"resolved": False, "conclusion": "A regression."}
    concluded["not_run"] = "The cause is clear."
    driver.act(Action.CONCLUDE_TRIAGE, findings=last, **concluded).act(Action.HAND_OVER)
    told = [(event.data["step"], event.seq) for event in driver.events(EventType.FINDING_RECORDED)]
    (end,) = driver.events(EventType.TRIAGE_CONCLUDED)
    assert [step for step, _ in told] == ["reproduce", "environment", "a hunch"]
    assert told[-1][1] < end.seq
    (notice,) = driver.notices("handed_over")
    findings = driver.ticket.outbox.compose(notice).facts["findings"]
    assert isinstance(findings, list)
    assert len(findings) == 3


def test_triage_can_end_with_a_resolution() -> None:
    driver = escalated().act(
        Action.CONCLUDE_TRIAGE,
        resolved=True,
        conclusion="Clear the cache.",
        not_run="The cause is clear.",
    )
    assert driver.state.stage is Stage.RESOLVED
    assert driver.clock("triage").state is ClockState.MET
    assert driver.ticket.clocks.latest("engineering_handoff") is None


@pytest.mark.clause("contently/progress")
def test_progress_updates_have_an_internal_target_with_reminders() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    assert driver.clock("next_update").state is ClockState.PAUSED
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert driver.clock("next_update").due_at == new_york("2027-01-13 14:00")
    assert not driver.state.terms.clock("next_update").promised
    driver.until("2027-01-12 10:00").act(Action.POST_UPDATE, message="Still looking.")
    assert driver.clock("next_update").cycle == 2
    assert driver.clock("next_update").due_at == new_york("2027-01-20 10:00")
    assert driver.audiences("update_posted") == ["requester"]


@pytest.mark.clause("contently/escalation-update")
def test_only_undelivered_notices_of_the_latest_escalation_block_triage() -> None:
    driver = TicketDriver().act(Action.RESPOND, message="Deeper.", outcomes=["escalation"])
    excused: dict[str, Any] = {"resolved": True, "conclusion": "Found.", "undelivered": "Phoned."}
    driver.act(Action.CONCLUDE_TRIAGE, **excused, not_run="The cause is clear.")
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.ESCALATE, reason="Again.")
    latest = [n for n in driver.notices("escalated") if n.event == len(driver.events())]
    for record in latest:
        driver.ticket.outbox.sent(record.key, "<sent@desk.example>")
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=True,
        conclusion="Found for good.",
        not_run="The cause is clear.",
    )
    assert driver.state.stage is Stage.RESOLVED


@pytest.mark.clause("contently/triage")
def test_the_checklist_starts_again_with_each_escalation() -> None:
    driver = escalated().act(Action.RECORD_FINDING, step="reproduce", result="Yes.")
    done = {step.id: step.done for step in views.checklist(driver.state)}
    assert done["reproduce"]
    assert not done["environment"]
    driver.act(
        Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found.", not_run="The cause is clear."
    )
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.").act(Action.ESCALATE, reason="Again.")
    assert not any(step.done for step in views.checklist(driver.state))
