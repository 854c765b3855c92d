"""The duration that a text probably means: each word as it is meant, whatever is around it."""

import pytest

from policies.business_time.likely_durations import likely_duration


@pytest.mark.parametrize("unit", ["minute", "hour", "day", "week", "business day"])
def test_a_misspelt_unit_keeps_its_number(unit: str) -> None:
    for number, word in (("1", unit), ("2", f"{unit}s")):
        assert likely_duration(f"{number} {word[0]}{word}") == f"{number} {word}"


@pytest.mark.parametrize(
    "filler",
    [
        *("within", "in", "the", "by", "until", "calendar", "at", "latest", "a", "every", "up"),
        *("to", "less", "than", "under", "below", "maximum", "max"),
    ],
)
def test_words_around_a_duration_are_left_out(filler: str) -> None:
    assert likely_duration(f"{filler} 4 hours") == "4 hours"


@pytest.mark.parametrize("unit", ["month", "months", "year", "years"])
def test_a_unit_that_durations_do_not_have_is_not_taken_for_another(unit: str) -> None:
    assert likely_duration(f"2 {unit}") == f"2 {unit}"


@pytest.mark.parametrize(
    "end",
    ["end of day", "eod", "close of business", "cob", "end of business", "by end of day"],
)
def test_a_duration_may_go_on_until_the_end_of_its_last_day(end: str) -> None:
    assert likely_duration(f"2 business days, {end}") == "2 business days, end of day"
    assert likely_duration("2 business days, or so") == "2 business days"


def test_numbers_are_understood_up_to_ten() -> None:
    assert likely_duration("one day") == "1 day"
    assert likely_duration("ten days") == "10 days"


def test_the_folowing_week_is_a_duration_by_itself() -> None:
    assert likely_duration("the folowing week") == "the following week"
    assert likely_duration("teh following week") == "the following week"
    assert likely_duration("2 following week") == "2 following week"
