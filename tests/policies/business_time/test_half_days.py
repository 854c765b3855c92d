"""Half days close at one local time, whatever the hours of the day are (rule 2)."""

from datetime import date, timedelta

import pytest

from policies.business_time.calendar import BusinessCalendar, CalendarError
from policies.business_time.explanation import ShortenedDay, SkippedDay
from policies.business_time.opening_hours import HalfDays, Hours
from tests.policies.business_time.sample_calendars import (
    EVERY_DAY,
    HOUR,
    NEW_YORK,
    at,
    hours,
    local,
)

pytestmark = pytest.mark.fault(29)
TUESDAY = {"2024-05-07": "Eve"}
DAY = timedelta(days=1)


def calendar(
    *windows: str, until: str = "13:00", days: tuple[str, ...] = EVERY_DAY
) -> BusinessCalendar:
    weekly = hours(*windows, days=days)
    return BusinessCalendar(NEW_YORK, weekly, half_days=HalfDays(TUESDAY, until))


def test_a_half_day_is_open_in_the_morning_and_counts_no_further() -> None:
    office = calendar("09:00-17:00")
    assert office.is_open(at("2024-05-07T12:59:59.999999"))
    assert not office.is_open(at("2024-05-07T13:00"))
    assert local(office.add(at("2024-05-06T15:00"), 4 * HOUR)) == "Tue 2024-05-07 11:00"
    assert local(office.add(at("2024-05-06T15:00"), 6 * HOUR)) == "Tue 2024-05-07 13:00"
    assert local(office.add(at("2024-05-06T15:00"), 7 * HOUR)) == "Wed 2024-05-08 10:00"
    assert local(office.business_days(at("2024-05-06T15:00"), 1)) == "Tue 2024-05-07 13:00"


@pytest.mark.parametrize(
    ("windows", "until", "open_time"),
    [
        (["09:00-12:00", "13:00-17:00"], "13:00", 3),  # the afternoon is closed
        (["09:00-12:00", "13:00-17:00"], "14:00", 4),  # an hour after the break is left
        (["09:00-12:00", "13:00-17:00"], "11:00", 2),
        (["22:00-06:00"], "13:00", 6),  # the night before ends, its own night does not begin
        (["20:00-14:00"], "13:00", 13),
        (["00:00-24:00"], "13:00", 13),
        (["14:00-22:00"], "13:00", 0),
    ],
)
def test_every_window_ends_with_the_half_day(
    windows: list[str], until: str, open_time: int
) -> None:
    day = at("2024-05-07T00:00")
    assert calendar(*windows, until=until).between(day, day + DAY) == open_time * HOUR


def test_the_early_hours_after_a_half_day_stay_as_after_a_closed_date() -> None:
    nights = calendar("22:00-06:00")
    assert nights.is_open(at("2024-05-07T05:59"))
    assert not nights.is_open(at("2024-05-07T23:00"))
    assert nights.is_open(at("2024-05-08T05:59"))


def test_special_hours_of_the_evening_before_end_with_the_half_day() -> None:
    special = {"2024-05-06": [("20:00", "15:00")]}
    half_days = HalfDays(TUESDAY, "13:00")
    desk = BusinessCalendar(NEW_YORK, hours("09:00-17:00"), (), special, half_days)
    assert desk.is_open(at("2024-05-07T12:59"))
    assert not desk.is_open(at("2024-05-07T14:00"))


@pytest.mark.parametrize(
    ("windows", "days", "reason"),
    [("14:00-22:00", EVERY_DAY, "Eve"), ("09:00-17:00", ("mon",), "closed")],
)
def test_a_half_day_without_hours_is_skipped_for_the_right_reason(
    windows: str, days: tuple[str, ...], reason: str
) -> None:
    why = calendar(windows, days=days).explain(at("2024-05-07T00:00"), at("2024-05-07T23:00"))
    assert why.skipped == (SkippedDay(date(2024, 5, 7), reason),)
    assert why.shortened == ()


def test_an_explanation_names_the_half_days_that_took_hours() -> None:
    start, due = at("2024-05-06T15:00"), at("2024-05-08T10:00")
    assert calendar("09:00-17:00").explain(start, due).shortened == (
        ShortenedDay(date(2024, 5, 7), "Eve"),
    )
    assert calendar("09:00-12:00").explain(start, due).shortened == ()


@pytest.mark.parametrize("closed", [True, False])
def test_a_date_is_a_half_day_or_closed_or_special(closed: bool) -> None:
    dates: list[str] = list(TUESDAY) if closed else []
    special: dict[str, Hours] = {} if closed else {"2024-05-07": [("09:00", "10:00")]}
    with pytest.raises(CalendarError, match=r"is also in (closed_dates|special_hours)"):
        BusinessCalendar(NEW_YORK, hours("09:00-17:00"), dates, special, HalfDays(TUESDAY))


def test_a_half_day_ends_at_a_time() -> None:
    with pytest.raises(CalendarError, match=r"half_days.until has '1pm'"):
        calendar("09:00-17:00", until="1pm")
