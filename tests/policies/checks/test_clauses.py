"""Every clause in use is declared, and every declared clause is used."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported

CASES = {
    "a rule of an unknown clause": Case(
        "event: resolved, tell: [requester], clause: response",
        "event: resolved, tell: [requester], clause: ¦respnse",
        "notices[1].clause",
        'the clause "respnse" is not declared',
        'did you mean "response"?',
    ),
    "a reading of an unknown clause": Case(
        "{clause: scope, reading",
        "{clause: ¦skope, reading",
        "readings[0].clause",
        'the clause "skope" is not declared',
        'did you mean "scope"?',
    ),
    "another reading of a value that does not exist": Case(
        "{clause: scope, reading",
        '{clause: scope, instead: [{reading: No., overrides: {¦"clocks.answer.within": 1 day}}], '
        "reading",
        "readings[0].instead[0].overrides.clocks.answer.within",
        '"answer"',
    ),
    "a claim under an unknown clause": Case(
        "claim_clause: credit",
        "claim_clause: ¦claims",
        "remedies.claim_clause",
        'the clause "claims" is not declared',
    ),
    "a clause that is not used": Case(
        "  credit: {says",
        "  ¦promise: {says: More., at: End}\n  credit: {says",
        "clauses.promise",
        'no rule or reading refers to the clause "promise"',
        "name it in a rule",
    ),
    "an undeclared clause to see": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    see: [¦credits]",
        "coverage[1].see[0]",
        'the clause "credits" is not declared',
        'did you mean "credit"?',
    ),
    "a cell under an undeclared clause": Case(
        "gold: {urgent: 2 business hours,",
        "gold: {urgent: {within: 2 business hours, clause: ¦respons},",
        "clocks.first_response.within.cells.gold.urgent.clause",
        'the clause "respons" is not declared',
        'did you mean "response"?',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)
