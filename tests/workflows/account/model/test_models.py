"""The state of an account and its messages, as they are recorded."""

from tests.policies.recorded_models import changeable, set_by_default


def test_an_entry_of_an_account_cannot_be_changed() -> None:
    assert changeable("workflows.account") == {"AccountState"}


def test_what_is_not_recorded_of_an_entry_has_not_happened() -> None:
    assert set_by_default("workflows.account") == {}
