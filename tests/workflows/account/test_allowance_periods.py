"""Allowances by month and quarter, in hours or times, with what carries over."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.accounts.account_terms import AccountTerms, EnablementTerms
from policies.business_time.periods import Each, Period
from tests.policies.accounts.sample_accounts import PRISMIC, utc
from tests.workflows.account.account_driver import AccountDriver
from workflows.account.allowance import carried_into, keep_carried_over, left, period_of
from workflows.account.refusals import NothingLeft
from workflows.account.retention import prune

NOW = utc("2027-01-05 10:00")


def _terms(**changes: Any) -> AccountTerms:
    promised = EnablementTerms(**{"hours": Decimal(8), "each": Each.MONTH} | changes)
    return PRISMIC.model_copy(update={"enablement": promised, "starts_on": date(2027, 1, 1)})


def _driver(**changes: Any) -> AccountDriver:
    return AccountDriver(_terms(**changes), NOW)


@pytest.mark.parametrize(
    ("each", "name", "begins", "last_day"),
    [
        (Each.MONTH, "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (Each.QUARTER, "2028-Q1", date(2028, 1, 1), date(2028, 3, 31)),
        (Each.CALENDAR_YEAR, "2028", date(2028, 1, 1), date(2028, 12, 31)),
        (Each.CONTRACT_YEAR, "2027-06-15", date(2027, 6, 15), date(2028, 6, 14)),
    ],
)
def test_a_day_is_in_its_period(each: Each, name: str, begins: date, last_day: date) -> None:
    period = Period.of(date(2028, 2, 29), each, date(2026, 6, 15))
    assert period == Period(name, begins, last_day)
    assert Period.of(period.following, each, date(2026, 6, 15)).before == last_day


def test_a_contract_year_without_a_start_is_the_calendar_year() -> None:
    assert Period.of(date(2028, 2, 29), Each.CONTRACT_YEAR).name == "2028"


def test_each_month_has_its_hours_and_nothing_carries_over_unless_stated() -> None:
    driver = _driver()
    driver.book("2027-01-10", "8", NOW)
    with pytest.raises(NothingLeft, match="8 hours are included from 1 January 2027 to 31 January"):
        driver.book("2027-01-11", "0.25", NOW)
    driver.book("2027-02-10", "8", NOW)
    shown = driver.view(NOW).years
    assert [y.begins for y in shown] == [date(2027, 1, 1), date(2027, 2, 1)]
    assert not any(y.left or y.carried_over for y in shown)


def test_times_are_counted_whatever_their_length() -> None:
    driver = _driver(hours=Decimal(0), times=2, each=Each.QUARTER)
    driver.book("2027-01-10", "6", NOW)
    driver.book("2027-03-31", "0.25", NOW)
    with pytest.raises(
        NothingLeft, match="2 sessions are included from 1 January 2027 to 31 March"
    ):
        driver.book("2027-02-10", "1", NOW)
    (year,) = driver.view(NOW).years
    assert (year.times, year.hours) == (2, None)
    assert (int(year.booked), int(year.left)) == (2, 0)


def test_what_is_left_carries_over_into_the_next_period_only() -> None:
    driver = _driver(rollover=Decimal(8))
    driver.book("2027-01-10", "3", NOW)
    february = utc("2027-02-02 10:00")
    assert driver.view(february).years[0].carried_over == 5
    driver.book("2027-02-10", "6", february)
    # The five hours of January were used first; seven of February's own are left.
    assert driver.view(utc("2027-03-02 10:00")).years[0].left == 15
    assert driver.view(utc("2027-04-02 10:00")).years[0].carried_over == 8


def test_a_limit_bounds_what_carries_over() -> None:
    driver = _driver(rollover=Decimal(2))
    february = utc("2027-02-02 10:00")
    assert driver.view(february).years[0].left == 10
    with pytest.raises(NothingLeft):
        driver.book("2027-02-10", "10.25", february)


def test_hours_that_a_later_period_has_used_cannot_be_booked_twice() -> None:
    driver = _driver(rollover=Decimal(8))
    driver.book("2027-02-10", "14", NOW)
    with pytest.raises(NothingLeft, match="2 left, 3 requested"):
        driver.book("2027-01-20", "3", NOW)
    driver.book("2027-01-20", "2", NOW)


def test_a_booking_of_all_that_is_left_takes_nothing_that_a_later_period_has_used() -> None:
    driver = _driver(rollover=Decimal(8))
    driver.book("2027-02-10", "16", NOW)
    with pytest.raises(NothingLeft, match="0 left, 8 requested"):
        driver.book("2027-01-20", "8", NOW)


def test_what_carries_over_stays_when_the_sessions_before_are_no_longer_kept() -> None:
    driver = _driver(rollover=Decimal(8))
    driver.book("2027-12-10", "14", utc("2027-12-01 10:00"))
    january = Period.of(date(2028, 1, 1), Each.MONTH)
    state = driver.account.state
    for at in ("2028-12-31 10:00", "2029-01-02 10:00"):
        prune(state, utc(at))
        assert carried_into(state, january) == 2
    assert state.sessions == []


@pytest.mark.parametrize(
    ("starts_on", "carried"),
    [(None, [0, 8, 8]), ("2027-02-15", [0, 0, 8]), ("2026-01-01", [8] * 3)],
)
def test_what_is_left_carries_over_since_the_contract_or_else_since_the_account(
    starts_on: str | None, carried: list[int]
) -> None:
    begun = date.fromisoformat(starts_on) if starts_on else None
    terms = _terms(rollover=Decimal(8)).model_copy(update={"starts_on": begun})
    state = AccountDriver(terms, NOW).account.state
    periods = [Period.of(date(2027, month, 1), Each.MONTH) for month in (1, 2, 3)]
    assert [carried_into(state, period) for period in periods] == carried


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 12)), max_size=20),
    st.integers(1, 8),
)
def test_the_allowance_is_never_overdrawn_and_pruning_changes_nothing(
    wanted: list[tuple[int, int]], rollover: int
) -> None:
    driver = _driver(rollover=Decimal(rollover))
    state = driver.account.state
    for day, hours in sorted(wanted):
        at = NOW + timedelta(days=day)
        try:
            driver.book(str(state.terms.day_at(at)), str(hours), at)
        except NothingLeft:
            continue
    periods = [Period.of(date(2027, month, 1), Each.MONTH) for month in range(1, 9)]
    before = [(left(state, p), carried_into(state, p)) for p in periods]
    assert all(rest >= 0 and 0 <= carried <= rollover for rest, carried in before)
    april = period_of(state, date(2027, 4, 1))
    assert april is not None
    keep_carried_over(state, april)
    state.sessions = [s for s in state.sessions if s.date >= april.begins]
    assert [(left(state, p), carried_into(state, p)) for p in periods[3:]] == before[3:]
