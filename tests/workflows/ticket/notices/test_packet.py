"""The escalation packet and the details in the Temporal UI: what a ticket tells its readers."""

from typing import Any

from policies.vocabulary import Action
from tests.harness import REQUESTER
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated
from workflows.ticket.process import views

FINDING: dict[str, Any] = {"result": "It happens in one browser only."}


def packet(driver: TicketDriver) -> dict[str, Any]:
    [record] = driver.notices("handed_over")
    return driver.ticket.outbox.compose(record).facts


def test_the_packet_has_every_finding_and_answer_and_names_the_steps_that_were_not_run() -> None:
    driver = escalated()
    steps = driver.state.terms.process.checklist
    driver.act(Action.RECORD_FINDING, step=steps[0].id, **FINDING)
    driver.act(Action.RECORD_FINDING, step="We looked at the network.", **FINDING)
    driver.act(Action.REQUEST_INFORMATION, message="Tell us.", questions=["Since when?"])
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Since Monday.")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="And it is slow.")
    driver.until("2027-01-08 10:00")
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    facts = packet(driver.until("2027-01-11 09:00"))
    assert [finding["step"] for finding in facts["findings"]] == [
        steps[0].does,
        "We looked at the network.",
    ]
    assert facts["findings"][0]["by"] == "Ada Agent"
    assert facts["not_run"] == [step.does for step in steps[1:]]
    assert facts["information"] == [
        {"question": "Since when?", "answer": "Since Monday."},
        {"question": "", "answer": "And it is slow."},
    ]
    assert (facts["conclusion"], facts["requested_by"]) == ("A regression.", "Mia Harbour")


def test_the_details_state_clocks_the_next_step_and_undeliverable_notices() -> None:
    driver = TicketDriver()
    lines = views.details(driver.state, ("first_response: 50%", driver.now)).splitlines()
    assert lines[2].startswith("**received**, waiting on **")
    assert any(line.startswith("- **first_response**: running, due ") for line in lines)
    assert any(line.startswith("Next by itself: first_response: 50%, ") for line in lines)
    assert not any("Undeliverable" in line for line in lines)
    record = next(iter(driver.ticket.outbox.pending()))
    driver.ticket.undeliverable(record.key, "550 no such mailbox", driver.now)
    text = views.details(driver.state)
    assert f"Undeliverable: {record.template} to {record.to.email} (550 no such mailbox)" in text
    assert text.count("Undeliverable") == 1
    assert "Next by itself" not in text
