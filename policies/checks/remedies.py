"""Remedies: promised availability, fees, claims and their review."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator

from policies.business_time.durations import Duration, Unit
from policies.checks.credits import credit_rules, is_days
from policies.checks.references import Reference, parts, undeclared
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import CLAIM_REVIEWERS, CapRule, PercentOfFee
from policies.schema.tables import Dimension, Table


def percentages_are_of_declared_fees(policy: SupportPolicy) -> Iterator[Finding]:
    used = [
        Reference((*path, "of"), part.of)
        for path, part in parts(policy.remedies, ("remedies",))
        if isinstance(part, PercentOfFee | CapRule) and part.of is not None
    ]
    yield from undeclared("fee", used, policy.remedies.fees)


def declared_fees_are_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {
        part.of
        for _, part in parts(policy.remedies)
        if isinstance(part, PercentOfFee | CapRule) and part.of is not None
    }
    for name in policy.remedies.fees:
        if name not in used:
            wrong = f'no credit is a percentage of the fee "{name}"'
            right = "use it in `of`, or remove it"
            yield Finding(("remedies", "fees", name), wrong, right, about_key=True)


def announcements_can_be_counted(policy: SupportPolicy) -> Iterator[Finding]:
    promised = policy.remedies.availability
    for name, cause in (promised.uncounted if promised else {}).items():
        notice = cause.announced
        if not isinstance(notice, Duration) or notice.is_elapsed:
            continue
        here = ("remedies", "availability", "uncounted", name, "announced")
        if policy.support_hours is None:
            wrong = f'"{notice}" is business time, but there are no `support_hours`'
            yield Finding(here, wrong, 'add them, or write for example "48 hours"', cause.clause)
        elif notice.unit is Unit.FOLLOWING_WEEK or not notice.amount:
            wrong = f'"{notice}" is not a time in advance'
            yield Finding(here, wrong, 'write for example "5 business days"', cause.clause)


def availability_depends_on_the_plan_only(policy: SupportPolicy) -> Iterator[Finding]:
    promised = policy.remedies.availability
    if promised is None or not isinstance(promised.percent, Table):
        return
    here = ("remedies", "availability", "percent")
    for i, dimension in enumerate(promised.percent.by):
        if dimension is not Dimension.PLAN:
            wrong = f"an account has no {dimension}"
            yield Finding((*here, "by", i), wrong, "write `by: [plan]`", promised.clause)


def the_time_for_claims_can_be_counted(policy: SupportPolicy) -> Iterator[Finding]:
    within, here = policy.remedies.claim_within, ("remedies", "claim_within")
    if within is not None and within.is_elapsed and not is_days(within):
        wrong = f'a time limit of "{within}" is not in whole days'
        yield Finding(here, wrong, 'write for example "30 days"')
    if within is not None and not within.is_elapsed:
        if not all(credit.clock for _, credit in credit_rules(policy)):
            wrong = f'"{within}" is business time, which only tickets have'
            right = 'write for example "30 days", or remove the credits that no clock earns'
            yield Finding(here, wrong, right)
        elif policy.support_hours is None:
            wrong = f'"{within}" is business time, but there are no `support_hours`'
            yield Finding(here, wrong, 'add them, or write for example "3 days"')


def claims_are_reviewed_by_staff_within_days(policy: SupportPolicy) -> Iterator[Finding]:
    review = policy.remedies.claim_review
    path: Path = ("remedies", "claim_review")
    for i, role in enumerate(review.by if review else ()):
        if role not in CLAIM_REVIEWERS:
            wrong = f'"{role}" cannot review claims'
            yield Finding((*path, "by", i), wrong, one_of(role, CLAIM_REVIEWERS))
    within = review.within if review else None
    if within is None:
        return
    here = (*path, "within")
    if within.unit is not Unit.BUSINESS_DAY and not is_days(within):
        wrong = f'"{within}" is not in whole days'
        yield Finding(here, wrong, 'write for example "10 business days" or "14 days"')
    elif not within.is_elapsed and policy.support_hours is None:
        wrong = f'"{within}" is business time, but there are no `support_hours`'
        yield Finding(here, wrong, 'add them, or write for example "14 days"')


def claims_have_a_clause(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.remedies.claim_within and not policy.remedies.claim_clause:
        wrong = "the time limit for claims has no clause"
        yield Finding(("remedies", "claim_within"), wrong, "add `claim_clause`")


CHECKS = (
    percentages_are_of_declared_fees,
    declared_fees_are_used,
    announcements_can_be_counted,
    availability_depends_on_the_plan_only,
    the_time_for_claims_can_be_counted,
    claims_are_reviewed_by_staff_within_days,
    claims_have_a_clause,
)
