"""Opening hours: when a calendar is open, and which hours are refused (rule 2)."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest

from policies.business_time.calendar import BusinessCalendar, CalendarError, UnknownZoneError
from policies.business_time.opening_hours import HalfDays, expand_weekdays
from policies.business_time.zones import pin_zone
from tests.policies.business_time.sample_calendars import (
    ALWAYS,
    EVERY_DAY,
    HOUR,
    MICROSECOND,
    NEW_YORK,
    NIGHTS,
    OFFICE,
    at,
    hours,
    local,
)


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


def test_round_the_clock_has_no_gap_at_midnight() -> None:
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


def test_a_window_over_midnight_is_two_and_each_follows_its_own_date() -> None:
    tuesday_closed = BusinessCalendar(NEW_YORK, hours("22:00-06:00"), ["2024-05-07"])
    assert tuesday_closed.is_open(at("2024-05-06T23:59"))
    assert not tuesday_closed.is_open(at("2024-05-07T00:00"))
    assert not tuesday_closed.is_open(at("2024-05-07T23:00"))
    assert tuesday_closed.is_open(at("2024-05-08T05:59"))  # Wednesday keeps its early hours
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
    replaced = BusinessCalendar(
        NEW_YORK, hours("22:00-06:00"), (), {"2024-05-08": [("10:00", "12:00")]}
    )
    assert not replaced.is_open(at("2024-05-08T05:00"))


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
def test_openings_and_closes_are_unambiguous_when_clocks_change(
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


def test_a_business_day_from_the_opening_of_a_date_the_zone_skipped_ends_with_its_hours() -> None:
    samoa = BusinessCalendar("Pacific/Apia", hours("09:00-17:00"))
    thursday_night = at("2011-12-29T20:00", "Pacific/Apia")
    due = samoa.business_days(thursday_night, 1)
    assert local(due, "Pacific/Apia") == "Sat 2011-12-31 17:00"


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
        ({"weekly": {"mon": [("9:00", "17:00")]}}, r"\[0\] has '9:00'; write a time as"),
        ({"weekly": {"mon": [(540, "17:00")]}}, "unquoted times are numbers in YAML"),
        ({"weekly": {"mon": [("09:00", "24:01")]}}, "has '24:01'"),
        ({"weekly": {"mon": [("24:00", "06:00")]}}, "opens at 24:00, which can only be a close"),
        ({"closed_dates": "2024-05-08"}, "give a list of dates"),
        ({"closed_dates": ["08.05.2024"]}, r"closed_dates\['08.05.2024'\] is not a date"),
        ({"closed_dates": ["20240508"]}, "is not a date"),
        ({"closed_dates": [datetime(2024, 5, 8, tzinfo=UTC)]}, "is not a date"),
        ({"special_hours": {"2024-02-30": []}}, r"special_hours\['2024-02-30'\] is not a date"),
        (
            {"closed_dates": [date(2024, 5, 8)], "special_hours": {"2024-05-08": []}},
            "is also in closed_dates; remove it from one of the two",
        ),
        ({"special_hours": {"2024-05-08": [], date(2024, 5, 8): []}}, "is given twice"),
        ({"working_days": {"8 May": "mon"}}, r"working_days\['8 May'\] is not a date"),
        (
            {"working_days": {"2024-05-11": "monday"}},
            r"working_days\['2024-05-11'\] has 'monday'; use one of mon",
        ),
        (
            {"working_days": {"2024-05-11": "mon"}, "closed_dates": ["2024-05-11"]},
            "is also in closed_dates; remove it from one of the two",
        ),
        (
            {"working_days": {"2024-05-11": "mon"}, "special_hours": {"2024-05-11": []}},
            "is also in special_hours; remove it from one of the two",
        ),
        (
            {"half_days": HalfDays({"8 May": "Half"}, "13:00")},
            r"half_days\['8 May'\] is not a date",
        ),
    ],
)
def test_a_calendar_with_an_error_is_refused_with_the_place_and_the_fix(
    arguments: dict[str, Any], fault: str
) -> None:
    with pytest.raises(CalendarError, match=fault):
        BusinessCalendar("UTC", **{"weekly": {}, **arguments})


def test_wrong_working_days_and_half_days_are_reported_together() -> None:
    with pytest.raises(CalendarError) as refused:
        BusinessCalendar(
            "UTC",
            {},
            working_days={"8 May": "mon", "2024-05-11": "monday"},
            half_days=HalfDays({"9 May": "", "2024-05-10": ""}, "13:00", {"2024-05-10": "1pm"}),
        )
    for fault in ("'8 May'", "'monday'", "'9 May'", "'1pm'"):
        assert fault in str(refused.value)


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
    shared = BusinessCalendar(NEW_YORK, hours("09:00-17:00"))
    for copied in (copy.deepcopy(shared), pickle.loads(pickle.dumps(shared))):
        assert copied.add(start, 100 * HOUR) == shared.add(start, 100 * HOUR)
    starts = [start + n * timedelta(days=97) for n in range(-40, 40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda s: shared.between(s, shared.add(s, 100 * HOUR)), starts))
    assert found == [100 * HOUR] * len(starts)


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(CalendarError) as refused:
        BusinessCalendar(
            "UTC",
            {
                "someday": [("09:00", "17:00")],
                "mon": [("9", "17:00")],
                "tue": [("17:00", "9"), ("7", "18:00")],
            },
            ["yesterday", "2027-13-01"],
            {"tomorrow": [("09:00", "17:00")], "2027-01-05": [("x", "y")]},
        )
    for fault in (
        "someday",
        "mon",
        "tue",
        "'7'",
        "yesterday",
        "2027-13-01",
        "tomorrow",
        "2027-01-05",
    ):
        assert fault in str(refused.value)


def test_hours_that_open_and_close_at_one_time_go_on_until_the_next_day() -> None:
    monday = BusinessCalendar(NEW_YORK, {"mon": [("09:00", "09:00")]})
    opens = at("2024-05-06 09:00")
    assert monday.is_open(opens)
    assert monday.add(opens, 24 * HOUR) == at("2024-05-07 09:00")


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon", ["mon"]), ("sat-mon", ["sat", "sun", "mon"]), ("tue-wed", ["tue", "wed"])],
)
def test_weekdays_are_one_day_or_a_range_which_may_go_over_the_weekend(
    text: str, days: list[str]
) -> None:
    assert list(expand_weekdays(text)) == days


@pytest.mark.parametrize("text", ["someday", "mon-someday", "someday-mon", "mon-", "-"])
def test_any_other_day_is_refused_with_the_names_of_days(text: str) -> None:
    with pytest.raises(ValueError, match="is not a weekday; write mon, tue"):
        expand_weekdays(text)
