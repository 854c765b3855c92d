"""Due times in notices."""

from datetime import timedelta

from policies.vocabulary import Action
from tests.harness import REQUESTER
from tests.workflows.ticket.changing_policy import changing_ticket
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated
from workflows.ticket.notices.notice_deadline import page_urgency, promises_now
from workflows.ticket.process import views


def without_promise(driver: TicketDriver, name: str) -> TicketDriver:
    """The ticket with an internal clock."""
    terms = driver.state.terms
    clocks = tuple(
        clock.model_copy(update={"promised": False}) if clock.name == name else clock
        for clock in terms.clocks
    )
    changed = terms.model_copy(update={"clocks": clocks})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": changed})
    return driver.carried()


def test_a_page_has_the_earliest_promise_that_is_still_open() -> None:
    driver = changing_ticket()
    answer, fix = driver.clock("answer"), driver.clock("fix")
    assert page_urgency(driver.state) == {
        "clock": "answer",
        "due_at": answer.due_at.isoformat(),
        "priority": "normal",
    }
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    assert page_urgency(driver.state)["due_at"] == fix.due_at.isoformat()
    driver.act(Action.RESOLVE, resolution="Done.")
    assert page_urgency(driver.state) == {"priority": "normal"}


def test_a_page_does_not_have_the_due_time_of_an_internal_clock() -> None:
    assert page_urgency(without_promise(changing_ticket(), "answer").state)["clock"] == "fix"


def test_the_notice_of_a_second_escalation_has_its_own_due_time() -> None:
    driver = escalated()
    first = driver.clock("triage").due_at
    driver.act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found.", not_run="Clear.")
    driver.until("2027-01-11 10:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.ESCALATE, reason="Deeper.")
    assert driver.clock("triage").due_at != first
    for notice in driver.notices("escalated")[-2:]:
        assert notice.deadline["due_at"] == driver.clock("triage").due_at.isoformat()
    assert "- **triage #2**: running, due " in views.details(driver.state)


def test_a_promise_is_over_at_its_due_time() -> None:
    driver = changing_ticket()
    due_at = driver.clock("answer").due_at
    over = [
        [promise["is_over"] for promise in promises_now(driver.state, at)]  # type: ignore[index,call-overload]
        for at in (due_at - timedelta(microseconds=1), due_at)
    ]
    assert over == [[False, False], [True, False]]
