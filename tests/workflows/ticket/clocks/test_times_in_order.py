"""What moves a due time and what does not, and that no rung is told before what has happened.

The reference model of the chaos test found each of these. 2026-06-01 is a Monday.
"""

from datetime import datetime, timedelta
from typing import Any

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
calendars: {office: {zone: UTC, hours: {mon-fri: "09:00-17:00"}, clause: hours}}
support_hours: office
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
milestones:
  found: {says: Found, clause: work}
  held: {says: Held up, clause: work}
  free: {says: Free again, clause: work}
pauses:
  information: {clause: work}
  others: {starts: [milestone.held], stops: [milestone.free], clause: work}
clocks:
  work:
    starts: [opened]
    stops: [resolved]
    within: {by: [priority], cells: {p1: 2 hours, p2: 6 business hours, p3: "2 business days, same time"}}
    pauses: [information, others]
    on_change: continue
    ladder: [{at: 30 minutes before, tell: [lead]}, {at: breach, tell: [lead]}]
    clause: work
  repair:
    starts: [milestone.found]
    stops: [resolved]
    within: {by: [priority], cells: {p1: 4 business hours, otherwise: 8 business hours}}
    clause: work
  news:
    starts: [responded]
    stops: [update_posted]
    within: {by: [priority], cells: {p1: 8 hours, otherwise: 2 days}}
    repeats: true
    agreed: true
    clause: work
  visit:
    starts: [responded]
    stops: [resolved]
    within: {by: [priority], cells: {p3: {guarantee: none, says: None.}, otherwise: 2 hours}}
    on_change: continue
    clause: work
"""  # noqa: E501  # tables are easier to read in one line
HELLO: dict[str, Any] = {"message": "We look into it.", "outcomes": ["work_started"]}


def ticket(at: str, priority: str = "p2") -> PageTicket:
    return PageTicket(PAGE, f"{at}+00:00", priority=priority)


def reclassified(page: PageTicket, priority: str, at: str) -> PageTicket:
    return page.at(f"{at}+00:00").act(Action.RECLASSIFY, priority=priority, reason="So.")


def milestone(page: PageTicket, name: str, at: str) -> PageTicket:
    return page.at(f"{at}+00:00").act(Action.RECORD_MILESTONE, milestone=name)


def event_times(page: PageTicket) -> list[datetime]:
    return [event.at for event in page.driver.state.events]


def test_a_pause_in_closed_time_moves_no_due_time_at_an_opening() -> None:
    page = ticket("2026-06-06T12:00", "p3")
    assert page.due("work") == instant("2026-06-10T09:00+00:00")
    page.act(Action.RESPOND, **HELLO).act(Action.REQUEST_INFORMATION, **ASK)
    page.at("2026-06-07T12:00+00:00")
    page.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.")
    assert page.due("work") == instant("2026-06-10T09:00+00:00")


def test_a_pause_in_closed_time_moves_nothing_when_the_priority_changes_afterwards() -> None:
    page = ticket("2026-06-06T12:00", "p2").act(Action.RESPOND, **HELLO)
    page.act(Action.REQUEST_INFORMATION, **ASK).at("2026-06-07T12:00+00:00")
    page.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.")
    reclassified(page, "p3", "2026-06-07T13:00")
    assert page.due("work") == instant("2026-06-10T09:00+00:00")


def test_a_clock_that_continues_with_nothing_used_has_the_whole_new_target() -> None:
    page = reclassified(ticket("2026-06-06T12:00", "p2"), "p3", "2026-06-06T13:00")
    assert page.due("work") == instant("2026-06-10T09:00+00:00")


def test_time_used_before_a_change_stays_used_also_if_it_exceeds_the_new_target() -> None:
    page = ticket("2026-06-01T10:00", "p3").act(Action.RESPOND, **HELLO)
    reclassified(page, "p2", "2026-06-01T15:00")
    breached = page.driver.clock("visit")
    assert breached.breached_at == instant("2026-06-01T15:00+00:00")
    # The five hours since the start are used, although it is late from the change on only.
    used = breached.used(page.driver.now, page.driver.ticket.clocks.base_of(breached))
    assert used == timedelta(hours=5)


def test_a_clock_that_has_used_more_than_its_new_target_breaches_with_the_change() -> None:
    page = ticket("2026-06-01T09:00", "p2")
    reclassified(page, "p1", "2026-06-01T14:00").act(Action.RESPOND, **HELLO)
    page.act(Action.RESOLVE, resolution="Done.")
    assert page.driver.clock("work").state is ClockState.BREACHED


def test_no_priority_moves_an_interval_that_was_agreed_from_now_on() -> None:
    page = ticket("2026-06-01T10:00").act(Action.RESPOND, **HELLO).at("2026-06-01T12:00+00:00")
    agreed: dict[str, Any] = {"clock": "news", "every": "4 hours", "from_now": True}
    page.act(Action.AGREE_DUE_TIME, reason="They ask.", **agreed)
    reclassified(page, "p1", "2026-06-01T13:00")
    assert page.due("news") == instant("2026-06-01T16:00+00:00")


def test_a_warning_whose_time_lies_in_a_pause_is_told_at_its_end() -> None:
    page = ticket("2026-06-01T11:20").act(Action.RESPOND, **HELLO).at("2026-06-01T16:55+00:00")
    page.act(Action.REQUEST_INFORMATION, **ASK).at("2026-06-02T09:10+00:00")
    assert page.sent("clock_warned") == []
    page.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.").at("2026-06-02T09:11+00:00")
    assert event_times(page) == sorted(event_times(page))
    assert len(page.sent("clock_warned")) == 1


def test_a_clock_is_paused_since_the_first_of_reasons_that_follow_one_another() -> None:
    page = milestone(
        ticket("2026-06-01T10:00").act(Action.RESPOND, **HELLO), "held", "2026-06-01T11:00"
    )
    page.at("2026-06-01T12:00+00:00").act(Action.REQUEST_INFORMATION, **ASK)
    milestone(page, "free", "2026-06-01T13:00")
    paused = next(clock for clock in view(page.driver.state).clocks if clock.name == "work")
    assert paused.paused_at == instant("2026-06-01T11:00+00:00")
