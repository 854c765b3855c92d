"""Worked examples of clocks and pauses that follow milestones of a policy."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.vocabulary import Action, ClockState, Role
from tests.harness import AGENT, ENGINEERING, REQUESTER
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from workflows.shared.action_request import Actor
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet

CORRECTION = """\
policy: on_premises
title: On premises
revision: 2026-01-01
clauses:
  hours: {says: Weekdays from nine to half past four., at: Hours}
  correction: {says: "From reproduction on, unless we wait for you.", at: Corrective action}
kinds: {issue: {says: An issue}}
priorities: {l1: {says: Nothing works}, l2: {says: Partly inoperative}}
defaults: {kind: issue}
calendars:
  lisbon:
    zone: Europe/Lisbon
    hours: {mon-fri: "09:00-16:30"}
    holidays: {country: PT}
    clause: hours
support_hours: lisbon
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
milestones:
  reproduced: {says: Reproduced, clause: correction}
  proposed: {says: Corrective action proposed, clause: correction}
  refused: {says: Proposal refused, by: [requester, agent], clause: correction}
  accepted: {says: Proposal accepted, by: [requester, agent], clause: correction}
pauses:
  information: {clause: correction}
  proposal: {starts: [milestone.proposed], stops: [milestone.refused], clause: correction}
clocks:
  correction:
    starts: [milestone.reproduced]
    stops: [milestone.accepted]
    within: {by: [priority], cells: {l1: 8 business hours, l2: 12 business hours}}
    pauses: [information, proposal]
    ladder: [{at: breach, tell: [lead]}]
    clause: correction
notices:
  - {event: milestone.proposed, tell: [requester], clause: correction}
"""
DELIVERY = """\
policy: hardware
title: Hardware maintenance
revision: 2026-01-01
clauses:
  delivery: {says: Four hours from the availability of the part., at: Delivery}
kinds: {part: {says: A part}}
defaults: {kind: part}
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
milestones:
  part_available: {says: Part available, clause: delivery}
  delivered: {says: Delivered, by: [agent, engineering], clause: delivery}
clocks:
  delivery:
    starts: [milestone.part_available]
    stops: [milestone.delivered]
    within: 4 hours
    ladder: [{at: breach, tell: [lead]}]
    clause: delivery
"""


LONG_WORK = DELIVERY.replace(
    "clocks:\n",
    """\
  proposed: {says: Proposed, clause: delivery}
  refused: {says: Refused, clause: delivery}
pauses:
  information: {clause: delivery}
  proposal: {starts: [milestone.proposed], stops: [milestone.refused], clause: delivery}
clocks:
  work:
    starts: [opened]
    stops: [milestone.delivered]
    within: 90 days
    pauses: [information, proposal]
    ladder: [{at: breach, tell: [lead]}]
    clause: delivery
""",
)
TOGGLES: dict[tuple[str, bool], tuple[Action, dict[str, Any]]] = {
    ("proposal", False): (Action.RECORD_MILESTONE, {"milestone": "proposed"}),
    ("proposal", True): (Action.RECORD_MILESTONE, {"milestone": "refused"}),
    ("question", False): (Action.REQUEST_INFORMATION, {"message": "Which one?"}),
    ("question", True): (Action.PROVIDE_INFORMATION, {"message": "This one."}),
}
"""What starts and stops each reason."""


def record(ticket: PageTicket, milestone: str, at: str, actor: Actor = AGENT) -> PageTicket:
    return ticket.at(at).act(Action.RECORD_MILESTONE, actor, milestone=milestone)


def reproduced() -> PageTicket:
    ticket = PageTicket(CORRECTION, "2026-06-08T10:00+01:00", priority="l1")
    ticket.act(Action.RESPOND, message="We look into it.", outcomes=["work_started"])
    return record(ticket, "reproduced", "2026-06-09T10:00+01:00")


def test_a_clock_pauses_for_a_question_and_for_a_proposal_and_goes_on_after_a_refusal() -> None:
    ticket = reproduced().at("2026-06-09T12:15+01:00")
    ticket.act(Action.REQUEST_INFORMATION, message="Which version?")
    ticket.at("2026-06-11T09:45+01:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="9.1")
    assert ticket.due("correction") == instant("2026-06-11T14:30Z")
    record(ticket, "proposed", "2026-06-11T14:00+01:00")
    assert ticket.driver.clock("correction").state is ClockState.PAUSED
    record(ticket, "refused", "2026-06-11T16:00+01:00", REQUESTER)
    assert ticket.due("correction") == instant("2026-06-12T09:00Z")


def test_an_accepted_proposal_meets_the_clock_that_it_paused() -> None:
    ticket = record(reproduced(), "proposed", "2026-06-09T14:00+01:00")
    record(ticket, "accepted", "2026-06-30T14:00+01:00", REQUESTER)
    assert ticket.driver.clock("correction").state is ClockState.MET


def test_a_priority_that_changes_during_a_proposal_counts_the_same_past() -> None:
    ticket = record(reproduced(), "proposed", "2026-06-09T12:00+01:00")
    ticket.at("2026-06-09T13:00+01:00")
    ticket.act(Action.RECLASSIFY, priority="l2", reason="Partly.")
    record(ticket, "refused", "2026-06-11T09:00+01:00")
    # Two of twelve hours are used: 7 h 30 on Thursday, 2 h 30 on Friday.
    assert ticket.due("correction") == instant("2026-06-12T11:30+01:00")


def test_only_the_milestone_that_a_notice_names_is_told() -> None:
    ticket = record(reproduced(), "proposed", "2026-06-09T12:00+01:00")
    assert ticket.sent("milestone_recorded") == [("requester", instant("2026-06-09T11:00Z"))]


def test_the_part_starts_the_clock_and_not_the_request() -> None:
    ticket = PageTicket(DELIVERY, "2026-10-24T09:00+02:00")
    assert ticket.driver.ticket.clocks.latest("delivery") is None
    record(ticket, "part_available", "2026-10-24T23:30+02:00")
    assert ticket.due("delivery") == instant("2026-10-25T01:30Z")
    ticket.act(
        Action.RECORD_MILESTONE, ENGINEERING, at="2026-10-25T02:30+01:00", milestone="delivered"
    )
    assert ticket.driver.clock("delivery").state is ClockState.MET


def test_actions_exist_only_where_the_policy_declares_their_part() -> None:
    ticket = PageTicket(DELIVERY, "2026-10-24T09:00+02:00")
    offered = allowed_actions(ticket.driver.state, Role.AGENT)
    assert Action.RECORD_MILESTONE in offered
    assert not {Action.PROVIDE_WORKAROUND, Action.GIVE_ESTIMATE} & set(offered)
    with pytest.raises(ConditionUnmet, match="this policy has no action give_estimate"):
        ticket.act(Action.GIVE_ESTIMATE, resolved_by="2026-10-25T09:00+02:00")


def test_a_milestone_is_one_of_the_policy_and_recorded_by_its_roles() -> None:
    ticket = PageTicket(DELIVERY, "2026-10-24T09:00+02:00")
    with pytest.raises(InvalidContent, match="part_available, delivered"):
        ticket.act(Action.RECORD_MILESTONE, milestone="sent")
    with pytest.raises(WrongRole, match="part_available is reserved for these roles: agent"):
        ticket.act(Action.RECORD_MILESTONE, ENGINEERING, milestone="part_available")


MINUTES = st.integers(min_value=1, max_value=3_000)


@given(steps=st.lists(st.tuples(MINUTES, st.sampled_from(["proposal", "question"])), max_size=6))
def test_pauses_that_overlap_in_any_order_lose_no_time(steps: list[tuple[int, str]]) -> None:
    """The time counted is the time in which neither reason held, however they alternate."""
    ticket = PageTicket(LONG_WORK, "2026-06-01T00:00+00:00")
    ticket.act(Action.RESPOND, message="We look into it.", outcomes=["work_started"])
    paused, held = timedelta(0), {"proposal": False, "question": False}
    for minutes, reason in steps:
        passed = timedelta(minutes=minutes)
        paused += passed if any(held.values()) else timedelta(0)
        ticket.driver.until_instant(ticket.driver.now + passed)
        action, inputs = TOGGLES[reason, held[reason]]
        ticket.act(action, **inputs)
        held[reason] = not held[reason]
    for reason in (reason for reason, holds in held.items() if holds):
        action, inputs = TOGGLES[reason, True]
        ticket.act(action, **inputs)
    assert ticket.due("work") == instant("2026-08-30T00:00Z") + paused
