"""Clocks when facts change on which their promises depend: rules of change C1 to C4."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import TemplateRenderer
from policies.vocabulary import Action, ClockState, EventType
from tests.harness import AGENT, REQUESTER
from tests.workflows.ticket.placed_policy import OFFICES, PLACED, at, placed_ticket
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver
from workflows.shared.refusals import InvalidContent
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.state.revisions import has_terms

THURSDAY = "2026-07-02T16:30-04:00"
PLACES = ("new_york", "chicago", "london")
PRIORITIES = ("sev_1", "sev_2", "sev_3", "sev_4")


def placed(on_change: str = "recount", **facts: Any) -> TicketDriver:
    return placed_ticket(THURSDAY, priority="sev_3", on_change=on_change, **facts)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def to(driver: TicketDriver, **facts: Any) -> TicketDriver:
    return driver.act(Action.RECLASSIFY, facts=facts, reason="They said so.")


def test_a_fact_given_later_counts_as_if_it_had_been_given_at_once() -> None:
    driver = at(placed(), "2026-07-02T17:00-04:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.", facts={"place": "london"})
    assert driver.clock("first_response").due_at == utc("2026-07-03T12:00Z")


def test_a_fact_that_puts_the_due_time_into_the_past_breaches_at_the_change() -> None:
    driver = to(at(placed(place="new_york"), "2026-07-06T10:00-04:00"), place="london")
    clock = driver.clock("first_response")
    assert (clock.due_at, clock.breached_at) == (utc("2026-07-03T12:00Z"), driver.now)
    [breach] = driver.events(EventType.CLOCK_BREACHED)
    assert breach.at == driver.now


def test_an_overdue_clock_keeps_its_breach_and_other_facts_begin_a_new_cycle() -> None:
    driver = to(at(placed(place="london"), "2026-07-03T14:00Z"), place="new_york")
    first, second = driver.ticket.clocks.cycles
    assert (first.state, first.completed_at) == (ClockState.BREACHED, driver.now)
    assert (second.state, second.due_at) == (ClockState.RUNNING, utc("2026-07-06T15:30Z"))


def test_another_place_is_no_other_promise_of_elapsed_time() -> None:
    driver = placed_ticket(THURSDAY, priority="sev_1", on_change="recount", place="london")
    to(at(driver, "2026-07-02T18:00-04:00"), place="new_york")
    [clock] = driver.ticket.clocks.cycles
    assert clock.is_overdue
    assert len(driver.events(EventType.CLOCK_BREACHED)) == 1


@pytest.mark.parametrize(
    ("on_change", "due_at"),
    [
        ("recount", "2026-07-03T12:00Z"),
        ("keep", "2026-07-06T15:30Z"),
        ("restart", "2026-07-03T12:00Z"),
        ("continue", "2026-07-03T11:30Z"),
    ],
)
def test_the_policy_chooses_what_a_change_of_a_fact_does(on_change: str, due_at: str) -> None:
    driver = to(at(placed(on_change), "2026-07-02T17:00-04:00"), place="london")
    assert driver.clock("first_response").due_at == utc(due_at)


def test_the_waiting_time_before_a_change_stays_without_use_when_a_clock_continues() -> None:
    driver = placed("continue", place="new_york")
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    at(driver, "2026-07-02T17:30-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    at(driver, "2026-07-07T10:00-04:00")
    to(driver, place="london")
    assert driver.clock("next_update").is_paused
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    # A question completes an interval: the next one is whole, 2 of 8 hours on Tuesday in London.
    assert driver.clock("next_update").due_at == utc("2026-07-08T14:00Z")


def test_a_fact_of_the_contract_cannot_be_changed_by_anybody() -> None:
    driver = placed(contract_facts={"place": "london"})
    assert driver.state.terms.promised_by == {"round_the_clock": None}
    assert driver.clock("first_response").due_at == utc("2026-07-03T12:00Z")
    to(at(driver, "2026-07-02T17:00-04:00"), place="new_york")
    assert driver.clock("first_response").due_at == utc("2026-07-03T12:00Z")


def test_a_wrong_fact_is_refused_and_changes_nothing() -> None:
    driver = placed(place="london")
    before = driver.state.model_dump()
    with pytest.raises(InvalidContent):
        to(driver, place="paris")
    assert driver.state.model_dump() == before


def test_a_reclassification_states_a_priority_or_facts() -> None:
    driver = placed()
    with pytest.raises(InvalidContent, match="give the new priority, or the facts"):
        driver.act(Action.RECLASSIFY, reason="Because.")
    assert Action.RECLASSIFY in allowed_actions(driver.state, AGENT.role)


def test_the_support_hours_follow_the_facts() -> None:
    driver = placed(place="london")
    assert driver.state.desk_calendar is not None
    assert driver.state.desk_calendar.name == "london"
    assert (
        to(driver, place="chicago").carried().state.desk_calendar
        == (driver.state.terms.calendars["chicago"])
    )


def test_the_letter_about_corrected_facts_names_them_and_the_new_due_times() -> None:
    driver = to(at(placed(), "2026-07-02T17:00-04:00"), place="london", round_the_clock=False)
    [record] = driver.notices("reclassified")
    text = rendered(driver.ticket.outbox.compose(record), TemplateRenderer())
    assert text.subject == "Details corrected: It is slow"
    assert "Where are you? London" in text.text
    assert "around the clock? no" in text.text
    assert "3 July 2026" in text.text


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(PRIORITIES),
        st.sampled_from(PLACES),
        st.booleans(),
        st.booleans(),
    ),
    max_size=5,
)


@given(CHANGES, st.tuples(*map(st.sampled_from, (PRIORITIES, PLACES, (True, False)))))
def test_under_recount_any_path_to_the_same_values_gives_the_same_due_time(
    changes: list[tuple[int, str, str, bool, bool]], last: tuple[str, str, bool]
) -> None:
    (priority, place, around), now = last, datetime.fromisoformat(THURSDAY) + timedelta(hours=13)
    driver = placed(place="new_york")
    for hours, other, elsewhere, around_too, by_requester in sorted(changes):
        driver.until_instant(datetime.fromisoformat(THURSDAY) + timedelta(hours=hours))
        facts = {"place": elsewhere, "round_the_clock": around_too}
        if by_requester:
            driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="So.", facts=facts)
        else:
            driver.act(Action.RECLASSIFY, facts=facts, reason="So.")
        if other != driver.state.priority:
            driver.act(Action.RECLASSIFY, priority=other, reason="So.")
    driver.until_instant(now)
    given_now: dict[str, Any] = {"priority": priority} if priority != driver.state.priority else {}
    facts = {"place": place, "round_the_clock": around}
    driver.act(Action.RECLASSIFY, facts=facts, reason="So.", **given_now)
    at_once = placed_ticket(
        THURSDAY, priority=priority, on_change="recount", place=place, round_the_clock=around
    )
    if not at_once.clock("first_response").is_overdue:
        due_at = at_once.clock("first_response").due_at
        assert driver.clock("first_response").due_at == due_at


def test_terms_settled_again_with_the_facts_given_since_are_no_other_terms() -> None:
    driver, again = (
        placed_ticket(THURSDAY, OFFICES, "evolve", priority="l2", office=office)
        for office in ("izegem", "singapore")
    )
    assert has_terms(to(driver, office="singapore").state, again.state.terms)


@pytest.mark.parametrize(("at_change", "breached_at"), [
    # Sunday, in closed time: the four hours of Friday are more than the new target.
    ("2026-07-12T12:00-04:00", "2026-07-12T16:00+00:00"),
    ("2026-07-13T10:00-04:00", "2026-07-13T14:00+00:00"),
])  # fmt: skip
def test_a_clock_that_has_used_more_than_its_new_target_breaches_with_the_change(
    at_change: str, breached_at: str
) -> None:
    driver = placed_ticket("2026-07-10T13:59-04:00", priority="sev_4", place="new_york")
    at(driver, at_change).act(Action.RECLASSIFY, priority="sev_3", reason="It is so.")
    clock = driver.clock("first_response")
    expected = datetime.fromisoformat(breached_at)
    assert (clock.breached_at, clock.due_at) == (expected, expected)


def test_a_promise_by_the_time_of_receipt_follows_the_hours_of_a_corrected_place() -> None:
    head, _, tail = PLACED.partition("    within:\n")
    rest = tail.partition("    on_change")[2]
    cells = "{inside_hours: 1 hour, outside_hours: 2 hours}"
    within = f"    within: {{by: [received], cells: {cells}}}\n    on_change"
    driver = placed_ticket("2026-07-02T10:00+01:00", head + within + rest, priority="sev_1")
    due = [driver.clock("first_response").due_at]
    due.append(to(driver, place="london").clock("first_response").due_at)
    assert due == [utc("2026-07-02T12:00+01:00"), utc("2026-07-02T11:00+01:00")]


def test_an_overdue_clock_begins_a_new_cycle_elsewhere_even_if_it_was_due_alike_there() -> None:
    in_ghent = OFFICES.replace("Asia/Singapore", "Europe/Brussels").replace(
        "{country: SG}", "{country: BE}"
    )
    driver = placed_ticket(
        "2026-07-02T10:00+02:00", in_ghent, "evolve", priority="l1", office="izegem"
    )
    to(at(driver, "2026-07-02T12:00+02:00"), office="singapore")
    assert [clock.cycle for clock in driver.ticket.clocks.cycles] == [1, 2]
