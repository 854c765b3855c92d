"""Verdicts depend on facts and clauses; a missing fact never leads to a refusal."""

import pytest

from policies.coverage.evaluation import verdict
from policies.coverage.verdict import Decision
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import ClosedAs

CONTENTLY = PolicyCatalog.shipped().latest("contently")


@pytest.mark.clause("contently/eligibility")
def test_without_an_active_publication_a_request_is_not_eligible() -> None:
    found = verdict(CONTENTLY, {"active_publication": False})
    assert (found.decision, found.closed_as) == (Decision.NOT_COVERED, ClosedAs.NOT_ELIGIBLE)
    assert found.clauses == ("eligibility",)
    assert found.used == {"active_publication": False}
    assert "active publication" in found.says


@pytest.mark.clause("contently/limitation")
def test_a_third_party_cause_is_not_covered() -> None:
    found = verdict(CONTENTLY, {"active_publication": True, "cause": "third_party"})
    assert (found.closed_as, found.clauses) == (ClosedAs.NOT_COVERED, ("limitation",))
    assert found.used == {"cause": "third_party"}
    covered = verdict(CONTENTLY, {"active_publication": True, "cause": "platform"})
    assert covered.used == {"active_publication": True, "cause": "platform"}


@pytest.mark.clause("contently/limitation")
def test_an_unknown_cause_is_not_a_reason_to_refuse() -> None:
    found = verdict(CONTENTLY, {"active_publication": True})
    assert found.decision is Decision.COVERED
    assert not found.refuses


def test_a_required_fact_is_requested_and_not_assumed() -> None:
    found = verdict(CONTENTLY, {})
    assert (found.decision, found.missing) == (Decision.NEEDS_FACTS, ("active_publication",))


def test_a_required_fact_is_requested_even_if_no_rule_depends_on_it() -> None:
    needed = CONTENTLY.facts["active_publication"]
    policy = CONTENTLY.model_copy(update={"facts": {**CONTENTLY.facts, "version": needed}})
    found = verdict(policy, {"active_publication": True})
    assert (found.decision, found.missing) == (Decision.NEEDS_FACTS, ("version",))


def test_only_the_facts_that_could_change_the_decision_are_requested() -> None:
    needed = CONTENTLY.facts["active_publication"]
    policy = CONTENTLY.model_copy(update={"facts": {**CONTENTLY.facts, "version": needed}})
    found = verdict(policy, {"cause": "third_party"})
    assert (found.decision, found.missing) == (Decision.NEEDS_FACTS, ("active_publication",))
