"""Worked examples of a managed service: workarounds, updates until the resolution, causes."""

import pytest

from policies.vocabulary import Action, ClockState, EventType, Role
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import TicketClosed

PAGE = """\
policy: managed
title: Managed services
revision: 2025-09-05
clauses:
  hours: {says: "Weekdays from ten to six, P1 round the clock.", at: Hours}
  targets: {says: "Targets by priority.", at: Targets}
kinds: {incident: {says: An incident}}
priorities: {p1: {says: Down}, p2: {says: Impaired}}
defaults: {kind: incident}
calendars:
  india:
    zone: Asia/Kolkata
    hours: {mon-fri: "10:00-18:00"}
    clause: hours
support_hours: india
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
clocks:
  response:
    starts: [opened]
    stops: [responded]
    within: {by: [priority], cells: {p1: 15 minutes, p2: 2 business hours}}
    ladder: [{at: breach, tell: [lead]}]
    clause: targets
  update:
    starts: [responded]
    stops: [update_posted]
    repeats: true
    within: {by: [priority], cells: {p1: 60 minutes, p2: 8 business hours}}
    ladder: [{at: breach, tell: [lead]}]
    clause: targets
  workaround:
    starts: [opened]
    stops: [workaround_provided, resolved]
    within: {by: [priority], cells: {p1: 4 hours, p2: "1 business day, same time"}}
    ladder: [{at: breach, tell: [lead]}]
    clause: targets
  resolution:
    starts: [opened]
    stops: [resolved]
    within:
      by: [priority]
      cells: {p1: {guarantee: best_effort}, p2: "3 business days, same time"}
    ladder: [{at: breach, tell: [lead]}]
    clause: targets
process:
  workaround: {clause: targets}
notices:
  - {event: workaround_provided, tell: [requester], clause: targets}
"""


def p2(received: str = "2026-05-15T17:00+05:30") -> PageTicket:
    return PageTicket(PAGE, received, priority="p2")


def respond(ticket: PageTicket, at: str) -> PageTicket:
    return ticket.at(at).act(Action.RESPOND, message="We are on it.", outcomes=["work_started"])


def test_elapsed_targets_of_the_highest_priority_run_through_a_weekend_night() -> None:
    ticket = PageTicket(PAGE, "2026-05-16T23:30+05:30", priority="p1")
    assert ticket.due("response") == instant("2026-05-16T18:15Z")
    assert ticket.due("workaround") == instant("2026-05-16T22:00Z")
    assert ticket.driver.ticket.clocks.latest("resolution") is None
    respond(ticket, "2026-05-16T23:40+05:30")
    assert ticket.due("update") == instant("2026-05-17T00:40+05:30")
    ticket.at("2026-05-17T00:25+05:30").act(Action.POST_UPDATE, message="Still looking.")
    assert ticket.due("update") == instant("2026-05-16T19:55Z")


def test_updates_and_the_resolution_go_on_after_a_workaround() -> None:
    ticket = p2()
    assert ticket.due("response") == instant("2026-05-18T05:30Z")
    assert ticket.due("workaround") == instant("2026-05-18T11:30Z")
    assert ticket.due("resolution") == instant("2026-05-20T11:30Z")
    respond(ticket, "2026-05-18T10:30+05:30")
    assert ticket.due("update") == instant("2026-05-19T05:00Z")
    ticket.at("2026-05-18T15:00+05:30").act(Action.PROVIDE_WORKAROUND, message="Use the app.")
    assert ticket.driver.clock("workaround").state is ClockState.MET
    assert ticket.driver.clock("update").state is ClockState.RUNNING
    assert ticket.driver.clock("resolution").state is ClockState.RUNNING
    assert ticket.sent("workaround_provided") == [("requester", instant("2026-05-18T09:30Z"))]


def test_a_resolution_meets_the_target_of_a_workaround() -> None:
    ticket = respond(p2(), "2026-05-18T10:30+05:30").at("2026-05-18T16:00+05:30")
    ticket.act(Action.RESOLVE, resolution="Fixed.")
    states = [ticket.driver.clock(name).state for name in ("workaround", "resolution")]
    assert states == [ClockState.MET, ClockState.MET]


def test_business_days_of_a_request_in_closed_time_end_at_the_time_of_an_opening() -> None:
    ticket = p2("2026-05-15T18:30+05:30")
    assert ticket.due("workaround") == instant("2026-05-19T04:30Z")
    assert ticket.due("resolution") == instant("2026-05-21T04:30Z")


CAUSES = PAGE.replace(
    "process:\n",
    """\
  cause:
    starts: [resolved]
    stops: [milestone.cause_sent]
    within: 5 business days, same time
    ladder: [{at: breach, tell: [lead]}]
    clause: targets
milestones:
  cause_sent: {says: Cause and corrective actions sent, clause: targets}
process:
""",
)


def closed_and_owing_the_cause() -> PageTicket:
    ticket = PageTicket(CAUSES, "2026-05-15T17:00+05:30", priority="p2")
    respond(ticket, "2026-05-18T10:30+05:30").at("2026-05-20T12:00+05:30")
    return ticket.act(Action.RESOLVE, resolution="Fixed.").act(Action.CLOSE)


def test_the_cause_is_due_five_business_days_after_the_closing() -> None:
    ticket = closed_and_owing_the_cause()
    assert ticket.due("cause") == instant("2026-05-27T06:30Z")
    assert allowed_actions(ticket.driver.state, Role.AGENT) == (Action.RECORD_MILESTONE,)
    ticket.at("2026-05-26T12:00+05:30").act(Action.RECORD_MILESTONE, milestone="cause_sent")
    assert ticket.driver.clock("cause").state is ClockState.MET
    assert allowed_actions(ticket.driver.state, Role.AGENT) == ()
    with pytest.raises(TicketClosed):
        ticket.act(Action.RECORD_MILESTONE, milestone="cause_sent")


def test_work_that_is_owed_after_the_closing_is_not_forgotten() -> None:
    ticket = closed_and_owing_the_cause().at("2026-05-27T12:00+05:30")
    assert ticket.driver.clock("cause").is_overdue
    ticket.at("2026-06-30T12:00+05:30")
    assert ticket.driver.events(EventType.TICKET_IDLE)


def test_a_ticket_that_is_reopened_owes_no_cause_before_its_next_resolution() -> None:
    ticket = PageTicket(CAUSES, "2026-05-15T17:00+05:30", priority="p2")
    respond(ticket, "2026-05-18T10:30+05:30").act(Action.RESOLVE, resolution="Fixed.")
    ticket.at("2026-05-19T10:30+05:30").act(Action.REOPEN, reason="It is back.")
    assert ticket.driver.clock("cause").state is ClockState.CANCELLED
    ticket.act(Action.RESOLVE, resolution="Fixed for good.", at="2026-05-20T12:00+05:30")
    assert (ticket.driver.clock("cause").cycle, ticket.due("cause")) == (
        2,
        instant("2026-05-27T06:30Z"),
    )
