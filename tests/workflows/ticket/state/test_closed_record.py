"""The record of a ticket that has ended."""

from policies.vocabulary import Action
from tests.workflows.ticket.ticket_driver import resolved
from workflows.ticket.state import closed_record


def test_a_record_of_an_ended_ticket_is_its_state_in_less_than_half_of_the_room() -> None:
    state = resolved().act(Action.CLOSE).state
    record = closed_record.packed(state)
    assert closed_record.FORMAT == "state/zlib/1"
    assert closed_record.unpacked(record) == state
    assert len(record) < len(state.model_dump_json()) / 2
