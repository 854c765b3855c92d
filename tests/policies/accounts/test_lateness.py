"""Lateness grows from its last report on, in elapsed or in open time."""

from datetime import timedelta
from typing import Any

import pytest

from policies.accounts.lateness import Lateness
from policies.terms.model.calendar import PinnedCalendar
from tests.harness import new_york, opening

FRIDAY = new_york("2027-01-08 16:00")
HOUR = timedelta(hours=1)


def lateness(**changes: Any) -> Lateness:
    values: dict[str, Any] = {
        "account": "quay",
        "ticket": "7K2M-0QXW-9HTE",
        "clock": "fix",
        "due_at": FRIDAY - 2 * HOUR,
        "breached_at": FRIDAY - 2 * HOUR,
        "late": 2 * HOUR,
        "reported_at": FRIDAY,
        "grows": True,
    }
    return Lateness(**(values | changes))


def office() -> PinnedCalendar:
    calendar = opening(FRIDAY).terms.desk_calendar
    assert calendar is not None
    return calendar


def test_elapsed_lateness_grows_with_all_time() -> None:
    assert lateness().until(FRIDAY + 5 * HOUR) == 7 * HOUR


def test_open_lateness_grows_in_open_time_only() -> None:
    late = lateness(calendar=office())
    assert late.until(new_york("2027-01-08 16:30")) == 2.5 * HOUR
    assert late.until(new_york("2027-01-09 12:00")) == 3 * HOUR


@pytest.mark.parametrize("at", [FRIDAY - HOUR, FRIDAY])
def test_before_its_report_it_is_as_reported(at: Any) -> None:
    assert lateness().until(at) == 2 * HOUR


def test_lateness_that_has_ended_does_not_grow() -> None:
    assert lateness(grows=False).until(FRIDAY + 5 * HOUR) == 2 * HOUR


def test_a_report_has_an_identity_of_its_own_and_shares_that_of_its_cycle() -> None:
    report = lateness(cycle=2, number=3)
    assert report.cycle_id == "ticket:7K2M-0QXW-9HTE:fix:2"
    assert report.id == "ticket:7K2M-0QXW-9HTE:fix:2:3"
