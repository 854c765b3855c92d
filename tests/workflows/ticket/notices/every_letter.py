"""Every notice that a policy can send about a ticket, with data that has the policy's own ids."""

from collections.abc import Iterator

from activities.notices import Notice
from commands.reports.sample_letters import (
    MANDATORY,
    Circumstances,
    all_circumstances,
    sample_letters,
)
from policies.schema.policy import SupportPolicy
from policies.vocabulary import INTERNAL_EVENTS, EventType, Stage


def letters(policy: SupportPolicy, locale: str) -> Iterator[Notice]:
    """Every notice of the policy for an account with this locale: for each plan, kind and priority,
    of every rule, every rung and every event that needs no rule.
    """
    given = Circumstances(region=next(iter(policy.regions), None), channel="email")
    for circumstances in all_circumstances(policy, given):
        for letter in sample_letters(policy, circumstances, locale):
            if letter.notice.ticket.number:
                yield letter.notice


def ids_of(policy: SupportPolicy) -> set[str]:
    """The ids of the policy and of the vocabulary that no reader can take for words."""
    process = policy.process
    steps = process.triage.checklist if process.triage else ()
    names: list[str] = [*policy.clauses, *policy.plans, *policy.regions, *policy.kinds]
    names += [*policy.priorities, *policy.clocks, *policy.contacts, *policy.facts, *Stage]
    names += [*EventType, *(rule.id or "" for rule in policy.coverage)]
    names += [step.id for step in steps] + [*policy.milestones]
    names += [choice for fact in policy.facts.values() for choice in fact.choices]
    return {name for name in names if "_" in name or "-" in name}


def announceable() -> list[EventType]:
    """The events of which a policy, or every ticket, sends notices."""
    return [event for event in EventType if event not in INTERNAL_EVENTS or event in MANDATORY]
