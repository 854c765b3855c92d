"""Conditions in CEL: named without being evaluated, decided by facts of the right type."""

import itertools

import pytest
from pydantic import JsonValue

from policies.coverage.expressions import evaluate, facts_named

ANSWERS: dict[str, list[tuple[JsonValue, bool | None]]] = {
    "count == 1": [(1, True), (2, False), (1.0, None), ("1", None)],
    "count == true": [(True, True), (False, False), (1, None), (1.0, None)],
}
"""What each value of the fact decides; a value of another type decides nothing."""


def test_the_facts_of_a_condition_are_known_without_evaluating_it() -> None:
    assert facts_named('cause == "third_party" && !active_publication') == {
        "cause",
        "active_publication",
    }


def test_what_is_not_a_condition_says_so() -> None:
    with pytest.raises(ValueError, match="not a CEL condition"):
        facts_named("cause ==")


@pytest.mark.parametrize("condition", ANSWERS)
def test_an_answer_does_not_depend_on_what_was_asked_before(condition: str) -> None:
    for order in itertools.permutations(ANSWERS[condition]):
        for value, answer in order:
            assert evaluate(condition, {"count": value}) is answer, value


def test_a_condition_is_decided_once_the_facts_suffice() -> None:
    assert evaluate("a || b", {}) is None
    assert evaluate("a || b", {"b": True}) is True
    assert evaluate("a || b", {"b": False}) is None


def test_facts_that_a_condition_does_not_name_make_no_difference() -> None:
    assert evaluate("a", {"a": True, "b": [{"c": None}]}) is True
