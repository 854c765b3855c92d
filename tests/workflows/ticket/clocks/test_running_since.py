"""A clock without a target so far: whether a change of priority starts it, and from when."""

from datetime import timedelta
from typing import Any

import pytest

from policies.coverage.verdict import Decision, Verdict
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Reopening, Stage
from tests.harness import OPERATOR, REQUESTER, new_york, opening
from tests.workflows.ticket.changing_policy import POLICY, changing_terms, changing_ticket
from tests.workflows.ticket.clocks.path_policy import path_ticket, take
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant, page_opening
from tests.workflows.ticket.ticket_driver import ASK, WEDNESDAY, TicketDriver
from workflows.shared.refusals import InvalidContent


def ticket(
    reopening: Reopening,
    starts: tuple[EventType, ...] = (EventType.OPENED,),
    cancels: tuple[EventType, ...] = (),
) -> TicketDriver:
    """A ticket whose clock `assignment` has a target for high priority only."""
    assignment = ClockTerms(
        name="assignment",
        clause="progress",
        starts=starts,
        stops=(EventType.ASSIGNED,),
        cancels=cancels,
        promises={
            "high": PromiseTerms.model_validate({"within": "8 business hours"}),
            "otherwise": PromiseTerms(),
        },
        reopening=reopening,
        agreed=True,
    )
    opened = opening(new_york(WEDNESDAY))
    terms = opened.terms.model_copy(update={"clocks": (*opened.terms.clocks, assignment)})
    return TicketDriver(opened=opened.model_copy(update={"terms": terms}))


def assigned(driver: TicketDriver) -> TicketDriver:
    assignee = {"id": "a", "name": "Ada", "email": "ada@desk.example"}
    return driver.act(Action.ASSIGN, assignee=assignee)


def reopened(driver: TicketDriver) -> TicketDriver:
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    return driver.until("2027-01-07 12:00").act(Action.REOPEN, REQUESTER, reason="It is back.")


def to_high(driver: TicketDriver) -> TicketDriver:
    return driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")


def test_a_change_starts_a_clock_from_its_start_event() -> None:
    driver = to_high(ticket(Reopening.NONE).until("2027-01-06 15:00"))
    assert driver.clock("assignment").started_at == new_york(WEDNESDAY)
    assert driver.clock("assignment").due_at == new_york("2027-01-07 14:00")


def test_a_change_starts_no_clock_whose_stop_event_has_been() -> None:
    driver = assigned(ticket(Reopening.NONE))
    assert to_high(driver).ticket.clocks.latest("assignment") is None


def test_a_clock_that_waits_for_an_assignee_does_not_start_while_there_is_one() -> None:
    starts = (EventType.OPENED, EventType.ESCALATED)
    driver = to_high(assigned(ticket(Reopening.NONE, starts)))
    driver.act(Action.RESPOND, message="We investigate.", outcomes=["escalation"])
    assert driver.ticket.clocks.latest("assignment") is None
    free = to_high(ticket(Reopening.NONE, (EventType.ESCALATED,)))
    free.act(Action.RESPOND, message="We investigate.", outcomes=["escalation"])
    assert free.clock("assignment").state is ClockState.RUNNING


def test_a_change_starts_no_clock_that_ended_with_the_resolution() -> None:
    driver = reopened(ticket(Reopening.NONE).until("2027-01-06 16:00"))
    assert to_high(driver).ticket.clocks.latest("assignment") is None


@pytest.mark.parametrize(
    ("reopening", "started"),
    [(Reopening.NEW_CYCLE, "2027-01-07 12:00"), (Reopening.SAME_CYCLE, WEDNESDAY)],
)
def test_a_clock_that_goes_on_after_the_reopening_counts_as_its_policy_says(
    reopening: Reopening, started: str
) -> None:
    driver = to_high(reopened(ticket(reopening).until("2027-01-06 16:00")))
    assert driver.clock("assignment").started_at == new_york(started)


def test_a_clock_that_an_event_has_cancelled_is_not_started_by_a_change_of_priority() -> None:
    driver = ticket(Reopening.NONE, cancels=(EventType.ACKNOWLEDGED,)).act(Action.ACKNOWLEDGE)
    assert to_high(driver).ticket.clocks.latest("assignment") is None


def test_a_clock_that_starts_when_a_ticket_is_reopened_starts_once() -> None:
    driver = ticket(Reopening.NEW_CYCLE, starts=(EventType.OPENED, EventType.REOPENED))
    reopened(to_high(driver))
    assert [clock.cycle for clock in driver.state.clocks if clock.name == "assignment"] == [1, 2]


def test_a_clock_counts_from_the_first_of_its_start_events() -> None:
    driver = ticket(Reopening.NONE, starts=(EventType.OPENED, EventType.ACKNOWLEDGED))
    driver.until("2027-01-06 15:00").act(Action.ACKNOWLEDGE)
    assert to_high(driver).clock("assignment").started_at == new_york(WEDNESDAY)


def test_a_clock_that_ended_as_it_began_counts_from_the_reopening() -> None:
    driver = to_high(reopened(ticket(Reopening.SAME_CYCLE, starts=(EventType.RESPONDED,))))
    assert driver.clock("assignment").started_at == new_york("2027-01-07 12:00")


def test_a_clock_that_the_next_action_ended_at_once_goes_on_after_the_reopening() -> None:
    driver = ticket(Reopening.SAME_CYCLE, starts=(EventType.RESPONDED,))
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.RESOLVE, resolution="Clear the cache.")
    driver.until("2027-01-07 12:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    clock = to_high(driver).clock("assignment")
    assert clock.started_at == new_york(WEDNESDAY)
    assert clock.due_at == new_york("2027-01-08 12:00")


@pytest.mark.parametrize("reopening", [Reopening.NEW_CYCLE, Reopening.SAME_CYCLE])
def test_a_reopened_ticket_that_still_has_its_assignee_needs_no_assignment(
    reopening: Reopening,
) -> None:
    driver = reopened(assigned(to_high(ticket(reopening))))
    [clock] = [clock for clock in driver.state.clocks if clock.name == "assignment"]
    assert (clock.state, clock.completed_at) == (ClockState.MET, new_york(WEDNESDAY))


def test_no_due_time_is_agreed_for_the_assignment_of_a_ticket_that_somebody_has() -> None:
    driver = reopened(assigned(ticket(Reopening.NEW_CYCLE)))
    inputs: dict[str, Any] = {
        "clock": "assignment",
        "due_at": new_york("2027-01-07 13:00"),
        "reason": "So.",
    }
    with pytest.raises(InvalidContent) as refused:
        driver.act(Action.AGREE_DUE_TIME, **inputs)
    assert refused.value.field == "clock"


def test_a_clock_whose_start_events_came_while_it_was_resolved_counts_from_the_reopening() -> None:
    driver = path_ticket("2027-03-01 09:00", "low", "recount")
    for step in ("respond", "resolve", "propose", "propose"):
        driver.now += timedelta(hours=1)
        take(driver, step)
    driver.act(Action.ADD_NOTE, note="They have seen it.")
    driver.now += timedelta(hours=1)
    take(driver, "reopen")
    reopened_at = driver.now
    driver.now += timedelta(hours=1)
    take(driver, "normal")
    assert driver.clock("test_none").started_at == reopened_at


def test_a_clock_that_was_started_and_stopped_while_it_was_resolved_does_not_count() -> None:
    driver = path_ticket("2027-03-01 09:00", "low", "recount")
    for step in ("respond", "resolve", "propose", "decline", "reopen", "normal"):
        driver.now += timedelta(hours=1)
        take(driver, step)
    assert driver.ticket.clocks.latest("test_none") is None


AT_WORK = """\
policy: at_work
title: Work on paid requests
revision: 2026-01-01
clauses: {all: {says: We work., at: All}}
priorities: {high: {says: Down}, low: {says: A question}}
defaults: {priority: low}
facts: {paid: {type: bool, ask: Is it paid for?}}
coverage: [{when: "!paid", verdict: not_covered, clause: all, says: It is not paid for.}]
clocks:
  CLOCK:
    starts: [STARTS]
    stops: [resolved]
    within: {by: [priority], cells: {high: 4 hours, low: {guarantee: none}}}
    clause: all
"""


@pytest.mark.parametrize(
    ("starts", "is_assigned", "counts"),
    [("assigned", True, True), ("assigned", False, False), ("responded", True, False)],
)
def test_the_work_on_an_assigned_ticket_begins_again_when_its_refusal_is_overridden(
    starts: str, is_assigned: bool, counts: bool
) -> None:
    page = AT_WORK.replace("STARTS", starts).replace("CLOCK", "work")
    ticket = PageTicket(page, "2026-06-08T10:00+00:00")
    if is_assigned:
        ticket.act(Action.ASSIGN, assignee={"id": "ada", "name": "Ada", "email": "a@desk.example"})
    opened = page_opening(page.replace("2026-01-01", "2026-06-01"), "2026-06-08T10:00+00:00")
    refuses = Verdict(decision=Decision.NOT_COVERED, closed_as=ClosedAs.NOT_COVERED)
    terms = opened.terms.model_copy(update={"verdict": refuses})
    ticket.act(Action.CHANGE_REVISION, OPERATOR, terms=terms, reason="They agreed.")
    assert ticket.driver.state.stage is Stage.CLOSED
    ticket.at("2026-06-08T11:00+00:00").act(Action.OVERRIDE_VERDICT, reason="As a courtesy.")
    ticket.at("2026-06-08T12:00+00:00").act(
        Action.RECLASSIFY, priority="high", reason="It is down."
    )
    clock = ticket.driver.ticket.clocks.latest("work")
    assert (clock.started_at if clock else None) == (
        instant("2026-06-08T11:00+00:00") if counts else None
    )


def test_a_reminder_that_has_ended_keeps_no_other_clock_from_a_change() -> None:
    reminder = """\
  reminder:
    starts: [opened]
    stops: [resolved]
    within: 1 hour
    reminds: true
    clause: all
  CLOCK:"""
    page = AT_WORK.replace("  CLOCK:", reminder).replace("STARTS", "opened")
    ticket = PageTicket(page.replace("CLOCK", "work"), "2026-06-08T10:00+00:00")
    ticket.at("2026-06-08T12:00+00:00").act(
        Action.RECLASSIFY, priority="high", reason="It is down."
    )
    assert ticket.driver.clock("reminder").has_reminded
    assert ticket.due("work") == instant("2026-06-08T14:00+00:00")


def test_a_clock_that_continues_pauses_only_for_its_own_reasons_after_a_change() -> None:
    driver = path_ticket(on_change="continue")
    for step in ("respond", "ask", "urgent"):
        driver.now += timedelta(minutes=10)
        assert take(driver, step)
    assert driver.clock("fix_none").state is ClockState.PAUSED
    assert driver.clock("workaround_none").state is ClockState.RUNNING


@pytest.mark.parametrize(("starts", "is_started"), [("responded", True), ("escalated", False)])
def test_a_clock_whose_start_event_came_with_the_resolution_starts_with_the_reopening(
    starts: str, is_started: bool
) -> None:
    check = (
        f"  check: {{starts: [{starts}], stops: [update_posted], within: 1 hour, "
        "reopening: new_cycle, clause: fix}\n"
    )
    opened = changing_ticket().state.opening
    text = POLICY.replace("process:\n", f"{check}process:\n")
    terms = changing_terms(opened.received_at, "normal", text)
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    driver.until_instant(driver.now + timedelta(hours=3))
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    clock = driver.ticket.clocks.latest("check")
    assert (clock.started_at if clock else None) == (driver.now if is_started else None)
