"""The messages of a ticket, as they are recorded."""

from tests.policies.recorded_models import changeable, set_by_default


def test_a_message_of_a_ticket_cannot_be_changed() -> None:
    assert changeable("workflows.ticket.model") == set()


def test_what_a_message_does_not_state_is_off_or_zero() -> None:
    assert set_by_default("workflows.ticket.model") == {}
