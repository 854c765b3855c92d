"""The state of a ticket, as it is recorded."""

from tests.policies.recorded_models import changeable, set_by_default


def test_a_part_of_the_state_cannot_be_changed() -> None:
    assert changeable("workflows.ticket.state") == {"TicketState"}


def test_what_is_not_recorded_of_a_ticket_has_not_happened() -> None:
    assert set_by_default("workflows.ticket.state") == {}
