"""Availability, against an oracle that checks every minute of the month, and by example."""

from calendar import monthrange
from datetime import timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.accounts.account_terms import AccountTerms, MaintenanceWindow
from policies.accounts.availability import (
    Measurement,
    measure,
    occurrences,
    percent,
    period_of,
    share_up,
)
from policies.business_time.months import Month
from policies.business_time.spans import Span, total
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, east, utc

Pairs = list[tuple[int, int]]
MARCH = Month(2027, 3)
EAST = timezone(timedelta(hours=2))
NO_MAINTENANCE = CONTENTSQUARE.model_copy(
    update={
        "availability": CONTENTSQUARE.availability
        and CONTENTSQUARE.availability.model_copy(update={"maintenance": ()})
    }
)
months = st.builds(Month, st.integers(2027, 2032), st.integers(1, 12))
minutes = st.integers(-5_000, 50_000)
pairs = st.lists(st.tuples(minutes, st.integers(1, 6_000)), max_size=6)


def spans(month: Month, found: Pairs) -> list[Span]:
    first = month.span(EAST).begins
    return [
        Span(first + timedelta(minutes=begins), first + timedelta(minutes=begins + length))
        for begins, length in found
    ]


def oracle(month: Month, counted: Pairs, uncounted: Pairs) -> tuple[int, int]:
    """The minutes of downtime and of measured time, counted one by one."""
    first_weekday, days = monthrange(*month)
    measured = {
        minute
        for minute in range(days * 24 * 60)
        if (first_weekday + minute // 1440) % 7 < 5 or not 480 <= minute % 1440 < 960
    }
    for begins, length in uncounted:
        measured -= set(range(begins, begins + length))
    down = {minute for begins, length in counted for minute in range(begins, begins + length)}
    return len(down & measured), len(measured)


def measure_march(
    counted: list[Span], uncounted: list[Span], terms: AccountTerms = CONTENTSQUARE
) -> Measurement:
    return measure(period_of(MARCH, terms), terms, counted, uncounted)


@pytest.mark.clause("contentsquare/availability", "contentsquare/unavailability")
@settings(max_examples=15, deadline=None)
@given(months, pairs, pairs)
def test_availability_equals_a_count_of_every_minute(
    month: Month, counted: Pairs, uncounted: Pairs
) -> None:
    down, out = spans(month, counted), spans(month, uncounted)
    found = measure(period_of(month, CONTENTSQUARE), CONTENTSQUARE, down, out)
    minutes_down, minutes_measured = oracle(month, counted, uncounted)
    assert found.downtime == timedelta(minutes=minutes_down)
    assert found.measured == timedelta(minutes=minutes_measured)
    assert found.availability == 1 - Fraction(minutes_down, minutes_measured or 1)


@settings(max_examples=60, deadline=None)
@given(pairs, pairs, pairs)
def test_more_downtime_never_improves_it_and_order_does_not_matter(
    some: Pairs, more: Pairs, out: Pairs
) -> None:
    counted, uncounted = spans(MARCH, some), spans(MARCH, out)
    fewer = measure_march(counted, uncounted)
    all_of_it = measure_march(counted + spans(MARCH, more), uncounted)
    assert 0 <= all_of_it.availability <= fewer.availability <= 1
    assert measure_march(counted[::-1], uncounted[::-1]) == fewer


@pytest.mark.clause("contentsquare/availability")
def test_overlapping_outages_are_counted_once() -> None:
    one = Span(east("2027-03-02 10:00"), east("2027-03-02 12:00"))
    two = Span(east("2027-03-02 11:00"), east("2027-03-02 13:00"))
    assert measure_march([one, two, one], []).downtime == timedelta(hours=3)


@pytest.mark.clause("contentsquare/unavailability")
def test_maintenance_is_subtracted_from_downtime_and_from_the_measured_time() -> None:
    # March 2027 has four Saturdays and four Sundays of 8 hours each.
    found = measure_march([Span(east("2027-03-06 07:00"), east("2027-03-06 17:00"))], [])
    assert found.measured == timedelta(hours=31 * 24 - 8 * 8)
    assert found.downtime == timedelta(hours=2)
    assert found.availability == 1 - Fraction(2, 680)


@pytest.mark.clause("contentsquare/unavailability")
def test_time_that_is_uncounted_twice_is_subtracted_once() -> None:
    announced = Span(east("2027-03-06 15:00"), east("2027-03-06 17:00"))
    assert measure_march([], [announced, announced]).measured == timedelta(hours=680 - 1)


@pytest.mark.clause("contentsquare/unavailability")
@pytest.mark.parametrize(
    ("at", "is_down"),
    [
        ("2027-03-06 07:59", True),
        ("2027-03-06 08:00", False),
        ("2027-03-06 15:59", False),
        ("2027-03-06 16:00", True),
        ("2027-03-07 12:00", False),
        ("2027-03-08 12:00", True),
        # Clocks in Paris go forward on the 28th; the window is at +02:00 before and after.
        ("2027-03-27 08:00", False),
        ("2027-03-28 08:00", False),
        ("2027-03-28 16:00", True),
    ],
)
def test_maintenance_is_at_a_fixed_offset(at: str, is_down: bool) -> None:
    minute = Span(east(at), east(at) + timedelta(minutes=1))
    assert bool(measure_march([minute], []).down) is is_down


def test_downtime_is_exact_to_the_second() -> None:
    begins = east("2027-03-03 00:00")
    found = measure_march([Span(begins, begins + timedelta(seconds=1))], [], NO_MAINTENANCE)
    assert found.availability == 1 - Fraction(1, 31 * 24 * 3600)
    assert percent(found.availability) == Decimal("99.9999")


@pytest.mark.parametrize(
    ("month", "days"),
    [("2027-02", 28), ("2028-02", 29), ("2027-03", 31), ("2027-10", 31), ("2027-11", 30)],
)
def test_the_length_of_a_month_does_not_depend_on_clock_changes(month: str, days: int) -> None:
    found = measure(period_of(Month.parse(month), NO_MAINTENANCE), NO_MAINTENANCE, [], [])
    assert found.measured == timedelta(days=days)
    assert found.availability == 1


def test_a_month_begins_in_the_policys_offset() -> None:
    assert MARCH.span(EAST) == Span(utc("2027-02-28 22:00"), utc("2027-03-31 22:00"))
    assert Month.at(utc("2027-03-31 21:59"), EAST) == MARCH
    assert Month.at(utc("2027-03-31 22:00"), EAST) == MARCH.following
    assert Month(2027, 12).following == Month(2028, 1)


@pytest.mark.parametrize("text", ["2027-13", "2027-3", "1999-01", "2027-03-01", "", "２０２７-03"])
def test_other_texts_than_months_are_errors(text: str) -> None:
    with pytest.raises(ValueError, match="write year-month"):
        Month.parse(text)


def test_a_contract_is_measured_from_its_start() -> None:
    begun = period_of(Month(2026, 1), CONTENTSQUARE)
    assert begun == Span(east("2026-01-15 00:00"), east("2026-02-01 00:00"))
    assert period_of(Month(2025, 12), CONTENTSQUARE).is_empty


def test_availability_is_one_if_nothing_is_measured() -> None:
    assert share_up(timedelta(0), timedelta(0)) == 1
    begins = east("2027-03-01 00:00")
    nothing = measure(Span(begins, begins), CONTENTSQUARE, [Span(begins, begins)], [])
    assert nothing.availability == 1


def test_a_window_may_last_until_midnight() -> None:
    late = MaintenanceWindow(weekday="mon", opens="22:00", closes="24:00")
    week = Span(utc("2027-03-01 00:00"), utc("2027-03-08 00:00"))
    assert list(occurrences(late, week)) == [Span(utc("2027-03-01 22:00"), utc("2027-03-02 00:00"))]


@settings(max_examples=30, deadline=None)
@given(st.integers(-600, 20_000), st.integers(0, 12_000))
def test_windows_are_found_in_any_span(begins: int, length: int) -> None:
    window = MaintenanceWindow(weekday="sat", opens="08:00", closes="16:00", offset="-05:00")
    start = utc("2027-03-01 00:00") + timedelta(minutes=begins)
    found = list(occurrences(window, Span(start, start + timedelta(minutes=length))))
    inside = sum(
        local.weekday() == 5 and 8 <= local.hour < 16
        for minute in range(length)
        for local in [(start + timedelta(minutes=minute)).astimezone(window.zone)]
    )
    assert total(found) == timedelta(minutes=inside)


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(1), "100.0000"),
        (Fraction(995, 1000), "99.5000"),
        (Fraction(9_949_999_999, 10_000_000_000), "99.4999"),
        (Fraction(0), "0.0000"),
    ],
)
def test_a_percentage_is_rounded_down(share: Fraction, shown: str) -> None:
    assert str(percent(share)) == shown
