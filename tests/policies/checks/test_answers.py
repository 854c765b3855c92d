"""Tables have a value for every possible ticket."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import broken, places_marked, problems_in

CASES = {
    "a text in another language only": Case(
        "says: {en: As soon as we can}",
        "¦says: {fr: Au plus vite}",
        "clocks.first_response.within.cells.silver.normal.says",
        'missing in the language of the policy, "en"',
        'add "en: ..."',
    ),
    "a cell for an undeclared plan": Case(
        "        silver:\n",
        "        ¦sliver: {otherwise: 1 hour}\n        silver:\n",
        "clocks.first_response.within.cells.sliver",
        'the plan "sliver" is not declared',
        'did you mean "silver"?',
    ),
    "a cell for an undeclared priority": Case(
        "gold: {urgent: 2 business hours, otherwise",
        "gold: {urgent: 2 business hours, ¦low: 1 hour, otherwise",
        "clocks.first_response.within.cells.gold.low",
        'the priority "low" is not declared',
        "allowed: urgent, normal, otherwise",
    ),
    "a priority without a cell": Case(
        "        gold: {urgent: 2 business hours, otherwise: 8 business hours}",
        "        ¦gold: {urgent: 2 business hours}",
        "clocks.first_response.within.cells.gold",
        'no cell for the priority "normal"',
        'add "normal", or `otherwise`',
    ),
    "a plan without a cell": Case(
        "      cells: {gold: always, silver: office}",
        "      ¦cells: {gold: always}",
        "clocks.first_response.calendar.cells",
        'no cell for the plan "silver"',
        'add "silver"',
    ),
    "a cell of another dimension": Case(
        "  by: [plan]\n  cells:\n    gold: always",
        "  by: [region]\n  cells:\n    ¦gold: always",
        "support_hours.cells.gold",
        'the region "gold" is not declared',
        "allowed: north, otherwise",
    ),
    "a dimension given twice": Case(
        "by: [plan, priority]",
        "by: [plan, priority, ¦plan]",
        "clocks.first_response.within.by[2]",
        '"plan" is given twice',
    ),
    "an undeclared fact": Case(
        "by: [plan, priority]",
        "by: [plan, priority, ¦facts.betta]",
        "clocks.first_response.within.by[2]",
        'the fact "betta", which is not declared',
        'did you mean "beta"?',
    ),
    "a fact without choices": Case(
        "by: [plan, priority]",
        "by: [plan, priority, ¦facts.users]",
        "clocks.first_response.within.by[2]",
        'the fact "users", which has no choices',
        "add `choices` to `facts.users`, or make it a `bool`",
    ),
    "a row that is not a choice": Case(
        "within: 2 days",
        "within: {by: [facts.beta], cells: {¦yes: 1 day, otherwise: 2 days}}",
        "clocks.triage.within.cells.yes",
        '"yes" is not a value of the fact "beta"',
        "allowed: true, false, otherwise",
    ),
    "no cell for tickets without the fact": Case(
        "within: 2 days",
        "within: {by: [facts.beta], ¦cells: {true: 1 day, false: 2 days}}",
        "clocks.triage.within.cells",
        'no cell for tickets without the fact "beta"',
        "add `otherwise`",
    ),
    "an undeclared default": Case(
        "defaults: {kind: issue}",
        "defaults: {kind: ¦isue}",
        "defaults.kind",
        'the kind "isue" is not declared',
        'did you mean "issue"?',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


def test_a_table_by_an_undeclared_dimension_is_an_error() -> None:
    text = broken("regions:\n  north: {says: The north}\n", "")
    text = broken(
        "within: 2 days", "within:\n      by: [¦region]\n      cells: {otherwise: 2 days}", text
    )
    [problem] = problems_in(text)
    assert problem.path == "clocks.triage.within.by[0]"
    assert problem.right == "add `regions` to the policy"
    assert [(problem.line, problem.column)] == places_marked(text)


def test_a_table_by_time_of_receipt_needs_a_value_inside_and_outside_hours() -> None:
    table = "within:\n      by: [received]\n      ¦cells: {inside_hours: 2 days}"
    text = broken("within: 2 days", table)
    [problem] = problems_in(text)
    assert 'received "outside_hours"' in problem.wrong
    assert [(problem.line, problem.column)] == places_marked(text)


def test_the_text_of_a_guarantee_can_be_one_string_in_the_policys_language() -> None:
    assert problems_in(broken("says: {en: As soon as we can}", "says: As soon as we can")) == []
