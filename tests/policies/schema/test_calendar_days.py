"""The days of a calendar, from public holidays, lists, files and years together."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from policies.schema.calendar_days import HalfDay, days_in
from policies.schema.calendars import CalendarRule, Holidays

YEARS = range(2026, 2029)


def rule(**parts: Any) -> CalendarRule:
    hours = {"mon-thu": "09:00-17:00", "fri": "09:00-15:00"}
    return CalendarRule.model_validate({"zone": "UTC", "hours": hours, "clause": "hours", **parts})


def test_a_day_of_every_year_is_closed_each_year() -> None:
    closed = days_in(rule(holidays={"also": {"12-24": "Eve"}}), YEARS).closed
    assert closed == {date(year, 12, 24): "Eve" for year in YEARS}


def test_a_leap_day_is_closed_in_leap_years() -> None:
    closed = days_in(rule(holidays={"also": {"02-29": "Leap day"}}), YEARS).closed
    assert closed == {date(2028, 2, 29): "Leap day"}


def test_a_date_has_its_own_name_and_its_own_exception_among_those_of_every_year() -> None:
    holidays = {"also": {"2027-12-24": "Move", "12-24": "Eve"}, "never": ["2028-12-24"]}
    closed = days_in(rule(holidays=holidays), YEARS).closed
    assert closed == {date(2026, 12, 24): "Eve", date(2027, 12, 24): "Move"}


@pytest.mark.parametrize("text", ["24-12", "12-32", "2-29", "12/24", "2026-02-29", "", 1224])
def test_a_day_is_a_date_or_a_month_and_a_day_that_exists(text: object) -> None:
    with pytest.raises(ValidationError, match="is not a day"):
        Holidays.model_validate({"never": [text]})


def test_the_holidays_of_every_place_are_closed_under_the_name_of_the_first() -> None:
    places = [{"country": "BE"}, {"country": "NL"}, {"country": "DE", "subdivision": "BY"}]
    closed = days_in(rule(holidays=places), YEARS).closed
    assert closed[date(2026, 7, 21)] == "National Day"
    assert closed[date(2026, 4, 27)] == "King's Day"
    assert closed[date(2026, 1, 6)] == "Epiphany"
    assert closed[date(2026, 12, 25)] == "Christmas Day"


def test_a_date_that_is_never_closed_is_open_whichever_place_has_the_holiday() -> None:
    places = [{"country": "BE", "never": ["2026-04-27"]}, {"country": "NL"}]
    assert date(2026, 4, 27) not in days_in(rule(holidays=places), YEARS).closed


def test_half_days_are_those_of_a_date_before_those_of_every_year_and_of_the_law() -> None:
    place = {"country": "TR", "categories": ["public", "half_day"]}
    own = {"10-28": "12:00", "2027-10-28": "11:00", "12-24": "14:00"}
    half = days_in(rule(holidays=place, half_days=own), YEARS).half
    eve = "Republic Day (from 1pm)"
    assert half[date(2026, 10, 28)] == HalfDay(eve, "12:00")
    assert half[date(2027, 10, 28)] == HalfDay(eve, "11:00")
    assert half[date(2027, 12, 24)] == HalfDay("half day", "14:00")


def test_two_places_with_half_a_day_close_at_the_earlier_hour() -> None:
    turkey = {"country": "TR", "categories": ["public", "half_day"]}
    half = days_in(rule(holidays=[turkey, turkey | {"half_day_until": "12:00"}]), YEARS).half
    assert half[date(2027, 10, 28)].until == "12:00"


def test_a_half_day_that_is_closed_is_closed_all_day_unless_it_is_kept_open() -> None:
    half = {"2026-12-25": "12:00"}
    closed = days_in(rule(holidays={"country": "BE"}, half_days=half), YEARS)
    assert date(2026, 12, 25) in closed.closed
    assert closed.half == {}
    kept = {"country": "BE", "never": ["2026-12-25"]}
    days = days_in(rule(holidays=kept, half_days=half), YEARS)
    assert date(2026, 12, 25) not in days.closed
    assert days.half[date(2026, 12, 25)].until == "12:00"


def test_a_working_day_has_the_hours_of_the_open_weekday_before_it_also_on_a_holiday() -> None:
    days = days_in(
        rule(
            holidays={"country": "BE"},
            working_days=["2026-10-10", "2026-10-11", "2026-12-25", "2031-10-11"],
        ),
        YEARS,
    )
    assert days.working == {
        date(2026, 10, 10): "fri",
        date(2026, 10, 11): "fri",
        date(2026, 12, 25): "thu",
    }
    assert date(2026, 12, 25) not in days.closed
