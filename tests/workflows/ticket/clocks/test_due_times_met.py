"""At the very due time: an action is in time, a wait ends, lateness begins at the breach."""

from datetime import timedelta

import pytest

from policies.terms.model.clock import RungTerms
from policies.vocabulary import Action, ClockState, EventType
from tests.harness import REQUESTER, new_york
from tests.workflows.ticket.changing_policy import changing_ticket, london
from tests.workflows.ticket.clocks.test_changes import at, to
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver
from workflows.ticket.state.waits import pause_reasons_at

DUE = "2027-01-08 14:00"


def test_a_response_at_the_due_time_is_in_time() -> None:
    driver = TicketDriver()
    driver.now = new_york(DUE)
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    assert driver.clock("first_response").state is ClockState.MET
    assert driver.events(EventType.CLOCK_BREACHED) == []


def test_a_response_a_microsecond_after_the_due_time_is_late() -> None:
    driver = TicketDriver()
    driver.now = new_york(DUE) + timedelta(microseconds=1)
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    assert driver.clock("first_response").breached_at == new_york(DUE)


def test_the_report_of_a_breach_at_a_change_counts_from_the_change() -> None:
    driver = changing_ticket("2027-03-01 10:00", "low")
    to(at(driver, "2027-03-03 10:00"), "urgent")
    [report] = driver.state.late
    assert (report.due_at, report.breached_at) == (london("2027-03-01 14:00"), driver.now)
    assert (report.late, report.grows) == (timedelta(0), True)


def test_a_wait_lasts_from_the_question_until_the_answer() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    asked = driver.now
    driver.until("2027-01-07 10:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Chrome.")
    tick = timedelta(microseconds=1)
    assert pause_reasons_at(driver.state, asked - tick) == ()
    assert len(pause_reasons_at(driver.state, asked)) == 1
    assert len(pause_reasons_at(driver.state, driver.now - tick)) == 1
    assert pause_reasons_at(driver.state, driver.now) == ()


@pytest.mark.parametrize("raises_level", [True, False])
def test_what_is_done_at_the_very_due_time_that_a_change_has_set_is_in_time(
    raises_level: bool,
) -> None:
    driver = changing_ticket("2027-03-01 10:00", "low")
    opened = driver.state.opening
    ladder = (RungTerms(at="breach", tell=("lead",), raises_level=raises_level),)
    clocks = tuple(c.model_copy(update={"ladder": ladder}) for c in opened.terms.clocks)
    terms = opened.terms.model_copy(update={"clocks": clocks})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.now = london("2027-03-01 14:00")
    to(driver, "urgent")
    assert driver.clock("fix").due_at == driver.now
    driver.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert driver.clock("fix").state is ClockState.MET
