"""`priority_changed` is the event of a change of the priority, and of nothing else."""

from datetime import datetime
from typing import Any

import pytest

from policies.vocabulary import Action, ClockState
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant

PAGE = """\
policy: explaining
title: Support that explains priorities
revision: 2026-01-01
clauses:
  changes: {says: We explain a new priority within two hours., at: Changes}
kinds: {issue: {says: An issue}}
priorities: {high: {says: High}, low: {says: Low}, none: {says: None}}
defaults: {kind: issue, priority: low}
facts:
  place: {type: string, ask: Where are you?, choices: {london: London, paris: Paris}}
contacts:
  lead: {name: Lead, email: lead@desk.example}
pauses:
  debate: {starts: [priority_changed], stops: [update_posted], clause: changes}
clocks:
  explanation:
    starts: [priority_changed]
    stops: [update_posted]
    within: {by: [priority], cells: {high: 1 hour, low: 2 hours, none: {guarantee: none}}}
    on_change: ON_CHANGE
    ladder: [{at: breach, tell: [lead]}]
    clause: changes
  first_estimate: {starts: [opened], stops: [priority_changed], within: 4 hours, clause: changes}
  silence: {starts: [opened], stops: [resolved], cancels: [priority_changed], within: 8 hours, clause: changes}
  work: {starts: [opened], stops: [resolved], within: 10 hours, pauses: [debate], clause: changes}
notices:
  - {event: reclassified, tell: [requester], clause: changes}
  - {event: priority_changed, tell: [requester, lead], clause: changes}
"""  # noqa: E501  # tables are easier to read in one line
OPENED = "2026-07-06T10:00+00:00"


def ticket(on_change: str = "recount") -> PageTicket:
    return PageTicket(PAGE.replace("ON_CHANGE", on_change), OPENED)


def answered(on_change: str = "recount") -> PageTicket:
    outcomes = ["work_started"]
    return ticket(on_change).act(Action.RESPOND, message="We look into it.", outcomes=outcomes)


def reclassify(page: PageTicket, at: str, **changes: Any) -> PageTicket:
    page.at(f"2026-07-06T{at}+00:00")
    return page.act(Action.RECLASSIFY, reason="So it is.", **changes)


def due(page: PageTicket, clock: str = "explanation") -> datetime:
    return page.due(clock)


def test_a_change_of_the_priority_starts_stops_and_cancels_clocks_and_pauses_others() -> None:
    page = reclassify(ticket(), "11:00", priority="high")
    states = {clock.name: clock.state for clock in page.driver.state.clocks}
    assert states == {
        "explanation": ClockState.RUNNING,
        "first_estimate": ClockState.MET,
        "silence": ClockState.CANCELLED,
        "work": ClockState.PAUSED,
    }
    assert due(page) == instant("2026-07-06T12:00Z")


def test_a_corrected_fact_alone_is_not_a_change_of_the_priority() -> None:
    page = reclassify(ticket(), "11:00", facts={"place": "paris"})
    states = {clock.name: clock.state for clock in page.driver.state.clocks}
    running = dict.fromkeys(("first_estimate", "silence", "work"), ClockState.RUNNING)
    assert states == running
    assert [audience for audience, _ in page.sent("reclassified")] == ["requester"]


def test_a_priority_and_a_fact_together_are_a_change_of_the_priority() -> None:
    page = reclassify(ticket(), "11:00", priority="high", facts={"place": "paris"})
    assert due(page) == instant("2026-07-06T12:00Z")


def test_each_person_gets_one_email_of_a_change_whatever_its_names() -> None:
    page = reclassify(ticket(), "11:00", priority="high")
    assert [audience for audience, _ in page.sent("reclassified")] == ["requester", "lead"]


@pytest.mark.parametrize(
    ("on_change", "expected"),
    [("recount", "12:00"), ("restart", "12:30"), ("keep", "13:00"), ("continue", "12:00")],
)
def test_the_clock_of_a_change_follows_the_rules_of_change_itself(
    on_change: str, expected: str
) -> None:
    """Low at 11:00, two hours: due 13:00. Urgent at 11:30, one hour."""
    page = reclassify(answered(on_change), "10:30", priority="high")
    page.act(Action.POST_UPDATE, message="It is high because you cannot work.")
    reclassify(page, "11:00", priority="low")
    reclassify(page, "11:30", priority="high")
    assert due(page) == instant(f"2026-07-06T{expected}Z")


def test_after_an_explanation_the_next_change_starts_the_clock_again() -> None:
    page = reclassify(answered(), "11:00", priority="high")
    page.act(Action.POST_UPDATE, message="You cannot work.")
    assert page.driver.clock("work").state is ClockState.RUNNING
    reclassify(page, "13:00", priority="low")
    assert (page.driver.clock("explanation").cycle, due(page)) == (2, instant("2026-07-06T15:00Z"))


def test_a_change_to_a_priority_without_a_promise_starts_nothing() -> None:
    page = reclassify(ticket(), "11:00", priority="none")
    assert page.driver.ticket.clocks.latest("explanation") is None
    reclassify(page, "11:30", priority="high")
    # Counted from its start event, as if the promise had been so from the start.
    assert due(page) == instant("2026-07-06T12:00Z")


def test_the_first_priority_of_a_ticket_is_not_a_change() -> None:
    page = ticket()
    assert page.driver.ticket.clocks.latest("explanation") is None
    assert page.driver.clock("first_estimate").state is ClockState.RUNNING
