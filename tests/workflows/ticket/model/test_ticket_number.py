"""Ticket numbers: the same key has the same number in every release."""

import pytest

from workflows.ticket.model.ticket_number import number_of, number_of_key


def test_a_number_has_three_groups_of_four_digits() -> None:
    assert number_of(range(12)) == "0123-4567-89AB"
    assert number_of(range(20, 32)) == "MNPQ-RSTV-WXYZ"


def test_the_number_of_a_key_never_changes() -> None:
    assert number_of_key("portal", "harbour-media", "k-1") == "F89T-VZTB-NXF1"


@pytest.mark.parametrize(
    "other", [("desk", "harbour-media", "k-1"), ("portal", "quay", "k-1"), ("portal", "quay", "k")]
)
def test_another_caller_account_or_key_has_another_number(other: tuple[str, str, str]) -> None:
    assert number_of_key(*other) != number_of_key("portal", "harbour-media", "k-1")
