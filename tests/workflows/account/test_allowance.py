from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from policies.accounts.account_terms import EnablementTerms
from policies.vocabulary import Role
from tests.harness import AGENT
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, utc
from tests.workflows.account.account_driver import MANAGER, AccountDriver
from workflows.account.allowance import MOST
from workflows.account.model.action_inputs import AccountAction
from workflows.account.refusals import (
    AlreadySettled,
    NoSuchEntry,
    NothingLeft,
    NotPromised,
    TooLate,
)
from workflows.shared.refusals import IdReused, InvalidContent, RecordFull, WrongRole

pytestmark = pytest.mark.clause("prismic/enablement")
NOW = utc("2027-03-01 10:00")


@pytest.fixture
def driver() -> AccountDriver:
    return AccountDriver(PRISMIC, NOW)


def left(driver: AccountDriver, at: str = "2027-03-01 10:00") -> Decimal:
    return driver.view(utc(at)).years[0].left


def test_the_refusal_of_a_ninth_hour_states_the_hours_left(driver: AccountDriver) -> None:
    driver.book("2027-03-10", "5", NOW)
    driver.book("2027-04-10", "2.25", NOW)
    with pytest.raises(NothingLeft, match=r"contract year .* 0\.75 left, 1 requested") as refused:
        driver.book("2027-05-10", "1", NOW)
    assert refused.value.clause == "enablement"
    driver.book("2027-05-10", "0.75", NOW)
    assert left(driver) == 0
    with pytest.raises(NothingLeft, match="1 June 2026 to 31 May 2027: 0 left"):
        driver.book("2027-05-11", "0.25", NOW)


def test_nothing_carries_over_to_the_next_contract_year(driver: AccountDriver) -> None:
    driver.book("2027-05-31", "8", NOW)
    driver.book("2027-06-01", "8", NOW)
    before, after = driver.view(utc("2027-05-31 23:59")), driver.view(utc("2027-06-01 00:00"))
    assert [(y.begins, y.booked) for y in before.years] == [
        (date(2026, 6, 1), Decimal(8)),
        (date(2027, 6, 1), Decimal(8)),
    ]
    assert [y.begins for y in after.years] == [date(2027, 6, 1)]
    assert left(driver, "2028-06-01 00:00") == 8


def test_cancelling_returns_hours_until_the_day_before(driver: AccountDriver) -> None:
    session = driver.book("2027-03-10", "8", NOW)
    driver.act(AccountAction.CANCEL_SESSION, utc("2027-03-09 23:59"), session=session)
    assert left(driver) == 8
    with pytest.raises(AlreadySettled, match="already cancelled"):
        driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)


def test_on_its_day_a_session_counts_as_held(driver: AccountDriver) -> None:
    session = driver.book("2027-03-10", "8", NOW)
    with pytest.raises(TooLate, match="until the day before"):
        driver.act(AccountAction.CANCEL_SESSION, utc("2027-03-10 00:00"), session=session)
    assert left(driver) == 0


@pytest.mark.parametrize("day", ["2027-02-28", "2028-06-01", "2199-12-31"])
def test_sessions_are_possible_from_today_to_the_end_of_the_next_contract_year(
    driver: AccountDriver, day: str
) -> None:
    with pytest.raises(InvalidContent, match="1 March 2027 to 31 May 2028"):
        driver.book(day, "1", NOW)
    driver.book("2027-03-01", "1", NOW)
    driver.book("2028-05-31", "1", NOW)


@pytest.mark.parametrize("hours", ["0", "-1", "0.1", "1.3", "24.25", "NaN"])
def test_hours_are_multiples_of_a_quarter(driver: AccountDriver, hours: str) -> None:
    with pytest.raises(ValidationError):
        driver.book("2027-03-10", hours, NOW)


def test_a_repeated_booking_counts_once(driver: AccountDriver) -> None:
    assert driver.book("2027-03-10", "1", NOW, "b1") == driver.book("2027-03-10", "1", NOW, "b1")
    assert left(driver) == 7
    with pytest.raises(IdReused):
        driver.book("2027-03-10", "2", NOW, "b1")


def test_a_refused_booking_changes_nothing(driver: AccountDriver) -> None:
    before = driver.account.state.model_dump_json()
    with pytest.raises(NothingLeft):
        driver.book("2027-03-10", "8.25", NOW)
    assert driver.account.state.model_dump_json() == before


def test_an_unknown_session_cannot_be_cancelled(driver: AccountDriver) -> None:
    with pytest.raises(NoSuchEntry):
        driver.act(AccountAction.CANCEL_SESSION, NOW, session="session-9")


def test_sessions_are_refused_without_an_allowance() -> None:
    with pytest.raises(NotPromised, match="contentsquare includes no hours"):
        AccountDriver(CONTENTSQUARE, NOW).book("2027-03-10", "1", NOW)
    undated = PRISMIC.model_copy(update={"starts_on": None})
    with pytest.raises(NotPromised, match="does not give its start date"):
        AccountDriver(undated, NOW).book("2027-03-10", "1", NOW)


def test_only_customers_and_their_manager_book(driver: AccountDriver) -> None:
    inputs: dict[str, Any] = {
        "date": "2027-03-10",
        "hours": 1,
        "topic": "SEO",
        "requested_by": "Mia",
    }
    driver.act(AccountAction.BOOK_SESSION, NOW, by=MANAGER, **inputs)
    with pytest.raises(WrongRole, match=Role.ACCOUNT_MANAGER):
        driver.act(AccountAction.BOOK_SESSION, NOW, by=AGENT, **inputs)


def test_hours_of_a_calendar_year_begin_on_1_january() -> None:
    by_year = EnablementTerms(hours=Decimal(8), each="calendar_year")
    changes = {"enablement": by_year, "starts_on": None}
    driver = AccountDriver(PRISMIC.model_copy(update=changes), NOW)
    driver.book("2027-12-31", "8", NOW)
    driver.book("2028-01-01", "8", NOW)
    assert [(y.begins, y.last_day, y.left) for y in driver.view(NOW).years] == [
        (date(2027, 1, 1), date(2027, 12, 31), Decimal(0)),
        (date(2028, 1, 1), date(2028, 12, 31), Decimal(0)),
    ]


def test_the_refusal_of_a_session_names_the_plan_that_has_none() -> None:
    basic = PRISMIC.model_copy(update={"plan": "small", "plan_label": "Small", "enablement": None})
    with pytest.raises(NotPromised, match="Small"):
        AccountDriver(basic, NOW).book("2027-03-10", "1", NOW)


def test_no_session_is_possible_before_the_contract_begins() -> None:
    terms = PRISMIC.model_copy(update={"starts_on": date(2027, 4, 1)})
    driver = AccountDriver(terms, NOW)
    with pytest.raises(InvalidContent, match="1 April 2027 to"):
        driver.book("2027-03-31", "1", NOW)
    driver.book("2027-04-01", "1", NOW)


def test_an_account_holds_as_many_sessions_as_fit_its_record(driver: AccountDriver) -> None:
    driver.book("2027-03-10", "0.25", NOW)
    driver.account.state.sessions = [
        driver.account.state.sessions[0].model_copy(update={"cancelled_at": NOW})
    ] * MOST
    with pytest.raises(RecordFull, match=str(MOST)):
        driver.book("2027-03-11", "0.25", NOW)


def test_an_account_holds_five_hundred_sessions(driver: AccountDriver) -> None:
    booked = driver.book("2027-03-10", "1", NOW)
    cancelled = driver.act(AccountAction.CANCEL_SESSION, NOW, session=booked)
    assert cancelled == booked
    [session] = driver.account.state.sessions
    driver.account.state.sessions = [session] * 499
    driver.book("2027-03-11", "1", NOW)
    with pytest.raises(RecordFull):
        driver.book("2027-03-12", "1", NOW)


def test_the_refusal_to_cancel_twice_names_the_clause(driver: AccountDriver) -> None:
    session = driver.book("2027-03-10", "1", NOW)
    driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)
    with pytest.raises(AlreadySettled) as refused:
        driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)
    assert refused.value.clause == "enablement"
