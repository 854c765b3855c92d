"""Public holidays and closed dates of the desk, in the language of the policy."""

from datetime import date

from policies.schema.calendars import Holidays
from policies.schema.public_holidays import closed_on

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
