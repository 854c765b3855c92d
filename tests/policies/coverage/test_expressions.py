"""CEL conditions: the facts in them, and their values."""

import itertools

import pytest
from pydantic import JsonValue

from policies.coverage.expressions import KNOWN_FUNCTIONS, evaluate, facts_named, parsed

ANSWERS: dict[str, list[tuple[JsonValue, bool | None]]] = {
    "count == 1": [(1, True), (2, False), (1.0, None), ("1", None)],
    "count == true": [(True, True), (False, False), (1, None), (1.0, None)],
}
"""The result for each value of the fact; None for a value of another type."""


def test_the_facts_of_a_condition_are_found_without_evaluating_it() -> None:
    assert facts_named('cause == "third_party" && !active_publication') == {
        "cause",
        "active_publication",
    }


def test_an_invalid_condition_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a CEL condition"):
        facts_named("cause ==")


@pytest.mark.parametrize("condition", ANSWERS)
def test_a_result_does_not_depend_on_earlier_evaluations(condition: str) -> None:
    for order in itertools.permutations(ANSWERS[condition]):
        for value, answer in order:
            assert evaluate(condition, {"count": value}) is answer, value


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_cel_cannot_hold_decides_nothing(number: int) -> None:
    assert evaluate("count > 1", {"count": number}) is None


def test_a_condition_needs_only_the_facts_that_decide_it() -> None:
    assert evaluate("a || b", {}) is None
    assert evaluate("a || b", {"b": True}) is True
    assert evaluate("a || b", {"b": False}) is None


def test_other_facts_do_not_matter() -> None:
    assert evaluate("a", {"a": True, "b": [{"c": None}]}) is True


@pytest.mark.parametrize(("condition", "column"), [("a b", 3), ("beta == 'x", 9)])
def test_an_error_in_a_condition_names_its_column(condition: str, column: int) -> None:
    with pytest.raises(ValueError, match=rf"is not a CEL condition \(column {column}\)"):
        parsed(condition)


def test_a_condition_can_call_the_functions_of_cel_and_no_operator_is_one_of_them() -> None:
    assert {"days_between", "size", "startsWith", "contains"} <= KNOWN_FUNCTIONS
    assert all(name.isidentifier() for name in KNOWN_FUNCTIONS)
