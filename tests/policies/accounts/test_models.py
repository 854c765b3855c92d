"""Terms of accounts and reports of tickets, as they are recorded."""

from tests.policies.recorded_models import changeable, set_by_default


def test_the_terms_of_an_account_or_a_report_cannot_be_changed() -> None:
    assert changeable("policies.accounts") == set()


def test_a_report_is_the_first_of_the_first_cycle_unless_it_is_stated() -> None:
    assert set_by_default("policies.accounts") == {
        "AvailabilityTerms.worth": 1,
        "LatenessTerms.worth": 1,
        "Lateness.cycle": 1,
        "Lateness.number": 1,
        "ClockOutcome.cycle": 1,
        "ClockOutcome.number": 1,
    }
