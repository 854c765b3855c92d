"""Notices and details of an account whose credits are money."""

from datetime import timedelta
from typing import Any

from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import PREMISES, at, terms_of
from workflows.account import views

DUE = at("2026-07-22T14:30:00+02:00")
TOLD = (
    PREMISES
    + """\
notices:
  - {event: credit_earned, tell: [customer], clause: failure}
  - {event: credits_claimed, tell: [customer], clause: failure}
"""
)


def _account(**contract: Any) -> AccountDriver:
    contacts = {"customer": {"name": "Carla", "email": "carla@harbour.example"}}
    given = {"plan": "continuity", "contacts": contacts, "starts_on": "2026-01-01"} | contract
    return AccountDriver(terms_of(TOLD, **given), at("2026-01-05T00:00:00+01:00"))


def _late(driver: AccountDriver) -> str:
    return driver.late(DUE, DUE + timedelta(minutes=5), clock="first_response")


def _facts(driver: AccountDriver, template: str) -> dict[str, Any]:
    account = driver.account
    record = next(notice for notice in account.state.notices if notice.template == template)
    return dict(account.outbox.compose(record).facts)


def test_a_notice_names_a_fee_as_the_policy_does() -> None:
    driver = _account()
    driver.claim(DUE + timedelta(hours=1), _late(driver))
    fee = {"percent": "0.25", "fee": "Support fee of the licences", "fee_missing": True}
    assert _facts(driver, "credit_earned")["credit_worth"] == fee
    assert _facts(driver, "credits_claimed")["worths"] == [fee]


def test_a_notice_of_an_amount_states_its_currency() -> None:
    driver = _account(fees={"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"})
    _late(driver)
    facts = _facts(driver, "credit_earned")
    assert facts["credit_worth"] == {
        "amount": "75.00",
        "currency": "EUR",
        "percent": "0.25",
        "fee": "Support fee of the licences",
    }
    assert {"amount", "currency", "percent", "fee", "before_cap", "cap"}.isdisjoint(facts)


def test_a_fee_that_the_terms_do_not_name_is_told_by_its_own_name() -> None:
    driver = _account()
    _late(driver)
    state = driver.account.state
    state.terms = state.terms.model_copy(update={"fee_labels": {}})
    assert _facts(driver, "credit_earned")["credit_worth"]["fee"] == "licences fee"


def test_the_details_state_amounts_and_percentages() -> None:
    texts = []
    for fees in ({"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"}, {}):
        driver = _account(fees=fees)
        credit = _late(driver)
        texts.append(views.details(driver.state(DUE), DUE))
        assert f"- **{credit}**: " in texts[-1]
    assert ": 75.00 EUR, earned," in texts[0]
    assert ": 0.25 % of licences_fee, earned," in texts[1]
