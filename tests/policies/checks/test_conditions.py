"""Conditions are valid CEL over declared facts."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import POLICY, broken, problems_in

FACTS_AND_FIRST_CONDITION = POLICY[POLICY.index("  cause: {") : POLICY.index('"plugin"')]

CASES = {
    "an unknown function": Case(
        "when: beta ||",
        "when: ¦days_since(signed_off) > 90 ||",
        "coverage[1].when",
        'the function "days_since" does not exist',
    ),
    "days between other values than dates": Case(
        "when: beta ||",
        "when: ¦days_between(signed_off, users) > 90 ||",
        "coverage[1].when",
        "days_between needs two facts that are dates",
        "days_between(signed_off, received_on)",
    ),
    "two facts of different types": Case(
        "when: beta ||",
        "when: ¦signed_off == cause ||",
        "coverage[1].when",
        '"signed_off" is declared as date and "cause" as string',
        "facts of the same type",
    ),
    "a value that is not a choice": Case(
        FACTS_AND_FIRST_CONDITION,
        FACTS_AND_FIRST_CONDITION.replace(
            "allow_other: true", "choices: {plug-in: A, own: B}"
        ).replace("when: ", "when: ¦"),
        "coverage[0].when",
        '"plugin" is not a choice of "cause"',
        'did you mean "plug-in"?',
    ),
    "choices of a number": Case(
        "users: {type: int, ask: How many users?}",
        "users: {type: int, ask: How many users?, ¦choices: {few: Few}}",
        "facts.users.choices",
        "only a string has choices",
    ),
    "a requirement on an unknown fact": Case(
        "beta: {type: bool, ask: Is it a beta?}",
        "beta: {type: bool, ask: Is it a beta?, required: {when: ¦colour > 1}}",
        "facts.beta.required.when",
        'the fact "colour" is not declared',
    ),
    "a condition that is not CEL": Case(
        'when: cause == "plugin" && users',
        "when: ¦cause == && users",
        "coverage[0].when",
        "is not a CEL condition",
    ),
    "a condition on an undeclared fact": Case(
        "when: beta ||",
        "when: ¦bta ||",
        "coverage[1].when",
        'the fact "bta" is not declared',
        'did you mean "beta"?',
    ),
    "a text compared with a number": Case(
        'when: cause == "plugin"',
        "when: ¦3 == cause",
        "coverage[0].when",
        '"cause" is declared as string and compared with 3',
        "in quotes",
    ),
    "a number compared with a text": Case(
        'when: cause == "plugin" && users < 3',
        'when: ¦cause == "plugin" && users < "3"',
        "coverage[0].when",
        '"users" is declared as int and compared with "3"',
    ),
    "a date compared with a year": Case(
        'when: beta || signed_off < "2020-01-01"',
        "when: ¦beta || signed_off < 2020",
        "coverage[1].when",
        '"signed_off" is declared as date and compared with 2020',
        "2026-12-24",
    ),
    "an undeclared plan in a condition": Case(
        'when: beta || signed_off < "2020-01-01" && plan != "gold"',
        'when: ¦beta || signed_off < "2020-01-01" && plan != "gould"',
        "coverage[1].when",
        '"gould" is not a plan of this policy',
        'did you mean "gold"?',
    ),
    "a condition that is neither true nor false": Case(
        'when: beta || signed_off < "2020-01-01" && plan != "gold"',
        "when: ¦cause",
        "coverage[1].when",
        '"cause" is neither true nor false',
    ),
    "a fact that CEL would read as a subtraction": Case(
        "  cause: {type",
        "  ¦root-cause: {type: string, ask: Why?}\n  cause: {type",
        "facts.root-cause",
        'a condition cannot use the name "root-cause"',
        'rename it to "root_cause"',
    ),
    "a fact that CEL reserves": Case(
        "  cause: {type",
        "  ¦in: {type: string, ask: Why?}\n  cause: {type",
        "facts.in",
        'a condition cannot use the name "in"',
        'rename it to "in_"',
    ),
    "a fact that is built in": Case(
        "  cause: {type",
        "  ¦plan: {type: string, ask: Which?}\n  cause: {type",
        "facts.plan",
        '"plan" is a built-in fact',
        "remove it",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


def test_loops_in_conditions_may_name_their_own_variables() -> None:
    loop = 'when: beta || ["a", "b"].exists(one, one == cause) ||'
    assert problems_in(broken("when: beta ||", loop)) == []
