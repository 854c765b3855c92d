"""Explanations name what accounts are promised besides clocks, and how claims are reviewed."""

from datetime import date, datetime

import pytest

from policies.loading.loader import read_policy
from policies.reports.account_explanation import explain_account
from policies.reports.clock_explanation import ExplainedReview
from policies.reports.explain import explain, explain_all
from policies.schema.contract import Contract
from policies.vocabulary import Role
from tests.policies.sample_documents import POLICY
from tests.workflows.account.money.money_policies import PREMISES, at
from tests.workflows.account.money.test_claim_reviews import FILED, account, claimed

REVIEW = '{by: [agent, account_manager], within: "3 business days", clause: failure}'


def reviewed(within: str = ', within: "3 business days"') -> str:
    rule = REVIEW.replace(', within: "3 business days"', within)
    return PREMISES.replace("remedies:\n", f"remedies:\n  claim_review: {rule}\n")


def review_of(text: str, filed_at: datetime) -> ExplainedReview:
    contract = Contract(account="harbour", name="Harbour", policy="premises", plan="continuity")
    claims = explain_account(read_policy(text), contract, filed_at).claims
    assert claims is not None
    assert claims.review is not None
    return claims.review


def test_the_review_of_a_claim_is_named_with_its_roles_and_its_last_day() -> None:
    review = review_of(reviewed(), at("2026-07-20T10:00+02:00"))
    assert (review.clause, review.within) == ("failure", "3 business days")
    assert review.by == (Role.AGENT, Role.ACCOUNT_MANAGER)
    assert review.filed_on == date(2026, 7, 20)
    # The 21st is the National Day of Belgium.
    assert review.until == date(2026, 7, 24)


def test_the_last_day_is_that_of_the_account_of_a_claim() -> None:
    driver = account(REVIEW)
    claim = claimed(driver)
    [filed] = [each for each in driver.view(FILED).claims if each.id == claim]
    assert review_of(reviewed(), FILED).until == filed.review_until


@pytest.mark.parametrize(("within", "until"), [(", within: 14 days", date(2026, 8, 3)), ("", None)])
def test_a_review_can_have_days_or_no_limit(within: str, until: date | None) -> None:
    review = review_of(reviewed(within), at("2026-07-20T10:00+02:00"))
    assert (review.calendar, review.until) == (None, until)


def test_claims_belong_to_clocks_that_earn_something() -> None:
    policy, time = read_policy(reviewed()), at("2026-07-20T10:00+02:00")
    explained = explain_all(policy, time, plan="continuity", priority="l1")
    for clock in explained.clocks:
        assert (clock.claims is not None) == bool(clock.remedies)
    one = explain(policy, "first_response", time, plan="continuity", priority="l1")
    assert one.claims == explained.account.claims


def test_availability_and_its_credits_are_remedies_of_the_account() -> None:
    availability = "  availability: {percent: 99.5, clause: credit}\n"
    policy = read_policy(POLICY.replace("remedies:\n", "remedies:\n" + availability))
    contract = Contract(account="acme", name="Acme", policy="acme", plan="gold")
    account_of = explain_account(policy, contract, at("2026-07-20T10:00+02:00"))
    assert [remedy.says for remedy in account_of.remedies] == [
        "availability of 99.5 % of the time that counts, each month in UTC",
        "credit for each started percentage point of a month's availability below 99.5: 1 day",
    ]
