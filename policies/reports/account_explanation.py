"""What accounts are promised besides clocks: availability, its credits, claims and reviews."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from policies.business_time.durations import Duration
from policies.business_time.periods import Each
from policies.reports.clock_explanation import (
    ExplainedClaims,
    ExplainedRemedy,
    ExplainedReview,
    ExplanationPart,
)
from policies.reports.remedy_explanation import credit_says
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import AvailabilityRule
from policies.schema.tables import Dimension, Table
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.recipients import account_calendar, account_zone


class AccountExplanation(ExplanationPart):
    """The remedies of an account that do not depend on one clock, and its claims."""

    remedies: tuple[ExplainedRemedy, ...] = ()
    claims: ExplainedClaims | None = None


def explain_account(
    policy: SupportPolicy, contract: Contract, filed_at: datetime
) -> AccountExplanation:
    """The promises to the account of a contract, with the review of a claim filed at this time."""
    plan = contract.plan or policy.defaults.get(Dimension.PLAN)
    return AccountExplanation(
        remedies=tuple(_remedies(policy, plan)),
        claims=explain_claims(policy, contract, filed_at),
    )


def explain_claims(
    policy: SupportPolicy, contract: Contract, filed_at: datetime
) -> ExplainedClaims | None:
    """The time limit for claims and their review; None if the policy has neither."""
    rules = policy.remedies
    if rules.claim_within is None and rules.claim_review is None:
        return None
    return ExplainedClaims(
        within=str(rules.claim_within) if rules.claim_within else None,
        clause=rules.claim_clause,
        review=_review(policy, contract, filed_at),
    )


def _review(
    policy: SupportPolicy, contract: Contract, filed_at: datetime
) -> ExplainedReview | None:
    rule = policy.remedies.claim_review
    if rule is None:
        return None
    filed_at = filed_at.astimezone(ZoneInfo(account_zone(policy, contract)))
    within, name = rule.within, account_calendar(policy, contract)
    if within is None or within.is_elapsed:
        name = None
    return ExplainedReview(
        clause=rule.clause,
        by=rule.by,
        within=str(within) if within else None,
        calendar=name,
        filed_on=filed_at.date(),
        until=_until(policy, within, name, filed_at) if within else None,
    )


def _until(
    policy: SupportPolicy, within: Duration, calendar: str | None, filed_at: datetime
) -> date:
    """The last day for the decision, as the account of the claim counts it."""
    if calendar is None:
        return filed_at.date() + within.length
    year = (filed_at - timedelta(days=1)).year
    pinned = pin_calendar(calendar, policy.calendars[calendar], year, policy.locale)
    return within.due_from(filed_at, pinned.calendar).astimezone(filed_at.tzinfo).date()


def _remedies(policy: SupportPolicy, plan: str | None) -> Iterator[ExplainedRemedy]:
    promised = policy.remedies.availability
    if promised is not None and (percent := _percent(promised, plan)) is not None:
        yield ExplainedRemedy(clause=promised.clause, says=_availability(promised, percent))
    for credit in policy.remedies.credits:
        if credit.is_by_availability and credit.is_for(plan):
            each = promised.each if promised is not None else Each.MONTH
            yield ExplainedRemedy(clause=credit.clause, says=credit_says(credit, each))


def _percent(rule: AvailabilityRule, plan: str | None) -> str | None:
    percent = rule.percent
    if isinstance(percent, Table):
        found = percent.pick({Dimension.PLAN: plan} if plan else {})
        return None if found is None else f"{found:f}"
    return f"{percent:f}"


def _availability(rule: AvailabilityRule, percent: str) -> str:
    each = rule.each.replace("_", " ")
    of = f"the whole {each}" if rule.measured == "whole_month" else "the time that counts"
    return f"availability of {percent} % of {of}, each {each} in {rule.zone}"
