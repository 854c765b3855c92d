"""Automatic steps of tickets, and who sees that they come."""

from typing import Any

import pytest

from policies.vocabulary import Action
from tests.harness import MIA, REQUESTER
from tests.workflows.ticket.pages.page_ticket import PageTicket
from tests.workflows.ticket.pages.test_silence import PAGE, proposed
from tests.workflows.ticket.ticket_driver import TicketDriver, awaiting_handoff
from workflows.ticket.process.duties import duties, fire_due_rungs


def test_a_warning_to_the_desk_does_not_concern_the_requester() -> None:
    rungs = {duty.key: duty.is_public for duty in fire_due_rungs(TicketDriver().ticket)}
    assert rungs["first_response/1"] is False


def test_the_breach_of_a_clock_of_the_desk_does_not_concern_the_requester() -> None:
    driver = TicketDriver()
    driver.until_instant(driver.clock("first_response").due_at)
    driver.now = driver.clock("first_response").due_at
    assert {duty.is_public for duty in fire_due_rungs(driver.ticket)} == {False}


def test_the_end_of_a_ticket_for_want_of_an_answer_concerns_the_requester() -> None:
    page = PAGE.replace("tell: [requester]", "tell: [assignee]")
    ticket = PageTicket(page, "2026-12-22T10:00-05:00", priority="high", region="new_york")
    asks: dict[str, Any] = {
        "message": "?",
        "outcomes": ["information_request"],
        "questions": ["Which one?"],
    }
    ticket.act(Action.RESPOND, **asks)
    seen = []
    while duties := [d for d in fire_due_rungs(ticket.driver.ticket) if "follow_up" in d.key]:
        seen += [(duty.rung, duty.is_public) for duty in duties]
        ticket.driver.until_instant(duties[0].at)
    assert [(rung[2], public) for rung, public in seen if rung and public] == [("breach", True)]


@pytest.mark.parametrize(
    ("automatic", "has_hours", "comes"),
    [(True, True, True), (False, True, False), (True, False, False)],
)
def test_a_ticket_is_handed_over_by_itself_if_the_policy_does_so_and_has_support_hours(
    automatic: bool, has_hours: bool, comes: bool
) -> None:
    driver = awaiting_handoff()
    terms = driver.state.terms
    process = terms.process.model_copy(update={"automatic_handoff": automatic})
    hours = terms.support_hours if has_hours else None
    clocks = () if not has_hours else terms.clocks
    changed = {"process": process, "support_hours": hours, "clocks": clocks}
    driver.state.clocks = [] if not has_hours else driver.state.clocks
    driver.state.opening = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update=changed)}
    )
    found = [duty.key for duty in duties(driver.carried().ticket)]
    assert ("handoff" in found) is comes


def test_during_a_merge_only_the_clocks_that_would_end_the_ticket_wait() -> None:
    update = (
        "  update: {starts: [milestone.solution_proposed], stops: [resolved], "
        "within: 12 business days, clause: follow-up}"
    )
    ticket = proposed(PAGE.replace("process:\n", f"{update}\nprocess:\n")).driver
    ticket.state.merging_into = "7K2M-0QXW-9HTE"
    assert [duty.key for duty in fire_due_rungs(ticket.ticket)] == ["update/1"]
    ticket.state.merging_into = None
    assert [duty.key for duty in fire_due_rungs(ticket.ticket)] == ["follow_up/1", "update/1"]


def test_the_summary_of_a_rung_has_the_cycle_from_the_second_on() -> None:
    ticket = proposed()
    [first] = fire_due_rungs(ticket.driver.ticket)
    ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It does not help.")
    ticket.act(Action.REQUEST_INFORMATION, message="Which error?")
    [second] = fire_due_rungs(ticket.driver.ticket)
    rung = "2 business days, same time after start"
    assert (first.summary, second.summary) == (
        f"follow_up: {rung}",
        f"follow_up (cycle 2): {rung}",
    )


def test_the_end_of_the_time_to_contest_a_refusal_concerns_the_requester() -> None:
    stranger = MIA.model_copy(update={"email": "new@anywhere.example"})
    refused = TicketDriver(requester=stranger)
    assert [(duty.key, duty.is_public) for duty in duties(refused.ticket)] == [("refusal", True)]
