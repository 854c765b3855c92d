"""Units and limits of durations: every unit has its own length, the largest amount is fixed."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import Duration, Unit

OFFICE = BusinessCalendar(
    "America/New_York",
    {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
)
WEDNESDAY_14 = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90 minutes", timedelta(minutes=90)),
        ("36 hours", timedelta(hours=36)),
        ("3 days", timedelta(days=3)),
        ("2 weeks", timedelta(days=14)),
        ("90 business minutes", timedelta(minutes=90)),
        ("10 business hours", timedelta(hours=10)),
    ],
)
def test_a_unit_has_its_length(text: str, length: timedelta) -> None:
    assert Duration.parse(text).length == length


@pytest.mark.parametrize("text", ["2 business days", "the following week"])
def test_a_unit_of_days_on_a_calendar_has_no_fixed_length(text: str) -> None:
    with pytest.raises(ValueError, match="no fixed length"):
        _ = Duration.parse(text).length


def test_business_minutes_are_counted_in_open_time() -> None:
    duration = Duration.parse("210 business minutes")
    assert duration == Duration(210, Unit.BUSINESS_MINUTE)
    assert not duration.is_elapsed
    # Three hours until the close, half an hour on Thursday.
    assert duration.due_from(WEDNESDAY_14, OFFICE) == datetime(2026, 3, 5, 14, 30, tzinfo=UTC)


def test_the_largest_amount_is_a_hundred_thousand() -> None:
    assert Duration.parse("100000 hours").amount == 100_000
    with pytest.raises(ValueError, match="from 1 to 100,000"):
        Duration.parse("100001 hours")
