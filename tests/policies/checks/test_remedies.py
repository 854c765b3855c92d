"""Credits can be computed and claimed."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported

CASES = {
    "a credit below another availability than promised": Case(
        "    - {availability_below: 99.5, clause: credit}",
        "    - {availability_below: ¦99.5, clause: credit}\n"
        "  availability: {percent: 99.9, clause: credit}",
        "remedies.credits[1].availability_below",
        "99.5 differs from the promised 99.9 percent",
        "write 99.9",
    ),
    "a credit for an unknown clock": Case(
        "{clock: first_response,",
        "{clock: ¦first_reply,",
        "remedies.credits[0].clock",
        'the clock "first_reply" is not declared',
        'did you mean "first_response"?',
    ),
    "a credit for an unknown priority": Case(
        "priorities: [urgent], each",
        "priorities: [¦high], each",
        "remedies.credits[0].priorities[0]",
        'the priority "high" is not declared',
    ),
    "a credit that nothing earns": Case(
        "    - {availability_below: 99.5, clause",
        "    - ¦{clause",
        "remedies.credits[1]",
        "nothing earns this credit",
    ),
    "a credit without a measure": Case(
        "    - {clock: first_response, priorities: [urgent], each: 1 day, clause",
        "    - ¦{clock: first_response, clause",
        "remedies.credits[0]",
        "does not state how much lateness",
        "each: 1 day",
    ),
    "an availability above 100 percent": Case(
        "availability_below: 99.5",
        "availability_below: ¦995",
        "remedies.credits[1].availability_below",
        "995 is not a percentage",
    ),
    "lateness counted in opening hours": Case(
        "each: 1 day, clause",
        "each: ¦1 business day, clause",
        "remedies.credits[0].each",
        "lateness is elapsed time",
        "1 day",
    ),
    "a credit worth a part of a day": Case(
        "each: 1 day, clause",
        "each: 1 day, worth: ¦12 hours, clause",
        "remedies.credits[0].worth",
        "is not in whole days",
    ),
    "claims within opening hours": Case(
        "claim_within: 30 days",
        "claim_within: ¦30 business days",
        "remedies.claim_within",
        "is not in whole days",
        "30 days",
    ),
    "two credits for one lateness": Case(
        "    - {availability_below",
        "    - ¦{clock: first_response, each: 2 days, clause: credit}\n    - {availability_below",
        "remedies.credits[1]",
        "earned by the same breach",
        "priorities",
    ),
    "two credits for one month": Case(
        "    - {availability_below: 99.5, clause: credit}",
        "    - {availability_below: 99.5, clause: credit}\n"
        "    - ¦{availability_below: 90, clause: credit}",
        "remedies.credits[2]",
        "earned by the same breach",
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
        "only `plans` can limit",
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
