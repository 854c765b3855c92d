"""Worked examples of support pages whose promises depend on the place of the requester."""

from datetime import datetime

import pytest

from policies.vocabulary import Action, ClockState
from tests.harness import REQUESTER
from tests.workflows.ticket.placed_policy import OFFICES, REMINDING, at, placed_ticket
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver


def due(driver: TicketDriver, clock: str, text: str) -> bool:
    cycle = driver.clock(clock)
    return cycle.state is ClockState.RUNNING and cycle.due_at == datetime.fromisoformat(text)


def answer(driver: TicketDriver) -> TicketDriver:
    return driver.act(Action.RESPOND, message="We are on it.", outcomes=["work_started"])


def test_a_holiday_of_the_place_is_closed() -> None:
    driver = placed_ticket("2026-07-02T16:30-04:00", priority="sev_3", place="new_york")
    assert due(driver, "first_response", "2026-07-06T15:30Z")


def test_the_place_alone_moves_the_due_time_by_three_days() -> None:
    driver = placed_ticket("2026-07-02T16:30-04:00", priority="sev_3", place="london")
    assert due(driver, "first_response", "2026-07-03T12:00Z")


def test_nobody_asks_for_work_around_the_clock() -> None:
    driver = placed_ticket("2026-06-05T17:15-05:00", priority="sev_2", place="chicago")
    assert due(driver, "first_response", "2026-06-08T15:15Z")


@pytest.mark.parametrize("by_requester", [True, False])
def test_the_rest_of_the_target_runs_on_at_once_around_the_clock(by_requester: bool) -> None:
    driver = placed_ticket("2026-06-05T17:15-05:00", priority="sev_2", place="chicago")
    at(driver, "2026-06-06T10:00-05:00")
    facts = {"round_the_clock": True}
    if by_requester:
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Around the clock.", facts=facts)
    else:
        driver.act(Action.RECLASSIFY, facts=facts, reason="They called.")
    assert due(driver, "first_response", "2026-06-06T16:15Z")


def test_every_answer_starts_a_whole_interval_and_a_question_waits() -> None:
    driver = placed_ticket("2026-06-09T14:00-04:00", priority="sev_3", place="new_york")
    answer(at(driver, "2026-06-09T15:00-04:00"))
    assert due(driver, "next_update", "2026-06-10T18:00Z")
    at(driver, "2026-06-10T11:00-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    assert driver.clock("next_update").state is ClockState.PAUSED
    at(driver, "2026-06-12T10:30-04:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert due(driver, "next_update", "2026-06-15T13:30Z")


def test_a_plan_without_severities_counts_days_of_the_place() -> None:
    opened = "2026-11-25T10:00-05:00"
    driver = placed_ticket(opened, plan="basic", priority="sev_1", place="new_york")
    assert due(driver, "first_response", "2026-11-30T15:00Z")


def test_the_night_in_which_summer_time_ends_counts_every_hour() -> None:
    driver = placed_ticket("2026-11-01T00:50-04:00", priority="sev_1", place="new_york")
    assert due(driver, "first_response", "2026-11-01T05:50Z")
    answer(at(driver, "2026-11-01T01:40-04:00"))
    assert due(driver, "next_update", "2026-11-01T06:40Z")


@pytest.mark.parametrize(
    ("office", "due_at"),
    [("izegem", "2026-07-22T12:30Z"), ("singapore", "2026-07-22T01:30Z")],
)
def test_the_nearest_office_picks_hours_and_holidays(office: str, due_at: str) -> None:
    driver = placed_ticket(
        "2026-07-20T14:00+02:00", OFFICES, "continuity", priority="l2", office=office
    )
    assert due(driver, "first_response", due_at)


@pytest.mark.parametrize(
    ("place", "due_times"),
    [
        ("new_york", ("2026-12-28T15:00Z", "2026-12-31T15:00Z", "2027-01-08T15:00Z")),
        ("london", ("2026-12-29T15:00Z", "2027-01-04T15:00Z", "2027-01-11T15:00Z")),
    ],
)
def test_reminders_count_the_business_days_of_the_contact(
    place: str, due_times: tuple[str, ...]
) -> None:
    driver = placed_ticket("2026-12-23T10:00-05:00", REMINDING, None, place=place)
    driver.act(Action.RESPOND, message="Try it.", outcomes=["information_request"], questions=["?"])
    for name, text in zip(("reminder", "second_reminder", "silence"), due_times, strict=True):
        assert due(driver, name, text)
