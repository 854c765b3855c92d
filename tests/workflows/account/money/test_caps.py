"""Caps: what one rule is worth in a period, and whose share is free for others."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.workflows.account.account_driver import MANAGER, AccountDriver
from tests.workflows.account.money.money_policies import PREMISES, at, terms_of
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import CreditView

HOUR = timedelta(hours=1)
DUE = at("2026-07-22T14:30:00+02:00")
HOURLY = PREMISES.replace("each: breach", "each: 1 hour")
"""75 EUR for each hour, and 2,000 EUR in a contract year."""


def _account(text: str = HOURLY) -> AccountDriver:
    fees = {"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"}
    terms = terms_of(text, plan="continuity", fees=fees, starts_on="2026-01-01")
    return AccountDriver(terms, at("2026-01-05T00:00:00+01:00"))


def _late(driver: AccountDriver, number: int, hours: int, due: datetime = DUE) -> str:
    ticket = f"AAAA-AAAA-{number:04d}"
    return driver.late(due, due + hours * HOUR, ticket=ticket, clock="first_response")


def _told(driver: AccountDriver, event: str) -> list[dict[str, object]]:
    return [dict(told.data) for told in driver.account.state.events if told.type == event]


def _amounts(driver: AccountDriver, when: datetime) -> list[Decimal]:
    return [_amount(credit) for credit in driver.view(when).credits]


def _amount(credit: CreditView) -> Decimal:
    return (credit.worth.amount if credit.worth else None) or Decimal(0)


def test_a_corrected_credit_keeps_what_it_was_granted_even_if_an_older_one_lacks_something() -> (
    None
):
    driver = _account()
    _late(driver, 1, 10)
    _late(driver, 2, 20)
    _late(driver, 1, 12)
    assert _amounts(driver, DUE) == [750, 1_250]
    _late(driver, 2, 21)
    assert _amounts(driver, DUE) == [750, 1_250]


@pytest.mark.parametrize(("is_claimed", "left"), [(False, 75), (True, 0)])
def test_only_a_credit_that_was_not_claimed_in_time_frees_its_share_of_the_cap(
    is_claimed: bool, left: int
) -> None:
    driver = _account()
    credit = _late(driver, 1, 30)
    if is_claimed:
        driver.claim(DUE + 31 * HOUR, credit)
    later = DUE + timedelta(days=40)
    _late(driver, 2, 1, later)
    assert _amounts(driver, later) == [2_000, left]
    assert driver.view(later).credits[0].claim_until == date(2026, 8, 22)


def test_the_event_of_a_credit_states_what_its_cap_leaves_of_it() -> None:
    driver = _account()
    _late(driver, 1, 20)
    _late(driver, 2, 10)
    whole, part = _told(driver, "credit_earned")
    assert (whole["amount"], "cap" in whole, "before_cap" in whole) == ("1500.00", False, False)
    assert (part["amount"], part["days"]) == ("500.00", 0)
    assert part["before_cap"] == {
        "amount": "750.00",
        "currency": "EUR",
        "percent": "2.5",
        "fee": "licences_fee",
        "days": 0,
    }
    assert part["cap"] == {
        "amount": "2000.00",
        "currency": "EUR",
        "percent": "5",
        "fee": "yearly_fee",
        "days": 0,
    }


def test_a_cap_of_contract_time_is_stated_in_days() -> None:
    cap = "cap: {percent: 5, of: yearly_fee, each: contract_year}"
    text = HOURLY.replace(cap, "cap: {time: 3 days, each: contract_year}")
    text = text.replace("worth: {percent: 0.25, of: licences_fee}", "worth: 1 day")
    driver = _account(re.sub("  fees: .*\n", "", text))
    _late(driver, 1, 5)
    [told] = _told(driver, "credit_earned")
    assert (told["days"], told["before_cap"], told["cap"]) == (3, {"days": 5}, {"days": 3})


def test_a_refused_claim_corrects_the_credits_that_its_share_of_the_cap_goes_to() -> None:
    driver = _account()
    claim = driver.claim(DUE + 30 * HOUR, _late(driver, 1, 20))
    later = _late(driver, 2, 30)
    inputs = {"claim": claim, "reason": "Not ours."}
    refused_at = DUE + timedelta(days=3)
    driver.act(AccountAction.REFUSE_CLAIM, refused_at, by=MANAGER, **inputs)
    [told] = _told(driver, "credit_corrected")
    assert (told["credit"], told["amount"]) == (later, "2000.00")
    before = {"amount": "500.00", "currency": "EUR", "fee": "licences_fee"}
    assert told["worth_before"] == before


def test_a_claim_is_worth_what_its_credits_are_while_others_accrue_under_their_cap() -> None:
    driver = _account()
    for number, due in ((1, DUE), (2, DUE + 10 * HOUR)):
        ticket = f"AAAA-AAAA-000{number}"
        driver.late(due, due, ticket=ticket, clock="first_response", overdue=True)
    claimed_at = DUE + 20 * HOUR
    _, named = driver.view(claimed_at).credits
    driver.claim(claimed_at, named.id)
    shown = driver.view(claimed_at)
    [claim] = shown.claims
    [credit] = [credit for credit in shown.credits if credit.id == named.id]
    assert claim.worths == (credit.worth,)
    assert sum(_amounts(driver, claimed_at)) == 2_000


def test_a_capped_percentage_keeps_its_share_when_its_fee_becomes_known() -> None:
    text = PREMISES.replace("percent: 0.25", "percent: 2").replace("yearly_fee", "licences_fee")
    text = re.sub("  fees: .*\n", "  fees: {licences_fee: Licences}\n", text)
    terms = terms_of(text, plan="continuity", starts_on="2026-01-01")
    driver = AccountDriver(terms, at("2026-01-05T00:00:00+01:00"))
    for number in range(4):
        _late(driver, number, 1)
    percents = [credit.worth.percent for credit in driver.view(DUE).credits if credit.worth]
    assert percents == [2, 2, 1, 0]
    fees = {"licences_fee": "30000 EUR"}
    priced = terms_of(text, plan="continuity", starts_on="2026-01-01", fees=fees)
    driver.act(AccountAction.ADOPT_TERMS, DUE, terms=priced)
    state = driver.account.state
    assert [credit.granted.amount for credit in state.credits] == [600, 600, 300, 0]
    assert _amounts(driver, DUE) == [600, 600, 300, 0]


def test_a_cap_is_shown_with_the_credits_that_it_limits_only() -> None:
    driver = _account()
    _late(driver, 1, 10)
    _late(driver, 2, 20)
    shown = [credit.cap.amount if credit.cap else None for credit in driver.view(DUE).credits]
    assert shown == [None, Decimal(2_000)]
