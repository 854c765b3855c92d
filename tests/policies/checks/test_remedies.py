"""Fees, claims and promised availability agree with the policy."""

import pytest

from policies.checks.contracts import contract_mismatches
from policies.schema.contract import Contract
from tests.policies.checks.case import Case, assert_is_reported
from tests.workflows.account.money.money_policies import MANAGED

AVAILABILITY = "    - {availability_below: 99.5, clause: credit}"
CASES = {
    "claims within business time for a month": Case(
        "claim_within: 30 days",
        "claim_within: ¦30 business days",
        "remedies.claim_within",
        "is business time, which only tickets have",
        "30 days",
    ),
    "a fee that no credit uses": Case(
        AVAILABILITY,
        AVAILABILITY + "\n  fees: {¦yearly_fee: Yearly fee}",
        "remedies.fees.yearly_fee",
        "no credit is a percentage of the fee",
    ),
    "an announcement in a week": Case(
        AVAILABILITY,
        "    - {availability_below: 99.9, clause: credit}\n"
        "  availability: {percent: 99.9, uncounted: {planned: {says: Planned, "
        "announced: ¦the following week, clause: credit}}, clause: credit}",
        "remedies.availability.uncounted.planned.announced",
        '"the following week" is not a time in advance',
        "5 business days",
    ),
    "availability by priority": Case(
        AVAILABILITY,
        "    - {bands: [{below: 99.5, worth: 1 day}], clause: credit}\n"
        "  availability: {percent: {by: [¦priority], cells: {urgent: 99.9}}, clause: credit}",
        "remedies.availability.percent.by[0]",
        "an account has no priority",
        "by: [plan]",
    ),
    "a service level of an unknown clock": Case(
        "remedies:\n",
        "service_levels:\n"
        "  quick: {clock: ¦answer, percent: 98, each: month, clause: credit}\nremedies:\n",
        "service_levels.quick.clock",
        'the clock "answer" is not declared',
    ),
    "an allowance of hours and times": Case(
        "remedies:\n",
        "allowances:\n  ¦visits: {kinds: [issue], hours: 8, times: 2, clause: credit}\nremedies:\n",
        "allowances.visits",
        "a number of `hours` or of `times`",
    ),
    "the assignee of an account": Case(
        "  - {event: resolved,",
        "  - {event: credit_earned, tell: [¦assignee], clause: credit}\n  - {event: resolved,",
        "notices[1].tell[0]",
        "an account, which has no assignee",
    ),
    "the priority of an account": Case(
        "  - {event: resolved,",
        "  - {event: claim_refused, tell: [customer], ¦priorities: [urgent], clause: credit}\n"
        "  - {event: resolved,",
        "notices[1].priorities",
        "has no priorities",
        "only `plans` and `regions` can limit",
    ),
    "a review of claims by the customer": Case(
        "  claim_within: 30 days\n",
        "  claim_within: 30 days\n  claim_review: {by: [¦requester], clause: credit}\n",
        "remedies.claim_review.by[0]",
        '"requester" cannot review claims',
        "allowed: agent, operator, account_manager",
    ),
    "a review of claims in hours": Case(
        "  claim_within: 30 days\n",
        "  claim_within: 30 days\n  claim_review: {within: ¦8 business hours, clause: credit}\n",
        "remedies.claim_review.within",
        '"8 business hours" is not in whole days',
        'for example "10 business days"',
    ),
    "a time for claims without its clause": Case(
        "  claim_within: 30 days\n  claim_clause: credit\n",
        "  claim_within: ¦30 days\n",
        "remedies.claim_within",
        "the time limit for claims has no clause",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


def test_a_contract_can_state_only_the_fees_of_its_policy() -> None:
    fees = {"monthly": "10 INR"}
    contract = Contract(account="a", name="A", policy="managed", fees=fees)
    (finding,) = contract_mismatches(contract, {"managed": MANAGED})
    assert (finding.path, finding.wrong) == (
        ("fees", "monthly"),
        '"monthly" is not a fee of managed',
    )
    assert "monthly_fee" in finding.right
