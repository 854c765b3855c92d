"""Credits in money: bands, percentages of fees, amounts, caps, and numbers of breaches."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.accounts.worth import Worth
from policies.vocabulary import Action
from tests.workflows.account.account_driver import MANAGER, AccountDriver
from tests.workflows.account.money.money_policies import MANAGED, PREMISES, at, terms_of
from tests.workflows.account.money.money_tickets import ticket_under
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import CreditView
from workflows.account.refusals import NotPromised, TooLate

JUNE = at("2026-06-01T00:00:00+05:30")
JULY = at("2026-07-01T00:00:00+05:30")
FEE = {"monthly_fee": "200000 INR"}
FEES = {"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"}
DUE = at("2026-07-22T14:30:00+02:00")


def _managed(**contract: object) -> AccountDriver:
    return AccountDriver(terms_of(MANAGED, **{"fees": FEE} | contract), JUNE)


def _down(driver: AccountDriver, minutes: int, day: int = 10, **inputs: Any) -> None:
    begins = JUNE + timedelta(days=day)
    driver.down(begins, begins + timedelta(minutes=minutes), at=JULY - timedelta(days=1), **inputs)


def _june(driver: AccountDriver) -> CreditView | None:
    return next((c for c in driver.view(JULY).credits if c.id == "month:2026-06"), None)


def _premises(**contract: object) -> AccountDriver:
    given = {"plan": "continuity", "fees": FEES, "starts_on": "2026-01-01"} | contract
    return AccountDriver(terms_of(PREMISES, **given), at("2026-01-05T00:00:00+01:00"))


def _miss(driver: AccountDriver, number: int, breached: datetime = DUE) -> str:
    ticket = f"AAAA-AAAA-{number:04d}"
    return driver.late(breached, breached + timedelta(minutes=5), ticket=ticket, clock=RESPONSE)


RESPONSE = "first_response"


@pytest.mark.parametrize(
    ("minutes", "percent"),
    [(43, None), (44, 5), (216, 5), (217, 10), (432, 10), (433, 15)],
)
def test_a_band_of_availability_holds_its_lower_end(minutes: int, percent: int | None) -> None:
    driver = _managed()
    _down(driver, minutes, day=0)
    credit = _june(driver)
    worth = credit.worth if credit else None
    assert (worth.percent if worth else None) == percent
    assert (worth.amount if worth else None) == (percent and Decimal(2_000 * percent))


@pytest.mark.parametrize(
    ("notice", "percent", "share", "amount"),
    [(47, 10, "99.4675", 20_000), (48, 5, "99.6064", 10_000)],
)
def test_maintenance_announced_too_late_counts(
    notice: int, percent: int, share: str, amount: int
) -> None:
    driver = _managed()
    _down(driver, 170)
    for day, minutes, hours in ((12, 90, 50), (14, 60, notice)):
        announced = JUNE + timedelta(days=day) - timedelta(hours=hours)
        _down(driver, minutes, day, category="maintenance", announced_at=announced)
    credit = _june(driver)
    assert credit is not None
    assert credit.worth == Worth(
        amount=Decimal(amount), currency="INR", percent=Decimal(percent), of="monthly_fee"
    )
    month = driver.view(JULY).months[-1]
    assert (str(month.percent), month.measured_seconds) == (share, 43_200 * 60)
    assert credit.says == "availability in June 2026"


def test_the_claim_of_a_month_is_open_until_the_end_of_the_last_day_there() -> None:
    driver = _managed()
    _down(driver, 230)
    credit = _june(driver)
    assert credit is not None
    assert credit.claim_until == date(2026, 7, 30)
    with pytest.raises(TooLate, match="30 July 2026"):
        driver.claim(at("2026-07-31T00:00:00+05:30"), "month:2026-06")
    driver.claim(at("2026-07-30T23:59:59+05:30"), "month:2026-06")
    claim = driver.view(at("2026-07-31T00:00:00+05:30")).claims[0]
    assert [f"{worth.amount} {worth.currency}" for worth in claim.worths or ()] == ["20000.00 INR"]


def test_a_percentage_of_a_fee_that_the_contract_lacks_is_shown_and_priced_later() -> None:
    driver = _managed(fees={})
    _down(driver, 230)
    credit = _june(driver)
    assert credit is not None
    assert (credit.worth, credit.missing) == (
        Worth(percent=Decimal(10), of="monthly_fee"),
        ("monthly_fee",),
    )
    driver.claim(JULY, "month:2026-06")
    driver.act(AccountAction.ADOPT_TERMS, JULY, terms=terms_of(MANAGED, fees=FEE))
    credit = _june(driver)
    assert credit is not None
    assert credit.worth is not None
    assert credit.worth.amount == 20_000
    assert credit.missing is None


def test_availability_depends_on_the_plan() -> None:
    data = MANAGED.model_dump(mode="json", exclude_unset=True)
    data["plans"] = {"basic": {"says": "Basic"}, "silver": {"says": "S"}, "gold": {"says": "Gold"}}
    percent = {"by": ["plan"], "cells": {"gold": 99.9, "silver": 99.5}}
    data["remedies"]["availability"]["percent"] = percent
    policy = type(MANAGED).model_validate(data)
    targets = {}
    for plan in ("gold", "silver", "basic"):
        promised = terms_of(policy, plan=plan).availability
        targets[plan] = promised.target if promised else None
    assert targets == {"gold": Decimal("99.9"), "silver": Decimal("99.5"), "basic": None}


def test_each_breach_earns_its_percentage_until_the_cap_of_the_year() -> None:
    driver = _premises()
    totals = []
    for number in range(1, 29):
        _miss(driver, number)
        amounts = [c.worth.amount for c in driver.view(DUE).credits if c.worth and c.worth.amount]
        totals.append(sum(amounts))
    assert (str(totals[0]), str(totals[25]), totals[26], totals[27]) == (
        "75.00",
        "1950.00",
        2_000,
        2_000,
    )
    last, over = driver.view(DUE).credits[26:]
    assert (last.worth, last.before_cap) == (
        Worth(amount=Decimal("50.00"), currency="EUR", of="licences_fee"),
        Worth(amount=Decimal("75.00"), currency="EUR", percent=Decimal("0.25"), of="licences_fee"),
    )
    with pytest.raises(NotPromised, match="reached their cap"):
        driver.claim(DUE, over.id)
    assert _miss(driver, 99, at("2027-01-04T10:00:00+01:00"))
    assert driver.view(at("2027-01-04T11:00:00+01:00")).credits[-1].worth is not None


def test_a_missed_promise_that_no_credit_names_adds_nothing() -> None:
    driver = _premises()
    assert driver.late(DUE, DUE + timedelta(days=2), clock="corrective_action") == ""


def test_a_breach_is_credited_at_once_and_does_not_grow() -> None:
    driver = _premises()
    credit = driver.late(DUE, DUE, clock=RESPONSE, overdue=True)
    assert [(c.id, str(c.state)) for c in driver.view(DUE).credits] == [(credit, "earned")]
    assert driver.view(DUE).credits[0].claim_until == date(2026, 8, 21)
    driver.late(DUE, DUE + timedelta(days=9), clock=RESPONSE)
    (shown,) = driver.view(DUE + timedelta(days=9)).credits
    assert shown.worth is not None
    assert shown.worth.amount == 75


def test_a_claim_refused_frees_its_share_of_the_cap() -> None:
    driver = _premises()
    for number in range(1, 29):
        _miss(driver, number)
    first = driver.view(DUE).credits[0].id
    claim = driver.claim(DUE, first)
    driver.act(AccountAction.REFUSE_CLAIM, DUE, by=MANAGER, claim=claim, reason="Not ours.")
    paid = [c for c in driver.view(DUE).credits if c.state == "earned" and c.worth]
    assert sum(c.worth.amount or 0 for c in paid if c.worth) == 2_000


def test_the_number_of_breaches_in_a_period_decides_its_credit() -> None:
    bands = (
        "bands: [{breaches: 2, worth: {amount: 100 EUR}}, {breaches: 4, worth: {amount: 500 EUR}}]"
    )
    old = PREMISES[PREMISES.index("      each: breach") : PREMISES.index("      clause: failure")]
    text = PREMISES.replace(old, f"      period: month\n      {bands}\n")
    text = text.replace("  fees: {licences_fee: Support fee of the licences, yearly_fee: ", "  #")
    driver = AccountDriver(terms_of(text, plan="continuity"), at("2026-01-05T00:00:00+01:00"))
    shown = []
    for number in range(1, 6):
        _miss(driver, number)
        shown.append([c.worth.amount for c in driver.view(DUE).credits if c.worth])
    assert shown == [[], [100], [100], [500], [500]]
    _miss(driver, 9, at("2026-08-03T10:00:00+02:00"))
    (credit,) = driver.view(DUE).credits
    assert (credit.id, credit.basis["breaches"]) == ("breaches:first_response:2026-07", 5)
    assert credit.claim_until is None or credit.claim_until >= date(2026, 7, 31)


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(30)), st.integers(0, 30))
def test_the_sum_under_a_cap_does_not_depend_on_the_order_of_reports(
    order: list[int], claimed: int
) -> None:
    driver = _premises()
    for count, number in enumerate(order):
        credit = _miss(driver, number)
        worth = next(c.worth for c in driver.view(DUE).credits if c.id == credit)
        if count < claimed and worth and worth.amount:
            driver.claim(DUE, credit)
    amounts = [c.worth.amount or Decimal(0) for c in driver.view(DUE).credits if c.worth]
    assert sum(amounts) == 2_000
    assert all(0 <= amount <= 75 for amount in amounts)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 400)), max_size=25))
def test_credits_grow_with_lateness_and_never_exceed_the_cap(
    reports: list[tuple[int, int]],
) -> None:
    text = PREMISES.replace("each: breach", "each: 1 hour").replace("3 business days", "30 days")
    given_ = {"plan": "continuity", "fees": FEES, "starts_on": "2026-01-01"}
    driver = AccountDriver(terms_of(text, **given_), at("2026-01-05T00:00:00+01:00"))
    latest: dict[int, int] = {}
    paid = Decimal(0)
    for ticket, hours in reports:
        latest[ticket] = max(latest.get(ticket, 0), hours)
        done = DUE + timedelta(hours=latest[ticket])
        driver.late(DUE, done, ticket=f"AAAA-AAAA-000{ticket}", clock=RESPONSE)
        shown = driver.view(DUE + timedelta(days=1)).credits
        total = sum((c.worth.amount or Decimal(0) for c in shown if c.worth), Decimal(0))
        assert paid <= total <= 2_000
        paid = total
    assert paid == min(Decimal(2_000), 75 * Decimal(sum(latest.values())))


def test_business_days_of_a_claim_run_from_the_due_time_on_the_calendar_of_the_ticket() -> None:
    driver = ticket_under(PREMISES, "2026-07-20T14:00:00+02:00", "l2")
    due, until = at("2026-07-22T14:30:00+02:00"), at("2026-07-27T14:30:00+02:00")
    driver.until_instant(at("2026-07-23T10:00:00+02:00")).act(
        Action.RESPOND, message="We are on it.", outcomes=["work_started"]
    )
    report = driver.state.late[-1]
    assert (report.breached_at, report.claim_until) == (due, until)
    fees = {"licences_fee": "30000 EUR"}
    terms = terms_of(PREMISES, plan="continuity", fees=fees)
    account = AccountDriver(terms, at("2026-07-01T00:00:00+02:00"))
    for late in driver.state.late:
        account.act(AccountAction.REPORT_LATENESS, late.reported_at, id=late.id, lateness=late)
    told = str(account.account.state.events[-1].data["claim_until_at"])
    assert at(told) == until
    (credit,) = account.view(until).credits
    assert (credit.claim_until_at, str(credit.state)) == (until, "earned")
    assert credit.worth is not None
    assert credit.worth.amount == Decimal("75.00")
    with pytest.raises(TooLate, match="27 July 2026, 14:30 CEST"):
        account.claim(until + timedelta(seconds=1), credit.id)
    account.claim(until, credit.id)
