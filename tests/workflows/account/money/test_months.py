"""The availability of months: which one runs, what is recorded, and claim periods."""

from datetime import date, timedelta
from typing import Any

import pytest

from policies.business_time.months import Month
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east
from tests.workflows.account.account_driver import AccountDriver
from workflows.account import months
from workflows.account.model.action_inputs import AccountAction
from workflows.account.refusals import TooLate
from workflows.account.state import check_room
from workflows.shared.refusals import RecordFull

MARCH = Month(2027, 3)
UNCLAIMED = CONTENTSQUARE.model_copy(update={"claims": None})


def claimed_within(days: int) -> Any:
    assert CONTENTSQUARE.claims is not None
    claims = CONTENTSQUARE.claims.model_copy(update={"days": days})
    return CONTENTSQUARE.model_copy(update={"claims": claims, "starts_on": None})


@pytest.mark.parametrize(("days", "first"), [(10, "2027-03"), (60, "2027-01")])
def test_a_new_account_is_measured_from_the_oldest_day_that_can_be_claimed(
    days: int, first: str
) -> None:
    found = months.first(claimed_within(days), east("2027-03-20 12:00"))
    assert found is not None
    assert found.name == first


def test_the_recent_months_of_a_new_account_are_closed_at_once() -> None:
    state = AccountDriver(claimed_within(60), east("2027-03-20 12:00")).account.state
    assert [month.month for month in state.months] == ["2027-01", "2027-02"]


def test_without_a_claim_period_a_new_account_is_measured_from_thirty_days_before() -> None:
    terms = UNCLAIMED.model_copy(update={"starts_on": None})
    found = months.first(terms, east("2027-03-20 12:00"))
    assert found is not None
    assert found.month == Month(2027, 2)
    assert (
        months.first(PRISMIC.model_copy(update={"availability": None}), east("2027-03-20 12:00"))
        is None
    )


def test_without_a_claim_period_a_month_is_final_after_thirty_days() -> None:
    driver = AccountDriver(UNCLAIMED, east("2027-03-01 00:00"))
    state = driver.account.state
    assert not months.is_final(state, MARCH, east("2027-04-30 23:59"))
    assert months.is_final(state, MARCH, east("2027-05-01 00:00"))
    begins = east("2027-03-02 00:00")
    driver.account.catch_up(east("2027-05-01 00:00"))
    with pytest.raises(TooLate) as refusal:
        driver.down(begins, east("2027-03-02 20:00"), at=east("2027-05-01 00:00"))
    assert refusal.value.clause is None


def test_a_list_of_entries_is_full_at_its_limit() -> None:
    driver = AccountDriver(PRISMIC, east("2027-03-01 00:00"))
    driver.book("2027-03-10", "1", east("2027-03-01 00:00"))
    sessions = driver.account.state.sessions
    check_room(sessions, 2, "session")
    with pytest.raises(RecordFull):
        check_room(sessions, 1, "session")


def test_a_month_ends_where_the_next_one_begins() -> None:
    state = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00")).account.state
    end = months.closes_at(state)
    assert end == east("2027-04-01 00:00")
    assert months.running(state, end - timedelta(microseconds=1)).name == "2027-03"
    assert months.running(state, end).name == "2027-04"


def test_a_closed_month_and_its_credit_record_the_availability() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.down(east("2027-03-02 00:00"), east("2027-03-02 12:00"))
    state = driver.state(east("2027-04-01 00:00"))
    [closed] = [event for event in state.events if event.data.get("month") == "2027-03"][:1]
    assert closed.data == {
        "month": "2027-03",
        "availability": "98.2352",
        "downtime_seconds": 12 * 3_600,
        "credits": 1,
    }
    [credit] = state.credits
    assert credit.basis == {"month": "2027-03", "availability": "98.2352", "target": "99.5"}


def test_a_month_lists_its_first_fifty_periods_of_downtime() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    for hour in range(51):
        begins = east("2027-03-02 00:00") + timedelta(hours=hour)
        driver.down(begins, begins + timedelta(minutes=30))
    month = driver.state(east("2027-04-01 00:00")).months[-1]
    assert (len(month.down), month.down_omitted) == (50, 1)


@pytest.mark.parametrize(
    ("starts_on", "first"),
    [(None, "2027-03"), ("2027-01-15", "2027-03"), ("2027-06-10", "2027-06")],
)
def test_availability_that_is_adopted_is_measured_from_now_or_from_the_contract_on(
    starts_on: str | None, first: str
) -> None:
    driver = AccountDriver(PRISMIC, east("2027-03-01 00:00"))
    begins = date.fromisoformat(starts_on) if starts_on else None
    terms = UNCLAIMED.model_copy(update={"account": PRISMIC.account, "starts_on": begins})
    driver.act(AccountAction.ADOPT_TERMS, east("2027-03-20 12:00"), terms=terms)
    assert driver.account.state.next_month == first
