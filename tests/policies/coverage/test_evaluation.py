"""Verdicts depend on facts and clauses; a missing fact never leads to a refusal."""

from typing import Any

import pytest

from policies.coverage.evaluation import verdict
from policies.coverage.verdict import Decision
from policies.loading.loader import read_policy
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.coverage import CoverageRule
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


KINDS_AND_PLANS = read_policy("""\
policy: plugins
title: Plugins
revision: 2026-01-01
clauses:
  plugins: {says: Plugins of gold accounts are covered., at: Plugins}
  ours: {says: Only our code is covered., at: Ours}
  yours: {says: Your own mistakes are not., at: Yours}
  versions: {says: Old versions are not covered., at: Versions}
plans: {basic: {says: Basic}, gold: {says: Gold}}
kinds: {bug: {says: A bug}, question: {says: A question}}
facts:
  cause: {type: string, ask: What is the cause?}
  ours: {type: bool, ask: Is it our code?, required: {kinds: [bug]}}
  version: {type: int, ask: Which version?, required: {plans: [gold], when: ours}}
coverage:
  - when: cause == "plugin"
    verdict: covered
    kinds: [bug]
    plans: [gold]
    clause: plugins
    says: Plugins are covered.
  - {when: "!ours", verdict: not_covered, kinds: [bug], clause: ours, says: It is not ours.}
  - when: cause == "customer"
    verdict: not_eligible
    clause: yours
    says: {en: It is yours., fr: C'est vous.}
  - {when: version < 3, verdict: not_covered, clause: versions, see: [ours], says: It is old.}
""")


@pytest.mark.parametrize(
    ("facts", "decision", "clauses", "missing"),
    [
        ("bug gold cause=plugin", Decision.COVERED, "plugins", ""),
        ("bug basic cause=plugin", Decision.NEEDS_FACTS, "ours", "ours"),
        ("question gold cause=plugin", Decision.COVERED, "yours versions ours", ""),
        ("bug basic cause=customer", Decision.NEEDS_FACTS, "ours", "ours"),
        ("bug gold cause=customer ours", Decision.NOT_COVERED, "yours", ""),
        ("bug gold ours", Decision.NEEDS_FACTS, "versions ours", "version"),
        ("bug basic ours", Decision.COVERED, "ours yours versions", ""),
        ("bug basic ours version=2", Decision.NOT_COVERED, "versions ours", ""),
        ("bug basic ours version=3", Decision.COVERED, "ours yours versions", ""),
        # Whatever is missing, the request is refused in the same way.
        ("bug basic version=2", Decision.NOT_COVERED, "versions ours", ""),
    ],
)
def test_the_first_true_rule_for_the_kind_and_plan_decides_unless_an_earlier_one_could_differ(
    facts: str, decision: Decision, clauses: str, missing: str
) -> None:
    kind, plan, *stated = facts.split()
    pairs = dict(each.split("=") for each in stated if "=" in each)
    known: dict[str, Any] = {"kind": kind, "plan": plan, **pairs}
    known |= {"ours": True} if "ours" in stated else {}
    known |= {"version": int(pairs["version"])} if "version" in pairs else {}
    found = verdict(KINDS_AND_PLANS, known)
    assert (found.decision, " ".join(found.clauses)) == (decision, clauses)
    assert " ".join(found.missing) == missing


def test_a_refusal_rests_on_the_facts_of_its_rule_and_is_in_the_language_asked_for() -> None:
    facts: dict[str, Any] = {"kind": "bug", "plan": "gold", "ours": True, "cause": "customer"}
    for locale, says in ((None, "It is yours."), ("fr", "C'est vous.")):
        found = verdict(KINDS_AND_PLANS, facts, locale)
        assert (found.closed_as, found.says) == (ClosedAs.NOT_ELIGIBLE, says)
        assert found.used == {"cause": "customer"}
    needed = verdict(KINDS_AND_PLANS, {**facts, "cause": "else"})
    assert needed.used == {"cause": "else", "ours": True}


def test_the_date_of_receipt_is_missing_only_if_nothing_else_is() -> None:
    rule = CoverageRule(
        when='ours && received_on < "2027-01-01"',
        verdict="not_covered",
        clause="versions",
        says="It was too early.",
    )
    policy = KINDS_AND_PLANS.model_copy(update={"coverage": (rule,)})
    facts: dict[str, Any] = {"kind": "bug", "plan": "basic"}
    assert verdict(policy, facts).missing == ("ours",)
    assert verdict(policy, facts | {"ours": True}).missing == ("received_on",)
    dated = facts | {"ours": True, "received_on": "2027-01-02"}
    assert verdict(policy, dated).decision is Decision.COVERED
