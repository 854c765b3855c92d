"""Public holidays: by law and by choice of the desk, in the language of its policy."""

from datetime import date

from policies.schema.calendars import Holidays
from policies.schema.public_holidays import closed_on

YEARS = range(2026, 2028)
NEW_YEAR = date(2026, 1, 1)
SWEDEN = Holidays(country="SE")


def test_an_answer_is_its_askers_to_change() -> None:
    before = dict(closed_on(SWEDEN, YEARS))
    closed_on(SWEDEN, YEARS).clear()
    assert closed_on(SWEDEN, YEARS) == before
    assert NEW_YEAR in before


def test_what_one_desk_adds_or_leaves_out_is_no_other_desks() -> None:
    day = date(2026, 8, 19)
    own = closed_on(Holidays(country="SE", also={day: "Outing"}, never=(NEW_YEAR,)), YEARS)
    assert own[day] == "Outing"
    assert NEW_YEAR not in own
    assert day not in closed_on(SWEDEN, YEARS)
    assert NEW_YEAR in closed_on(SWEDEN, YEARS)


def test_sundays_are_holidays_where_the_law_and_the_desk_say_so() -> None:
    sunday = date(2026, 8, 23)
    assert sunday not in closed_on(SWEDEN, YEARS)
    assert sunday in closed_on(Holidays(country="SE", sundays=True), YEARS)


def test_names_are_in_the_language_of_the_policy() -> None:
    assert closed_on(SWEDEN, YEARS, "en")[NEW_YEAR] == "New Year's Day"
    assert closed_on(SWEDEN, YEARS, "sv-SE")[NEW_YEAR] == "Nyårsdagen"


def test_a_date_that_is_added_counts_in_the_years_asked_for() -> None:
    rule = Holidays(also={date(2029, 5, 4): "Move"})
    assert closed_on(rule, YEARS) == {}
    assert closed_on(rule, range(2029, 2030)) == {date(2029, 5, 4): "Move"}
