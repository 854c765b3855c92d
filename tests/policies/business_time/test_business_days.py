"""Business days and the following week, by example (rules 6 and 7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from policies.business_time.calendar import BusinessCalendar, BusinessTimeError
from tests.docs.pages import POLICIES, rows_of
from tests.policies.business_time.sample_calendars import (
    ALWAYS,
    EVERY_DAY,
    HOUR,
    LUNCH,
    NEW_YORK,
    NIGHTS,
    OFFICE,
    ROUND_THE_CLOCK_ON_WORKDAYS,
    at,
    hours,
    local,
)


@pytest.mark.clause("contently/availability")
@pytest.mark.clause("contently/first-response")
@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-05-08T14:00", 2, "Fri 2024-05-10 14:00"),
        ("2024-05-08T14:00", 3, "Mon 2024-05-13 14:00"),
        ("2024-05-11T12:00", 2, "Tue 2024-05-14 17:00"),  # Saturday: two full days
        ("2024-05-08T20:00", 2, "Fri 2024-05-10 17:00"),
        ("2024-05-08T17:00", 2, "Fri 2024-05-10 17:00"),  # the end of a window is closed
        ("2024-05-08T16:59", 2, "Fri 2024-05-10 16:59"),
        ("2024-05-08T08:59", 1, "Wed 2024-05-08 17:00"),
        ("2024-05-08T09:00", 1, "Wed 2024-05-08 17:00"),  # an opening: one full day
        ("2024-05-08T09:01", 1, "Thu 2024-05-09 09:01"),
        ("2024-05-24T10:00", 1, "Tue 2024-05-28 10:00"),  # over Memorial Day
        ("2024-12-23T15:00", 1, "Tue 2024-12-24 12:00"),  # a half day ends it at its close
        ("2024-12-23T09:00", 2, "Tue 2024-12-24 12:00"),
        ("2024-12-24T10:00", 1, "Wed 2024-12-25 10:00"),
        ("2024-06-21T09:30", 1, "Fri 2024-06-21 17:00"),  # Saturday opens only at 10:00
        ("2024-06-21T10:00", 1, "Sat 2024-06-22 10:00"),  # open at the same time
        ("2024-03-08T14:00", 1, "Mon 2024-03-11 14:00"),  # the time of day, not 24 hours
        ("2024-05-11T12:00", 0, "Mon 2024-05-13 09:00"),
        ("2024-05-08T14:00", 0, "Wed 2024-05-08 14:00"),
    ],
)
def test_business_days_keep_the_time_of_day_or_end_at_a_close(start: str, n: int, due: str) -> None:
    assert local(OFFICE.business_days(at(start), n)) == due


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-05-06T10:00", 1, "Tue 2024-05-07 10:00"),
        ("2024-05-06T09:00", 1, "Mon 2024-05-06 17:00"),
        ("2024-05-06T12:30", 1, "Tue 2024-05-07 12:00"),  # a full day from 13:00
        ("2024-05-06T12:00", 1, "Tue 2024-05-07 12:00"),
        ("2024-05-06T13:00", 1, "Tue 2024-05-07 12:00"),
        ("2024-05-06T13:01", 1, "Tue 2024-05-07 13:01"),
    ],
)
def test_a_full_day_from_the_end_of_a_break_ends_at_the_beginning_of_the_break(
    start: str, n: int, due: str
) -> None:
    assert local(LUNCH.business_days(at(start), n)) == due


def test_a_time_of_day_in_a_break_moves_back_to_its_beginning() -> None:
    calendar = BusinessCalendar(
        NEW_YORK, hours("09:00-17:00"), (), {"2024-05-07": [("09:00", "12:00"), ("13:00", "17:00")]}
    )
    assert local(calendar.business_days(at("2024-05-06T12:30"), 1)) == "Tue 2024-05-07 12:00"


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-05-06T23:00", 1, "Tue 2024-05-07 23:00"),
        ("2024-05-07T03:00", 1, "Wed 2024-05-08 03:00"),
        ("2024-05-06T22:00", 1, "Tue 2024-05-07 06:00"),  # a full night, not until midnight
        ("2024-05-05T12:00", 2, "Wed 2024-05-08 06:00"),
        ("2024-05-10T23:00", 1, "Sat 2024-05-11 06:00"),  # Saturday has its early hours
        ("2024-05-10T23:00", 2, "Mon 2024-05-13 23:00"),
    ],
)
def test_overnight_hours_make_a_business_day_of_each_date(start: str, n: int, due: str) -> None:
    assert local(NIGHTS.business_days(at(start), n)) == due


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-05-06T00:00", 1, "Tue 2024-05-07 00:00"),
        ("2024-05-06T14:00", 5, "Sat 2024-05-11 14:00"),
        ("2024-03-09T02:30", 1, "Sun 2024-03-10 03:30"),  # does not exist: forward by the gap
        ("2024-11-02T01:30", 1, "Sun 2024-11-03 01:30"),
    ],
)
def test_a_desk_that_never_closes_has_no_openings(start: str, n: int, due: str) -> None:
    assert local(ALWAYS.business_days(at(start), n)) == due


def test_an_ambiguous_time_of_day_is_its_first_occurrence() -> None:
    due = ALWAYS.business_days(at("2024-11-02T01:30"), 1)
    assert due == at("2024-11-03T01:30").astimezone(UTC)
    later = ALWAYS.business_days(at("2024-11-03T01:30", fold=1), 1)
    assert later == at("2024-11-04T01:30").astimezone(UTC)


def test_full_days_around_the_clock_end_at_midnights() -> None:
    saturday = at("2024-05-11T12:00")
    business_days = ROUND_THE_CLOCK_ON_WORKDAYS.business_days
    assert local(business_days(saturday, 2)) == "Wed 2024-05-15 00:00"
    assert local(business_days(saturday, 5)) == "Sat 2024-05-18 00:00"
    assert local(business_days(saturday, 6)) == "Tue 2024-05-21 00:00"


def test_there_is_no_opening_at_new_year() -> None:
    calendar = BusinessCalendar("UTC", hours("00:00-24:00", days=EVERY_DAY))
    new_year = datetime(2025, 1, 1, tzinfo=UTC)
    assert calendar.business_days(new_year, 1) == new_year + 24 * HOUR


@pytest.mark.clause("contently/availability")
@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-05-08T10:00", 1, "Thu 2024-05-09 17:00"),
        ("2024-05-08T03:00", 1, "Thu 2024-05-09 17:00"),
        ("2024-05-08T20:00", 1, "Thu 2024-05-09 17:00"),
        ("2024-05-11T12:00", 1, "Mon 2024-05-13 17:00"),
        ("2024-12-23T10:00", 1, "Tue 2024-12-24 12:00"),
        ("2024-05-08T10:00", 0, "Wed 2024-05-08 17:00"),
        ("2024-05-08T20:00", 0, "Thu 2024-05-09 17:00"),
    ],
)
def test_counting_to_the_end_of_day_ends_at_the_close_of_the_nth_day_after(
    start: str, n: int, due: str
) -> None:
    assert local(OFFICE.business_days(at(start), n, count="end_of_day")) == due


def test_a_desk_open_past_midnight_closes_a_date_at_midnight() -> None:
    due = NIGHTS.business_days(at("2024-05-06T12:00"), 1, count="end_of_day")
    assert local(due) == "Wed 2024-05-08 00:00"


@pytest.mark.parametrize("n", [-1, 1.5, True, "2"])
def test_business_days_are_a_whole_number(n: Any) -> None:
    with pytest.raises(BusinessTimeError, match="whole number"):
        OFFICE.business_days(at("2024-05-08T10:00"), n)


def test_an_unknown_way_to_count_is_an_error() -> None:
    count: Any = "end-of-day"
    with pytest.raises(BusinessTimeError, match='"same_time", "always_same_time", "end_of_day"'):
        OFFICE.business_days(at("2024-05-08T10:00"), 1, count)


@pytest.mark.clause("contently/availability")
@pytest.mark.parametrize(
    ("when", "opens", "due"),
    [
        ("2024-05-06T00:00", "Mon 2024-05-13 09:00", "Fri 2024-05-17 17:00"),
        ("2024-05-12T23:59", "Mon 2024-05-13 09:00", "Fri 2024-05-17 17:00"),
        ("2024-05-13T00:00", "Mon 2024-05-20 09:00", "Fri 2024-05-24 17:00"),
        ("2024-05-22T12:00", "Tue 2024-05-28 09:00", "Fri 2024-05-31 17:00"),  # Memorial Day
        ("2024-06-12T12:00", "Mon 2024-06-17 09:00", "Sat 2024-06-22 14:00"),  # special Saturday
    ],
)
def test_the_following_week_is_the_next_iso_week_of_the_calendars_zone(
    when: str, opens: str, due: str
) -> None:
    week = OFFICE.following_week(at(when))
    assert tuple(map(local, week)) == (opens, due)


def test_a_week_without_open_time_is_skipped() -> None:
    shut = [date(2024, 12, 23) + timedelta(days=n) for n in range(7)]
    opens, due = BusinessCalendar(NEW_YORK, hours("09:00-17:00"), shut).following_week(
        at("2024-12-18T12:00")
    )
    assert (local(opens), local(due)) == ("Mon 2024-12-30 09:00", "Fri 2025-01-03 17:00")


def test_a_week_of_a_desk_that_never_closes_runs_from_midnight_to_midnight() -> None:
    opens, due = ALWAYS.following_week(at("2024-05-08T12:00"))
    assert (local(opens), local(due)) == ("Mon 2024-05-13 00:00", "Mon 2024-05-20 00:00")


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.fault(40)
@pytest.mark.parametrize("row", rows_of(POLICIES, "Business days"), ids=lambda row: str(row[0]))
def test_business_days_are_documented_as_they_are_counted(row: tuple[str, str, str]) -> None:
    office = BusinessCalendar(NEW_YORK, hours("09:00-17:00"))
    day, clock = row[0].split()
    monday = date(2024, 6, 3)
    start = at(f"{monday + timedelta(days=DAYS.index(day))}T{clock}")
    due = office.business_days(start, 2).astimezone(ZoneInfo(NEW_YORK))
    assert f"{DAYS[due.weekday()]} {due:%H:%M}" == row[1]


@pytest.mark.parametrize(
    ("end", "n", "time"),
    [
        ("2024-05-08T14:00", 2, "Mon 2024-05-06 14:00"),
        ("2024-05-13T14:00", 1, "Fri 2024-05-10 14:00"),
        ("2024-05-08T17:00", 1, "Tue 2024-05-07 17:00"),  # the close of a day
        ("2024-12-26T15:00", 2, "Tue 2024-12-24 12:00"),  # a half day had closed by then
        ("2024-05-28T10:00", 1, "Fri 2024-05-24 10:00"),  # over Memorial Day
    ],
)
def test_business_days_before_a_time_keep_the_time_of_day(end: str, n: int, time: str) -> None:
    assert local(OFFICE.business_days_before(at(end), n)) == time


def test_business_days_before_a_time_cross_no_closure_of_years() -> None:
    for opened, is_near in (("2024-05-09", True), ("2024-05-01", False)):
        hours_once = {opened: [("09:00", "17:00")]}
        once = BusinessCalendar("UTC", {}, special_hours=hours_once)
        end = datetime(2027, 5, 8, 12, tzinfo=UTC)
        if is_near:
            assert once.business_days_before(end, 1) == datetime(2024, 5, 9, 12, tzinfo=UTC)
        else:
            with pytest.raises(BusinessTimeError, match="3 years without open time"):
                once.business_days_before(end, 1)


@pytest.mark.parametrize("n", [-1, 0.5, True])
def test_business_days_before_a_time_are_a_whole_number(n: Any) -> None:
    with pytest.raises(BusinessTimeError):
        OFFICE.business_days_before(at("2024-05-08T14:00"), n)
