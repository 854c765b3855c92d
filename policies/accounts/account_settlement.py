"""Settling account terms: policy + contract -> the terms of an account."""

from collections.abc import Iterator
from decimal import Decimal

from policies.accounts.account_terms import (
    UTC_OFFSET,
    AccountTerms,
    AvailabilityTerms,
    ClaimTerms,
    EnablementTerms,
    LatenessTerms,
    MaintenanceWindow,
)
from policies.business_time.durations import Duration
from policies.business_time.opening_hours import expand_weekdays
from policies.business_time.zones import fixed_offset, pin_zone
from policies.i18n.locales import words_in
from policies.schema.contract import Contract
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.remedies import AvailabilityRule, CreditRule, RemedyRules
from policies.schema.tables import Dimension, Table
from policies.terms.overrides import apply_overrides
from policies.terms.recipients import recipients
from policies.terms.settlement import notice_terms
from policies.terms.ticket_terms import NoticeTerms
from policies.vocabulary import ACCOUNT_EVENTS, EventType

YEARS_PINNED = 12
"""The calendar years whose offsets are pinned; adopting terms pins further ones."""


def account_terms(
    policy: SupportPolicy, contract: Contract, year: int | None = None
) -> AccountTerms:
    """The terms of an account under this revision of its policy, from this year on (by default that
    of the revision). The overrides of its contract take precedence (prismic/contract-prevails).
    """
    policy = apply_overrides(policy, contract.overrides).policy
    locale = contract.locale or policy.locale
    remedies = policy.remedies
    plan = contract.plan or policy.defaults.get(Dimension.PLAN)
    month_zone = remedies.availability.zone if remedies.availability else "UTC"
    day_zone = contract.zone or _home_zone(policy, plan, contract.region)
    since = (year or policy.revision.year) - 1
    return AccountTerms(
        account=contract.account,
        account_name=contract.name,
        policy=policy.policy,
        title=words_in(policy.title, locale, policy.locale),
        headings={name: clause.at for name, clause in policy.clauses.items()},
        revision=policy.revision,
        locale=locale,
        plan=plan,
        plan_label=_label(policy, plan, locale),
        starts_on=contract.starts_on,
        offset=fixed_offset(month_zone) or UTC_OFFSET,
        day_zone=day_zone,
        day_offsets=pin_zone(day_zone, since, since + YEARS_PINNED).transitions,
        enablement=_enablement(policy, plan),
        lateness=tuple(_lateness(remedies.credits)),
        availability=_availability(remedies),
        claims=_claims(remedies),
        notices=tuple(_notices(policy, plan)),
        contacts=recipients(policy, contract, day_zone, locale),
    )


def _home_zone(policy: SupportPolicy, plan: str | None, region: str | None) -> str:
    """The zone of the support hours of this plan and region: the first, if there are several."""
    region = region or policy.defaults.get(Dimension.REGION)
    known = {Dimension.PLAN: plan, Dimension.REGION: region}
    hours = policy.support_hours
    if isinstance(hours, Table):
        hours = hours.narrow({dimension: name for dimension, name in known.items() if name})
    name = next(iter(hours.cells.values())) if isinstance(hours, Table) else hours
    return policy.calendars[name].zone if name else "UTC"


def _notices(policy: SupportPolicy, plan: str | None) -> Iterator[NoticeTerms]:
    """The notices of account events and of undeliverable notices."""
    for rule in policy.notices:
        is_relevant = rule.event in ACCOUNT_EVENTS or rule.event is EventType.NOTICE_UNDELIVERABLE
        if is_relevant and (not rule.plans or plan in rule.plans):
            yield notice_terms(rule)


def _label(policy: SupportPolicy, plan: str | None, locale: str) -> str | None:
    label = policy.labels.get(Labelled.PLAN, {}).get(plan or "")
    return words_in(label, locale, policy.locale) if label else None


def _enablement(policy: SupportPolicy, plan: str | None) -> EnablementTerms | None:
    for rule in policy.allowances.values():
        if not rule.plans or plan in rule.plans:
            return EnablementTerms(hours=Decimal(rule.hours), each=rule.each, clause=rule.clause)
    return None


def _lateness(rules: tuple[CreditRule, ...]) -> Iterator[LatenessTerms]:
    for rule in rules:
        if rule.clock is not None and rule.each is not None:
            yield LatenessTerms(
                clock=rule.clock,
                priorities=rule.priorities,
                each=rule.each,
                counts=rule.counts,
                worth=_days(rule.worth),
                clause=rule.clause,
            )


def _availability(remedies: RemedyRules) -> AvailabilityTerms | None:
    rule = remedies.availability
    credit = next((c for c in remedies.credits if c.availability_below is not None), None)
    percent = rule.percent if rule else credit.availability_below if credit else None
    if percent is None:
        return None
    uncounted = rule.uncounted if rule else {}
    return AvailabilityTerms(
        # Through its text, so that 99.5 is exactly 99.5 and not the nearest float.
        target=Decimal(str(percent)),
        points=credit.counts if credit else None,
        worth=_days(credit.worth) if credit else 1,
        uncounted=tuple(uncounted),
        announced=tuple(name for name, cause in uncounted.items() if cause.announced),
        maintenance=tuple(_windows(rule)) if rule else (),
        clause=rule.clause if rule else credit.clause if credit else "",
        unavailability_clause=next((cause.clause for cause in uncounted.values()), ""),
    )


def _windows(rule: AvailabilityRule) -> Iterator[MaintenanceWindow]:
    if rule.maintenance is None:
        return
    for days, windows in rule.maintenance.hours.items():
        for day in expand_weekdays(days):
            for window in windows:
                opens, _, closes = window.partition("-")
                yield MaintenanceWindow(
                    weekday=day, opens=opens, closes=closes, offset=rule.maintenance.offset
                )


def _claims(remedies: RemedyRules) -> ClaimTerms | None:
    if remedies.claim_within is None:
        return None
    return ClaimTerms(days=_days(remedies.claim_within), clause=remedies.claim_clause or "")


def _days(length: Duration | None) -> int:
    return length.length.days if length else 1
