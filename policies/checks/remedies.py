"""Remedies: credits that can be computed and claimed, and notices of account events."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator
from datetime import timedelta

from policies.business_time.durations import Duration
from policies.checks.references import Reference, undeclared
from policies.documents.problems import Finding, Path
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import CreditRule
from policies.vocabulary import ACCOUNT_EVENTS

_DAY = timedelta(days=1)


def credits_use_declared_clocks_and_priorities(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.clock is not None:
            clock = Reference((*path, "clock"), credit.clock)
            yield from undeclared("clock", [clock], policy.clocks)
        used = [Reference((*path, "priorities", i), p) for i, p in enumerate(credit.priorities)]
        yield from undeclared("priority", used, policy.priorities)


def credits_can_be_earned(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.clock is None and credit.availability_below is None:
            wrong = "nothing earns this credit"
            yield Finding(path, wrong, "add `clock` and `each`, or `availability_below`")
        if credit.clock is not None and credit.each is None:
            wrong = "the credit does not state how much lateness earns it"
            yield Finding(path, wrong, 'add for example "each: 1 day"')
        share = credit.availability_below
        if share is not None and not 0 < share <= 100:
            wrong = f"{share:g} is not a percentage"
            yield Finding((*path, "availability_below"), wrong, "write for example 99.5")


def lateness_is_counted_in_elapsed_time(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.each is not None and not credit.each.is_elapsed:
            wrong = f'"{credit.each}" is business time, but lateness is elapsed time'
            yield Finding((*path, "each"), wrong, 'write for example "1 day" or "4 hours"')


def credits_and_claims_are_in_whole_days(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in _credits(policy):
        if credit.worth is not None and not _is_days(credit.worth):
            wrong = f'a credit of "{credit.worth}" is not in whole days'
            yield Finding((*path, "worth"), wrong, 'write for example "1 day"')
    within = policy.remedies.claim_within
    if within is not None and not _is_days(within):
        wrong = f'a time limit of "{within}" is not in whole days'
        yield Finding(("remedies", "claim_within"), wrong, 'write for example "30 days"')


def one_credit_rule_applies_to_a_breach(policy: SupportPolicy) -> Iterator[Finding]:
    earlier: list[CreditRule] = []
    for path, credit in _credits(policy):
        if any(_is_same_breach(credit, other) for other in earlier):
            wrong = "another credit is earned by the same breach"
            right = "remove one of them, or give them different `priorities`"
            yield Finding(path, wrong, right, credit.clause)
        earlier.append(credit)


def claims_have_a_clause(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.remedies.claim_within and not policy.remedies.claim_clause:
        wrong = "the time limit for claims has no clause"
        yield Finding(("remedies", "claim_within"), wrong, "add `claim_clause`")


def credited_availability_is_the_promised_one(policy: SupportPolicy) -> Iterator[Finding]:
    promised = policy.remedies.availability
    for path, credit in _credits(policy):
        share = credit.availability_below
        if share is not None and promised is not None and share != promised.percent:
            wrong = f"{share:g} differs from the promised {promised.percent:g} percent"
            here = (*path, "availability_below")
            yield Finding(here, wrong, f"write {promised.percent:g}", credit.clause)


def account_notices_do_not_depend_on_a_ticket(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event not in ACCOUNT_EVENTS:
            continue
        for j, audience in enumerate(notice.tell):
            if audience == "assignee":
                wrong = f'"{notice.event}" is an event of an account, which has no assignee'
                yield Finding(("notices", i, "tell", j), wrong, "name a contact")
        for field in ("kinds", "channels", "priorities"):
            if getattr(notice, field):
                wrong = f'"{notice.event}" is an event of an account, which has no {field}'
                right = "remove it; only `plans` can limit the notice"
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
    credits_use_declared_clocks_and_priorities,
    credits_can_be_earned,
    lateness_is_counted_in_elapsed_time,
    credits_and_claims_are_in_whole_days,
    one_credit_rule_applies_to_a_breach,
    claims_have_a_clause,
    credited_availability_is_the_promised_one,
    account_notices_do_not_depend_on_a_ticket,
)
