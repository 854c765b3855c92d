"""The room in a ticket's record, to the byte."""

import pytest

from policies.vocabulary import Action, EventType, Role
from tests.harness import REQUESTER
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.agreement import Agreement
from workflows.ticket.state.record_size import (
    is_full_for,
    record_weight,
    requesters_weight,
    room_for,
)
from workflows.ticket.state.ticket_state import TicketState

THEIRS = [Role.REQUESTER, Role.SERVICE]
OTHERS = [role for role in Role if role not in THEIRS]


def told() -> TicketDriver:
    """A ticket with messages of both sides."""
    driver = TicketDriver().act(Action.ADD_NOTE, note="Seen.")
    return driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is slow again.")


def with_room(state: TicketState, role: Role, room: int) -> TicketState:
    """The ticket with so many bytes left for a role."""
    state.facts = {"log": ""}
    state.facts = {"log": "x" * (room_for(state, role) - room)}
    return state


@pytest.mark.fault(20)
@pytest.mark.parametrize("role", Role)
def test_a_ticket_is_full_for_a_role_that_has_less_than_25_000_bytes_left(role: Role) -> None:
    for room, is_full in ((25_000, False), (24_999, True)):
        state = with_room(told().state, role, room)
        assert (room_for(state, role), is_full_for(state, role)) == (room, is_full)


@pytest.mark.fault(20)
def test_a_ticket_holds_a_million_bytes_and_half_of_them_by_requesters() -> None:
    state = told().state
    assert {room_for(state, role) for role in OTHERS} == {1_000_000 - record_weight(state)}
    assert {room_for(state, role) for role in THEIRS} == {500_000 - requesters_weight(state)}
    state.events[0] = state.events[0].model_copy(update={"data": {"note": "x" * 800_000}})
    by_others = [event for event in state.events if event.by.role not in THEIRS]
    assert by_others
    by_others[0].data["note"] = "x" * 700_000


@pytest.mark.fault(20)
def test_each_part_of_a_record_adds_its_estimate() -> None:
    state = told().state
    before, theirs = record_weight(state), requesters_weight(state)
    state.waits = [Pause(since=state.opening.received_at)] * 3
    assert record_weight(state) - before == 3 * 120
    clock = state.clocks[0]
    agreement = Agreement(at=state.opening.received_at, by="ada", reason="They asked.")
    paused = clock.model_copy(update={"pauses": tuple(state.waits), "agreed": agreement})
    state.clocks = [*state.clocks, paused]
    assert record_weight(state) - before == 900 + 6 * 120 + agreement.weight
    state.intervals = {"updates": agreement}
    assert record_weight(state) - before == 900 + 6 * 120 + 2 * agreement.weight
    state.handled = {**state.handled, "one": state.handled[next(iter(state.handled))]}
    assert record_weight(state) - before == 900 + 6 * 120 + 2 * agreement.weight + 160
    assert requesters_weight(state) == theirs


@pytest.mark.fault(20)
def test_what_requesters_write_and_what_it_causes_is_theirs() -> None:
    state = told().state
    before = requesters_weight(state)
    [message] = [e for e in state.events if e.type is EventType.INFORMATION_PROVIDED]
    notices = sum(notice.weight for notice in state.notices if notice.event == message.seq)
    state.events.remove(message)
    assert before - requesters_weight(state) == message.weight + 160 + notices
    [note] = [e for e in state.events if e.type is EventType.NOTE_ADDED]
    state.events.remove(note)
    assert before - requesters_weight(state) == message.weight + 160 + notices
    merged = note.model_copy(update={"type": EventType.MERGED_IN})
    state.events.append(merged)
    assert before - requesters_weight(state) == message.weight + 160 + notices - merged.weight - 160
