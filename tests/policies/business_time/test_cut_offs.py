"""A cut-off moves a start to the next open day, and never makes a due time earlier."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.business_time.calendar import BusinessCalendar, CalendarError, NoOpenTimeError
from policies.business_time.durations import Duration
from tests.policies.business_time.sample_calendars import (
    ALWAYS,
    LUNCH,
    NIGHTS,
    OFFICE,
    WORKDAYS,
    at,
    hours,
    local,
)

SECOND = timedelta(seconds=1)
ZONES = ("UTC", "America/New_York", "Europe/Rome", "Asia/Singapore", "Australia/Lord_Howe")
LENGTHS = (
    *("1 business minute", "4 business hours", "9 business hours", "3 hours", "2 days"),
    *("0 business days, end of day", "1 business day, end of day", "3 business days, end of day"),
    *("1 business day", "2 business days", "2 business days, same time", "the following week"),
)
lengths = st.sampled_from(LENGTHS).map(Duration.parse)
cut_offs = st.sampled_from(["00:00", "08:00", "12:30", "15:00", "17:00", "20:00", "24:00"])
starts = st.integers(0, 60 * 86_400).map(lambda s: at("2024-02-20T00:00", "UTC") + s * SECOND)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[str, dict[str, list[tuple[str, str]]], list[str]]:
    zone = draw(st.sampled_from(ZONES))
    windows = draw(st.sampled_from([["09:00-17:00"], ["09:00-12:00", "13:00-18:00"]]))
    weekly = hours(*windows) | hours(
        draw(st.sampled_from(["09:00-17:00", "08:00-15:00"])), days=("fri",)
    )
    days = [(datetime(2024, 2, 20) + timedelta(n)).date().isoformat() for n in range(60)]  # noqa: DTZ001 - dates only
    closed = draw(st.lists(st.sampled_from(days), max_size=6, unique=True))
    return zone, weekly, closed


@pytest.mark.parametrize(
    ("start", "counts_from"),
    [
        ("2024-05-08T14:00", "Wed 2024-05-08 14:00"),
        ("2024-05-08T15:00:00", "Wed 2024-05-08 15:00"),  # the cut-off itself is in time
        ("2024-05-08T15:00:00.000001", "Thu 2024-05-09 09:00"),
        ("2024-05-08T07:00", "Wed 2024-05-08 09:00"),  # before the opening, on an open day
        ("2024-05-10T15:01", "Mon 2024-05-13 09:00"),
        ("2024-05-11T10:00", "Mon 2024-05-13 09:00"),  # a Saturday
        ("2024-05-27T10:00", "Tue 2024-05-28 09:00"),  # Memorial Day
        ("2024-12-24T14:00", "Tue 2024-12-24 14:00"),  # closed by then, but an open day
    ],
)
def test_a_start_after_the_cut_off_or_on_a_closed_day_counts_from_the_next_open_day(
    start: str, counts_from: str
) -> None:
    assert local(OFFICE.from_cut_off(at(start), "15:00")) == counts_from


def test_a_cut_off_in_a_break_or_in_the_night_is_a_time_like_others() -> None:
    assert local(LUNCH.from_cut_off(at("2024-05-08T12:29"), "12:30")) == "Wed 2024-05-08 12:29"
    assert local(LUNCH.from_cut_off(at("2024-05-08T12:31"), "12:30")) == "Thu 2024-05-09 09:00"
    assert local(NIGHTS.from_cut_off(at("2024-05-08T23:00"), "22:30")) == "Thu 2024-05-09 00:00"
    assert local(ALWAYS.from_cut_off(at("2024-05-08T15:01"), "15:00")) == "Thu 2024-05-09 00:00"


def test_a_cut_off_at_the_end_of_the_day_moves_closed_days_only() -> None:
    assert local(OFFICE.from_cut_off(at("2024-05-08T23:59"), "24:00")) == "Wed 2024-05-08 23:59"
    assert local(OFFICE.from_cut_off(at("2024-05-11T00:00"), "24:00")) == "Mon 2024-05-13 09:00"


def test_a_cut_off_in_a_repeated_hour_is_its_first_occurrence() -> None:
    sundays = BusinessCalendar("America/New_York", hours("00:00-24:00", days=("sun", "mon")))
    times = (at("2024-11-03T01:30", fold=fold) for fold in (0, 1))
    first, second = (time.astimezone(UTC) for time in times)
    assert sundays.from_cut_off(first, "01:30") == first
    assert local(sundays.from_cut_off(second, "01:30")) == "Mon 2024-11-04 00:00"


def test_a_cut_off_before_a_closure_of_years_is_an_error() -> None:
    once = BusinessCalendar("UTC", {}, special_hours={"2024-05-08": [("09:00", "17:00")]})
    with pytest.raises(NoOpenTimeError):
        once.from_cut_off(at("2024-05-08T16:00", "UTC"), "15:00")


@pytest.mark.parametrize("text", ["", "3pm", "25:00", "15"])
def test_a_cut_off_is_a_time_of_day(text: str) -> None:
    with pytest.raises(CalendarError, match="write a time"):
        OFFICE.from_cut_off(at("2024-05-08T15:00"), text)


@settings(max_examples=80, deadline=None)
@given(calendars(), starts, cut_offs, lengths)
def test_a_cut_off_never_makes_a_due_time_earlier(
    published: tuple[str, dict[str, list[tuple[str, str]]], list[str]],
    start: datetime,
    cut_off: str,
    length: Duration,
) -> None:
    calendar = BusinessCalendar(*published)
    counted = calendar.from_cut_off(start, cut_off)
    assert start <= counted
    assert length.due_from(start, calendar) <= length.due_from(counted, calendar)


@settings(max_examples=80, deadline=None)
@given(calendars(), starts, st.integers(0, 5 * 86_400), st.none() | cut_offs, lengths)
def test_a_later_start_is_never_due_earlier(
    published: tuple[str, dict[str, list[tuple[str, str]]], list[str]],
    start: datetime,
    seconds: int,
    cut_off: str | None,
    length: Duration,
) -> None:
    calendar = BusinessCalendar(*published)

    def due(begins: datetime) -> datetime:
        counted = calendar.from_cut_off(begins, cut_off) if cut_off else begins
        return length.due_from(counted, calendar)

    assert due(start) <= due(start + seconds * SECOND)


@settings(max_examples=80, deadline=None)
@given(calendars(), starts, st.none() | cut_offs, lengths, st.data())
def test_a_made_up_working_day_never_makes_a_due_time_later(
    published: tuple[str, dict[str, list[tuple[str, str]]], list[str]],
    start: datetime,
    cut_off: str | None,
    length: Duration,
    data: st.DataObject,
) -> None:
    # The following week is left out: it ends with the working day that it gains.
    if str(length) == "the following week":
        return
    zone, weekly, closed = published
    usual = BusinessCalendar(zone, weekly, closed)
    first = start.date()
    days = [(first + timedelta(n)).isoformat() for n in range(14)]
    weekend = [d for d in days if datetime.fromisoformat(d).weekday() >= 5 and d not in closed]
    working = data.draw(st.lists(st.sampled_from(weekend), max_size=3, unique=True))
    names = {day: data.draw(st.sampled_from(WORKDAYS)) for day in working}
    more = BusinessCalendar(zone, weekly, closed, working_days=names)

    def due(calendar: BusinessCalendar) -> datetime:
        counted = calendar.from_cut_off(start, cut_off) if cut_off else start
        return length.due_from(counted, calendar)

    assert due(more) <= due(usual)
