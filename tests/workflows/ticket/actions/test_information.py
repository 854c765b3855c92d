"""Questions that are open, and internal notes, which support sees and the requester never does."""

import pytest

from policies.vocabulary import Action, EventType, Role, Stage, WaitingOn
from tests.harness import ENGINEERING, REQUESTER
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver, escalated
from workflows.ticket.process import views

INSIDE = [role for role in Role if role not in (Role.REQUESTER, Role.SERVICE)]


def noted() -> TicketDriver:
    return TicketDriver().act(Action.ADD_NOTE, note="Their proxy again?")


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.SERVICE])
def test_no_requester_sees_a_note(role: Role) -> None:
    driver = noted()
    assert EventType.NOTE_ADDED not in {e.type for e in views.timeline(driver.state, role)}
    assert "proxy" not in views.view(driver.state, role).model_dump_json()


@pytest.mark.parametrize("role", INSIDE)
def test_support_sees_the_note_and_its_author(role: Role) -> None:
    [note] = [e for e in views.timeline(noted().state, role) if e.type is EventType.NOTE_ADDED]
    assert (note.data, note.by.role) == ({"note": "Their proxy again?"}, Role.AGENT)


def test_a_note_causes_no_notice_and_moves_no_clock() -> None:
    before, after = TicketDriver(), noted()
    assert len(after.state.notices) == len(before.state.notices)
    assert after.state.clocks == before.state.clocks
    assert after.state.stage is before.state.stage


def test_engineering_can_add_a_note_before_the_handoff() -> None:
    driver = TicketDriver().act(Action.ADD_NOTE, ENGINEERING, note="We know this one.")
    assert driver.events(EventType.NOTE_ADDED)


def test_a_question_is_no_longer_open_once_the_ticket_is_resolved_or_triage_ends() -> None:
    asked = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    asked.act(Action.RESOLVE, resolution="Found it.").act(
        Action.REOPEN, REQUESTER, reason="It is back."
    )
    assert asked.state.waiting_on is WaitingOn.SUPPORT
    triaged = escalated().act(Action.REQUEST_INFORMATION, **ASK)
    triaged.act(
        Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression.", not_run="It is clear."
    )
    assert triaged.state.waiting_on is WaitingOn.SUPPORT


def test_a_response_that_asks_and_answers_leaves_the_ticket_open() -> None:
    outcomes = ["resolution", "information_request"]
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=outcomes)
    assert (driver.state.stage, driver.state.waiting_on) == (
        Stage.IN_PROGRESS,
        WaitingOn.REQUESTER,
    )
    assert driver.events(EventType.RESOLVED) == []
