"""Overrides: values in a contract that replace those of its policy.

The result is a policy like any other. It is validated and checked as a whole, and terms are settled
under it as under the published policy. The terms record each override with both values and its
clause.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Any

from pydantic import JsonValue, ValidationError

from policies.checks.all_checks import policy_errors
from policies.documents.paths import NoSuchValue, steps_of, value_at
from policies.documents.paths import replace as replace_value
from policies.documents.plain_data import PlainData
from policies.documents.problems import Finding, Path, dotted
from policies.documents.suggestions import closest, quoted
from policies.documents.validation_errors import findings_from
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.tables import SEPARATOR
from policies.terms.model.override import OverrideTerms

KEY = "overrides"


@dataclass(frozen=True)
class EffectivePolicy:
    """A policy with a contract's overrides applied, and the overrides."""

    policy: SupportPolicy
    overrides: tuple[OverrideTerms, ...] = ()


class OverridesRefused(ValueError):
    """The overrides of a contract do not fit its policy; `findings` have paths in the contract."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{dotted(f.path)}: {f.wrong}" for f in self.findings))


def apply_overrides(policy: SupportPolicy, overrides: Mapping[str, JsonValue]) -> EffectivePolicy:
    """The policy with these overrides; OverridesRefused lists all errors."""
    if not overrides:
        return EffectivePolicy(policy)
    return _apply_overrides(policy.model_dump_json(), json.dumps(overrides))


def effective_policy(contract: Contract, policy: SupportPolicy) -> SupportPolicy:
    """The policy as this contract has it; without its overrides if they have errors."""
    try:
        return apply_overrides(policy, contract.overrides).policy
    except OverridesRefused:
        return policy


def override_errors(contract: Contract, policy: SupportPolicy) -> Iterator[Finding]:
    """The errors in the overrides of a contract, at their places in the contract."""
    try:
        apply_overrides(policy, contract.overrides)
    except OverridesRefused as refused:
        yield from refused.findings


def override_warnings(contract: Contract, policy: SupportPolicy) -> Iterator[Finding]:
    """Warnings about valid overrides that are probably mistakes."""
    data = policy.model_dump(mode="json")
    try:
        overrides = apply_overrides(policy, contract.overrides).overrides
    except OverridesRefused:
        return
    for override in overrides:
        path = (KEY, override.path)
        if override.contract == override.policy:
            wrong = f"the policy has the same value, {quoted(override.policy)}"
            yield Finding(path, wrong, "remove the override", override.clause)
        elif override.policy is None and (likely := _similar_name(data, steps_of(override.path))):
            wrong = "the policy has no value at this path, so the override adds one"
            right = f'did you mean "{likely}"?'
            yield Finding(path, wrong, right, override.clause, about_key=True)


def _similar_name(data: dict[str, Any], steps: Path) -> str | None:
    """A name next to a new name that is similar. Dates are left out: similar dates are different
    days.
    """
    *way, last = steps
    siblings = value_at(data, tuple(way))
    if not isinstance(siblings, dict) or last in siblings or not str(last)[0].isalpha():
        return None
    return closest(str(last), siblings)


@dataclass(frozen=True)
class _Override:
    """The path of an override as text, and as steps."""

    path: str
    steps: Path


@lru_cache(maxsize=512)
def _apply_overrides(policy_text: str, overrides_text: str) -> EffectivePolicy:
    # Texts make a key for the cache: equal texts give an equal policy.
    published = SupportPolicy.model_validate_json(policy_text)
    data, overrides = _replaced(published, json.loads(overrides_text))
    try:
        policy = SupportPolicy.model_validate(data)
    except ValidationError as error:
        findings = findings_from(error, PlainData(data), SupportPolicy)
        raise OverridesRefused(_at_overrides(findings, overrides)) from None
    if errors := tuple(policy_errors(policy)):
        raise OverridesRefused(_at_overrides(errors, overrides))
    return EffectivePolicy(policy, tuple(_override_terms(published, policy, overrides)))


def _replaced(
    policy: SupportPolicy, values: Mapping[str, JsonValue]
) -> tuple[dict[str, Any], list[_Override]]:
    """The policy's data with all values replaced; OverridesRefused for paths without a value."""
    data = policy.model_dump(mode="json")
    overrides: list[_Override] = []
    findings: list[Finding] = []
    for path, value in values.items():
        try:
            steps = steps_of(path)
            if other := _overlapping(steps, overrides):
                raise NoSuchValue(f'"{other.path}" overrides the same value', "remove one of them")
            replace_value(data, steps, value)
            overrides.append(_Override(path, steps))
        except NoSuchValue as error:
            findings.append(Finding((KEY, path), error.wrong, error.right, about_key=True))
    if findings:
        raise OverridesRefused(findings)
    return data, overrides


def _overlapping(steps: Path, overrides: Iterable[_Override]) -> _Override | None:
    """An override of the same value, of a part of it, or of a value that contains it."""
    keys = _keys_of(steps)
    for other in overrides:
        other_keys = _keys_of(other.steps)
        if _common_start(keys, other_keys) in (keys, other_keys):
            return other
    return None


def _keys_of(steps: Path) -> Path:
    """The steps as single keys: the cell `gold/urgent` is two."""
    return tuple(key for step in steps for key in str(step).split(SEPARATOR))


def _override_terms(
    published: SupportPolicy, policy: SupportPolicy, overrides: Iterable[_Override]
) -> Iterator[OverrideTerms]:
    before, after = published.model_dump(mode="json"), policy.model_dump(mode="json")
    brief_before, brief_after = _without_defaults(published), _without_defaults(policy)
    for override in overrides:
        old, new = value_at(brief_before, override.steps), value_at(brief_after, override.steps)
        yield OverrideTerms(
            path=override.path,
            policy=old if old is not None else value_at(before, override.steps),
            contract=new if new is not None else value_at(after, override.steps),
            clause=_clause(after, override.steps),
        )


def _without_defaults(policy: SupportPolicy) -> dict[str, Any]:
    return policy.model_dump(mode="json", exclude_defaults=True)


def _clause(data: dict[str, Any], steps: Path) -> str:
    """The clause of the innermost part around a value."""
    for length in range(len(steps), 0, -1):
        part = value_at(data, steps[:length])
        if isinstance(part, dict) and isinstance(part.get("clause"), str):
            return str(part["clause"])
    return ""


def _at_overrides(findings: Iterable[Finding], overrides: Sequence[_Override]) -> Iterator[Finding]:
    """Findings about the policy, at the overrides of the contract that cause them."""
    for finding in findings:
        cause = max(overrides, key=lambda o: len(_common_start(o.steps, finding.path)))
        if finding.path[: len(cause.steps)] == cause.steps:
            rest = finding.path[len(cause.steps) :]
            yield replace(finding, path=(KEY, cause.path, *rest))
            continue
        # Elsewhere in the policy. With several overrides, any of them may be the cause.
        is_certain = len(overrides) == 1 or _common_start(cause.steps, finding.path)
        wrong = f"this makes the policy invalid at {dotted(finding.path)}: {finding.wrong}"
        yield replace(finding, path=(KEY, cause.path) if is_certain else (KEY,), wrong=wrong)


def _common_start(one: Path, other: Path) -> Path:
    """The steps with which both paths begin."""
    pairs = zip(one, other, strict=False)
    return tuple(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
