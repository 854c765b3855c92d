"""Business time by example: one case for every boundary of every rule."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest

from policies.business_time import (
    BusinessCalendar,
    BusinessTimeError,
    CalendarError,
    NoOpenTimeError,
    UnknownZoneError,
)
from policies.zones import pin_zone

NEW_YORK = "America/New_York"
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WORKDAYS, "sat", "sun")
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def hours(*pairs: str, days: tuple[str, ...] = WORKDAYS) -> dict[str, list[tuple[str, str]]]:
    windows = [(pair[:5], pair[6:]) for pair in pairs]
    return dict.fromkeys(days, windows)


def at(text: str, zone: str = NEW_YORK, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def local(when: datetime, zone: str = NEW_YORK) -> str:
    assert when.tzinfo is UTC
    return when.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


OFFICE = BusinessCalendar(
    NEW_YORK,
    hours("09:00-17:00"),
    closed_dates={"2024-05-27": "Memorial Day", date(2024, 7, 4): "Independence Day"},
    special_hours={"2024-12-24": [("09:00", "12:00")], "2024-06-22": [("10:00", "14:00")]},
)
LUNCH = BusinessCalendar(NEW_YORK, hours("09:00-12:00", "13:00-17:00"))
NIGHTS = BusinessCalendar(NEW_YORK, hours("22:00-06:00"))
ALWAYS = BusinessCalendar(NEW_YORK, hours("00:00-24:00", days=EVERY_DAY))
ROUND_THE_CLOCK_ON_WORKDAYS = BusinessCalendar(NEW_YORK, hours("00:00-24:00"))


# Rule 2: windows


@pytest.mark.clause("contently/availability")
@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2024-05-08T08:59:59.999999", False),
        ("2024-05-08T09:00", True),
        ("2024-05-08T16:59:59.999999", True),
        ("2024-05-08T17:00", False),
        ("2024-05-11T12:00", False),  # Saturday
        ("2024-05-27T12:00", False),  # a holiday
        ("2024-06-22T10:00", True),  # a Saturday with special hours
        ("2024-12-24T12:00", False),  # after a half day
    ],
)
def test_a_window_is_open_from_its_opening_until_just_before_its_close(
    when: str, is_open: bool
) -> None:
    assert OFFICE.is_open(at(when)) is is_open


def test_round_the_clock_has_no_seam_at_midnight() -> None:
    midnight = at("2024-05-08T00:00")
    assert ALWAYS.is_open(midnight - MICROSECOND)
    assert ALWAYS.is_open(midnight)
    assert ALWAYS.add(midnight - HOUR, 2 * HOUR) == midnight + HOUR
    assert ALWAYS.between(at("2023-12-31T12:00"), at("2024-01-01T12:00")) == 24 * HOUR


def test_overlapping_and_touching_windows_count_once() -> None:
    messy = BusinessCalendar("UTC", hours("13:00-17:00", "09:00-12:00", "11:00-13:00"))
    day = datetime(2024, 5, 8, tzinfo=UTC)
    assert messy.between(day, day + 24 * HOUR) == 8 * HOUR
    assert [window.open_time for window in messy.explain(day, day + 24 * HOUR).counted] == [
        8 * HOUR
    ]


def test_a_window_over_midnight_is_two_and_each_goes_with_its_own_date() -> None:
    tuesday_closed = BusinessCalendar(NEW_YORK, hours("22:00-06:00"), ["2024-05-07"])
    assert tuesday_closed.is_open(at("2024-05-06T23:59"))
    assert not tuesday_closed.is_open(at("2024-05-07T00:00"))
    assert not tuesday_closed.is_open(at("2024-05-07T23:00"))
    assert tuesday_closed.is_open(at("2024-05-08T05:59"))  # Wednesday keeps its tail
    assert NIGHTS.is_open(at("2024-05-11T05:59"))  # Saturday's, from Friday evening
    assert not NIGHTS.is_open(at("2024-05-06T05:59"))  # Monday has none from Sunday


def test_a_close_at_midnight_may_be_written_either_way() -> None:
    day = datetime(2024, 5, 8, tzinfo=UTC)
    for close in ("24:00", "00:00"):
        late = BusinessCalendar("UTC", {"wed": [("18:00", close)]})
        assert late.between(day, day + 48 * HOUR) == 6 * HOUR
        assert not late.is_open(day + 24 * HOUR)


def test_special_hours_replace_the_day_and_may_run_into_the_next() -> None:
    party = BusinessCalendar(
        NEW_YORK, hours("09:00-17:00"), (), {"2024-05-08": [("20:00", "02:00")]}
    )
    assert not party.is_open(at("2024-05-08T12:00"))
    assert party.is_open(at("2024-05-08T21:00"))
    assert party.is_open(at("2024-05-09T01:59"))
    assert party.is_open(at("2024-05-09T12:00"))
    no_tail = BusinessCalendar(
        NEW_YORK, hours("22:00-06:00"), (), {"2024-05-08": [("10:00", "12:00")]}
    )
    assert not no_tail.is_open(at("2024-05-08T05:00"))


def test_special_hours_do_not_run_into_a_closed_date() -> None:
    party = BusinessCalendar(NEW_YORK, {}, ["2024-05-09"], {"2024-05-08": [("20:00", "02:00")]})
    assert party.between(at("2024-05-08T00:00"), at("2024-05-10T00:00")) == 4 * HOUR


@pytest.mark.parametrize(
    ("pair", "date_", "expected"),
    [
        # New York, clocks forward at 02:00 on 2024-03-10, back at 02:00 on 2024-11-03.
        ("00:00-24:00", "2024-03-10", 23 * HOUR),
        ("00:00-24:00", "2024-11-03", 25 * HOUR),
        ("01:00-02:30", "2024-03-10", 1.5 * HOUR),  # 02:30 does not exist: closes at 03:30
        ("02:30-04:00", "2024-03-10", 0.5 * HOUR),  # opens at 03:30
        ("02:15-02:45", "2024-03-10", 0.5 * HOUR),  # 03:15 to 03:45
        ("02:30-03:00", "2024-03-10", 0 * HOUR),  # 03:30 is after 03:00
        ("01:00-02:00", "2024-11-03", 2 * HOUR),  # both times from 01:00 to 02:00
        ("01:30-03:00", "2024-11-03", 2.5 * HOUR),  # opens at the first 01:30
        ("00:30-01:30", "2024-11-03", 1 * HOUR),  # closes at the first 01:30
        ("01:15-01:45", "2024-11-03", 0.5 * HOUR),  # the first time only
    ],
)
def test_window_ends_become_instants_once_when_clocks_change(
    pair: str, date_: str, expected: timedelta
) -> None:
    calendar = BusinessCalendar(NEW_YORK, hours(pair, days=EVERY_DAY))
    day = at(date_ + "T00:00")
    assert calendar.between(day, day + timedelta(days=1)) == expected


def test_a_close_moved_past_the_next_opening_makes_one_window() -> None:
    calendar = BusinessCalendar(NEW_YORK, {"sun": [("01:00", "02:30"), ("03:00", "04:00")]})
    assert calendar.between(at("2024-03-10T00:00"), at("2024-03-10T12:00")) == 2 * HOUR
    why = calendar.explain(at("2024-03-10T00:00"), at("2024-03-10T12:00"))
    assert [window.open_time for window in why.counted] == [2 * HOUR]


@pytest.mark.parametrize(
    ("zone", "date_", "length"),
    [
        ("Europe/Dublin", "2024-10-27", 25 * HOUR),
        ("Europe/Dublin", "2024-03-31", 23 * HOUR),
        ("Africa/Casablanca", "2024-03-10", 25 * HOUR),  # back for Ramadan
        ("Africa/Casablanca", "2024-04-14", 23 * HOUR),
        ("Australia/Lord_Howe", "2024-04-07", 24.5 * HOUR),
        ("Australia/Lord_Howe", "2024-10-06", 23.5 * HOUR),
        ("Pacific/Chatham", "2024-04-07", 25 * HOUR),
        ("America/Santiago", "2024-09-08", 23 * HOUR),  # midnight does not exist
        ("Asia/Kathmandu", "2024-05-08", 24 * HOUR),
    ],
)
def test_a_whole_day_is_as_long_as_its_zone_makes_it(
    zone: str, date_: str, length: timedelta
) -> None:
    calendar = BusinessCalendar(zone, {}, (), {date_: [("00:00", "24:00")]})
    day = datetime.fromisoformat(date_).replace(tzinfo=UTC)
    assert calendar.between(day - 48 * HOUR, day + 72 * HOUR) == length


def test_the_hours_of_a_date_the_zone_skipped_coincide_with_the_next_ones() -> None:
    samoa = BusinessCalendar("Pacific/Apia", hours("09:00-17:00", days=EVERY_DAY))
    thursday = at("2011-12-29T00:00", "Pacific/Apia")  # Friday the 30th never happened
    saturday = at("2011-12-31T20:00", "Pacific/Apia")
    assert samoa.between(thursday, saturday) == 16 * HOUR
    assert samoa.explain(thursday, saturday).open_time == 16 * HOUR


# Rule 4: add and between


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
def test_adding_counts_open_time_only_and_ends_at_the_earliest_instant(
    start: str, open_time: timedelta, end: str
) -> None:
    assert local(OFFICE.add(at(start), open_time)) == end


def test_adding_nothing_gives_the_start_or_the_next_opening() -> None:
    none = timedelta(0)
    assert local(OFFICE.add(at("2024-05-08T09:00"), none)) == "Wed 2024-05-08 09:00"
    assert local(OFFICE.add(at("2024-05-08T16:59"), none)) == "Wed 2024-05-08 16:59"
    assert local(OFFICE.add(at("2024-05-10T17:00"), none)) == "Mon 2024-05-13 09:00"


def test_microseconds_are_kept() -> None:
    start = at("2024-05-08T16:59:59.999997")
    assert OFFICE.add(start, 3 * MICROSECOND) == at("2024-05-08T17:00")
    assert OFFICE.add(start, 4 * MICROSECOND) == at("2024-05-09T09:00:00.000001")
    assert OFFICE.between(start, at("2024-05-09T09:00:00.000001")) == 4 * MICROSECOND


def test_between_is_negative_backwards_and_nothing_over_closed_time() -> None:
    friday, monday = at("2024-05-10T15:00"), at("2024-05-13T10:00")
    assert OFFICE.between(friday, monday) == 3 * HOUR
    assert OFFICE.between(monday, friday) == -3 * HOUR
    assert OFFICE.between(at("2024-05-10T17:00"), at("2024-05-13T09:00")) == timedelta(0)


def test_any_zone_of_the_start_gives_the_same_instant() -> None:
    start = at("2024-05-08T10:00")
    for zone in (UTC, ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=-3))):
        assert OFFICE.add(start.astimezone(zone), HOUR) == OFFICE.add(start, HOUR)


def test_the_second_occurrence_of_a_local_time_is_a_later_start() -> None:
    first, second = at("2024-11-03T01:30"), at("2024-11-03T01:30", fold=1)
    assert ALWAYS.between(first, second) == HOUR
    assert ALWAYS.add(second, HOUR) - ALWAYS.add(first, HOUR) == HOUR


def test_datetimes_of_pendulum_give_plain_datetimes() -> None:
    start = pendulum.datetime(2024, 5, 8, 10, tz=NEW_YORK)
    end = OFFICE.add(start, pendulum.duration(hours=9))
    assert type(end) is datetime
    assert local(end) == "Thu 2024-05-09 11:00"
    assert type(OFFICE.between(start, start.subtract(days=1))) is timedelta
    assert OFFICE.between(start, start.subtract(days=1)) == -8 * HOUR


@pytest.mark.parametrize("ask", ["add", "between", "is_open", "next_opening", "following_week"])
def test_a_naive_datetime_is_an_error_that_says_so(ask: str) -> None:
    naive: Any = datetime(2024, 5, 8, 10)  # noqa: DTZ001 - the very mistake
    arguments = {"add": (naive, HOUR), "between": (at("2024-05-08T10:00"), naive)}
    with pytest.raises(BusinessTimeError, match="2024-05-08T10:00:00 has no time zone"):
        getattr(OFFICE, ask)(*arguments.get(ask, (naive,)))


@pytest.mark.parametrize("value", ["2024-05-08T10:00Z", date(2024, 5, 8), 1715162400, None])
def test_what_is_not_a_datetime_is_an_error_that_says_so(value: Any) -> None:
    with pytest.raises(BusinessTimeError, match="is not an instant"):
        OFFICE.add(value, HOUR)


def test_a_negative_time_to_add_is_an_error() -> None:
    with pytest.raises(BusinessTimeError, match="negative open time"):
        OFFICE.add(at("2024-05-08T10:00"), -MICROSECOND)


# Rule 6: business days


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
        ("2024-06-21T10:00", 1, "Sat 2024-06-22 10:00"),  # the same time is open: as it is
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
def test_a_full_day_from_the_end_of_a_break_ends_where_the_break_begins(
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
    ask = ROUND_THE_CLOCK_ON_WORKDAYS.business_days
    assert local(ask(saturday, 2)) == "Wed 2024-05-15 00:00"
    assert local(ask(saturday, 5)) == "Sat 2024-05-18 00:00"
    assert local(ask(saturday, 6)) == "Tue 2024-05-21 00:00"


def test_an_opening_across_the_new_year_is_no_seam() -> None:
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


def test_a_desk_open_over_midnight_closes_its_date_at_midnight() -> None:
    due = NIGHTS.business_days(at("2024-05-06T12:00"), 1, count="end_of_day")
    assert local(due) == "Wed 2024-05-08 00:00"


@pytest.mark.parametrize("n", [-1, 1.5, True, "2"])
def test_business_days_are_a_whole_number(n: Any) -> None:
    with pytest.raises(BusinessTimeError, match="whole number"):
        OFFICE.business_days(at("2024-05-08T10:00"), n)


def test_an_unknown_way_to_count_is_an_error() -> None:
    count: Any = "end-of-day"
    with pytest.raises(BusinessTimeError, match='"same_time" or "end_of_day"'):
        OFFICE.business_days(at("2024-05-08T10:00"), 1, count)


# Rule 7: the following week


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


def test_a_week_without_open_time_is_passed_over() -> None:
    shut = [date(2024, 12, 23) + timedelta(days=n) for n in range(7)]
    opens, due = BusinessCalendar(NEW_YORK, hours("09:00-17:00"), shut).following_week(
        at("2024-12-18T12:00")
    )
    assert (local(opens), local(due)) == ("Mon 2024-12-30 09:00", "Fri 2025-01-03 17:00")


def test_a_week_without_end_opens_and_closes_at_midnight() -> None:
    opens, due = ALWAYS.following_week(at("2024-05-08T12:00"))
    assert (local(opens), local(due)) == ("Mon 2024-05-13 00:00", "Mon 2024-05-20 00:00")


# Rule 9: no open time


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar, start: calendar.add(start, HOUR),
        lambda calendar, start: calendar.add(start, timedelta(0)),
        lambda calendar, start: calendar.next_opening(start),
        lambda calendar, start: calendar.business_days(start, 1),
        lambda calendar, start: calendar.business_days(start, 1, "end_of_day"),
        lambda calendar, start: calendar.following_week(start),
    ],
)
def test_three_years_without_open_time_are_an_error_never_a_guess(ask: Any) -> None:
    start = datetime(2024, 5, 8, tzinfo=UTC)
    closed = [date(2024, 5, 8) + timedelta(days=n) for n in range(4 * 366)]
    for calendar in (
        BusinessCalendar("UTC", {}),
        BusinessCalendar("UTC", hours("09:00-17:00"), closed),
        BusinessCalendar("UTC", {}, (), {"2024-05-07": [("09:00", "17:00")]}),
        BusinessCalendar("UTC", {}, (), {"2027-06-07": [("09:00", "17:00")]}),
    ):
        with pytest.raises(NoOpenTimeError, match="3 years without open time"):
            ask(calendar, start)


def test_an_opening_after_almost_three_years_is_found() -> None:
    calendar = BusinessCalendar("UTC", {}, (), {"2027-05-07": [("09:00", "17:00")]})
    start = datetime(2024, 5, 8, tzinfo=UTC)
    assert calendar.next_opening(start) == datetime(2027, 5, 7, 9, tzinfo=UTC)
    assert calendar.add(start, 8 * HOUR) == datetime(2027, 5, 7, 17, tzinfo=UTC)


def test_three_closed_years_are_refused_even_when_what_follows_is_already_known() -> None:
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
def test_years_that_no_promise_reaches_are_an_error(year: int) -> None:
    far = datetime(year, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5 if year > 2000 else 5)))
    for ask in (OFFICE.is_open, OFFICE.next_opening, OFFICE.following_week):
        with pytest.raises(BusinessTimeError, match="outside the years 1900 to 2399"):
            ask(far)


@pytest.mark.parametrize("open_time", [timedelta.max, timedelta(days=499 * 366)])
def test_a_promise_of_centuries_is_an_error(open_time: timedelta) -> None:
    with pytest.raises(BusinessTimeError, match="outside the years"):
        OFFICE.add(at("2390-05-08T10:00"), open_time)


# Explanations


@pytest.mark.clause("contently/availability")
def test_an_explanation_lists_the_windows_counted_and_the_days_skipped_by_name() -> None:
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


def test_a_day_without_hours_is_closed_and_a_nameless_closed_date_too() -> None:
    calendar = BusinessCalendar(
        "UTC", {"mon": [("09:00", "17:00")]}, ["2024-05-13"], {"2024-05-11": []}
    )
    why = calendar.explain(datetime(2024, 5, 8, tzinfo=UTC), datetime(2024, 5, 14, tzinfo=UTC))
    assert [reason for _, reason in why.skipped] == [
        "closed",  # Wednesday
        "closed",
        "closed",
        "closed",  # Saturday, with special hours that are none
        "weekend",
        "closed",
    ]
    assert why.counted == ()


def test_a_promise_that_ends_at_midnight_skips_nothing_of_the_next_date() -> None:
    why = ROUND_THE_CLOCK_ON_WORKDAYS.explain(at("2024-05-10T12:00"), at("2024-05-11T00:00"))
    assert why.skipped == ()
    assert why.open_time == 12 * HOUR


def test_an_explanation_backwards_is_an_error() -> None:
    with pytest.raises(BusinessTimeError, match="earlier than start"):
        OFFICE.explain(at("2024-05-11T00:00"), at("2024-05-10T12:00"))


# Building a calendar


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (
            {"weekly": {"monday": []}},
            r"weekly\['monday'\] is not a day of the week; use one of mon",
        ),
        ({"weekly": {"mon": "09:00-17:00"}}, r"weekly\['mon'\] is '09:00-17:00'; give a list"),
        ({"weekly": {"mon": ("09:00", "17:00")}}, r"weekly\['mon'\]\[0\] is '09:00'; give an"),
        ({"weekly": {"mon": [("09:00",)]}}, r"give an \(open, close\) pair"),
        ({"weekly": {"mon": [("9:00", "17:00")]}}, r"\[0\] has '9:00'; a time of day is"),
        ({"weekly": {"mon": [(540, "17:00")]}}, "unquoted times are numbers in YAML"),
        ({"weekly": {"mon": [("09:00", "24:01")]}}, "has '24:01'"),
        ({"weekly": {"mon": [("24:00", "06:00")]}}, "opens at 24:00, which can only be an end"),
        ({"closed_dates": "2024-05-08"}, "must be a list of dates"),
        ({"closed_dates": ["08.05.2024"]}, r"closed_dates\['08.05.2024'\] is not a date"),
        ({"closed_dates": ["20240508"]}, "is not a date"),
        ({"closed_dates": [datetime(2024, 5, 8, tzinfo=UTC)]}, "is not a date"),
        ({"special_hours": {"2024-02-30": []}}, r"special_hours\['2024-02-30'\] is not a date"),
        (
            {"closed_dates": [date(2024, 5, 8)], "special_hours": {"2024-05-08": []}},
            "is also in closed_dates; keep it in one of the two",
        ),
        ({"special_hours": {"2024-05-08": [], date(2024, 5, 8): []}}, "is given twice"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_with_place_and_remedy(
    arguments: dict[str, Any], fault: str
) -> None:
    with pytest.raises(CalendarError, match=fault):
        BusinessCalendar("UTC", **{"weekly": {}, **arguments})


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(CalendarError) as refused:
        BusinessCalendar("UTC", {"monday": [], "tue": [("x", "y")]}, ["z"])
    assert str(refused.value).count(";") >= 4
    assert all(where in str(refused.value) for where in ("monday", "'x'", "'y'", "'z'"))


@pytest.mark.parametrize("zone", ["Europe/Stokholm", "", None, 3])
def test_an_unknown_zone_is_refused(zone: Any) -> None:
    with pytest.raises(UnknownZoneError, match="unknown time zone"):
        BusinessCalendar(zone, hours("09:00-17:00"))


def test_a_zone_that_ignores_pep_495_is_refused() -> None:
    pytz = pytest.importorskip("pytz")
    with pytest.raises(CalendarError, match="pytz"):
        BusinessCalendar(pytz.timezone(NEW_YORK), hours("09:00-17:00"))


@pytest.mark.parametrize(
    "zone", [ZoneInfo(NEW_YORK), pin_zone(NEW_YORK, 2023, 2025), pendulum.timezone(NEW_YORK)]
)
def test_a_zone_may_be_an_object(zone: Any) -> None:
    calendar = BusinessCalendar(zone, hours("09:00-17:00"))
    assert local(calendar.add(at("2024-03-08T16:00"), 2 * HOUR)) == "Mon 2024-03-11 10:00"
    assert calendar.explain(at("2024-03-08T16:00"), at("2024-03-08T17:00")).zone == NEW_YORK


def test_closed_dates_may_come_from_anything_iterable() -> None:
    for closed in (["2024-05-08"], {date(2024, 5, 8)}, iter([pendulum.date(2024, 5, 8)])):
        calendar = BusinessCalendar(NEW_YORK, hours("09:00-17:00"), closed)
        assert not calendar.is_open(at("2024-05-08T12:00"))


def test_a_calendar_may_be_copied_and_shared_between_threads() -> None:
    start = at("2024-05-08T10:00")
    for copied in (copy.deepcopy(OFFICE), pickle.loads(pickle.dumps(OFFICE))):
        assert copied.add(start, 100 * HOUR) == OFFICE.add(start, 100 * HOUR)
    shared = BusinessCalendar(NEW_YORK, hours("09:00-17:00"))
    starts = [start + n * timedelta(days=97) for n in range(-40, 40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda s: shared.between(s, shared.add(s, 100 * HOUR)), starts))
    assert found == [100 * HOUR] * len(starts)
