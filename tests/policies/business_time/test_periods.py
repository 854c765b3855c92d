"""Periods are named 2027-03, 2027-Q2, 2027 and, for a contract year, 2027-03-01."""

from datetime import date

import pytest

from policies.business_time.periods import Period


@pytest.mark.parametrize(
    ("name", "begins", "last"),
    [
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2027-Q4", date(2027, 10, 1), date(2027, 12, 31)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("2027-02-15", date(2027, 2, 15), date(2028, 2, 14)),
        ("2029-03-01", date(2029, 3, 1), date(2030, 2, 28)),
    ],
)
def test_a_period_is_found_by_its_name(name: str, begins: date, last: date) -> None:
    period = Period.parse(name, date(2024, 2, 29))
    assert period == (name, begins, last)
    assert (period.month is not None) == (name == "2027-02")


@pytest.mark.parametrize("name", ["2027-13", "2027-Q5", "27", "2027-02-30", "2027-1", "", "2027-Q"])
def test_other_names_are_no_periods(name: str) -> None:
    with pytest.raises(ValueError, match="is not a period; write for example"):
        Period.parse(name)
