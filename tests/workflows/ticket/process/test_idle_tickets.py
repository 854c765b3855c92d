"""The support team is told of a ticket that nothing else would remind it of: rule of change P7."""

from datetime import timedelta

import pytest

from policies.vocabulary import Action, EventType
from tests.harness import ENGINEERING, REQUESTER, new_york
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated, forecast_shared, resolved
from workflows.ticket.process import views


def idle_at(driver: TicketDriver) -> list[str]:
    return [f"{event.at:%Y-%m-%d %H:%M}" for event in driver.events(EventType.TICKET_IDLE)]


@pytest.mark.fault(25)
def test_months_in_engineering_remind_the_team_every_20_business_days() -> None:
    driver = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)
    driver.until("2027-03-15 12:00")
    # Not counted: Martin Luther King Day on 18 January, Presidents' Day on 15 February.
    assert idle_at(driver) == ["2027-02-10 17:00", "2027-03-11 17:00"]
    assert driver.audiences("ticket_idle") == ["assignee", "assignee"]


@pytest.mark.fault(26)
def test_a_question_at_the_last_minute_of_triage_is_not_forgotten() -> None:
    driver = escalated()
    due_at = driver.clock("triage").due_at
    driver.until_instant(due_at - timedelta(minutes=1))
    driver.act(Action.REQUEST_INFORMATION, message="?", questions=["Which browser?"])
    assert driver.until("2027-02-04 12:00").events(EventType.TICKET_IDLE) == []
    (idle,) = driver.until("2027-02-09 12:00").events(EventType.TICKET_IDLE)
    assert idle.data["waiting_on"] == "requester"
    [*_, asked] = driver.events(EventType.INFORMATION_REQUESTED)
    assert idle.data["since"] == asked.at.isoformat()


def test_a_ticket_with_a_running_clock_or_an_end_is_not_idle() -> None:
    opened = TicketDriver().until("2027-01-08 10:00")
    assert opened.next_duty() == "first_response/1"
    assert "idle" not in (resolved().next_duty() or "")


def test_each_event_begins_the_time_anew() -> None:
    driver = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING).until("2027-02-01 12:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Also in Safari.")
    assert driver.until("2027-03-01 09:00").events(EventType.TICKET_IDLE) == []


def test_no_requester_sees_the_reminder() -> None:
    driver = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING).until("2027-02-12 12:00")
    seen = [event.type for event in views.timeline(driver.state, REQUESTER.role)]
    assert EventType.TICKET_IDLE not in seen
    assert driver.events(EventType.TICKET_IDLE)[0].at > new_york("2027-02-01 00:00")
