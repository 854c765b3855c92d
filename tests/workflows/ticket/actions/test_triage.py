"""The checklist of triage: it is complete, or the agent says why not."""

from typing import Any

import pytest

from policies.vocabulary import Action, EventType, Stage
from tests.harness import REQUESTER
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver, escalated
from workflows.ticket.actions.triage import undelivered
from workflows.ticket.model.refusals import ConditionUnmet

STEPS = ("reproduce", "environment", "recent_changes", "known_issues")
FOUND = [{"step": step, "result": "Nothing."} for step in STEPS]
REASON = "The logs show the cause."


def conclude(driver: TicketDriver, *, resolved: bool = False, **inputs: Any) -> TicketDriver:
    return driver.act(
        Action.CONCLUDE_TRIAGE, resolved=resolved, conclusion="A regression.", **inputs
    )


@pytest.mark.fault(28)
@pytest.mark.clause("contently/triage")
@pytest.mark.parametrize("resolved", [True, False])
def test_triage_without_its_checks_is_concluded_for_a_recorded_reason_only(resolved: bool) -> None:
    driver = escalated().act(Action.RECORD_FINDING, step="environment", result="As usual.")
    with pytest.raises(ConditionUnmet, match="reproduce, recent_changes, known_issues") as refused:
        conclude(driver, resolved=resolved)
    assert refused.value.clause == "triage"
    assert driver.state.stage is Stage.TRIAGE
    conclude(driver, resolved=resolved, not_run=REASON)
    [concluded] = driver.events(EventType.TRIAGE_CONCLUDED)
    left = [step for step in STEPS if step != "environment"]
    assert concluded.data["not_run"] == {"steps": left, "accepted_because": REASON}


@pytest.mark.fault(28)
@pytest.mark.clause("contently/triage")
@pytest.mark.parametrize("recorded", [0, 2, 4])
def test_a_complete_checklist_needs_no_reason_wherever_its_findings_are_recorded(
    recorded: int,
) -> None:
    driver = escalated()
    for finding in FOUND[:recorded]:
        driver.act(Action.RECORD_FINDING, **finding)  # type: ignore[arg-type]
    conclude(driver, findings=FOUND[recorded:])
    [concluded] = driver.events(EventType.TRIAGE_CONCLUDED)
    assert "not_run" not in concluded.data
    assert driver.state.stage is Stage.AWAITING_HANDOFF


@pytest.mark.fault(28)
def test_findings_before_the_latest_escalation_do_not_count() -> None:
    driver = conclude(escalated(), resolved=True, findings=FOUND)
    driver.act(Action.REOPEN, reason="It is back.").act(Action.ESCALATE, reason="Again.")
    driver.deliver_all()
    with pytest.raises(ConditionUnmet, match="reproduce"):
        conclude(driver)


@pytest.mark.clause("contently/escalation-update")
def test_a_notice_sent_before_the_escalation_does_not_announce_it() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.deliver_all().act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    driver.act(Action.ESCALATE, reason="It needs triage.")
    assert undelivered(driver.state) == ("requester", "account_manager")
    assert undelivered(driver.deliver_all().state) == ()
