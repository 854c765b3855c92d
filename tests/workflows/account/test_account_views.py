"""What an account tells: replies, the details in the Temporal UI, and the refusals' clauses."""

from datetime import timedelta

import pytest

from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east, utc
from tests.workflows.account.account_driver import AccountDriver
from workflows.account import views
from workflows.account.messages import AccountAction
from workflows.account.refusals import AlreadySettled, NotPromised, TooLate

NOW = utc("2027-03-01 10:00")
DUE = east("2027-03-10 15:00")


def test_an_action_returns_the_id_of_its_entry() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    session = driver.book("2027-03-10", "8", NOW)
    assert driver.act(AccountAction.CANCEL_SESSION, NOW, session=session) == session


def test_refused_cancellations_cite_the_clause_of_the_allowance() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    session = driver.book("2027-03-10", "8", NOW)
    with pytest.raises(TooLate) as late:
        driver.act(AccountAction.CANCEL_SESSION, utc("2027-03-10 00:00"), session=session)
    driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)
    with pytest.raises(AlreadySettled) as twice:
        driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)
    assert (late.value.clause, twice.value.clause) == ("enablement", "enablement")


def test_the_next_contract_year_is_shown_once_it_has_bookings() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    assert len(driver.view(NOW).years) == 1
    driver.book("2027-06-01", "1", NOW)
    assert [year.booked for year in driver.view(NOW).years] == [0, 1]


def test_a_claim_ends_only_the_accrual_of_the_credits_that_it_names() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE, overdue=True)
    driver.late(DUE, DUE, overdue=True, ticket="AAAA-0QXW-9HTE")
    after = DUE + timedelta(days=3)
    first, second = sorted(driver.credits(after))
    driver.claim(after, first)
    assert driver.credits(after) == {first: (3, "claimed"), second: (3, "accruing")}


def test_a_credit_without_days_cannot_be_claimed() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE + timedelta(days=1))
    driver.late(DUE, DUE)
    [(credit, (days, _))] = driver.credits(DUE + timedelta(days=1)).items()
    assert days == 0
    with pytest.raises(NotPromised):
        driver.claim(DUE + timedelta(days=1), credit)


def test_the_details_state_what_operators_look_for() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE + timedelta(days=1))
    driver.down(east("2027-03-12 00:00"), None)
    state = driver.state(east("2027-04-02 00:00"))
    text = views.details(state, east("2027-04-02 00:00"))
    assert "Next by itself: close 2027-04, 2027-04-30 22:00 UTC" in text
    assert "Outage without an end: **outage-1**" in text
    assert "| ticket:7K2M-0QXW-9HTE:resolution:1 | 1 | earned | 2027-04-10 |" in text
    assert "| 2027-03 |" in text
    assert "Undeliverable" not in text


def test_the_details_of_an_account_with_an_allowance_state_its_hours() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    driver.book("2027-03-10", "3", NOW)
    text = views.details(driver.state(NOW), NOW)
    assert "Allowance 2026-06-01 to 2027-05-31: **3** of 8 hours booked" in text
