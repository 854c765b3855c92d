"""Credits by the number of breaches in a period."""

import re
from datetime import date, datetime, timedelta

from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import PREMISES, at, terms_of
from workflows.account.model.action_inputs import AccountAction
from workflows.account.retention import prune

DUE = at("2026-07-22T14:30:00+02:00")
_CREDIT = re.compile("      each: breach\n.*\n.*\n      clause: failure\n")
_BANDS = "bands: [{breaches: 2, worth: {amount: 100 EUR}}, {breaches: 4, worth: {amount: 500 EUR}}]"
MONTHLY = re.sub("  fees: .*\n", "", PREMISES)
MONTHLY = _CREDIT.sub(f"      period: month\n      {_BANDS}\n      clause: failure\n", MONTHLY)


def _account(text: str = MONTHLY) -> AccountDriver:
    return AccountDriver(terms_of(text, plan="continuity"), at("2026-01-05T00:00:00+01:00"))


def _miss(
    driver: AccountDriver, number: int, breached: datetime = DUE, priority: str = "l1"
) -> str:
    done = breached + timedelta(minutes=5)
    ticket = f"AAAA-AAAA-{number:04d}"
    return driver.late(breached, done, ticket=ticket, clock="first_response", priority=priority)


def _amounts(driver: AccountDriver) -> dict[str, int]:
    shown = driver.view(DUE).credits
    return {credit.id: int(credit.worth.amount or 0) for credit in shown if credit.worth}


def test_a_breach_that_reaches_no_band_earns_no_credit() -> None:
    driver = _account()
    assert _miss(driver, 1) == ""
    assert _miss(driver, 2) == "breaches:first_response:2026-07"
    assert _amounts(driver) == {"breaches:first_response:2026-07": 100}


def test_the_credit_of_a_period_describes_it_and_is_of_its_last_day() -> None:
    driver = _account(MONTHLY.replace("3 business days", "10 days"))
    for number in range(3):
        _miss(driver, number)
    [credit] = driver.view(DUE).credits
    assert credit.basis == {
        "clock": "first_response",
        "period": "2026-07",
        "period_begins": "2026-07-01",
        "period_ends": "2026-07-31",
        "breaches": 3,
    }
    assert (credit.breached_on, credit.claim_until) == (date(2026, 7, 31), date(2026, 8, 10))
    assert credit.says == "missed first response in 2026-07: 3"


def test_breaches_count_by_the_rule_of_their_priority() -> None:
    rule = MONTHLY[MONTHLY.index("    - clock: first_response") : MONTHLY.index("  claim_within")]
    first = rule.replace("      period", "      priorities: [l1]\n      period")
    second = rule.replace("      period", "      priorities: [l2]\n      period")
    driver = _account(MONTHLY.replace(rule, first + second))
    for number, priority in enumerate(("l1", "l2", "l1")):
        _miss(driver, number, priority=priority)
    assert _amounts(driver) == {"breaches:first_response+l1:2026-07": 100}


def test_each_period_counts_its_own_breaches() -> None:
    driver = _account()
    august = at("2026-08-03T10:00:00+02:00")
    for number, breached in enumerate((DUE, DUE, august)):
        _miss(driver, number, breached)
    assert _amounts(driver) == {"breaches:first_response:2026-07": 100}
    _miss(driver, 9, august)
    assert len(driver.view(august).credits) == 2


def test_breaches_that_earned_by_themselves_are_not_counted_again_under_other_terms() -> None:
    fees = {"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"}
    before = terms_of(PREMISES, plan="continuity", fees=fees)
    driver = AccountDriver(before, at("2026-01-05T00:00:00+01:00"))
    earned = _miss(driver, 1)
    driver.act(AccountAction.ADOPT_TERMS, DUE, terms=terms_of(MONTHLY, plan="continuity"))
    assert _miss(driver, 2) == ""
    assert list(_amounts(driver)) == [earned]


def test_a_period_keeps_what_it_has_earned_when_its_cycles_are_no_longer_kept() -> None:
    driver = _account()
    for number in range(4):
        _miss(driver, number)
    later = DUE + timedelta(days=368)
    state = driver.account.state
    prune(state, later)
    assert state.late_cycles == {}
    driver.reports += 1
    _miss(driver, 9)
    [credit] = state.credits
    assert (str(credit.granted.amount), credit.basis["breaches"]) == ("500.00", 4)
