"""Workarounds, estimates and milestones: actions of policies that declare them."""

import pytest

from policies.vocabulary import Action, Role
from tests.harness import AGENT, ENGINEERING, SERVICE
from tests.workflows.ticket.pages.page_ticket import PageTicket
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet

PAGE = """\
policy: estimating
title: Estimates and workarounds
revision: 2026-01-01
clauses: {progress: {says: We keep you posted., at: Progress}}
kinds: {issue: {says: An issue}}
defaults: {kind: issue}
process:
  workaround: {clause: progress}
  estimate: {by: [engineering], clause: progress}
notices:
  - {event: estimate_given, tell: [requester], clause: progress}
"""


def in_progress() -> PageTicket:
    ticket = PageTicket(PAGE, "2026-06-08T10:00+00:00")
    return ticket.act(Action.RESPOND, message="We are on it.", outcomes=["work_started"])


def test_an_estimate_lies_ahead() -> None:
    ticket = in_progress()
    with pytest.raises(InvalidContent, match="must be in the future") as refused:
        ticket.act(Action.GIVE_ESTIMATE, ENGINEERING, resolved_by="2026-06-08T10:00+00:00")
    assert (refused.value.field, refused.value.clause) == ("resolved_by", "progress")


def test_an_estimate_is_told_and_a_later_one_replaces_it() -> None:
    ticket = in_progress()
    ticket.act(Action.GIVE_ESTIMATE, ENGINEERING, resolved_by="2026-06-09T10:00+00:00")
    ticket.act(Action.GIVE_ESTIMATE, ENGINEERING, resolved_by="2026-06-10T10:00+00:00")
    assert [audience for audience, _ in ticket.sent("estimate_given")] == ["requester"] * 2


def test_only_the_roles_of_the_policy_estimate() -> None:
    ticket = in_progress()
    assert Action.GIVE_ESTIMATE not in allowed_actions(ticket.driver.state, Role.AGENT)
    with pytest.raises(WrongRole, match="reserved for these roles: engineering"):
        ticket.act(Action.GIVE_ESTIMATE, AGENT, resolved_by="2026-06-09T10:00+00:00")


def test_a_workaround_is_withdrawn_only_while_it_is_in_force() -> None:
    ticket = in_progress()
    with pytest.raises(ConditionUnmet, match="no workaround to withdraw"):
        ticket.act(Action.WITHDRAW_WORKAROUND, reason="It fails.")
    ticket.act(Action.PROVIDE_WORKAROUND, message="Use the app.")
    ticket.act(Action.WITHDRAW_WORKAROUND, reason="It fails.")
    assert Action.WITHDRAW_WORKAROUND not in allowed_actions(ticket.driver.state, Role.AGENT)


@pytest.mark.fault(55)
def test_a_wrong_milestone_is_refused_with_those_of_the_role() -> None:
    page = (
        PAGE
        + """\
milestones:
  delivered: {says: Delivered, by: [agent, service], clause: progress}
  blamed: {says: Their fault after all, by: [agent], clause: progress}
"""
    )
    ticket = PageTicket(page, "2026-06-08T10:00+00:00")
    with pytest.raises(InvalidContent, match="delivered, blamed"):
        ticket.act(Action.RECORD_MILESTONE, milestone="lost")
    with pytest.raises(InvalidContent, match=r"delivered$"):
        ticket.act(Action.RECORD_MILESTONE, SERVICE, milestone="lost")


def test_a_service_records_the_milestones_of_the_requester_and_no_others() -> None:
    milestones = (
        "milestones:\n"
        "  confirmed: {says: They confirmed it, by: [requester], clause: progress}\n"
        "  shipped: {says: We shipped it, by: [agent], clause: progress}\n"
    )
    ticket = PageTicket(f"{PAGE}{milestones}", "2026-06-08T10:00+00:00")
    for milestone, may, may_not in (("confirmed", SERVICE, AGENT), ("shipped", AGENT, SERVICE)):
        with pytest.raises(WrongRole):
            ticket.act(Action.RECORD_MILESTONE, may_not, milestone=milestone)
        ticket.act(Action.RECORD_MILESTONE, may, milestone=milestone)
