"""What the events of a claim record, and claims for which nothing is left."""

from datetime import timedelta

import pytest

from tests.policies.accounts.sample_accounts import CONTENTSQUARE, east
from tests.workflows.account.account_driver import MANAGER, AccountDriver
from tests.workflows.account.money.money_policies import PREMISES, at, terms_of
from workflows.account.credits import credits_of_ticket
from workflows.account.model.action_inputs import AccountAction
from workflows.account.refusals import NotPromised

DUE = east("2027-03-10 15:00")
LATE = DUE + timedelta(days=3)
CREDIT = "ticket:7K2M-0QXW-9HTE:resolution:1"


def account() -> AccountDriver:
    """An account with a credit of three days."""
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, LATE)
    return driver


def test_the_events_of_a_claim_have_the_claim_its_worth_and_what_was_written() -> None:
    driver = account()
    claim = driver.claim(LATE, CREDIT)
    [*_, filed] = driver.account.state.events
    recorded = {"claim": claim, "credits": 3, "days": 3, "named": [CREDIT]}
    assert filed.data == recorded | {"statement": "We claim what the contract gives us."}
    driver.act(AccountAction.REFUSE_CLAIM, LATE, by=MANAGER, claim=claim, reason="Filed twice.")
    [*_, refused] = driver.account.state.events
    assert refused.data == recorded | {"reason": "Filed twice."}


def test_the_events_of_a_claim_of_money_have_its_amount() -> None:
    fees = {"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"}
    terms = terms_of(PREMISES, plan="continuity", fees=fees)
    driver = AccountDriver(terms, at("2027-01-05T00:00:00+01:00"))
    driver.claim(LATE, driver.late(DUE, LATE, clock="first_response"))
    [*_, filed] = driver.account.state.events
    assert filed.data["days"] == 0
    assert filed.data["worths"] == [
        {"amount": "75.00", "currency": "EUR", "percent": "0.25", "fee": "licences_fee"}
    ]


@pytest.mark.parametrize("earlier_claim", [False, True])
def test_lateness_that_is_corrected_away_leaves_a_credit_of_nothing(earlier_claim: bool) -> None:
    driver = account()
    if earlier_claim:
        driver.claim(LATE, CREDIT)
        driver.late(DUE, LATE + timedelta(days=2))
    driver.late(DUE, DUE + timedelta(hours=1) if earlier_claim else DUE)
    credit = driver.account.state.credits[-1]
    assert (credit.id, credit.days, credit.credits) == (
        f"{CREDIT}:2" if earlier_claim else CREDIT,
        0,
        0,
    )
    with pytest.raises(NotPromised) as refused:
        driver.claim(LATE + timedelta(days=3), credit.id)
    assert refused.value.phrase == "credit_empty"


def test_lateness_that_a_claim_covers_earns_no_other_credit() -> None:
    driver = account()
    driver.claim(LATE, CREDIT)
    assert driver.late(DUE, LATE - timedelta(hours=1)) == ""
    assert driver.credits(LATE) == {CREDIT: (3, "claimed")}


def test_the_credits_of_a_ticket_are_those_of_its_cycles_claimed_or_not() -> None:
    driver = account()
    driver.claim(LATE, CREDIT)
    driver.late(DUE, LATE + timedelta(days=1))
    driver.late(DUE, LATE, ticket="AAAA-0QXW-9HTE")
    [found] = credits_of_ticket(driver.account.state, "7K2M-0QXW-9HTE", LATE)
    assert (found.clock, found.cycle, found.earned) == ("resolution", 1, 4)
    assert [(e.id, e.credits, e.is_claimed, str(e.state)) for e in found.entries] == [
        (CREDIT, 3, True, "claimed"),
        (f"{CREDIT}:2", 1, False, "earned"),
    ]
