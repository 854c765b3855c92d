from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.accounts.credits import availability_credits, claim_until, is_over, late_credits
from policies.business_time.contract_year import ContractYear
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east

DAY = timedelta(hours=24)
DUE = east("2027-03-10 15:00")
assert CONTENTSQUARE.availability is not None
(LATE,), PROMISED = CONTENTSQUARE.lateness, CONTENTSQUARE.availability


@pytest.mark.clause("contentsquare/resolution-credit")
@pytest.mark.parametrize(
    ("late", "earned"),
    [
        (timedelta(0), 0),
        (timedelta(seconds=1), 1),
        (DAY, 1),
        (DAY + timedelta(seconds=1), 2),
        (10 * DAY, 10),
    ],
)
def test_each_started_period_of_24_hours_is_a_credit(late: timedelta, earned: int) -> None:
    assert late_credits(late, LATE) == earned


@pytest.mark.clause("contentsquare/availability")
@pytest.mark.parametrize(
    ("availability", "earned"),
    [
        ("100", 0),
        ("99.5", 0),
        ("99.49", 0),
        ("98.5001", 0),
        ("98.5", 1),
        ("98.2", 1),
        ("97.51", 1),
        ("97.5", 2),
        ("0", 99),
    ],
)
def test_each_whole_point_below_the_target_is_a_credit(availability: str, earned: int) -> None:
    assert availability_credits(Fraction(availability) / 100, PROMISED) == earned


def test_a_policy_may_count_whole_periods_and_started_points() -> None:
    whole = LATE.model_copy(update={"counts": "whole"})
    assert late_credits(1.9 * DAY, whole) == 1
    started = PROMISED.model_copy(update={"points": "started"})
    assert availability_credits(Fraction(9949, 10_000), started) == 1
    assert availability_credits(Fraction(1, 2), PROMISED.model_copy(update={"points": None})) == 0


@pytest.mark.clause("contentsquare/claims")
def test_a_claim_is_possible_until_the_end_of_day_30() -> None:
    last = claim_until(date(2027, 3, 31), CONTENTSQUARE)
    assert last == date(2027, 4, 30)
    assert not is_over(last, CONTENTSQUARE, east("2027-04-30 23:59"))
    assert is_over(last, CONTENTSQUARE, east("2027-05-01 00:00"))


def test_without_a_time_limit_claims_do_not_expire() -> None:
    assert claim_until(date(2027, 3, 31), PRISMIC) is None
    assert not is_over(None, PRISMIC, datetime.max.replace(tzinfo=DUE.tzinfo))


@pytest.mark.clause("prismic/enablement")
@pytest.mark.parametrize(
    ("starts_on", "day", "begins", "last_day"),
    [
        ("2026-06-01", "2026-06-01", "2026-06-01", "2027-05-31"),
        ("2026-06-01", "2027-05-31", "2026-06-01", "2027-05-31"),
        ("2026-06-01", "2027-06-01", "2027-06-01", "2028-05-31"),
        ("2026-06-01", "2026-05-31", "2025-06-01", "2026-05-31"),
        ("2024-02-29", "2025-02-28", "2024-02-29", "2025-02-28"),
        ("2024-02-29", "2025-03-01", "2025-03-01", "2026-02-28"),
        ("2024-02-29", "2028-02-29", "2028-02-29", "2029-02-28"),
    ],
)
def test_a_contract_year_begins_on_the_anniversary(
    starts_on: str, day: str, begins: str, last_day: str
) -> None:
    year = ContractYear.of(date.fromisoformat(day), date.fromisoformat(starts_on))
    assert (str(year.begins), str(year.last_day)) == (begins, last_day)


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.dates(date(2001, 1, 1), date(2100, 1, 1)))
def test_every_day_is_in_one_contract_year(day: date, starts_on: date) -> None:
    year = ContractYear.of(day, starts_on)
    assert year.begins <= day <= year.last_day
    following = year.last_day + timedelta(days=1)
    assert ContractYear.of(following, starts_on).begins == following
    assert ContractYear.of(year.last_day, starts_on) == year
