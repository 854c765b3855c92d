"""Calendars have open time, and durations can be counted on it."""

from datetime import date, timedelta

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import POLICY, broken, problems_in

ALSO = "also: {2026-12-31: New Year's closing}"


def closed(days: int, since: date = date(2027, 1, 1)) -> str:
    """The sample's `also`, with this many closed days in a row."""
    listed = ", ".join(f"{since + timedelta(days=n)}: Closed" for n in range(days))
    return f"also: {{{listed}}}"


CASES = {
    "a calendar closed for more than three years": Case(
        ALSO,
        "¦" + closed(1_098),
        "calendars.office.holidays.also",
        "the calendar has no open time from 2026-12-31 for more than 3 years",
        "leave some dates open",
    ),
    "a calendar closed for three years in the far future": Case(
        ALSO,
        "¦" + closed(1_200, date(2061, 1, 1)),
        "calendars.office.holidays.also",
        "the calendar has no open time from 2060-12-31",
    ),
    "a target in elapsed time that nobody lives to see": Case(
        "within: 2 days",
        "within: ¦5300 weeks",
        "clocks.triage.within",
        '"5300 weeks" is longer than 100 years',
    ),
    "a target in business time beyond all calendars": Case(
        "normal: {guarantee: best_effort, says: {en: As soon as we can}}",
        "normal: ¦100000 business days",
        "clocks.first_response.within.cells.silver.normal",
        '"100000 business days" is longer than 100 years',
    ),
    "a rung beyond all calendars": Case(
        "at: 1 business hour after",
        "at: ¦27000 business days after",
        "clocks.first_response.ladder[2].at",
        '"27000 business days" is longer than 100 years',
    ),
    "a forecast window beyond all calendars": Case(
        "low: 20 business days",
        "low: ¦100000 business days",
        "process.forecast.windows.low.low",
        '"100000 business days" is longer than 100 years',
    ),
}
pytestmark = pytest.mark.fault(32)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place(case: Case) -> None:
    assert_is_reported(case)


def test_a_calendar_may_be_closed_for_three_years() -> None:
    assert problems_in(broken(ALSO, closed(1_090))) == []


def open_on_sundays(holidays: str) -> str:
    """The sample, whose office is open on Sundays only."""
    start, end = POLICY.index("    hours:\n      mon-thu"), POLICY.index("    special_hours:")
    rule = f'    hours: {{sun: "09:00-12:00"}}\n    holidays: {{country: SE{holidays}}}\n'
    return POLICY[:start] + rule + POLICY[end:]


def test_a_calendar_whose_only_days_are_holidays_is_an_error() -> None:
    # Every Sunday is a public holiday in Sweden.
    [problem] = problems_in(open_on_sundays(", sundays: true"))
    assert problem.path == "calendars.office.hours"
    assert "for more than 3 years" in problem.wrong


def test_a_count_beyond_the_last_year_of_business_time_is_an_error() -> None:
    text = open_on_sundays("").replace("low: 20 business days", "low: 27000 business days")
    assert "process.forecast.windows.low.low" in {problem.path for problem in problems_in(text)}
