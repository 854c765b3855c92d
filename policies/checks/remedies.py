"""Remedies: what accounts earn can be worked out, claimed and told."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator
from datetime import timedelta

from policies.business_time.durations import Duration
from policies.checks.references import Reference, unknown
from policies.documents.problems import Finding, Path
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import CreditRule
from policies.vocabulary import ACCOUNT_EVENTS

_DAY = timedelta(days=1)


def credits_are_for_declared_clocks(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.clock is not None:
            mention = Reference((*path, "clock"), credit.clock)
            yield from unknown("clock", [mention], policy.clocks)
        named = [Reference((*path, "priorities", i), p) for i, p in enumerate(credit.priorities)]
        yield from unknown("priority", named, policy.priorities)


def credits_are_earned_by_something(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.clock is None and credit.availability_below is None:
            wrong = "this credit is earned by nothing"
            yield Finding(path, wrong, "give a `clock` and `each`, or `availability_below`")
        if credit.clock is not None and credit.each is None:
            wrong = "this credit does not say for how much lateness one is earned"
            yield Finding(path, wrong, 'add for example "each: 1 day"')
        share = credit.availability_below
        if share is not None and not 0 < share <= 100:
            wrong = f"{share:g} is not a share in percent"
            yield Finding((*path, "availability_below"), wrong, "write for example 99.5")


def lateness_is_counted_in_elapsed_time(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.each is not None and not credit.each.is_elapsed:
            wrong = f'"{credit.each}" depends on opening hours, and lateness is elapsed time'
            yield Finding((*path, "each"), wrong, 'write for example "1 day" or "4 hours"')


def contracts_are_extended_and_claimed_by_days(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.worth is not None and not _is_days(credit.worth):
            wrong = f'"{credit.worth}" is no time that a contract can be extended by'
            yield Finding((*path, "worth"), wrong, 'write for example "1 day"')
    within = policy.remedies.claim_within
    if within is not None and not _is_days(within):
        wrong = f'"{within}" has no last day on which a claim can come'
        yield Finding(("remedies", "claim_within"), wrong, 'write for example "30 days"')


def a_breach_earns_by_one_rule(policy: SupportPolicy) -> Iterator[Finding]:
    known: list[CreditRule] = []
    for path, credit in _credits(policy):
        if any(_is_same_breach(credit, other) for other in known):
            wrong = "another credit is earned by the same breach"
            right = "keep one of the two, or give them different `priorities`"
            yield Finding(path, wrong, right, credit.clause)
        known.append(credit)


def claims_have_a_clause(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.remedies.claim_within and not policy.remedies.claim_clause:
        wrong = "a time for claims is given without its clause"
        yield Finding(("remedies", "claim_within"), wrong, "add `claim_clause`")


def availability_is_promised_where_credited(policy: SupportPolicy) -> Iterator[Finding]:
    promised = policy.remedies.availability
    for path, credit in _credits(policy):
        share = credit.availability_below
        if share is not None and promised is not None and share != promised.percent:
            wrong = f"{share:g} differs from the {promised.percent:g} percent promised"
            here = (*path, "availability_below")
            yield Finding(here, wrong, f"write {promised.percent:g}", credit.clause)


def notices_of_accounts_are_for_their_people(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event not in ACCOUNT_EVENTS:
            continue
        for j, audience in enumerate(notice.tell):
            if audience == "assignee":
                wrong = f'"{notice.event}" is about an account, and an account has no assignee'
                yield Finding(("notices", i, "tell", j), wrong, "name one of the contacts")
        for field in ("kinds", "priorities"):
            if getattr(notice, field):
                wrong = f'"{notice.event}" is about an account, which has no {field}'
                right = "leave it out; `plans` can limit it"
                yield Finding(("notices", i, field), wrong, right, about_key=True)


def _credits(policy: SupportPolicy) -> Iterator[tuple[Path, CreditRule]]:
    for i, credit in enumerate(policy.remedies.credits):
        yield ("remedies", "credits", i), credit


def _is_days(length: Duration) -> bool:
    return length.is_elapsed and length.length % _DAY == timedelta(0)


def _is_same_breach(one: CreditRule, other: CreditRule) -> bool:
    if one.availability_below is not None and other.availability_below is not None:
        return True
    if one.clock is None or one.clock != other.clock:
        return False
    common = set(one.priorities).intersection(other.priorities)
    return not one.priorities or not other.priorities or bool(common)


CHECKS = (
    credits_are_for_declared_clocks,
    credits_are_earned_by_something,
    lateness_is_counted_in_elapsed_time,
    contracts_are_extended_and_claimed_by_days,
    a_breach_earns_by_one_rule,
    claims_have_a_clause,
    availability_is_promised_where_credited,
    notices_of_accounts_are_for_their_people,
)
