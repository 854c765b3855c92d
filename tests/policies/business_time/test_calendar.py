"""Adding and measuring open time, by example: one case for every boundary (rules 4 and 9)."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest

from policies.business_time.calendar import BusinessCalendar, BusinessTimeError, NoOpenTimeError
from tests.policies.business_time.sample_calendars import (
    ALWAYS,
    EVERY_DAY,
    HOUR,
    MICROSECOND,
    NEW_YORK,
    OFFICE,
    ROUND_THE_CLOCK_ON_WORKDAYS,
    at,
    hours,
    local,
)


def test_the_examples_of_the_docstring_hold() -> None:
    office = BusinessCalendar(NEW_YORK, hours("09:00-17:00"))
    wednesday, friday = at("2024-05-08T14:00"), at("2024-05-10T16:00")
    saturday, monday = at("2024-05-11T12:00"), at("2024-05-13T10:00")
    results = {
        "add(Fri 16:00, 2 hours)": [office.add(friday, 2 * HOUR)],
        "add(Fri 16:00, 1 hour)": [office.add(friday, HOUR)],
        "business_days(Wed 14:00, 2)": [office.business_days(wednesday, 2)],
        "business_days(Sat 12:00, 2)": [office.business_days(saturday, 2)],
        "following_week(Wed 14:00)": office.following_week(wednesday),
    }
    documented = " ".join((BusinessCalendar.__doc__ or "").split())
    for call, times in results.items():
        shown = ", ".join(f"{time.astimezone(ZoneInfo(NEW_YORK)):%a %H:%M}" for time in times)
        assert f"{call} -> {shown}" in documented
    assert "between(Fri 16:00, Mon 10:00) -> 2 hours" in documented
    assert office.between(friday, monday) == 2 * HOUR


@pytest.mark.clause("contently/availability")
@pytest.mark.parametrize(
    ("start", "open_time", "end"),
    [
        ("2024-05-08T10:00", 2 * HOUR, "Wed 2024-05-08 12:00"),
        ("2024-05-08T16:00", 2 * HOUR, "Thu 2024-05-09 10:00"),
        ("2024-05-10T16:00", 1 * HOUR, "Fri 2024-05-10 17:00"),  # the close, not Monday 09:00
        ("2024-05-10T09:00", 8 * HOUR, "Fri 2024-05-10 17:00"),
        ("2024-05-10T09:00", 40 * HOUR, "Thu 2024-05-16 17:00"),
        ("2024-05-10T17:00", 1 * HOUR, "Mon 2024-05-13 10:00"),
        ("2024-05-10T08:00", 1 * HOUR, "Fri 2024-05-10 10:00"),
        ("2024-05-24T16:00", 2 * HOUR, "Tue 2024-05-28 10:00"),  # over Memorial Day
        ("2024-12-23T17:00", 4 * HOUR, "Wed 2024-12-25 10:00"),  # after a half day
        ("2024-03-08T16:00", 2 * HOUR, "Mon 2024-03-11 10:00"),  # over the clock change
        ("2024-12-31T16:30", 1 * HOUR, "Wed 2025-01-01 09:30"),  # over the new year
    ],
)
def test_adding_counts_open_time_only_and_ends_at_the_earliest_time(
    start: str, open_time: timedelta, end: str
) -> None:
    assert local(OFFICE.add(at(start), open_time)) == end


def test_adding_zero_returns_the_start_or_the_next_opening() -> None:
    none = timedelta(0)
    assert local(OFFICE.add(at("2024-05-08T09:00"), none)) == "Wed 2024-05-08 09:00"
    assert local(OFFICE.add(at("2024-05-08T16:59"), none)) == "Wed 2024-05-08 16:59"
    assert local(OFFICE.add(at("2024-05-10T17:00"), none)) == "Mon 2024-05-13 09:00"


def test_microseconds_are_kept() -> None:
    start = at("2024-05-08T16:59:59.999997")
    assert OFFICE.add(start, 3 * MICROSECOND) == at("2024-05-08T17:00")
    assert OFFICE.add(start, 4 * MICROSECOND) == at("2024-05-09T09:00:00.000001")
    assert OFFICE.between(start, at("2024-05-09T09:00:00.000001")) == 4 * MICROSECOND


def test_between_is_negative_backwards_and_zero_over_closed_time() -> None:
    friday, monday = at("2024-05-10T15:00"), at("2024-05-13T10:00")
    assert OFFICE.between(friday, monday) == 3 * HOUR
    assert OFFICE.between(monday, friday) == -3 * HOUR
    assert OFFICE.between(at("2024-05-10T17:00"), at("2024-05-13T09:00")) == timedelta(0)


def test_the_zone_of_the_start_does_not_matter() -> None:
    start = at("2024-05-08T10:00")
    for zone in (UTC, ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=-3))):
        assert OFFICE.add(start.astimezone(zone), HOUR) == OFFICE.add(start, HOUR)


def test_the_second_occurrence_of_a_local_time_is_a_later_start() -> None:
    first, second = at("2024-11-03T01:30"), at("2024-11-03T01:30", fold=1)
    assert ALWAYS.between(first, second) == HOUR
    assert ALWAYS.add(second, HOUR) - ALWAYS.add(first, HOUR) == HOUR


def test_a_pendulum_datetime_gives_a_plain_datetime() -> None:
    start = pendulum.datetime(2024, 5, 8, 10, tz=NEW_YORK)
    end = OFFICE.add(start, pendulum.duration(hours=9))
    assert type(end) is datetime
    assert local(end) == "Thu 2024-05-09 11:00"
    assert type(OFFICE.between(start, start.subtract(days=1))) is timedelta
    assert OFFICE.between(start, start.subtract(days=1)) == -8 * HOUR


@pytest.mark.parametrize("method", ["add", "between", "is_open", "next_opening", "following_week"])
def test_a_naive_datetime_is_an_error(method: str) -> None:
    naive: Any = datetime(2024, 5, 8, 10)  # noqa: DTZ001 - the mistake under test
    arguments = {"add": (naive, HOUR), "between": (at("2024-05-08T10:00"), naive)}
    with pytest.raises(BusinessTimeError, match="2024-05-08T10:00:00 has no time zone"):
        getattr(OFFICE, method)(*arguments.get(method, (naive,)))


@pytest.mark.parametrize("value", ["2024-05-08T10:00Z", date(2024, 5, 8), 1715162400, None])
def test_anything_but_a_datetime_is_an_error(value: Any) -> None:
    with pytest.raises(BusinessTimeError, match="is not a datetime"):
        OFFICE.add(value, HOUR)


def test_a_negative_time_to_add_is_an_error() -> None:
    with pytest.raises(BusinessTimeError, match="negative open time"):
        OFFICE.add(at("2024-05-08T10:00"), -MICROSECOND)


@pytest.mark.parametrize(
    "query",
    [
        lambda calendar, start: calendar.add(start, HOUR),
        lambda calendar, start: calendar.add(start, timedelta(0)),
        lambda calendar, start: calendar.next_opening(start),
        lambda calendar, start: calendar.business_days(start, 1),
        lambda calendar, start: calendar.business_days(start, 1, "end_of_day"),
        lambda calendar, start: calendar.following_week(start),
    ],
)
def test_three_years_without_open_time_are_an_error(query: Any) -> None:
    start = datetime(2024, 5, 8, tzinfo=UTC)
    closed = [date(2024, 5, 8) + timedelta(days=n) for n in range(4 * 366)]
    for calendar in (
        BusinessCalendar("UTC", {}),
        BusinessCalendar("UTC", hours("09:00-17:00"), closed),
        BusinessCalendar("UTC", {}, (), {"2024-05-07": [("09:00", "17:00")]}),
        BusinessCalendar("UTC", {}, (), {"2027-06-07": [("09:00", "17:00")]}),
    ):
        with pytest.raises(NoOpenTimeError, match="3 years without open time"):
            query(calendar, start)


def test_an_opening_after_almost_three_years_is_found() -> None:
    calendar = BusinessCalendar("UTC", {}, (), {"2027-05-07": [("09:00", "17:00")]})
    start = datetime(2024, 5, 8, tzinfo=UTC)
    assert calendar.next_opening(start) == datetime(2027, 5, 7, 9, tzinfo=UTC)
    assert calendar.add(start, 8 * HOUR) == datetime(2027, 5, 7, 17, tzinfo=UTC)


def test_an_opening_after_exactly_three_years_is_found_whatever_was_counted_before() -> None:
    calendar = BusinessCalendar("UTC", {}, (), {"2027-01-01": [("00:00", "24:00")]})
    assert not calendar.is_open(datetime(2026, 6, 1, tzinfo=UTC))
    opens = datetime(2027, 1, 1, tzinfo=UTC)
    assert calendar.next_opening(datetime(2024, 1, 1, tzinfo=UTC)) == opens
    with pytest.raises(NoOpenTimeError):
        calendar.next_opening(datetime(2023, 12, 31, tzinfo=UTC))
    special = {day: [("00:00", "24:00")] for day in ("2020-01-01", "2027-01-01")}
    calendar = BusinessCalendar("UTC", {}, (), special)
    assert [calendar.is_open(datetime(year, 1, 1, tzinfo=UTC)) for year in (2020, 2027)] == [
        True
    ] * 2
    assert calendar.next_opening(datetime(2024, 1, 1, tzinfo=UTC)) == opens


def test_three_closed_years_are_an_error_even_if_later_years_are_compiled() -> None:
    special = {day: [("09:00", "17:00")] for day in ("2024-05-08", "2030-05-08")}
    calendar = BusinessCalendar("UTC", {}, (), special)
    assert calendar.is_open(datetime(2030, 5, 8, 10, tzinfo=UTC))
    start = datetime(2024, 5, 8, 9, tzinfo=UTC)
    assert calendar.add(start, 8 * HOUR) == start + 8 * HOUR
    assert calendar.between(start, datetime(2031, 1, 1, tzinfo=UTC)) == 16 * HOUR
    with pytest.raises(NoOpenTimeError):
        calendar.add(start, 8 * HOUR + MICROSECOND)
    with pytest.raises(NoOpenTimeError):
        calendar.next_opening(start + 8 * HOUR)


@pytest.mark.parametrize("year", [1, 1899, 2400, 9999])
def test_years_out_of_range_are_an_error(year: int) -> None:
    far = datetime(year, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5 if year > 2000 else 5)))
    for query in (OFFICE.is_open, OFFICE.next_opening, OFFICE.following_week):
        with pytest.raises(BusinessTimeError, match="outside the years 1900 to 2399"):
            query(far)


@pytest.mark.parametrize("open_time", [timedelta.max, timedelta(days=499 * 366)])
def test_centuries_of_open_time_are_an_error(open_time: timedelta) -> None:
    with pytest.raises(BusinessTimeError, match="outside the years"):
        OFFICE.add(at("2390-05-08T10:00"), open_time)


@pytest.mark.clause("contently/availability")
def test_an_explanation_lists_the_windows_counted_and_the_closed_days_by_name() -> None:
    why = OFFICE.explain(at("2024-05-24T15:00"), at("2024-05-28T10:00"))
    assert why.zone == NEW_YORK
    assert [
        (str(day), local(opens)[-5:], local(closes)[-5:], open_time / HOUR)
        for day, opens, closes, open_time in why.counted
    ] == [("2024-05-24", "15:00", "17:00", 2), ("2024-05-28", "09:00", "10:00", 1)]
    assert [(str(day), reason) for day, reason in why.skipped] == [
        ("2024-05-25", "weekend"),
        ("2024-05-26", "weekend"),
        ("2024-05-27", "Memorial Day"),
    ]
    assert why.open_time == 3 * HOUR


def test_a_weekday_without_hours_and_a_closed_date_without_a_name_are_closed() -> None:
    calendar = BusinessCalendar(
        "UTC", {"mon": [("09:00", "17:00")]}, ["2024-05-13"], {"2024-05-11": []}
    )
    why = calendar.explain(datetime(2024, 5, 8, tzinfo=UTC), datetime(2024, 5, 14, tzinfo=UTC))
    assert [reason for _, reason in why.skipped] == [
        "closed",  # Wednesday
        "closed",
        "closed",
        "closed",  # Saturday, with an empty list of special hours
        "weekend",
        "closed",
    ]
    assert why.counted == ()


def test_a_due_time_at_midnight_does_not_skip_the_next_date() -> None:
    why = ROUND_THE_CLOCK_ON_WORKDAYS.explain(at("2024-05-10T12:00"), at("2024-05-11T00:00"))
    assert why.skipped == ()
    assert why.open_time == 12 * HOUR


def test_an_explanation_backwards_is_an_error() -> None:
    with pytest.raises(BusinessTimeError, match="earlier than the start"):
        OFFICE.explain(at("2024-05-11T00:00"), at("2024-05-10T12:00"))


@pytest.mark.parametrize("year", [1900, 2399])
def test_the_first_and_the_last_year_of_business_time_can_be_counted_in(year: int) -> None:
    office = BusinessCalendar("UTC", hours("09:00-17:00"))
    for month, day in ((1, 2), (12, 27)):
        start = datetime(year, month, day, 9, tzinfo=UTC)
        assert office.between(start - timedelta(days=1), start + timedelta(days=4)) >= 16 * HOUR
        assert office.business_days(start, 1) > start


def test_no_result_lies_after_the_last_year_whatever_was_counted_before() -> None:
    office = BusinessCalendar("UTC", hours("09:00-17:00"))
    start = datetime(2398, 12, 1, tzinfo=UTC)
    office.between(datetime(2390, 1, 1, tzinfo=UTC), start)
    with pytest.raises(BusinessTimeError, match="outside the years 1900 to 2399"):
        office.add(start, 3_000 * HOUR)
    office = BusinessCalendar("UTC", hours("09:00-17:00"))
    office.between(datetime(2390, 1, 1, tzinfo=UTC), start)
    assert office.add(start, 400 * HOUR).year == 2399


def test_three_closed_years_before_1970_are_an_error_too() -> None:
    special = {day: [("09:00", "17:00")] for day in ("1960-05-09", "1964-05-09", "1968-05-09")}
    calendar = BusinessCalendar("UTC", {}, (), special)
    assert calendar.is_open(datetime(1968, 5, 9, 10, tzinfo=UTC))
    with pytest.raises(NoOpenTimeError):
        calendar.next_opening(datetime(1960, 5, 10, tzinfo=UTC))


@pytest.mark.parametrize("n", [-1, 1.0, True])
def test_business_days_are_a_whole_number_from_0(n: Any) -> None:
    with pytest.raises(BusinessTimeError, match="a whole number from 0"):
        OFFICE.business_days(at("2024-05-08T10:00"), n)


def test_business_days_after_the_last_year_are_an_error() -> None:
    office = BusinessCalendar("UTC", hours("09:00-17:00"))
    with pytest.raises(BusinessTimeError, match="outside the years 1900 to 2399"):
        office.business_days(datetime(2399, 12, 1, tzinfo=UTC), 600, "end_of_day")


def test_a_count_that_ends_where_it_begins_is_explained_by_nothing() -> None:
    start = at("2024-05-08T10:00")
    assert list(OFFICE.explain(start, start).counted) == []


def test_a_count_can_end_in_the_last_year_of_business_time() -> None:
    start, length = datetime(2391, 1, 1, tzinfo=UTC), timedelta(days=3_200)
    every_hour = hours("00:00-24:00", days=EVERY_DAY)
    assert BusinessCalendar("UTC", every_hour).add(start, length) == start + length


def test_a_count_can_end_with_the_last_open_time_there_is() -> None:
    once = BusinessCalendar("UTC", {}, (), {"2024-05-10": [("09:00", "17:00")]})
    opens = datetime(2024, 5, 10, 9, tzinfo=UTC)
    assert once.add(opens, 8 * HOUR) == opens + 8 * HOUR


def test_a_year_is_counted_from_its_first_moment() -> None:
    always = BusinessCalendar("UTC", hours("00:00-24:00", days=EVERY_DAY))
    new_year = datetime(2024, 1, 1, tzinfo=UTC)
    assert always.add(new_year, HOUR) == new_year + HOUR
