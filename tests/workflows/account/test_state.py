"""The record of an account: its latest time, and the ids of its entries."""

from datetime import timedelta

from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east, utc
from tests.workflows.account.account_driver import AccountDriver

NOW = utc("2027-03-01 10:00")
HOUR = timedelta(hours=1)


def test_no_action_stands_before_what_is_on_the_record() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    found = [driver.account.state.changed_at]
    for hours, day in ((1, "2027-03-10"), (2, "2027-03-11")):
        driver.book(day, "1", NOW + hours * HOUR)
        found.append(driver.account.state.changed_at)
    assert found == [NOW, NOW + HOUR, NOW + 2 * HOUR]


def test_the_close_of_a_month_is_on_the_record() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    assert driver.account.state.changed_at == east("2027-03-01 00:00")
    assert driver.state(east("2027-04-20 00:00")).changed_at == east("2027-04-01 00:00")


def test_an_id_is_never_given_twice_even_if_its_entry_is_gone() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    first = driver.book("2027-03-10", "1", NOW)
    driver.account.state.sessions.clear()
    second = driver.book("2027-03-10", "1", NOW)
    assert (first, second) == ("session-1", "session-2")
