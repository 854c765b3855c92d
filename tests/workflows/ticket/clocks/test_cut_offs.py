"""Clocks with a cut-off: from any start event, after pauses, changes of priority and re-opening."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Action, ClockState, EventType
from tests.harness import REQUESTER, SERVICE, next_number
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.model.opening import Opening

POLICY = """\
policy: parts
title: Spare parts
revision: 2026-01-01
clauses:
  hours: {says: Weekdays from nine to six., at: Hours}
  parts: {says: The part arrives on the day after., at: Parts}
priorities: {fast: {says: At once}, soon: {says: Soon}, slow: {says: Not at once}}
defaults: {priority: slow}
calendars:
  site: {zone: Europe/Rome, hours: {mon-fri: "09:00-18:00"}, holidays: {country: IT}, clause: hours}
support_hours: site
pauses:
  information: {clause: parts}
clocks:
  delivery:
    starts: [opened]
    stops: [resolved]
    within:
      by: [priority]
      cells: {fast: 4 business hours, soon: 4 hours, slow: "1 business day, end of day"}
    cut_off: "15:00"
    on_change: ON_CHANGE
    pauses: [information]
    reopening: same_cycle
    ladder: [{at: 50%, tell: [assignee]}]
    clause: parts
  next_update:
    starts: [responded]
    stops: [update_posted]
    within: 0 business days, end of day
    repeats: true
    cut_off: "15:00"
    clause: parts
process:
  classification: {by: [agent], clause: parts}
  closing: {after: 30 days, clause: parts}
"""
ASK: dict[str, Any] = {
    "message": "Which rack?",
    "outcomes": ["information_request"],
    "questions": ["Which rack?"],
}


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Rome")).astimezone(UTC)


@cache
def policy(on_change: str = "recount") -> SupportPolicy:
    return read_policy(POLICY.replace("ON_CHANGE", on_change))


def opened(received: str, priority: str = "slow", on_change: str = "recount") -> TicketDriver:
    contract = Contract(account="quay", name="Quay", policy="parts")
    requester = Requester(name="Rita", email="rita@quay.example")
    request = TicketFacts(requester=requester, channel="email", priority=priority)
    return TicketDriver(
        opened=Opening(
            number=next_number(),
            received_at=rome(received),
            opened_by=SERVICE,
            subject="A disk is dead",
            description="Since this morning.",
            terms=settle(policy(on_change), contract, request, rome(received)),
        )
    )


def to(driver: TicketDriver, at: str, priority: str) -> TicketDriver:
    return driver.until_instant(rome(at)).act(
        Action.RECLASSIFY, priority=priority, reason="It is so."
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-04-02 15:00:00", "2026-04-03 18:00"),
        ("2026-04-02 15:00:01", "2026-04-07 18:00"),
        ("2026-10-31 09:00:00", "2026-11-03 18:00"),
    ],
)
def test_a_start_after_the_cut_off_is_due_as_one_of_the_next_open_day(
    received: str, due: str
) -> None:
    clock = opened(received).clock("delivery")
    assert (clock.started_at, clock.due_at) == (rome(received), rome(due))


def test_what_comes_after_the_close_of_the_day_is_late_by_the_minutes_since() -> None:
    driver = opened("2026-04-02 15:00").until_instant(rome("2026-04-03 18:20"))
    driver.act(Action.RESPOND, message="It is there.", outcomes=["resolution"])
    clock = driver.clock("delivery")
    assert clock.breached_at == rome("2026-04-03 18:00")
    [late] = clock.late_spans(driver.now)
    assert late.length == timedelta(minutes=20)


def test_what_comes_on_the_morning_is_in_time() -> None:
    driver = opened("2026-04-02 15:00").until_instant(rome("2026-04-03 07:00"))
    driver.act(Action.RESPOND, message="It is there.", outcomes=["resolution"])
    assert driver.clock("delivery").state is ClockState.MET


def test_every_start_event_has_the_cut_off() -> None:
    driver = opened("2026-04-02 10:00").until_instant(rome("2026-04-02 15:01"))
    driver.act(Action.RESPOND, **ASK)
    assert driver.clock("next_update").due_at == rome("2026-04-03 18:00")


def test_nothing_counts_before_the_day_to_which_the_cut_off_moves_a_start() -> None:
    driver = opened("2026-04-02 15:30", "fast")
    clock = driver.clock("delivery")
    assert (clock.begins, clock.due_at) == (rome("2026-04-03 09:00"), rome("2026-04-03 13:00"))
    assert driver.until_instant(rome("2026-04-03 10:59")).events(EventType.CLOCK_WARNED) == []
    [warned] = driver.until_instant(rome("2026-04-03 11:00")).events(EventType.CLOCK_WARNED)
    assert warned.at == rome("2026-04-03 11:00")


def test_a_pause_that_ends_before_counting_begins_moves_nothing() -> None:
    driver = opened("2026-04-02 15:30", "fast")
    driver.until_instant(rome("2026-04-02 16:00")).act(Action.RESPOND, **ASK)
    driver.until_instant(rome("2026-04-02 16:30"))
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="The third.")
    assert driver.clock("delivery").due_at == rome("2026-04-03 13:00")


def test_a_pause_over_the_beginning_of_the_count_moves_the_due_time_by_what_it_covers() -> None:
    driver = opened("2026-04-02 15:30", "fast")
    driver.until_instant(rome("2026-04-02 16:00")).act(Action.RESPOND, **ASK)
    driver.until_instant(rome("2026-04-03 10:00"))
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="The third.")
    assert driver.clock("delivery").due_at == rome("2026-04-03 14:00")


def test_a_pause_that_was_open_at_a_change_and_ends_before_counting_begins_moves_nothing() -> None:
    driver = opened("2026-04-02 15:30")
    driver.until_instant(rome("2026-04-02 16:00")).act(Action.RESPOND, **ASK)
    to(driver, "2026-04-02 16:10", "fast").until_instant(rome("2026-04-02 16:30"))
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="The third.")
    clock = driver.clock("delivery")
    assert clock.due_at == rome("2026-04-03 13:00")
    assert all(pause.until and pause.since <= pause.until for pause in clock.pauses)


def test_a_change_counts_the_same_start_against_the_cut_off_again() -> None:
    driver = opened("2026-04-02 15:30")
    to(driver, "2026-04-03 10:00", "fast")
    assert driver.clock("delivery").due_at == rome("2026-04-03 13:00")
    to(driver, "2026-04-03 11:00", "slow")
    assert driver.clock("delivery").due_at == rome("2026-04-07 18:00")


def test_a_restart_counts_from_the_change_under_the_cut_off() -> None:
    driver = opened("2026-04-02 10:00", on_change="restart")
    to(driver, "2026-04-02 16:00", "fast")
    assert driver.clock("delivery").due_at == rome("2026-04-03 13:00")


@pytest.mark.parametrize(
    ("changed", "priority", "due"),
    [
        ("2026-04-02 08:00", "soon", "2026-04-02 12:00"),
        ("2026-04-02 16:00", "soon", "2026-04-02 20:00"),
        ("2026-04-02 16:00", "fast", "2026-04-03 11:00"),
        ("2026-04-02 16:00", "slow", "2026-04-03 18:00"),
    ],
)
def test_a_change_under_which_a_clock_continues_has_no_cut_off(
    changed: str, priority: str, due: str
) -> None:
    before = "fast" if priority == "slow" else "slow"
    driver = opened("2026-04-01 10:00", before, on_change="continue").act(Action.RESPOND, **ASK)
    # It has waited since its start, so that nothing is used.
    to(driver, changed, priority)
    assert driver.clock("delivery").due_at == rome(due)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="The third.")
    assert driver.clock("delivery").due_at == rome(due)


def test_a_clock_that_continues_keeps_the_cut_off_of_its_start() -> None:
    driver = opened("2026-04-02 15:30", on_change="continue")
    to(driver, "2026-04-02 16:00", "soon")
    assert driver.clock("delivery").due_at == rome("2026-04-03 13:00")
    to(driver, "2026-04-02 16:10", "slow")
    assert driver.clock("delivery").due_at == rome("2026-04-07 18:00")


def test_a_ticket_reopened_before_counting_begins_is_due_as_before() -> None:
    driver = opened("2026-04-02 15:30", "fast").until_instant(rome("2026-04-02 16:00"))
    driver.act(Action.RESPOND, message="It is there.", outcomes=["resolution"])
    driver.until_instant(rome("2026-04-02 17:00"))
    driver.act(Action.REOPEN, REQUESTER, reason="It is not.")
    assert driver.clock("delivery").due_at == rome("2026-04-03 13:00")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 20 * 1440),
    st.lists(st.tuples(st.integers(1, 600), st.sampled_from(["fast", "slow"])), max_size=5),
)
def test_the_due_time_does_not_depend_on_changes_in_between(
    minutes: int, changes: list[tuple[int, str]]
) -> None:
    received = datetime(2026, 3, 25) + timedelta(minutes=minutes)  # noqa: DTZ001 - local time
    driver = opened(received.isoformat())
    last = "slow"
    for wait, priority in changes:
        driver.until_instant(driver.now + timedelta(minutes=wait))
        if priority != last:
            driver.act(Action.RECLASSIFY, priority=priority, reason="It is so.")
            last = priority
    assert (
        driver.clock("delivery").due_at
        == opened(received.isoformat(), last).clock("delivery").due_at
    )
