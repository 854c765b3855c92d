"""Whatever becomes of a ticket, its clocks are those of a ticket that always had its priority."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.vocabulary import ClockState
from tests.workflows.ticket.changing_policy import london
from tests.workflows.ticket.clocks.path_policy import (
    NAMES,
    PRIORITIES,
    STEPS,
    path_ticket,
    play,
    walk,
)
from tests.workflows.ticket.ticket_driver import TicketDriver

RECEIVED = ("2027-03-01 09:00", "2027-03-26 14:59", "2027-03-26 15:01", "2027-03-27 12:00")
WAITS = st.one_of(st.just(0), st.integers(1, 60), st.integers(60, 60 * 40))
PATHS = st.lists(st.tuples(st.sampled_from([*STEPS, *PRIORITIES * 3]), WAITS), max_size=10)


def clocks_at(driver: TicketDriver, at: datetime) -> dict[str, Any]:
    """The due time of each open clock, or the time left of one that pauses."""
    driver.until_instant(at)
    clocks = {name: driver.ticket.clocks.latest(name) for name in NAMES}
    return {
        name: clock.owed if clock.state is ClockState.PAUSED else (clock.due_at, clock.is_paused)
        for name, clock in clocks.items()
        if clock is not None and clock.is_open
    }


def path(steps: str) -> list[tuple[str, int]]:
    """Steps nine minutes apart."""
    return [(step, 9) for step in steps.split()]


@pytest.mark.fault(1, 2, 4, 5, 6)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RECEIVED), st.sampled_from(PRIORITIES), PATHS)
@example(RECEIVED[0], "normal", path("respond low update day"))
@example(RECEIVED[0], "normal", path("respond low resolve reopen day"))
@example(RECEIVED[0], "urgent", [*path("respond"), ("low", 999), *path("resolve reopen")])
@example(RECEIVED[0], "low", path("respond resolve propose reopen day"))
@example(RECEIVED[0], "low", path("respond resolve assign reopen unassign day"))
@example(RECEIVED[0], "day", path("respond resolve reopen update normal"))
def test_clocks_do_not_depend_on_the_path(
    received: str, first: str, steps: list[tuple[str, int]]
) -> None:
    changed = path_ticket(received, first)
    last = play(changed, steps, first, reclassifies=True)
    straight = path_ticket(received, last)
    play(straight, steps, last, reclassifies=False)
    assert clocks_at(changed, changed.now) == clocks_at(straight, changed.now)


def test_a_suspended_clock_that_repeats_counts_from_the_update_posted_meanwhile() -> None:
    driver = walk(path_ticket(), "03-01 11:00 respond; 03-01 12:00 low; 03-03 15:00 update")
    walk(driver, "03-03 16:00 urgent")
    clock = driver.clock("update_none")
    assert (clock.started_at, clock.due_at) == (
        london("2027-03-03 15:00"),
        london("2027-03-03 19:00"),
    )
    assert clock.breached_at is None


def test_an_interval_that_a_resolution_has_ended_goes_on_from_its_own_start() -> None:
    driver = walk(path_ticket(), "03-01 11:00 respond; 03-01 14:00 update; 03-01 15:00 low")
    walk(driver, "03-01 16:00 resolve; 03-02 09:00 reopen; 03-02 10:00 normal")
    # Two hours were counted before the resolution, and one after the reopening.
    assert driver.clock("update_same_cycle").started_at == london("2027-03-01 14:00")
    assert driver.clock("update_same_cycle").due_at == london("2027-03-03 12:00")


def test_a_suspended_clock_counts_from_the_reopening_that_begins_its_next_cycle() -> None:
    driver = walk(path_ticket(), "03-01 11:00 respond; 03-01 12:00 low; 03-02 15:00 resolve")
    walk(driver, "03-04 09:00 reopen; 03-04 10:00 urgent")
    clock = driver.clock("fix_new_cycle")
    assert (clock.started_at, clock.due_at) == (
        london("2027-03-04 09:00"),
        london("2027-03-04 13:00"),
    )


@pytest.mark.fault(7, 11)
def test_lateness_that_a_change_has_ended_does_not_go_on_when_the_ticket_is_reopened() -> None:
    driver = walk(path_ticket(priority="urgent"), "03-01 11:00 respond; 03-01 16:00 low")
    walk(driver, "03-02 10:00 resolve; 03-03 10:00 reopen; 03-05 10:00 resolve")
    [fix] = [clock for clock in driver.state.clocks if clock.name == "fix_same_cycle"]
    assert fix.completed_at == london("2027-03-01 16:00")
    assert [(r.late.total_seconds(), r.grows) for r in driver.state.late][-1] == (2 * 3600, False)


def test_a_start_event_of_a_resolved_ticket_counts_from_the_reopening() -> None:
    driver = walk(path_ticket(priority="low"), "03-01 11:00 respond; 03-01 12:00 resolve")
    walk(driver, "03-02 10:00 propose; 03-04 10:00 reopen; 03-04 11:00 urgent")
    assert driver.clock("test_none").due_at == london("2027-03-04 14:00")


def test_nobody_waits_for_an_assignee_of_a_reopened_ticket_that_has_one() -> None:
    driver = walk(path_ticket(), "03-01 10:30 assign; 03-01 11:00 respond; 03-01 12:00 resolve")
    walk(driver, "03-02 10:00 reopen")
    assert not driver.clock("assignment_new_cycle").is_open
    assert not driver.clock("assignment_same_cycle").is_open


def test_an_update_on_a_clock_that_has_ended_begins_no_interval_at_a_change() -> None:
    driver = walk(path_ticket(), "03-01 11:00 respond; 03-01 12:00 resolve; 03-01 13:00 reopen")
    walk(driver, "03-01 14:00 update; 03-01 15:00 urgent")
    assert not driver.clock("update_none").is_open


def test_a_clock_that_continues_after_its_breach_and_a_time_without_promise_has_used_its_time() -> (
    None
):
    driver = path_ticket(priority="urgent", on_change="continue")
    walk(driver, "03-01 11:00 respond; 03-01 15:00 low; 03-02 10:00 normal")
    # Five hours were used, one of them late; seven are left of twelve.
    assert driver.clock("fix_none").cycle == 2
    assert driver.clock("fix_none").due_at == london("2027-03-03 10:00")


def test_a_clock_that_continues_has_used_the_time_before_a_change_at_which_it_breached() -> None:
    driver = path_ticket(priority="low", on_change="continue")
    walk(driver, "03-01 15:30 urgent; 03-01 16:00 normal")
    # Six hours have passed since the start, of twelve business hours.
    assert driver.clock("fix_none").due_at == london("2027-03-02 15:00")
