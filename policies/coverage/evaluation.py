"""Coverage: is this request covered, and under which clause?

The conditions are in the policy file, in CEL over named facts. Of the rules for the request's
kind and plan the first that holds decides, be it `covered` or a refusal. A rule before it that
cannot be decided for want of a `required` fact, and that would have said otherwise, leaves the
verdict open: then facts are needed, and it is never a silent no. Facts that are not required
count once they are known. Where no rule decides, the request is covered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from policies.coverage.expressions import RECEIVED_ON, facts_named, holds
from policies.coverage.verdict import Decision, Verdict
from policies.i18n.locales import words_in
from policies.schema.coverage import CoverageRule, FactRule, RequiredFor
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension

Facts = Mapping[str, JsonValue]


@dataclass(frozen=True)
class _Undecided:
    """A rule that would decide, had it the facts that are missing."""

    rule: CoverageRule
    missing: frozenset[str]


def verdict(policy: SupportPolicy, facts: Facts, locale: str | None = None) -> Verdict:
    """The verdict of a policy's coverage rules on these facts, in words of this locale."""
    rules = [rule for rule in policy.coverage if _concerns(rule, facts)]
    required = _required(policy, facts)
    examined: set[str] = set()
    undecided: list[_Undecided] = []
    for rule in rules:
        names = facts_named(rule.when)
        examined |= names
        answer = holds(rule.when, facts)
        if answer is None and (missing := _missing(names, required, facts)):
            undecided.append(_Undecided(rule, missing))
        elif answer:
            doubts = [u for u in undecided if u.rule.closed_as != rule.closed_as]
            if doubts:
                return _needs(doubts, facts, examined)
            says = words_in(rule.says, locale or policy.locale, policy.locale)
            return _decided(rule, says, facts, examined)
    if undecided or required:
        return _needs(undecided, facts, examined, required)
    return Verdict(
        decision=Decision.COVERED,
        clauses=_clauses(rules),
        used=_known_facts(facts, examined),
    )


def _concerns(rule: CoverageRule | RequiredFor, facts: Facts) -> bool:
    limits = ((rule.kinds, Dimension.KIND), (rule.plans, Dimension.PLAN))
    return all(not admitted or facts.get(d) in admitted for admitted, d in limits)


def _required(policy: SupportPolicy, facts: Facts) -> frozenset[str]:
    """The facts that a verdict on this request takes, and that are not known."""
    return frozenset(
        name
        for name, fact in policy.facts.items()
        if name not in facts and _is_required(fact, facts)
    )


def _missing(names: frozenset[str], required: frozenset[str], facts: Facts) -> frozenset[str]:
    """What a rule wants for; the day of receipt only where there is nothing else to ask."""
    return (names & required) or (names & {RECEIVED_ON} - facts.keys())


def _is_required(fact: FactRule, facts: Facts) -> bool:
    if not isinstance(fact.required, RequiredFor):
        return fact.required
    condition = fact.required.when
    return _concerns(fact.required, facts) and (
        condition is None or holds(condition, facts) is True
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


def _needs(
    undecided: Iterable[_Undecided],
    facts: Facts,
    examined: Iterable[str],
    also: frozenset[str] = frozenset(),
) -> Verdict:
    waiting = list(undecided)
    return Verdict(
        decision=Decision.NEEDS_FACTS,
        clauses=_clauses(u.rule for u in waiting),
        used=_known_facts(facts, examined),
        missing=tuple(sorted(also.union(*(u.missing for u in waiting)))),
    )


def _clauses(rules: Iterable[CoverageRule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause for rule in rules for clause in (rule.clause, *rule.see)))


def _known_facts(facts: Facts, names: Iterable[str]) -> dict[str, JsonValue]:
    return {name: facts[name] for name in sorted(names) if name in facts}
