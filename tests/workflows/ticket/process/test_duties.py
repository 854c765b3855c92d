"""Automatic steps of tickets, and who sees that they come."""

from typing import Any

import pytest

from policies.vocabulary import Action
from tests.workflows.ticket.pages.page_ticket import PageTicket
from tests.workflows.ticket.pages.test_silence import PAGE
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
