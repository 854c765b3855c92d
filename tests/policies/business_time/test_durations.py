"""Durations are read from the texts of policies and written back as the same text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import MAX_AMOUNT, Duration, DurationText, Unit

OFFICE = BusinessCalendar(
    "America/New_York",
    {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
)
WEDNESDAY_14 = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)

AMOUNTS = st.integers(1, MAX_AMOUNT)
DURATIONS = st.one_of(
    st.builds(
        Duration, AMOUNTS, st.sampled_from([u for u in Unit if u is not Unit.FOLLOWING_WEEK])
    ),
    st.builds(Duration, AMOUNTS, st.just(Unit.BUSINESS_DAY), st.just(True)),
    st.just(Duration(1, Unit.FOLLOWING_WEEK)),
)


class Holder(BaseModel):
    within: DurationText


@given(DURATIONS)
def test_a_duration_written_and_read_again_is_the_same(duration: Duration) -> None:
    assert Duration.parse(str(duration)) == duration
    holder = Holder(within=duration)
    assert Holder.model_validate_json(holder.model_dump_json()) == holder


@given(DURATIONS, st.sampled_from([str.upper, str.title, lambda text: text.replace(" ", "\n  ")]))
def test_case_and_spacing_do_not_matter(duration: Duration, restyle: object) -> None:
    assert callable(restyle)
    assert Duration.parse(restyle(str(duration))) == duration


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1 business days", "1 business day"),
        ("2 business day", "2 business days"),
        ("2 Business Days, end of day", "2 business days, end of day"),
        ("The following week", "the following week"),
        ("007 hours", "7 hours"),
    ],
)
def test_the_written_form_is_canonical(text: str, written: str) -> None:
    assert str(Duration.parse(text)) == written


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("2 bussines days", "2 business days"),
        ("2 bsiness dayz", "2 business days"),
        ("2 working days", "2 business days"),
        ("4hours", "4 hours"),
        ("3 wekks", "3 weeks"),
        ("the folowing week", "the following week"),
        ("next business day", "1 business day, end of day"),
        ("Next Working Day", "1 business day, end of day"),
        ("by the end of the next business day", "1 business day, end of day"),
        ("NBD", "1 business day, end of day"),
        ("next-business-day", "1 business day, end of day"),
        ("same business day", "0 business days, end of day"),
        ("close of business", "0 business days, end of day"),
        ("by COB", "0 business days, end of day"),
        ("2 business days, close of business", "2 business days, end of day"),
        ("within two business days", "2 business days"),
        ("2 weekdays", "2 business days"),
        ("2 BD", "2 business days"),
        ("8 working hours", "8 business hours"),
        ("30 mins", "30 minutes"),
        ("4 hrs", "4 hours"),
        ("14 calendar days", "14 days"),
        ("every 30 minutes", "30 minutes"),
        ("4 weaks", "4 weeks"),
        ("up to 4 hours", "4 hours"),
        ("1-2 business days", "2 business days"),
        ("2 – 3 working days", "3 business days"),
        ("5 to 10 business days", "10 business days"),
        ("< 2 hours", "2 hours"),
        ("less than 4 business hours", "4 business hours"),
        ("2 hours during business hours", "2 business hours"),
        ("within 8 hours during normal working hours", "8 business hours"),
    ],
)
def test_the_likely_duration_is_suggested(text: str, suggestion: str) -> None:
    with pytest.raises(ValueError, match="is not a duration") as refusal:
        Duration.parse(text)
    assert str(refusal.value).endswith(f'write for example "{suggestion}"')


@pytest.mark.parametrize("text", ["24/7", "24x7", "24/7/365", "24 x 7", "round the clock"])
def test_round_the_clock_is_a_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="round the clock is a calendar") as refusal:
        Duration.parse(text)
    assert '{mon-sun: "00:00-24:00"}' in str(refusal.value)


def test_no_unit_is_suggested_for_months() -> None:
    with pytest.raises(ValueError, match='write for example "2 business days", "8 business hours"'):
        Duration.parse("2 months")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (datetime(2026, 3, 4, 19, 0, tzinfo=UTC), datetime(2026, 3, 4, 22, 0, tzinfo=UTC)),
        (datetime(2026, 3, 4, 11, 0, tzinfo=UTC), datetime(2026, 3, 4, 22, 0, tzinfo=UTC)),
        # After the close, and on a weekend, it is the next open day that ends.
        (datetime(2026, 3, 4, 22, 0, tzinfo=UTC), datetime(2026, 3, 5, 22, 0, tzinfo=UTC)),
        (datetime(2026, 2, 28, 15, 0, tzinfo=UTC), datetime(2026, 3, 2, 22, 0, tzinfo=UTC)),
    ],
)
def test_no_business_days_end_with_the_day_of_the_start(start: datetime, due: datetime) -> None:
    duration = Duration.parse("0 business days, end of day")
    assert str(duration) == "0 business days, end of day"
    assert duration.due_from(start, OFFICE) == due


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "days", "-1 days", "1.5 hours", "2 months", "2 business weeks"),
        *(
            "٣ hours",
            "0 hours",
            "100001 hours",
            "9" * 50 + " hours",
            "2 hours, end of day",
        ),
    ],
)
def test_any_other_text_is_refused_with_a_suggestion(text: str) -> None:
    with pytest.raises(ValueError, match=r"; (write|leave)"):
        Duration.parse(text)


@pytest.mark.parametrize("value", [2, 2.5, None, True, ["2 days"], {"days": 2}])
def test_only_a_text_is_a_duration(value: object) -> None:
    with pytest.raises(ValidationError, match="a duration must be a text"):
        Holder.model_validate({"within": value})


@pytest.mark.clause("contently/first-response", "contently/triage", "contently/engineering")
@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("30 minutes", datetime(2026, 3, 4, 19, 30, tzinfo=UTC)),
        ("4 hours", datetime(2026, 3, 4, 23, 0, tzinfo=UTC)),
        ("2 days", datetime(2026, 3, 6, 19, 0, tzinfo=UTC)),
        ("1 week", datetime(2026, 3, 11, 19, 0, tzinfo=UTC)),
        ("4 business hours", datetime(2026, 3, 5, 15, 0, tzinfo=UTC)),
        ("1 business day", datetime(2026, 3, 5, 19, 0, tzinfo=UTC)),
        ("2 business days", datetime(2026, 3, 6, 19, 0, tzinfo=UTC)),
        ("2 business days, end of day", datetime(2026, 3, 6, 22, 0, tzinfo=UTC)),
        # The clocks of New York go forward on Sunday 8 March.
        ("the following week", datetime(2026, 3, 13, 21, 0, tzinfo=UTC)),
    ],
)
def test_a_duration_is_counted_in_its_unit(text: str, due: datetime) -> None:
    assert Duration.parse(text).due_from(WEDNESDAY_14, OFFICE) == due


def test_elapsed_time_needs_no_opening_hours() -> None:
    elapsed = {unit for unit in Unit if Duration(1, unit).is_elapsed}
    assert elapsed == {Unit.MINUTE, Unit.HOUR, Unit.DAY, Unit.WEEK}
    assert Duration.parse("1 day").due_from(WEDNESDAY_14, OFFICE) - WEDNESDAY_14 == timedelta(
        days=1
    )


@pytest.mark.parametrize(
    "filler",
    [
        *("within", "in", "the", "by", "until", "at", "latest", "a", "every", "up", "to"),
        *("less", "than", "under", "below", "maximum", "max"),
    ],
)
def test_words_around_a_duration_are_left_out_of_the_suggestion(filler: str) -> None:
    with pytest.raises(ValueError, match="is not a duration") as refusal:
        Duration.parse(f"{filler} 4 hrs")
    assert str(refusal.value).endswith('write for example "4 hours"')


@pytest.mark.parametrize("unit", ["minute", "minutes", "hour", "hours", "day", "days", "week"])
def test_a_misspelt_unit_is_recognised(unit: str) -> None:
    misspelt = unit[0] + unit[0] + unit[1:]
    number = "2" if unit.endswith("s") else "1"
    with pytest.raises(ValueError, match="is not a duration") as refusal:
        Duration.parse(f"{number} {misspelt}")
    assert str(refusal.value).endswith(f'write for example "{number} {unit}"')


def test_there_is_one_following_week() -> None:
    assert Duration.parse("the following week") == Duration(1, Unit.FOLLOWING_WEEK)
