"""Worked examples of levels of management by elapsed time, whose people depend on the severity."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.vocabulary import Action, EventType
from tests.harness import REQUESTER
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from workflows.shared.refusals import Refusal
from workflows.ticket.model.refusals import ConditionUnmet

PAGE = """\
policy: escalation_matrix
title: Support escalation matrix
revision: 2026-01-01
clauses:
  matrix: {says: Who is told when a time is exceeded., at: Matrix}
kinds: {fault: {says: A fault}}
priorities: {critical: {says: Critical}, high: {says: High}, medium: {says: Medium}, low: {says: Low}}
defaults: {kind: fault}
contacts:
  helpdesk: {name: Helpdesk, email: helpdesk@desk.example}
  support_lead: {name: Support lead, email: lead@desk.example}
  senior: {name: Senior technician, email: senior@desk.example}
  network: {name: Network team, email: network@desk.example}
  manager: {name: Operations manager, email: manager@desk.example}
  director: {name: Director of operations, email: director@desk.example}
  cto: {name: Chief technology officer, email: cto@desk.example}
unassigned: helpdesk
clocks:
  response:
    starts: [opened]
    stops: [responded, resolved]
    within: {by: [priority], cells: {critical: 30 minutes, high: 1 hour, medium: 2 hours, low: 4 hours}}
    ladder: [{at: breach, raises_level: 1}]
    clause: matrix
  resolution:
    starts: [opened]
    stops: [resolved]
    within: {by: [priority], cells: {critical: 2 hours, high: 4 hours, medium: 8 hours, low: 24 hours}}
    ladder: [{at: breach, raises_level: 2}]
    clause: matrix
process:
  levels:
    ladder:
      - audience: {by: [priority], cells: {low: support_lead, medium: senior, otherwise: network}}
        says: level 2
        clause: matrix
      - audience: {by: [priority], cells: {low: nobody, medium: manager, high: director, critical: cto}}
        says: level 3
        clause: matrix
"""  # noqa: E501  # tables are easier to read in one line


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def opened(priority: str, at: str) -> PageTicket:
    return PageTicket(PAGE, at, priority=priority)


def respond(ticket: PageTicket, at: str) -> PageTicket:
    return ticket.at(at).act(Action.RESPOND, message="We are on it.", outcomes=["work_started"])


def told(ticket: PageTicket) -> list[tuple[str, datetime]]:
    """Who was told of a level, and when, apart from the requester."""
    return [(who, at) for who, at in ticket.sent("level_raised") if who != "requester"]


def times_the_customer_was_told(ticket: PageTicket) -> int:
    return len([who for who, _ in ticket.sent("level_raised") if who == "requester"])


def test_each_level_is_told_when_its_time_is_exceeded() -> None:
    ticket = opened("critical", "2026-05-09T22:50+04:00").at("2026-05-10T12:00+04:00")
    assert told(ticket) == [
        ("network", instant("2026-05-09T19:20Z")),
        ("cto", instant("2026-05-09T20:50Z")),
    ]
    assert times_the_customer_was_told(ticket) == 2


def test_a_level_is_told_with_those_below_it_that_were_not_told_yet() -> None:
    ticket = respond(opened("critical", "2026-05-09T22:50+04:00"), "2026-05-09T23:05+04:00")
    assert told(ticket.at("2026-05-10T00:49+04:00")) == []
    ticket.at("2026-05-10T12:00+04:00")
    at = instant("2026-05-09T20:50Z")
    assert told(ticket) == [("network", at), ("cto", at)]
    assert times_the_customer_was_told(ticket) == 2


def test_a_level_without_anybody_is_told_to_nobody() -> None:
    ticket = opened("low", "2026-05-10T09:00+04:00").at("2026-05-12T09:00+04:00")
    assert told(ticket) == [("support_lead", instant("2026-05-10T09:00Z"))]
    [_, breach] = ticket.driver.events(EventType.CLOCK_BREACHED)
    assert breach.at == instant("2026-05-11T05:00Z")


def test_a_time_that_a_change_has_put_into_the_past_is_told_at_the_change() -> None:
    ticket = opened("medium", "2026-05-12T10:00+04:00").at("2026-05-12T11:30+04:00")
    ticket.act(Action.RECLASSIFY, priority="high", reason="More sites.")
    assert told(ticket) == [("network", instant("2026-05-12T07:30Z"))]
    ticket.at("2026-05-12T15:00+04:00")
    assert told(ticket)[1:] == [("director", instant("2026-05-12T10:00Z"))]


def test_nobody_is_told_of_a_ticket_that_is_in_time() -> None:
    ticket = respond(opened("high", "2026-05-12T10:00+04:00"), "2026-05-12T10:20+04:00")
    ticket.at("2026-05-12T13:30+04:00").act(Action.RESOLVE, resolution="Repaired.")
    assert told(ticket.at("2026-05-14T10:00+04:00")) == []


def test_waiting_for_a_supplier_stops_nothing() -> None:
    ticket = respond(opened("high", "2026-05-12T10:00+04:00"), "2026-05-12T10:20+04:00")
    ticket.at("2026-05-13T10:00+04:00")
    assert [who for who, _ in told(ticket)] == ["network", "director"]
    assert {at for _, at in told(ticket)} == {instant("2026-05-12T10:00Z")}


def test_a_level_that_gains_people_is_told_when_its_time_is_over_already() -> None:
    ticket = opened("low", "2026-05-10T09:00+04:00").at("2026-05-11T12:00+04:00")
    ticket.act(Action.RECLASSIFY, priority="critical", reason="Everything is down.")
    assert told(ticket)[1:] == [("cto", instant("2026-05-11T08:00Z"))]


def test_a_level_raised_by_hand_is_not_told_again() -> None:
    ticket = opened("medium", "2026-05-12T10:00+04:00").at("2026-05-12T10:10+04:00")
    ticket.act(Action.RAISE_LEVEL, REQUESTER, reason="We lose money.")
    ticket.at("2026-05-12T13:00+04:00")
    assert told(ticket) == [("senior", instant("2026-05-12T06:10Z"))]


def test_nobody_can_be_raised_to_a_level_without_people() -> None:
    ticket = opened("low", "2026-05-10T09:00+04:00")
    ticket.act(Action.RAISE_LEVEL, REQUESTER, reason="Please hurry.")
    with pytest.raises(ConditionUnmet, match="no further level"):
        ticket.act(Action.RAISE_LEVEL, REQUESTER, reason="Please hurry.")


AFTER_START = PAGE.replace(
    "    ladder: [{at: breach, raises_level: 2}]\n",
    "    ladder:\n      - {at: 30 minutes after start, raises_level: 1}\n"
    "      - {at: 90 minutes after start, raises_level: 2}\n",
)


def test_a_level_after_the_start_is_told_by_elapsed_time_and_at_a_change_at_once() -> None:
    ticket = PageTicket(AFTER_START, "2026-05-12T10:00+04:00", priority="medium")
    ticket.at("2026-05-12T11:31+04:00")
    assert told(ticket) == [
        ("senior", instant("2026-05-12T06:30Z")),
        ("manager", instant("2026-05-12T07:30Z")),
    ]


STEPS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=600),
        st.sampled_from(
            ["critical", "high", "medium", "low", "raise", "respond", "resolve", "reopen"]
        ),
    ),
    max_size=8,
)


@given(priority=st.sampled_from(["critical", "high", "medium", "low"]), steps=STEPS)
def test_each_level_is_told_at_most_once_and_upwards(
    priority: str, steps: list[tuple[int, str]]
) -> None:
    ticket = opened(priority, "2026-05-12T10:00+00:00")
    for minutes, step in steps:
        ticket.driver.until_instant(ticket.driver.now + minutes * MINUTE)
        try:
            _take(ticket, step)
        except Refusal:
            continue
    ticket.driver.until_instant(ticket.driver.now + 3 * DAY)
    levels = [
        int(str(event.data["level"])) for event in ticket.driver.events(EventType.LEVEL_RAISED)
    ]
    assert levels == sorted(set(levels))


def _take(ticket: PageTicket, step: str) -> None:
    match step:
        case "raise":
            ticket.act(Action.RAISE_LEVEL, reason="Please hurry.")
        case "respond":
            ticket.act(Action.RESPOND, message="We are on it.", outcomes=["work_started"])
        case "resolve":
            ticket.act(Action.RESOLVE, resolution="Repaired.")
        case "reopen":
            ticket.act(Action.REOPEN, reason="It is back.")
        case _:
            ticket.act(Action.RECLASSIFY, priority=step, reason="It changed.")
