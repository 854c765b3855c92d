"""A day that an account is told lasts to its last second where the account is (rule C8)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import AccountTerms
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from tests.workflows.account.account_driver import AccountDriver
from workflows.account.model.action_inputs import AccountAction
from workflows.account.refusals import TooLate

pytestmark = pytest.mark.fault(13)
CATALOG = PolicyCatalog.shipped()
ZONES = ["America/Los_Angeles", "Europe/Oslo", "Asia/Tokyo", "Pacific/Auckland", "UTC"]
SECOND = timedelta(seconds=1)


def local(zone: str, text: str) -> datetime:
    """A local time as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def terms(policy: str, zone: str | None, **contract: object) -> AccountTerms:
    party = Contract.model_validate(
        {"account": "acme", "name": "Acme", "policy": policy, "zone": zone, **contract}
    )
    return account_terms(CATALOG.latest(policy), party, 2031)


def late(completed: datetime, zone: str | None, **contract: object) -> AccountDriver:
    """An account with one credit, for a request that was resolved at this time, a day late."""
    agreed = terms("contentsquare", zone, **contract)
    driver = AccountDriver(agreed, completed - timedelta(days=3))
    driver.late(completed - timedelta(days=1), completed)
    return driver


def claim(driver: AccountDriver, at: datetime) -> None:
    [credit] = driver.account.state.credits
    driver.claim(at, credit.id)


@pytest.mark.clause("contentsquare/claims")
@pytest.mark.parametrize("zone", ZONES)
def test_a_claim_is_accepted_to_the_last_second_of_the_last_day(zone: str) -> None:
    resolved = local(zone, "2031-06-03 02:00")
    midnight = local(zone, "2031-07-04 00:00")
    driver = late(resolved, zone)
    [credit] = driver.account.state.credits
    assert credit.claim_until == date(2031, 7, 3)
    claim(driver, midnight - SECOND)
    with pytest.raises(TooLate, match=r"3 July 2031|3 juillet 2031"):
        claim(late(resolved, zone), midnight)


@pytest.mark.clause("contentsquare/claims")
@pytest.mark.parametrize(
    ("region", "zone"), [("gmt", "Europe/London"), ("us_pst", "America/Los_Angeles")]
)
def test_without_a_zone_of_the_contract_days_are_those_of_the_support_hours(
    region: str, zone: str
) -> None:
    driver = late(local(zone, "2031-06-03 00:30"), None, region=region)
    [credit] = driver.account.state.credits
    assert credit.claim_until == date(2031, 7, 3)
    claim(driver, local(zone, "2031-07-04 00:00") - SECOND)
    contacts = driver.account.state.terms.contacts
    assert contacts["customer_success_manager"].zone == zone


@pytest.mark.parametrize("zone", ZONES)
def test_a_month_can_be_claimed_to_the_last_second_of_the_last_day(zone: str) -> None:
    driver = AccountDriver(terms("contentsquare", zone), local(zone, "2031-02-27 08:00"))
    begins = local("UTC", "2031-03-04 00:00")
    driver.down(begins, begins + timedelta(days=1), at=begins + timedelta(days=2))
    driver.account.catch_up(local(zone, "2031-04-02 10:00"))
    [credit] = driver.account.state.credits
    assert credit.claim_until == date(2031, 4, 30)
    claim(driver, local(zone, "2031-05-01 00:00") - SECOND)


@pytest.mark.clause("prismic/enablement")
@pytest.mark.parametrize("zone", ZONES)
def test_a_session_can_be_cancelled_to_the_last_second_of_the_day_before(zone: str) -> None:
    agreed = terms("prismic", zone, plan="enterprise_premium", starts_on=date(2030, 6, 1))
    driver = AccountDriver(agreed, local(zone, "2031-03-01 09:00"))
    first, second = (
        driver.book("2031-03-10", "1", local(zone, "2031-03-01 09:00")) for _ in range(2)
    )
    midnight = local(zone, "2031-03-10 00:00")
    driver.act(AccountAction.CANCEL_SESSION, midnight - SECOND, session=first)
    with pytest.raises(TooLate):
        driver.act(AccountAction.CANCEL_SESSION, midnight + timedelta(minutes=30), session=second)


@pytest.mark.parametrize("zone", ZONES)
def test_a_session_can_be_booked_for_today_where_the_account_is(zone: str) -> None:
    agreed = terms("prismic", zone, plan="enterprise_premium", starts_on=date(2030, 6, 1))
    evening = local(zone, "2031-03-09 23:30")
    assert AccountDriver(agreed, evening).book("2031-03-09", "1", evening)


def test_terms_pinned_before_days_had_a_zone_keep_the_offset_of_their_months() -> None:
    old = terms("contentsquare", "Asia/Tokyo").model_dump(exclude={"day_zone", "day_offsets"})
    agreed = AccountTerms.model_validate(old)
    assert agreed.local_zone == agreed.zone
    assert agreed.day_at(local("Asia/Tokyo", "2031-06-03 02:00")) == date(2031, 6, 2)
