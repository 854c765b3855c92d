"""Availability that is promised by the quarter or the year, in the place of months."""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policies.documents.problems import PolicyErrors
from policies.loading.loader import read_policy
from policies.reports.account_explanation import explain_account
from policies.schema.contract import Contract
from tests.chaos.model.account.account import Account
from tests.chaos.model.account.availability import Outage
from tests.chaos.model.document import with_overrides
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import at
from tests.workflows.account.money.test_downtime import FEES, HOSTED, terms
from workflows.account import views
from workflows.account.model.action_inputs import AccountAction

KINDS = ["quarter", "calendar_year", "contract_year"]
BEGINS = at("2027-02-15T00:00+00:00")


def hosted(each: str) -> str:
    return HOSTED.replace("    percent: 99.9\n", f"    percent: 99.9\n    each: {each}\n")


def account(each: str) -> AccountDriver:
    return AccountDriver(terms(hosted(each), starts_on="2027-02-15"), BEGINS)


def down(driver: AccountDriver, begins: str, minutes: int, **inputs: Any) -> str:
    starts_at = at(begins)
    return driver.down(starts_at, starts_at + timedelta(minutes=minutes), **inputs)


@pytest.mark.parametrize(
    ("each", "name", "ends"),
    [
        ("month", "2027-02", "2027-03-01T00:00+00:00"),
        ("quarter", "2027-Q1", "2027-04-01T00:00+00:00"),
        ("calendar_year", "2027", "2028-01-01T00:00+00:00"),
        ("contract_year", "2027-02-15", "2028-02-15T00:00+00:00"),
    ],
)
def test_the_period_of_a_policy_is_measured_and_closed_as_a_whole(
    each: str, name: str, ends: str
) -> None:
    driver = account(each)
    down(driver, "2027-02-20T10:00+00:00", 600)
    running = driver.view(at(ends) - timedelta(seconds=1)).running
    assert running is not None
    assert (running.month, running.begins, running.provisional) == (name, BEGINS, True)
    view = driver.view(at(ends))
    [closed] = view.months
    assert (closed.month, closed.begins, closed.ends) == (name, BEGINS, at(ends))
    assert closed.downtime_seconds == 600 * 60
    share = 1 - closed.downtime_seconds / (at(ends) - BEGINS).total_seconds()
    assert float(closed.percent) == pytest.approx(share * 100, abs=1e-4)
    assert closed.credits == (10 if share < 0.999 else 0)
    kind = "month" if each == "month" else "availability"
    assert [c.id for c in view.credits] == ([f"{kind}:{name}"] if closed.credits else [])


def test_a_credit_of_a_quarter_names_its_days_and_is_claimed_after_its_end() -> None:
    text = hosted("quarter").replace(
        "  credits:\n", "  claim_within: 30 days\n  claim_clause: uptime\n  credits:\n"
    )
    driver = AccountDriver(terms(text, starts_on="2027-02-15"), BEGINS)
    down(driver, "2027-02-20T10:00+00:00", 600)
    [credit] = driver.view(at("2027-04-02T00:00+00:00")).credits
    assert (credit.breached_on, credit.claim_until) == (date(2027, 3, 31), date(2027, 4, 30))
    assert "month" not in credit.basis
    basis = credit.basis["period_begins"], credit.basis["period_ends"]
    assert basis == ("2027-01-01", "2027-03-31")


def test_a_closed_quarter_is_corrected_and_others_are_read_by_name() -> None:
    driver = account("quarter")
    later = at("2027-04-10T00:00+00:00")
    driver.view(later)
    down(driver, "2027-03-20T10:00+00:00", 600, at=later)
    view = driver.view(later)
    assert [(m.month, m.corrections, m.credits) for m in view.months] == [("2027-Q1", 1, 10)]
    state = driver.state(later)
    found = {name: views.month(state, state.period(name), later) for name in ("2027-Q2", "2027-Q1")}
    assert all(found.values())
    for name in ("2027-03", "2027-Q3", "2026-Q4", "2027", "2027-02-15"):
        assert views.month(state, state.period(name), later) is None


@pytest.mark.parametrize(("before", "after"), [("month", "quarter"), ("quarter", "month")])
def test_under_other_terms_no_time_is_measured_twice_and_none_is_lost(
    before: str, after: str
) -> None:
    driver = account(before)
    adopted = at("2027-05-10T00:00+00:00")
    driver.view(adopted)
    new = terms(hosted(after), starts_on="2027-02-15")
    driver.act(AccountAction.ADOPT_TERMS, adopted, terms=new)
    months = driver.view(at("2028-01-02T00:00+00:00")).months
    assert months[0].begins == BEGINS
    assert [m.begins for m in months[1:]] == [m.ends for m in months[:-1]]
    assert months[-1].month == ("2027-Q4" if after == "quarter" else "2027-12")


def test_the_explanation_names_the_period() -> None:
    contract = Contract(account="harbour", name="Harbour", policy="hosted")
    explained = explain_account(read_policy(hosted("quarter")), contract, BEGINS)
    assert [remedy.says for remedy in explained.remedies] == [
        "availability of 99.9 % of the time that counts, each quarter in UTC",
        "credit for each started 1 hour of downtime in a quarter below 99.9 %: 2 % of monthly_fee",
    ]


def test_a_year_is_one_of_the_calendar_or_of_the_contract() -> None:
    with pytest.raises(PolicyErrors, match="contract_year"):
        read_policy(hosted("year"))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300 * 24 * 60), st.integers(1, 3_000)), max_size=5),
    st.sampled_from(["month", *KINDS]),
)
def test_core_and_model_agree_on_periods_of_any_length(
    outages: list[tuple[int, int]], each: str
) -> None:
    driver, recorded, end = account(each), [], at("2028-03-01T00:00+00:00")
    for start, length in sorted(outages):
        starts_at = BEGINS + timedelta(minutes=start)
        recorded.append(Outage(starts_at, starts_at + timedelta(minutes=length), "service_failure"))
        driver.down(starts_at, recorded[-1].ends_at, at=_recorded_at(driver, starts_at, length))
    policy = with_overrides(YAML(typ="safe", pure=True).load(StringIO(hosted(each))), {})
    contract = {"account": "harbour", "policy": "hosted", "fees": FEES, "starts_on": "2027-02-15"}
    model = Account(policy, contract, (), ZoneInfo("Europe/London"), recorded)
    view = driver.view(end)
    assert view.months
    for closed in view.months:
        first = driver.account.state.period(closed.month).begins
        credit = model.credit_of_month(first)
        assert closed.credits == (credit.credits if credit else 0)


def _recorded_at(driver: AccountDriver, starts_at: datetime, length: int) -> datetime:
    return max(starts_at + timedelta(minutes=length), driver.account.state.changed_at)
