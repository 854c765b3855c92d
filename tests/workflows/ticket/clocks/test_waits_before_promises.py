"""A clock that is promised a time, or loses it, while its ticket waits or after it has waited.

The reference model of the chaos test found each of these. 2026-06-01 is a Monday.
"""

from datetime import datetime
from typing import Any

import pytest

from policies.vocabulary import Action, ClockState
from tests.harness import REQUESTER
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from tests.workflows.ticket.ticket_driver import ASK
from workflows.ticket.process.views import view

PAGE = """\
policy: works
title: Works
revision: 2026-01-01
clauses:
  hours: {says: Weekdays from nine to five., at: Hours}
  work: {says: "We work on it, and tell you when.", at: Work}
priorities: {p1: {says: Down}, p2: {says: Slow}, p3: {says: Odd}}
facts: {place: {type: string, ask: Where are you?, choices: {rome: Rome, lima: Lima}}}
calendars:
  rome: {zone: Europe/Rome, hours: {mon-fri: "09:00-17:00"}, clause: hours}
  lima: {zone: America/Lima, hours: {mon-sun: "09:00-17:00"}, clause: hours}
zone: Europe/Rome
support_hours: {by: [facts.place], cells: {lima: lima, otherwise: rome}}
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
milestones:
  held: {says: Held up, clause: work}
  free: {says: Free again, clause: work}
pauses:
  information: {clause: work}
  others: {starts: [milestone.held], stops: [milestone.free], clause: work}
clocks:
  work:
    starts: [opened]
    stops: [resolved]
    within: {by: [priority], cells: {p3: {guarantee: none, says: None.}, otherwise: 24 business hours}}
    pauses: [information, others]
    on_change: ON_CHANGE
    reopening: same_cycle
    agreed: true
    ladder:
      - {at: 1 business day after start, tell: [lead]}
      - {at: 2 business days before, tell: [lead]}
      - {at: breach, tell: [lead]}
    clause: work
"""  # noqa: E501  # tables are easier to read in one line
REPORT = (
    PAGE
    + """\
  report:
    starts: [resolved]
    stops: [milestone.free]
    within:
      by: [priority]
      cells: {p2: 8 business hours, otherwise: {guarantee: none, says: None.}}
    reopening: same_cycle
    clause: work
  news:
    starts: [opened]
    stops: [milestone.free, resolved]
    within:
      by: [priority]
      cells: {p2: 8 business hours, otherwise: {guarantee: none, says: None.}}
    repeats: true
    reopening: REOPENING
    clause: work
"""
)
WEDNESDAY = "2026-06-10T16:00+02:00"


def ticket(priority: str, on_change: str = "recount") -> PageTicket:
    """A ticket of Monday at eleven in Rome, whose requester is asked at noon."""
    page = PageTicket(
        PAGE.replace("ON_CHANGE", on_change), "2026-06-01T11:00+02:00", priority=priority
    )
    asked = {**ASK, "outcomes": ["information_request"]}
    return page.at("2026-06-01T12:00+02:00").act(Action.RESPOND, **asked)


def resolved(priority: str, reopening: str = "none") -> PageTicket:
    """A ticket resolved on Monday at noon in Rome. At some priorities, a report is owed."""
    page = PageTicket(
        REPORT.replace("ON_CHANGE", "recount").replace("REOPENING", reopening),
        "2026-06-01T11:00+02:00",
        priority=priority,
    )
    response: dict[str, Any] = {"message": "It is so.", "outcomes": ["resolution"]}
    return page.at("2026-06-01T12:00+02:00").act(Action.RESPOND, **response)


def answered(page: PageTicket, at: str) -> PageTicket:
    return page.at(at).act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.")


def agreed(page: PageTicket, due_at: str = WEDNESDAY) -> PageTicket:
    consent = {"by": "Rita", "at": "2026-06-01T11:00+02:00", "how": "by phone"}
    terms: dict[str, Any] = {"clock": "work", "due_at": due_at, "consent": consent}
    return page.act(Action.AGREE_DUE_TIME, reason="They ask.", **terms)


def warnings(page: PageTicket) -> list[tuple[Any, str]]:
    events = [event for event in page.driver.state.events if event.type == "clock_warned"]
    return [(event.data["rung"], event.at.isoformat()) for event in events]


def held(page: PageTicket, milestone: str, at: str) -> PageTicket:
    return page.at(at).act(Action.RECORD_MILESTONE, milestone=milestone)


@pytest.mark.parametrize("priority", ["p2", "p3"])
def test_a_rung_after_the_start_leaves_out_the_waits_before_a_due_time_was_agreed(
    priority: str,
) -> None:
    page = answered(ticket(priority), "2026-06-03T12:00+02:00")
    # Of the eight hours of a day, one was used on Monday; five pass on Wednesday.
    agreed(page).at("2026-06-04T12:00+02:00")
    assert warnings(page) == [("1 business day after start", "2026-06-04T09:00:00+00:00")]


def test_a_rung_after_the_start_waits_until_the_last_of_reasons_that_follow_one_another() -> None:
    page = held(ticket("p3"), "held", "2026-06-02T15:00+02:00")
    answered(page, "2026-06-02T16:00+02:00")
    agreed(page.at("2026-06-03T10:00+02:00")).at("2026-06-04T10:00+02:00")
    assert warnings(page) == []
    held(page, "free", "2026-06-04T11:00+02:00").at("2026-06-05T10:00+02:00")
    assert warnings(page) == [("1 business day after start", "2026-06-05T08:00:00+00:00")]


def test_a_clock_whose_due_time_is_agreed_while_it_waits_is_paused_since_the_wait_began() -> None:
    page = agreed(ticket("p3").at("2026-06-02T10:00+02:00"))
    [shown] = view(page.driver.state).clocks
    assert (shown.state, shown.due_at) == (ClockState.PAUSED, instant(WEDNESDAY))
    assert shown.paused_at == instant("2026-06-01T12:00+02:00")


def test_the_time_in_which_a_ticket_was_resolved_is_none_of_a_clock_agreed_afterwards() -> None:
    page = PageTicket(PAGE.replace("ON_CHANGE", "recount"), "2026-06-01T11:00+02:00", priority="p3")
    page.at("2026-06-01T12:00+02:00")
    page.act(Action.RESPOND, message="It is so.", outcomes=["resolution"])
    page.at("2026-06-03T10:00+02:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    agreed(page).at("2026-06-04T10:00+02:00")
    assert warnings(page) == [("1 business day after start", "2026-06-03T15:00:00+00:00")]


@pytest.mark.parametrize("on_change", ["recount", "continue", "restart", "keep"])
def test_a_clock_that_loses_its_time_shows_the_due_time_on_the_calendar_it_had(
    on_change: str,
) -> None:
    page = ticket("p2", on_change).at("2026-06-02T10:00+02:00")
    page.act(Action.RECLASSIFY, priority="p3", facts={"place": "lima"}, reason="So.")
    clock = page.driver.clock("work")
    assert (clock.state, clock.is_suspended) == (ClockState.CANCELLED, True)
    # From Tuesday at ten, 23 hours were left: in Rome until five on Thursday.
    assert (clock.due_at, clock.priority) == (instant("2026-06-04T17:00+02:00"), "p2")


def test_a_clock_that_has_lost_its_time_skips_none_of_its_warnings() -> None:
    page = ticket("p2").at("2026-06-01T12:00+02:00")
    page.act(Action.RECLASSIFY, priority="p3", facts={"place": "lima"}, reason="So.")
    assert page.driver.clock("work").fired == ()


def test_a_report_that_was_sent_is_not_owed_again_when_the_ticket_is_reopened() -> None:
    page = resolved("p3").act(Action.RECORD_MILESTONE, milestone="free")
    page.at("2026-06-02T12:00+02:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    page.act(Action.RECLASSIFY, priority="p2", reason="So.")
    assert page.driver.ticket.clocks.latest("report") is None


@pytest.mark.parametrize(
    ("reopening", "started_at"),
    [
        ("none", []),
        ("same_cycle", [instant("2026-06-01T11:00+02:00")]),
        ("new_cycle", [instant("2026-06-02T10:00+02:00")]),
    ],
)
def test_the_resolution_begins_no_interval_of_a_clock_that_repeats(
    reopening: str, started_at: list[datetime]
) -> None:
    page = resolved("p3", reopening).at("2026-06-02T10:00+02:00")
    page.act(Action.REOPEN, REQUESTER, reason="It is back.")
    page.act(Action.RECLASSIFY, priority="p2", reason="So.")
    clocks = page.driver.ticket.clocks.cycles
    assert [clock.started_at for clock in clocks if clock.name == "news"] == started_at
