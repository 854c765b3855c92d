"""A fact has exactly the type that its policy declares."""

from typing import Any

import pytest

from policies.coverage.fact_types import is_of_type
from policies.coverage.verdict import Decision, Verdict


@pytest.mark.parametrize(
    ("value", "types"),
    [
        (True, {"bool"}),
        (1, {"int", "double"}),
        (1.5, {"double"}),
        (10**400, set()),
        (2**63 - 1, {"int", "double"}),
        (2**63, set()),
        (-(2**63), {"int", "double"}),
        (-(2**63) - 1, set()),
        ("x" * 2_000, {"string"}),
        ("x" * 2_001, set()),
        (float("nan"), set()),
        ("one", {"string"}),
        ("2027-03-01", {"string", "date"}),
        ("20270301", {"string"}),
        ("2027-02-30", {"string"}),
        (None, set()),
        ([], set()),
    ],
)
def test_a_value_has_these_types(value: Any, types: set[str]) -> None:
    names = ("bool", "int", "double", "string", "date")
    assert {name for name in names if is_of_type(value, name)} == types


def test_a_verdict_leaves_out_only_a_reason_and_a_referral_that_it_does_not_have() -> None:
    plain = Verdict(decision=Decision.COVERED).model_dump()
    assert {"closed_as", "clauses", "says", "used", "missing"} <= plain.keys()
    assert plain.keys().isdisjoint({"reason", "refers_to"})
    named = Verdict(decision=Decision.COVERED, reason="third_party", refers_to="sales").model_dump()
    assert (named["reason"], named["refers_to"]) == ("third_party", "sales")
