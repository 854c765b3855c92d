"""Coverage: is this request covered, and under which clause?

The conditions are in the policy file, in CEL (the Common Expression Language) over named
facts. Rules are tried in the order of the file; the first whose condition holds decides. A
condition that cannot be decided without a fact we do not have leaves the request covered
unless that fact is `required`: then the verdict is that facts are needed, never a silent no.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import celpy
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.evaluation import CELEvalError
from pydantic import JsonValue

from policies.locales import words_in
from policies.schema import CoverageRule, SupportPolicy
from policies.verdicts import Decision, Verdict

_ENVIRONMENT = celpy.Environment()


def verdict(
    policy: SupportPolicy, facts: Mapping[str, JsonValue], locale: str | None = None
) -> Verdict:
    """The verdict of a policy's coverage rules on these facts, in words of this locale."""
    examined: set[str] = set()
    for rule in policy.coverage:
        names = facts_named(rule.when)
        examined |= names
        if _holds(rule, {name: facts[name] for name in names if name in facts}):
            says = words_in(rule.says, locale or policy.locale, policy.locale)
            return _refusal(rule, says, _known(facts, names))
    missing = sorted(n for n, f in policy.facts.items() if f.required and n not in facts)
    return Verdict(
        decision=Decision.NEEDS_FACTS if missing else Decision.COVERED,
        clauses=tuple(dict.fromkeys(rule.clause for rule in policy.coverage)),
        used=_known(facts, examined),
        missing=tuple(missing),
    )


@lru_cache(maxsize=1024)
def facts_named(condition: str) -> frozenset[str]:
    """The facts a condition names; ValueError when it is not CEL."""
    try:
        tree = _ENVIRONMENT.compile(condition)
    except CELParseError as error:
        raise ValueError(f"{condition!r} is not a CEL condition: {error.args[0]}") from error
    return frozenset(str(ident.children[0]) for ident in tree.find_data("ident"))


@lru_cache(maxsize=1024)
def _program(condition: str) -> celpy.Runner:
    return _ENVIRONMENT.program(_ENVIRONMENT.compile(condition))


def _holds(rule: CoverageRule, facts: Mapping[str, JsonValue]) -> bool:
    activation = {name: json_to_cel(value) for name, value in facts.items()}
    try:
        return bool(_program(rule.when).evaluate(activation))
    except CELEvalError:
        return False


def _refusal(rule: CoverageRule, says: str, used: dict[str, JsonValue]) -> Verdict:
    return Verdict(
        decision=Decision.NOT_COVERED,
        closed_as=rule.verdict,
        clauses=(rule.clause,),
        says=says,
        used=used,
    )


def _known(facts: Mapping[str, JsonValue], names: Iterable[str]) -> dict[str, JsonValue]:
    return {name: facts[name] for name in sorted(names) if name in facts}
