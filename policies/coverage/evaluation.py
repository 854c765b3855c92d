"""Evaluation of coverage: whether a request is covered, and under which clause.

The conditions are in the policy, in CEL over named facts. Of the rules for the request's kind and
plan, the first that is true decides, with `covered` or a refusal. If an earlier rule with another
result is undecided because a `required` fact is missing, the verdict is `needs_facts`: a missing
fact never leads to a refusal. Facts that are not required count once they are known. If no rule
decides, the request is covered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from policies.coverage.expressions import RECEIVED_ON, evaluate, facts_named
from policies.coverage.verdict import Decision, Verdict
from policies.i18n.locales import words_in
from policies.schema.coverage import CoverageRule, FactRule, RequiredFor
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension

Facts = Mapping[str, JsonValue]


@dataclass(frozen=True)
class _Undecided:
    """A rule that cannot be evaluated without more facts."""

    rule: CoverageRule
    missing: frozenset[str]


def verdict(policy: SupportPolicy, facts: Facts, locale: str | None = None) -> Verdict:
    """The verdict of a policy's coverage rules on these facts, with its text in this locale."""
    rules = [rule for rule in policy.coverage if _applies_to(rule, facts)]
    required = _missing_required(policy, facts)
    examined: set[str] = set()
    undecided: list[_Undecided] = []
    for rule in rules:
        names = facts_named(rule.when)
        examined |= names
        result = evaluate(rule.when, facts)
        if result is None and (missing := _missing_in(names, required, facts)):
            undecided.append(_Undecided(rule, missing))
        elif result:
            contrary = [u for u in undecided if u.rule.closed_as != rule.closed_as]
            if contrary:
                return _needs_facts(contrary, facts, examined)
            says = words_in(rule.says, locale or policy.locale, policy.locale)
            return _decided(rule, says, facts, examined)
    if undecided or required:
        return _needs_facts(undecided, facts, examined, required)
    return Verdict(
        decision=Decision.COVERED,
        clauses=_clauses(rules),
        used=_known_facts(facts, examined),
    )


def _applies_to(rule: CoverageRule | RequiredFor, facts: Facts) -> bool:
    conditions = ((rule.kinds, Dimension.KIND), (rule.plans, Dimension.PLAN))
    return all(not values or facts.get(d) in values for values, d in conditions)


def _missing_required(policy: SupportPolicy, facts: Facts) -> frozenset[str]:
    """The facts that are required for this request and not known."""
    return frozenset(
        name
        for name, fact in policy.facts.items()
        if name not in facts and _is_required(fact, facts)
    )


def _missing_in(names: frozenset[str], required: frozenset[str], facts: Facts) -> frozenset[str]:
    """The facts that a rule needs; the date of receipt only if no other is missing."""
    return (names & required) or (names & {RECEIVED_ON} - facts.keys())


def _is_required(fact: FactRule, facts: Facts) -> bool:
    if not isinstance(fact.required, RequiredFor):
        return fact.required
    condition = fact.required.when
    return _applies_to(fact.required, facts) and (
        condition is None or evaluate(condition, facts) is True
    )


def _decided(rule: CoverageRule, says: str, facts: Facts, examined: Iterable[str]) -> Verdict:
    is_refused = rule.closed_as is not None
    return Verdict(
        decision=Decision.NOT_COVERED if is_refused else Decision.COVERED,
        closed_as=rule.closed_as,
        clauses=_clauses((rule,)),
        says=says,
        used=_known_facts(facts, facts_named(rule.when) if is_refused else examined),
        reason=rule.id,
        refers_to=rule.refers_to,
    )


def _needs_facts(
    undecided: Sequence[_Undecided],
    facts: Facts,
    examined: Iterable[str],
    required: frozenset[str] = frozenset(),
) -> Verdict:
    return Verdict(
        decision=Decision.NEEDS_FACTS,
        clauses=_clauses(u.rule for u in undecided),
        used=_known_facts(facts, examined),
        missing=tuple(sorted(required.union(*(u.missing for u in undecided)))),
    )


def _clauses(rules: Iterable[CoverageRule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause for rule in rules for clause in (rule.clause, *rule.see)))


def _known_facts(facts: Facts, names: Iterable[str]) -> dict[str, JsonValue]:
    return {name: facts[name] for name in sorted(names) if name in facts}
