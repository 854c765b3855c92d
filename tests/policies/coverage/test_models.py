"""Facts and verdicts as they are recorded."""

from tests.policies.recorded_models import changeable, set_by_default


def test_a_recorded_fact_or_verdict_cannot_be_changed() -> None:
    assert changeable("policies.coverage") == set()


def test_nothing_of_a_fact_is_on_that_was_not_recorded() -> None:
    assert set_by_default("policies.coverage") == {}
