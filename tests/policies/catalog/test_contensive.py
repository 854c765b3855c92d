"""Contensive, clause by clause: covered requests, refusals, and facts that are still missing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from policies.coverage.evaluation import verdict
from policies.coverage.verdict import Decision
from policies.terms.admission import RequestRefused
from policies.vocabulary import ClosedAs
from tests.policies.requests import CATALOG, terms

PAGE = CATALOG.latest("contensive")
PAID: dict[str, Any] = {"user_support": True, "feature_warranty": True}
FEATURE = PAID | {"kind": "custom_feature", "third_party": False}
ISOLATION = FEATURE | {"scenario": "isolation"}
CORRECTION = FEATURE | {
    "scenario": "correction",
    "support_since": "2020-01-01",
    "feature_created": "2020-01-01",
    "absent_at_acceptance": True,
}
REQUIREMENTS = FEATURE | {
    "scenario": "requirements",
    "signed_off": "2027-01-04",
    "first_used": "2027-01-04",
    "original_requirement": True,
    "requirement_status": "communicated",
    "received_on": "2027-03-01",
}
EXPERTISE = FEATURE | {
    "scenario": "expertise",
    "support_since": "2020-01-01",
    "feature_created": "2020-06-01",
}
BUG = {
    "kind": "framework",
    "nature": "defect",
    "latest_version": True,
    "prevents_documented_use": True,
    "minor_with_workaround": False,
}
HOW_TO = PAID | {"kind": "how_to"}


def without(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


@pytest.mark.clause(
    "contensive/user-support",
    "contensive/feature-isolation",
    "contensive/feature-correction",
    "contensive/feature-requirements",
    "contensive/feature-expertise",
    "contensive/framework-bug",
)
@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        (HOW_TO, "user-support"),
        (ISOLATION | {"reproducible": True, "demonstrated": False}, "feature-isolation"),
        (ISOLATION | {"reproducible": False, "demonstrated": True}, "feature-isolation"),
        (CORRECTION, "feature-correction"),
        (CORRECTION | {"support_since": "2019-12-31"}, "feature-correction"),
        (REQUIREMENTS, "feature-requirements"),
        (EXPERTISE, "feature-expertise"),
        (BUG, "framework-bug"),
    ],
)
def test_a_request_that_meets_all_conditions_is_covered(facts: dict[str, Any], clause: str) -> None:
    found = verdict(PAGE, facts)
    assert (found.decision, found.missing) == (Decision.COVERED, ())
    assert found.clauses[0] == clause
    assert found.says
    assert found.used.items() <= facts.items()


@pytest.mark.clause(
    "contensive/user-support",
    "contensive/fees",
    "contensive/feature-third-party",
    "contensive/feature-isolation",
    "contensive/feature-correction",
    "contensive/feature-requirements",
    "contensive/feature-expertise",
    "contensive/framework-bug",
    "contensive/framework-not-bug",
)
@pytest.mark.parametrize(
    ("facts", "clause", "reason"),
    [
        (HOW_TO | {"custom_programming": True}, "user-support", "custom_programming"),
        (HOW_TO | {"user_support": False}, "fees", "no_user_support"),
        (CORRECTION | {"third_party": True}, "feature-third-party", "third_party"),
        (CORRECTION | {"feature_warranty": False}, "fees", "no_feature_warranty"),
        (
            ISOLATION | {"reproducible": False, "demonstrated": False},
            "feature-isolation",
            "not_isolated",
        ),
        (
            CORRECTION | {"absent_at_acceptance": False},
            "feature-correction",
            "present_at_acceptance",
        ),
        (
            CORRECTION | {"support_since": "2020-01-02"},
            "feature-correction",
            "correction_contract_interrupted",
        ),
        (
            REQUIREMENTS | {"original_requirement": False},
            "feature-requirements",
            "no_original_requirement",
        ),
        (
            REQUIREMENTS | {"requirement_status": "not_communicated"},
            "feature-requirements",
            "no_original_requirement",
        ),
        (
            REQUIREMENTS | {"requirement_status": "overlooked"},
            "feature-requirements",
            "no_original_requirement",
        ),
        (
            REQUIREMENTS | {"requirement_status": "overturned"},
            "feature-requirements",
            "no_original_requirement",
        ),
        (
            EXPERTISE | {"support_since": "2020-06-02"},
            "feature-expertise",
            "expertise_contract_interrupted",
        ),
        (BUG | {"latest_version": False}, "framework-bug", "not_latest_version"),
        (BUG | {"prevents_documented_use": False}, "framework-bug", "works_as_documented"),
        (BUG | {"minor_with_workaround": True}, "framework-not-bug", "minor_with_workaround"),
        (BUG | {"nature": "missing_feature"}, "framework-not-bug", "no_defect"),
        (BUG | {"nature": "missing_setting"}, "framework-not-bug", "no_defect"),
        (BUG | {"nature": "missing_requirement"}, "framework-not-bug", "no_defect"),
    ],
)
def test_a_request_that_fails_one_condition_is_refused_under_its_clause(
    facts: dict[str, Any], clause: str, reason: str
) -> None:
    found = verdict(PAGE, facts)
    assert (found.decision, found.closed_as) == (Decision.NOT_COVERED, ClosedAs.NOT_COVERED)
    assert (found.clauses[0], found.reason) == (clause, reason)
    assert found.says


@pytest.mark.clause("contensive/feature-requirements")
@pytest.mark.parametrize(
    ("signed_off", "first_used", "received_on", "is_covered"),
    [
        # 4 January and 90 days: 27 in January, 28 in February, 31 in March, and the 4th of April.
        ("2027-01-04", "2027-01-04", "2027-04-03", True),
        ("2027-01-04", "2027-01-04", "2027-04-04", True),
        ("2027-01-04", "2027-01-04", "2027-04-05", False),
        # The earlier date counts.
        ("2027-01-04", "2027-01-10", "2027-04-05", False),
        ("2027-01-10", "2027-01-04", "2027-04-05", False),
        # A leap year has a day more to fill.
        ("2028-01-04", "2028-01-04", "2028-04-03", True),
        ("2028-01-04", "2028-01-04", "2028-04-04", False),
    ],
)
def test_the_ninetieth_day_from_the_earlier_date_is_still_covered(
    signed_off: str, first_used: str, received_on: str, is_covered: bool
) -> None:
    dates = {"signed_off": signed_off, "first_used": first_used, "received_on": received_on}
    found = verdict(PAGE, REQUIREMENTS | dates)
    assert found.refuses is not is_covered
    assert found.reason == (None if is_covered else "warranty_expired")


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"kind": "how_to"}, ["user_support"]),
        ({"kind": "custom_feature"}, ["feature_warranty", "scenario", "third_party"]),
        (FEATURE, ["scenario"]),
        (ISOLATION, ["demonstrated", "reproducible"]),
        (ISOLATION | {"reproducible": False}, ["demonstrated"]),
        (
            without(CORRECTION, "support_since", "absent_at_acceptance"),
            ["absent_at_acceptance", "support_since"],
        ),
        (without(REQUIREMENTS, "first_used"), ["first_used"]),
        (without(REQUIREMENTS, "received_on"), ["received_on"]),
        (without(EXPERTISE, "feature_created"), ["feature_created"]),
        ({"kind": "framework"}, ["latest_version", "nature"]),
        (without(BUG, "prevents_documented_use"), ["prevents_documented_use"]),
    ],
)
@pytest.mark.clause(
    "contensive/feature-isolation",
    "contensive/feature-correction",
    "contensive/feature-requirements",
    "contensive/feature-expertise",
    "contensive/framework-bug",
)
def test_missing_facts_are_requested_and_are_not_a_refusal(
    facts: dict[str, Any], missing: list[str]
) -> None:
    found = verdict(PAGE, facts)
    assert (found.decision, found.closed_as) == (Decision.NEEDS_FACTS, None)
    assert list(found.missing) == missing
    assert found.clauses
    asks = [str(PAGE.facts[name].ask) for name in missing if name in PAGE.facts]
    assert all(ask.endswith(("?", ".")) for ask in asks)


@pytest.mark.clause("contensive/feature-requirements", "contensive/feature-third-party")
def test_a_certain_refusal_needs_no_more_facts() -> None:
    late = without(REQUIREMENTS, "first_used") | {"received_on": "2027-12-01"}
    assert verdict(PAGE, late).reason == "warranty_expired"
    theirs: dict[str, Any] = {"kind": "custom_feature", "third_party": True}
    assert verdict(PAGE, theirs).reason == "third_party"


@pytest.mark.clause("contensive/fees")
@pytest.mark.parametrize(
    ("account", "kind", "clause"),
    [
        ("millbrook-township", "how_to", "user-support"),
        ("quarry-books", "how_to", "user-support"),
        ("quarry-books", "custom_feature", "fees"),
    ],
)
def test_the_contract_states_what_is_paid_for(account: str, kind: str, clause: str) -> None:
    facts = {"third_party": False, "scenario": "expertise"} if kind == "custom_feature" else {}
    assert terms(account, kind=kind, facts=facts).verdict.clauses[0] == clause


@pytest.mark.clause("contensive/fees")
def test_a_request_cannot_state_what_is_paid_for() -> None:
    with pytest.raises(RequestRefused, match="is set by the contract"):
        terms("quarry-books", kind="custom_feature", facts={"feature_warranty": True})


@pytest.mark.clause("contensive/feature-requirements")
def test_the_date_of_receipt_is_in_the_zone_of_the_account() -> None:
    facts = without(REQUIREMENTS, *PAID, "kind", "received_on")
    for hour, is_covered in ((3, True), (5, False)):
        at = datetime(2027, 4, 5, hour, tzinfo=UTC)
        found = terms("millbrook-township", at, kind="custom_feature", facts=facts).verdict
        assert found.refuses is not is_covered


@pytest.mark.clause("contensive/user-support")
def test_the_policy_has_no_clocks() -> None:
    pinned = terms("millbrook-township")
    assert pinned.clocks == ()
    assert pinned.calendars == {}
