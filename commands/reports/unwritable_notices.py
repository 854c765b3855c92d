"""Finds notices that cannot be written: their event lacks a fact that their template needs.

The facts of each event are in `activities/rendering/template_uses.py`. Another template may be
written on an event if it needs no more.
"""

from collections.abc import Iterator

from activities.notices import PAGED
from activities.rendering.template_uses import facts_of_event, facts_of_rungs, template_of
from activities.templates.manifest import ABOUT_ACCOUNTS, facts_of, listed_templates
from policies.documents.problems import Finding, Path, dotted
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.overrides import KEY, OverridesRefused, apply_overrides
from policies.vocabulary import ACCOUNT_EVENTS, EventType

_WRITTEN_ON_ANY_EVENT = frozenset({PAGED, EventType.HANDED_OVER})
"""Templates with facts of the ticket instead of those of an event: its urgency, its packet."""


def unwritable_notices(policy: SupportPolicy) -> Iterator[Finding]:
    """Notices and rungs whose template needs a fact that their event does not have."""
    for i, notice in enumerate(policy.notices):
        if notice.template:
            facts = facts_of_event(notice.event)
            is_about_account = notice.event in ACCOUNT_EVENTS
            path: Path = ("notices", i, "template")
            what = f'the event "{notice.event}"'
            yield from _unwritable(path, notice.template, facts, what, is_about_account)
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            path = ("clocks", name, "ladder", i, "template")
            facts = facts_of_rungs(clock)
            what = f'a rung of the clock "{name}"'
            yield from _unwritable(path, template_of(clock, rung), facts, what)


def unwritable_under_contract(contract: Contract, policy: SupportPolicy) -> Iterator[Finding]:
    """Notices that cannot be written because of the overrides of the contract."""
    try:
        effective = apply_overrides(policy, contract.overrides).policy
    except OverridesRefused:
        return
    published = set(unwritable_notices(policy))
    for finding in unwritable_notices(effective):
        if finding not in published:
            wrong = f"at {dotted(finding.path)}, {finding.wrong}"
            yield Finding((KEY,), wrong, finding.right)


def _unwritable(
    path: Path, template: str, facts: frozenset[str], what: str, is_about_account: bool = False
) -> Iterator[Finding]:
    required, _ = facts_of(template)
    missing = sorted(required - facts)
    if is_about_account and template not in ABOUT_ACCOUNTS and template in listed_templates():
        wrong = f'the template "{template}" is about a ticket, and {what} is about an account'
        yield Finding(path, wrong, "leave `template` out")
    elif missing and template not in _WRITTEN_ON_ANY_EVENT:
        wrong = f'the template "{template}" needs {_listed(missing)}, which {what} does not have'
        yield Finding(path, wrong, _suggestion(facts, is_about_account))


def _suggestion(facts: frozenset[str], is_about_account: bool) -> str:
    possible = ABOUT_ACCOUNTS if is_about_account else listed_templates() - ABOUT_ACCOUNTS
    fitting = sorted(name for name in possible if facts_of(name)[0] <= facts)
    return f"leave `template` out, or use one of {', '.join(fitting)}"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
