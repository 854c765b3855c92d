"""Overrides: what one account's contract says in the place of its policy.

Where a contract gives a value of its own, the contract prevails. The result is a policy like any
other: it is validated again, whole, and terms are settled under it as under the published one.
What was replaced, by what, and which clause that touches is recorded with the terms.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
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
from policies.terms.ticket_terms import OverrideTerms

KEY = "overrides"


@dataclass(frozen=True)
class EffectivePolicy:
    """A policy as it holds for one account, and what its contract replaced in it."""

    policy: SupportPolicy
    overrides: tuple[OverrideTerms, ...] = ()


class OverridesRefused(ValueError):
    """The overrides of a contract do not fit its policy; `findings` are at their places in it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{dotted(f.path)}: {f.wrong}" for f in self.findings))


def apply_overrides(policy: SupportPolicy, overrides: Mapping[str, JsonValue]) -> EffectivePolicy:
    """The policy with these overrides in it; OverridesRefused with everything that is wrong."""
    if not overrides:
        return EffectivePolicy(policy)
    return _apply_overrides(policy.model_dump_json(), json.dumps(overrides))


def override_errors(contract: Contract, policy: SupportPolicy) -> Iterator[Finding]:
    """Why the overrides of a contract do not fit its policy, each at its place in the contract."""
    try:
        apply_overrides(policy, contract.overrides)
    except OverridesRefused as refused:
        yield from refused.findings


def override_warnings(contract: Contract, policy: SupportPolicy) -> Iterator[Finding]:
    """Overrides that fit, and yet may not be meant."""
    data = policy.model_dump(mode="json")
    try:
        overrides = apply_overrides(policy, contract.overrides).overrides
    except OverridesRefused:
        return
    for override in overrides:
        path = (KEY, override.path)
        if override.contract == override.policy:
            wrong = f"the policy says {quoted(override.policy)}, too"
            yield Finding(path, wrong, "remove the override", override.clause)
        elif override.policy is None and (likely := _likely(data, steps_of(override.path))):
            wrong = "the policy has nothing of this name, so this adds it"
            right = f'did you mean "{likely}"?'
            yield Finding(path, wrong, right, override.clause, about_key=True)


def _likely(data: dict[str, Any], steps: Path) -> str | None:
    """The name beside a new one that it looks like; dates look alike, and mean another day."""
    *way, last = steps
    siblings = value_at(data, tuple(way))
    if not isinstance(siblings, dict) or last in siblings or not str(last)[0].isalpha():
        return None
    return closest(str(last), siblings)


@dataclass(frozen=True)
class _Written:
    """One override as the contract has it, and where in the policy it goes."""

    path: str
    steps: Path


@lru_cache(maxsize=512)
def _apply_overrides(policy_text: str, overrides_text: str) -> EffectivePolicy:
    # Texts, because what is equal as text is the same agreement, whichever objects it came in.
    published = SupportPolicy.model_validate_json(policy_text)
    data, written = _replaced(published, json.loads(overrides_text))
    try:
        policy = SupportPolicy.model_validate(data)
    except ValidationError as error:
        found = findings_from(error, PlainData(data), SupportPolicy)
        raise OverridesRefused(_placed(found, written)) from None
    if findings := tuple(policy_errors(policy)):
        raise OverridesRefused(_placed(findings, written))
    return EffectivePolicy(policy, tuple(_recorded(published, policy, written)))


def _replaced(
    policy: SupportPolicy, overrides: Mapping[str, JsonValue]
) -> tuple[dict[str, Any], list[_Written]]:
    """The policy's data with every override in it; OverridesRefused for what has no place."""
    data = policy.model_dump(mode="json")
    written: list[_Written] = []
    findings: list[Finding] = []
    for path, value in overrides.items():
        try:
            steps = steps_of(path)
            if other := _overlapping(steps, written):
                raise NoSuchValue(f'"{other.path}" overrides this, too', "keep one of the two")
            replace_value(data, steps, value)
            written.append(_Written(path, steps))
        except NoSuchValue as error:
            findings.append(Finding((KEY, path), error.wrong, error.right, about_key=True))
    if findings:
        raise OverridesRefused(findings)
    return data, written


def _overlapping(steps: Path, written: Iterable[_Written]) -> _Written | None:
    """An override of the same value, of one inside it, or of one that it is inside of."""
    at = _one_by_one(steps)
    for other in written:
        its = _one_by_one(other.steps)
        if _shared(at, its) in (at, its):
            return other
    return None


def _one_by_one(steps: Path) -> Path:
    """The steps with a cell's own taken apart."""
    return tuple(part for step in steps for part in str(step).split(SEPARATOR))


def _recorded(
    published: SupportPolicy, policy: SupportPolicy, written: Iterable[_Written]
) -> Iterator[OverrideTerms]:
    before, after = published.model_dump(mode="json"), policy.model_dump(mode="json")
    brief_before, brief_after = _plain(published), _plain(policy)
    for override in written:
        was, now = value_at(brief_before, override.steps), value_at(brief_after, override.steps)
        yield OverrideTerms(
            path=override.path,
            policy=was if was is not None else value_at(before, override.steps),
            contract=now if now is not None else value_at(after, override.steps),
            clause=_clause(after, override.steps),
        )


def _plain(policy: SupportPolicy) -> dict[str, Any]:
    """A policy's data without what is as by default, as its file would have it."""
    return policy.model_dump(mode="json", exclude_defaults=True)


def _clause(data: dict[str, Any], steps: Path) -> str:
    """The clause that the innermost part around a value follows from."""
    for length in range(len(steps), 0, -1):
        part = value_at(data, steps[:length])
        if isinstance(part, dict) and isinstance(part.get("clause"), str):
            return str(part["clause"])
    return ""


def _placed(findings: Iterable[Finding], written: Iterable[_Written]) -> Iterator[Finding]:
    """Findings about the policy, at the overrides of the contract that they come from."""
    overrides = list(written)
    for finding in findings:
        cause = max(overrides, key=lambda o: len(_shared(o.steps, finding.path)))
        if finding.path[: len(cause.steps)] == cause.steps:
            rest = finding.path[len(cause.steps) :]
            yield replace(finding, path=(KEY, cause.path, *rest))
            continue
        # Elsewhere in the policy: which of several did that cannot be told from the place alone.
        is_told = len(overrides) == 1 or _shared(cause.steps, finding.path)
        wrong = f"then, at {dotted(finding.path)}: {finding.wrong}"
        yield replace(finding, path=(KEY, cause.path) if is_told else (KEY,), wrong=wrong)


def _shared(one: Path, other: Path) -> Path:
    """The steps that two paths begin with together."""
    length = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        length += 1
    return one[:length]
