"""Months: their names, their days, and the time that they span in a zone."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from policies.business_time.months import Month

EAST = timezone(timedelta(hours=2))


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
