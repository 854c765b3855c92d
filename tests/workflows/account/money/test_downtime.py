"""Credits for each hour of downtime, and scheduled downtime announced business days ahead."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policies.accounts.account_terms import AccountTerms
from policies.documents.problems import PolicyErrors
from policies.loading.loader import read_policy
from policies.reports.account_explanation import explain_account
from policies.schema.contract import Contract
from tests.chaos.model.account.account import Account
from tests.chaos.model.account.availability import Outage
from tests.chaos.model.document import with_overrides
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import at, terms_of

HOSTED = """\
policy: hosted
title: Hosting
revision: 2026-01-01
clauses:
  hours: {says: Weekdays from nine to five., at: Hours}
  uptime: {says: "An hour of downtime is worth 2 % of the fee.", at: Availability}
calendars:
  office: {zone: Europe/London, hours: {mon-fri: "09:00-17:00"}, holidays: {country: GB, subdivision: ENG}, clause: hours}
support_hours: office
remedies:
  fees: {monthly_fee: Monthly fee}
  availability:
    percent: 99.9
    uncounted:
      planned: {says: Planned work, announced: 5 business days, clause: uptime}
    clause: uptime
  credits:
    - {availability_below: 99.9, each: 1 hour, worth: {percent: 2, of: monthly_fee}, clause: uptime}
"""  # noqa: E501  # a calendar is easier to read in one line
FEES = {"monthly_fee": "1000 EUR"}


def account(text: str = HOSTED, **contract: Any) -> AccountDriver:
    return AccountDriver(terms(text, **contract), at("2027-03-01T00:00+00:00"))


def terms(text: str = HOSTED, **contract: Any) -> AccountTerms:
    return terms_of(text, **{"starts_on": "2027-03-01", "fees": FEES} | contract)


def credits_of_march(driver: AccountDriver) -> tuple[int, str]:
    """The number of credits of March, and what they are worth."""
    for credit in driver.view(at("2027-04-01T00:00+00:00")).credits:
        if credit.id == "month:2027-03":
            assert credit.worth is not None
            return credit.credits, str(credit.worth.amount)
    return 0, "0"


@pytest.mark.parametrize(
    ("minutes", "counts", "earned"),
    [
        (44, "started", (0, "0")),  # 99.9 % of 744 hours leave 44.64 minutes
        (45, "started", (1, "20.00")),
        (60, "started", (1, "20.00")),
        (61, "started", (2, "40.00")),
        (119, "whole", (1, "20.00")),
        (59, "whole", (0, "0")),
    ],
)
def test_each_hour_of_downtime_of_a_month_below_the_promise_earns_a_credit(
    minutes: int, counts: str, earned: tuple[int, str]
) -> None:
    driver = account(HOSTED.replace("each: 1 hour", f"each: 1 hour, counts: {counts}"))
    begins = at("2027-03-02T10:00+00:00")
    driver.down(begins, begins + timedelta(minutes=minutes))
    assert credits_of_march(driver) == earned


def test_two_outages_count_together_and_a_correction_counts_again() -> None:
    driver = account()
    for day in (2, 3):
        begins = datetime(2027, 3, day, 10, tzinfo=UTC)
        driver.down(begins, begins + timedelta(minutes=40))
    assert credits_of_march(driver) == (2, "40.00")
    later = at("2027-04-02T00:00+00:00")
    begins = at("2027-03-04T10:00+00:00")
    driver.view(later)
    driver.down(begins, begins + timedelta(minutes=41), at=later)
    [credit] = driver.view(later).credits
    assert (credit.credits, credit.worth and str(credit.worth.amount)) == (3, "60.00")


@pytest.mark.parametrize(
    ("announced", "counts", "because"),
    [
        ("2027-03-22T10:00+00:00", False, "announced 5 business days in advance"),
        # Good Friday and Easter Monday are holidays.
        ("2027-03-22T10:01+00:00", True, "less than 5 business days before"),
        ("2027-03-20T10:00+00:00", False, "announced 5 business days in advance"),
        (None, True, "was not announced"),
    ],
)
def test_notice_in_business_time_counts_on_the_hours_of_the_account(
    announced: str | None, counts: bool, because: str
) -> None:
    driver = account()
    begins = at("2027-03-31T10:00+01:00") if announced else at("2027-03-31T11:00+01:00")
    told = at(announced) if announced else None
    name = driver.down(
        begins,
        begins + timedelta(hours=2),
        at=at("2027-03-31T13:00+01:00"),
        category="planned",
        announced_at=told,
    )
    [outage] = driver.view(at("2027-03-31T14:00+01:00")).outages
    assert (outage.id, outage.counts) == (name, counts)
    assert because in outage.because


def test_a_notice_of_long_ago_is_in_advance() -> None:
    driver = account()
    begins = at("2027-03-10T10:00+00:00")
    driver.down(
        begins,
        begins + timedelta(hours=2),
        category="planned",
        announced_at=at("2020-01-01T00:00+00:00"),
    )
    assert not driver.view(at("2027-03-11T00:00+00:00")).outages[0].counts


def test_terms_from_before_have_neither() -> None:
    plain = terms(HOSTED.replace("each: 1 hour, ", "").replace("5 business days", "48 hours"))
    assert plain.availability is not None
    assert (plain.availability.each, plain.availability.notice_calendar) == (None, None)
    data = plain.model_dump(mode="json")
    del data["availability"]["each"], data["availability"]["notice_calendar"]
    assert AccountTerms.model_validate(data) == plain


def test_the_explanation_names_the_hours_of_downtime() -> None:
    contract = Contract(account="harbour", name="Harbour", policy="hosted")
    explained = explain_account(read_policy(HOSTED), contract, at("2027-03-02T10:00+00:00"))
    assert explained.remedies[1].says == (
        "credit for each started 1 hour of downtime in a month below 99.9 %: 2 % of monthly_fee"
    )


def test_business_days_of_notice_need_support_hours() -> None:
    with pytest.raises(PolicyErrors, match="business time, but there are no `support_hours`"):
        read_policy(HOSTED.replace("support_hours: office\n", ""))


OUTAGES = st.lists(
    st.tuples(
        st.integers(0, 31 * 24 * 60),
        st.integers(1, 400),
        st.sampled_from(["service_failure", "planned"]),
        st.integers(1, 12 * 24 * 60),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(OUTAGES, st.sampled_from(["started", "whole"]))
@example([(14_460, 60, "planned", 10_080)], "started")
def test_core_and_model_agree_on_downtime_and_notice(
    outages: list[tuple[int, int, str, int]], counts: str
) -> None:
    text = HOSTED.replace("each: 1 hour", f"each: 1 hour, counts: {counts}")
    driver, begins = account(text), at("2027-03-01T00:00+00:00")
    recorded, end = [], at("2027-04-01T00:00+00:00")
    for start, length, category, before in sorted(outages):
        starts_at = begins + timedelta(minutes=start)
        ends_at = min(starts_at + timedelta(minutes=length), end)
        if ends_at <= starts_at:
            continue
        announced = starts_at - timedelta(minutes=before) if category == "planned" else None
        recorded.append(Outage(starts_at, ends_at, category, announced))
        driver.down(starts_at, ends_at, at=end, category=category, announced_at=announced)
    policy = with_overrides(YAML(typ="safe", pure=True).load(StringIO(text)), {})
    contract = {"account": "harbour", "policy": "hosted", "fees": FEES, "starts_on": "2027-03-01"}
    model = Account(policy, contract, (), ZoneInfo("Europe/London"), recorded)
    credit = model.credit_of_month(date(2027, 3, 1))
    expected = (credit.credits, str(credit.own.number)) if credit else (0, "0")
    assert credits_of_march(driver) == expected
