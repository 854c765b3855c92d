"""Calendars that a revision renames, removes or changes: cycles have counted on theirs."""

from datetime import timedelta
from typing import Any

import pytest

from policies.vocabulary import Action, ClockState
from tests.harness import OPERATOR
from tests.workflows.ticket.changing_policy import POLICY, changing_terms, changing_ticket, london
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import InvalidContent
from workflows.ticket.state.revisions import preview

WHY: dict[str, Any] = {"reason": "Agreed with the customer."}
PAUSES_ANSWER = "    pauses: [information]\n    within: {by: [priority], cells: {urgent: 2"


@pytest.mark.parametrize("has_clock", [True, False])
def test_a_cycle_keeps_the_calendar_that_it_counts_on_when_the_new_terms_have_none_of_its_name(
    has_clock: bool,
) -> None:
    driver = changing_ticket("2027-03-01 10:00").until_instant(london("2027-03-01 10:30"))
    driver.act(Action.RECLASSIFY, priority="urgent", reason="Nobody can work.")
    driver.until_instant(london("2027-03-01 18:00"))
    renamed = POLICY.replace("always", "day_and_night").replace("2026-01-01", "2027-01-01")
    new = changing_terms(driver.state.opening.received_at, "normal", renamed)
    if not has_clock:
        new = new.model_copy(update={"clocks": new.clocks[:1], "credited": ()})
    assert [move.name for move in preview(driver.state, new, driver.now).clocks]
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    first = next(clock for clock in driver.state.clocks if clock.name == "fix")
    assert first.breached_at == london("2027-03-01 14:00")
    with pytest.raises(InvalidContent, match="already under these terms"):
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    driver = driver.carried().act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert all(not clock.is_open for clock in driver.state.clocks)


def under_shorter_hours(until: str, **choices: str) -> TicketDriver:
    """A ticket opened on Monday at 10:00, whose calendar a revision changes later."""
    driver = changing_ticket("2027-03-01 10:00", **choices).until_instant(london(until))
    shorter = POLICY.replace("09:00-17:00", "13:00-17:00").replace("2026-01-01", "2027-01-01")
    new = changing_terms(driver.state.opening.received_at, "normal", shorter, **choices)
    moves = preview(driver.state, new, driver.now).clocks
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    [fix] = [
        move for move in moves if (move.name, move.cycle) == ("fix", driver.clock("fix").cycle)
    ]
    assert fix.new_due_at == driver.clock("fix").due_at
    return driver


@pytest.mark.parametrize(
    ("on_change", "due"),
    [
        ("recount", "2027-03-03 17:00"),
        ("restart", "2027-03-04 14:00"),
        ("keep", "2027-03-02 14:00"),
        ("continue", "2027-03-03 14:00"),
    ],
)
def test_a_calendar_that_changes_under_its_name_is_another_promise(
    on_change: str, due: str
) -> None:
    driver = under_shorter_hours("2027-03-01 14:00", on_change=on_change)
    assert driver.clock("fix").due_at == london(due)
    assert driver.carried().clock("fix").due_at == london(due)


def test_lateness_in_open_time_keeps_what_it_had_earned_on_the_calendar_before() -> None:
    driver = under_shorter_hours("2027-03-04 12:00", lateness="open")
    ended = [report for report in driver.state.late if report.cycle == 1][-1]
    assert (ended.late, ended.grows) == (timedelta(hours=14), False)
    assert driver.clock("fix").breached_at == driver.now


def test_an_overdue_clock_stays_as_it_is_if_another_calendar_gives_the_same_due_time() -> None:
    driver = changing_ticket("2027-03-01 10:00").until_instant(london("2027-03-03 10:00"))
    longer = POLICY.replace(
        'hours: {mon-fri: "09:00-17:00"}', 'hours: {mon-fri: "09:00-17:00", sat: "09:00-12:00"}'
    )
    new = changing_terms(
        driver.state.opening.received_at, "normal", longer.replace("2026-01-01", "2027-01-01")
    )
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert [clock.cycle for clock in driver.state.clocks if clock.name == "fix"] == [1]
    assert driver.clock("fix").is_overdue


def revised(old: str, new: str, **choices: str) -> TicketDriver:
    """A ticket whose requester was asked at 11:00, moved at 12:00 from a policy to another."""
    driver = changing_ticket("2027-03-01 10:00", **choices)
    received_at = driver.state.opening.received_at
    opened = driver.state.opening.model_copy(
        update={"terms": changing_terms(received_at, "normal", old, **choices)}
    )
    driver = TicketDriver(opened=opened).until_instant(london("2027-03-01 11:00"))
    asks: dict[str, Any] = {"message": "?", "questions": ["Which one?"]}
    asks["outcomes"] = ["information_request"]
    driver.act(Action.RESPOND, **asks).until_instant(london("2027-03-01 12:00"))
    text = new.replace("2026-01-01", "2027-01-01")
    terms = changing_terms(received_at, "normal", text, **choices)
    foreseen = {
        move.name: move.new_state for move in preview(driver.state, terms, driver.now).clocks
    }
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms, **WHY)
    assert foreseen == {name: driver.clock(name).state for name in foreseen}
    return driver


def test_a_clock_that_other_terms_do_not_have_keeps_a_calendar_of_its_own() -> None:
    night = (
        'calendars:\n  night: {zone: Europe/London, hours: {mon-fri: "18:00-22:00"}, clause: hours}'
    )
    check = (
        "  check: {starts: [opened], stops: [resolved], within: 9 business hours, "
        "calendar: night, clause: fix}"
    )
    own = POLICY.replace("calendars:", night).replace("process:\n", f"{check}\nprocess:\n")
    driver = revised(own, POLICY)
    check_clock = driver.clock("check")
    assert (check_clock.state, check_clock.due_at) == (
        ClockState.CANCELLED,
        london("2027-03-03 19:00"),
    )
    assert "night" in driver.carried().state.terms.calendars


@pytest.mark.parametrize("on_change", ["keep", "recount"])
def test_a_clock_pauses_from_the_revision_on_that_makes_it_pause(on_change: str) -> None:
    without = POLICY.replace("    pauses: [information]\n", "", 1)
    without = without.replace("    within: {by: [priority], cells: {urgent: 2", PAUSES_ANSWER, 1)
    driver = revised(without, POLICY, on_change=on_change)
    assert driver.clock("fix").state is ClockState.PAUSED


def test_the_calendars_of_several_revisions_stand_beside_each_other() -> None:
    driver = under_shorter_hours("2027-03-03 10:00", on_change="keep")
    other = POLICY.replace("09:00-17:00", "10:00-16:00").replace("2026-01-01", "2027-02-01")
    received_at = driver.state.opening.received_at
    new = changing_terms(received_at, "normal", other, on_change="keep")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    terms = driver.state.terms
    counted_on = {
        clock.cycle: terms.calendar_of(terms.clock("fix"), clock.promise)
        for clock in driver.state.clocks
        if clock.name == "fix"
    }
    hours = {n: next(iter(c.weekly.values())) for n, c in counted_on.items() if c is not None}
    assert hours == {1: (("09:00", "17:00"),), 2: (("13:00", "17:00"),)}
