"""Facts that callers state: names, types and choices that a policy takes."""

import json
from typing import Any

import pytest

from policies.coverage.stated_facts import FactTerms, KnownFacts

FACTS = {
    "name": FactTerms(),
    "cause": FactTerms(choices=("ours", "theirs")),
    "open": FactTerms(choices=("ours",), allow_other=True),
    "users": FactTerms(type="int"),
    "share": FactTerms(type="double"),
    "beta": FactTerms(type="bool"),
    "sold": FactTerms(type="date"),
    "paid": FactTerms(type="bool", given_by="contract"),
}
KNOWN = KnownFacts(
    title="Acme support",
    locale="en",
    facts=FACTS,
    asks={"beta": "Is it a beta?"},
    labels={"cause": ("Our product", "Other software")},
)


@pytest.mark.fault(14)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "x" * 2_000),
        ("name", ""),
        ("cause", "theirs"),
        ("open", "the moon"),
        ("users", 0),
        ("users", -(2**63)),
        ("share", 0.5),
        ("share", 1),
        ("beta", False),
        ("sold", "2028-02-29"),
    ],
)
def test_a_fact_that_fits_has_no_objection(name: str, value: Any) -> None:
    assert list(KNOWN.objections({name: value})) == []


@pytest.mark.fault(14, 34)
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("nmae", "x", "'nmae' is not a fact of Acme support; its facts: name, cause, open, users"),
        ("name", 5, "5 is not a text"),
        ("name", "x" * 2_001, "is not a text of at most 2,000 characters"),
        ("cause", "Ours", "'Ours' is not one of Our product (ours), Other software (theirs)"),
        ("cause", True, "true is not a text (one of Our product (ours), Other software (theirs))"),
        ("cause", ["ours"], '["ours"] is not a text'),
        ("open", None, "null is not a text (one of ours)"),
        ("users", 1.0, "1.0 is not a whole number"),
        ("users", True, "true is not a whole number"),
        ("users", 2**63, "is not a whole number"),
        ("share", float("inf"), "is not a number"),
        ("share", "0.5", '"0.5" is not a number'),
        ("beta", "yes", '"yes" is not true or false; the question is: Is it a beta?'),
        ("beta", 1, "1 is not true or false"),
        ("sold", "2027-02-29", '"2027-02-29" is not a date such as 2026-12-24'),
        ("sold", "20270228", "is not a date"),
        ("paid", True, "'paid' is set by the contract"),
    ],
)
def test_an_objection_names_the_fact_and_what_is_right(name: str, value: Any, reason: str) -> None:
    (objection,) = KNOWN.objections({name: value})
    assert objection.field == f"facts.{name}"
    assert reason in objection.reason
    assert len(objection.reason) < 300


def test_the_terms_of_a_fact_are_small_and_survive_json() -> None:
    for fact in FACTS.values():
        assert FactTerms.model_validate_json(fact.model_dump_json()) == fact
    assert json.loads(FACTS["beta"].model_dump_json()) == {"type": "bool"}


@pytest.mark.parametrize(
    ("name", "value", "is_accepted"),
    [("paid", True, True), ("paid", "yes", False), ("unknown", True, False)],
)
def test_a_fact_of_a_contract_counts_if_the_policy_has_it_with_this_value(
    name: str, value: Any, is_accepted: bool
) -> None:
    assert KNOWN.accepts(name, value) is is_accepted


def test_a_fact_of_a_policy_that_takes_none_from_requests_is_refused_in_words() -> None:
    own = FactTerms(type="bool", given_by="contract")
    [objection] = KnownFacts("Support", "en", {"paid": own}, {}, {}).objections({"colour": "red"})
    assert objection.reason == "'colour' is not a fact of Support; its facts: none"
