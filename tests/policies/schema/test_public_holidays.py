"""Public holidays and closed dates of the desk, in the language of the policy."""

from datetime import date

import holidays
import pytest

from policies.schema.calendars import Holidays
from policies.schema.public_holidays import HALF_DAY, categories_of, closed_on, half_days_in

YEARS = range(2026, 2028)
NEW_YEAR = date(2026, 1, 1)
SWEDEN = Holidays(country="SE")


def test_changing_a_result_does_not_change_the_cache() -> None:
    before = dict(closed_on(SWEDEN, YEARS))
    closed_on(SWEDEN, YEARS).clear()
    assert closed_on(SWEDEN, YEARS) == before
    assert NEW_YEAR in before


def test_dates_added_or_removed_by_one_desk_do_not_affect_others() -> None:
    day = date(2026, 8, 19)
    own = closed_on(Holidays(country="SE", also={day: "Outing"}, never=(NEW_YEAR,)), YEARS)
    assert own[day] == "Outing"
    assert NEW_YEAR not in own
    assert day not in closed_on(SWEDEN, YEARS)
    assert NEW_YEAR in closed_on(SWEDEN, YEARS)


def test_sundays_are_holidays_if_the_law_and_the_desk_agree() -> None:
    sunday = date(2026, 8, 23)
    assert sunday not in closed_on(SWEDEN, YEARS)
    assert sunday in closed_on(Holidays(country="SE", sundays=True), YEARS)


def test_names_are_in_the_language_of_the_policy() -> None:
    assert closed_on(SWEDEN, YEARS, "en")[NEW_YEAR] == "New Year's Day"
    assert closed_on(SWEDEN, YEARS, "sv-SE")[NEW_YEAR] == "Nyårsdagen"


def test_an_added_date_counts_in_its_year_only() -> None:
    rule = Holidays(also={date(2029, 5, 4): "Move"})
    assert closed_on(rule, YEARS) == {}
    assert closed_on(rule, range(2029, 2030)) == {date(2029, 5, 4): "Move"}


TURKEY = Holidays(country="TR", categories=("public", "half_day"))
EVE, REPUBLIC_DAY = date(2027, 10, 28), date(2027, 10, 29)


@pytest.mark.fault(29)
def test_half_days_are_apart_from_the_days_that_are_closed_all_day() -> None:
    assert half_days_in(TURKEY, YEARS)[EVE] == "Republic Day (from 1pm)"
    assert EVE not in closed_on(TURKEY, YEARS)
    assert REPUBLIC_DAY in closed_on(TURKEY, YEARS)
    assert half_days_in(Holidays(country="TR"), YEARS) == {}


@pytest.mark.fault(29)
def test_a_half_day_may_be_kept_open_or_closed_all_day() -> None:
    kept_open = TURKEY.model_copy(update={"never": (EVE,)})
    closed = TURKEY.model_copy(update={"also": {EVE: "Bridge"}})
    assert EVE not in half_days_in(kept_open, YEARS)
    assert EVE not in half_days_in(closed, YEARS)
    assert closed_on(closed, YEARS)[EVE] == "Bridge"


@pytest.mark.fault(29)
def test_a_half_day_that_is_also_a_public_holiday_is_closed_all_day() -> None:
    both = date(2029, 4, 23)
    years = range(2029, 2030)
    assert closed_on(TURKEY, years)[both] == "National Sovereignty and Children's Day"
    assert both not in half_days_in(TURKEY, years)


@pytest.mark.fault(29)
def test_every_country_with_half_days_keeps_them_apart_from_its_closed_days() -> None:
    countries = [
        c for c in holidays.list_supported_countries(False) if HALF_DAY in categories_of(c)
    ]
    assert {"TR", "IS", "CH", "AU"} < set(countries)
    for country in countries:
        rule = Holidays(country=country, categories=("public", HALF_DAY))
        public = Holidays(country=country, categories=("public",))
        assert closed_on(rule, YEARS) == closed_on(public, YEARS)
        assert not half_days_in(rule, YEARS).keys() & closed_on(rule, YEARS).keys()
