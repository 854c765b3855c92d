"""Periods are named 2027-03, 2027-Q2, 2027 and, for a contract year, 2027-03-01. A month is one."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from policies.business_time.months import Month
from policies.business_time.periods import Each, Period, PeriodName

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("name", "begins", "last"),
    [
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2027-Q4", date(2027, 10, 1), date(2027, 12, 31)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("2027-02-15", date(2027, 2, 15), date(2028, 2, 14)),
        ("2027-03-01", date(2027, 3, 1), date(2028, 2, 28)),
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
    with pytest.raises(ValidationError):
        TypeAdapter(PeriodName).validate_python(name)


def test_a_contract_without_a_start_has_calendar_years() -> None:
    whole = ("2027", date(2027, 1, 1), date(2027, 12, 31))
    of_contract = ("2026-07-01", date(2026, 7, 1), date(2027, 6, 30))
    assert Period.of(date(2027, 6, 30), Each.CONTRACT_YEAR, date(2024, 7, 1)) == of_contract
    assert Period.of(date(2027, 6, 30), Each.CALENDAR_YEAR, date(2024, 7, 1)) == whole
    assert Period.of(date(2027, 12, 31), Each.CONTRACT_YEAR) == whole
    assert Period.parse("2027-03-01").last_day == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 1, 1), "2027-Q1"),
        (date(2027, 3, 31), "2027-Q1"),
        (date(2027, 4, 1), "2027-Q2"),
        (date(2027, 9, 30), "2027-Q3"),
        (date(2027, 12, 31), "2027-Q4"),
    ],
)
def test_a_day_belongs_to_its_quarter(day: date, name: str) -> None:
    period = Period.of(day, Each.QUARTER)
    assert period == Period.parse(name)
    assert day in period


def test_a_period_ends_where_the_next_one_begins() -> None:
    february = Period.of(date(2027, 2, 17), Each.MONTH)
    assert (february.before, february.following) == (date(2027, 1, 31), date(2027, 3, 1))
    for day, is_in in ((february.before, False), (february.begins, True)):
        assert (day in february) == is_in
    for day, is_in in ((february.last_day, True), (february.following, False)):
        assert (day in february) == is_in
    times = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    assert february.span(UTC) == times


@pytest.mark.parametrize(
    ("name", "following", "days"),
    [("2027-02", "2027-03", 28), ("2028-02", "2028-03", 29), ("2027-12", "2028-01", 31)],
)
def test_a_month_has_a_name_a_last_day_and_a_month_after_it(
    name: str, following: str, days: int
) -> None:
    month = Month.parse(name)
    assert (str(month), str(month.following), month.last_day.day) == (name, following, days)


@pytest.mark.parametrize("text", ["2027-13", "2027-00", "2027-3", "1999-12", "2027-03-01", ""])
def test_any_other_text_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        Month.parse(text)


def test_a_month_begins_and_ends_at_midnight_in_its_zone() -> None:
    month = Month(2027, 3)
    begins, ends = datetime(2027, 2, 28, 22, tzinfo=UTC), datetime(2027, 3, 31, 22, tzinfo=UTC)
    span = month.span(EAST)
    assert (span.begins, span.ends) == (begins, ends)
    assert Month.at(begins, EAST) == Month.at(ends - timedelta.resolution, EAST) == month
    assert month.last_day == date(2027, 3, 31)
