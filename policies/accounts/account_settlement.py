"""Settling account terms: policy + contract -> the terms of an account."""

from collections.abc import Iterator
from decimal import Decimal

from policies.accounts.account_terms import (
    UTC_OFFSET,
    AccountTerms,
    AvailabilityTerms,
    BandTerms,
    CapTerms,
    ClaimTerms,
    EnablementTerms,
    LatenessTerms,
    MaintenanceWindow,
    ReviewTerms,
    ServiceLevelTerms,
)
from policies.accounts.worth import Worth
from policies.business_time.durations import Duration
from policies.business_time.opening_hours import expand_weekdays
from policies.business_time.periods import Each
from policies.business_time.zones import fixed_offset, pin_zone
from policies.i18n.locales import words_in
from policies.schema.contract import Contract
from policies.schema.policy import Labelled, SupportPolicy
from policies.schema.remedies import (
    Amount,
    AvailabilityRule,
    CreditRule,
    PercentOfFee,
    RemedyRules,
)
from policies.schema.tables import Dimension, Table
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.notice import NoticeTerms
from policies.terms.overrides import apply_overrides
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.recipients import account_calendar, account_zone, recipients
from policies.terms.settlement import notice_terms
from policies.vocabulary import ACCOUNT_EVENTS, EventType

DAYS_OF_BUSINESS_TIME = 30
"""How long figures can be corrected where claims are limited in business time."""
YEARS_PINNED = 12
"""The calendar years whose offsets are pinned; adopting terms pins further ones."""


def account_terms(policy: SupportPolicy, contract: Contract, year: int) -> AccountTerms:
    """The terms of an account under this revision of its policy, from this year on. The overrides
    of its contract take precedence (prismic/contract-prevails).
    """
    policy = apply_overrides(policy, contract.overrides).policy
    locale = contract.locale or policy.locale
    remedies = policy.remedies
    plan = contract.plan or policy.defaults.get(Dimension.PLAN)
    month_zone = remedies.availability.zone if remedies.availability else "UTC"
    day_zone = account_zone(policy, contract)
    since = year - 1
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
        lateness=tuple(_lateness(remedies, plan)),
        availability=_availability(policy, contract, plan, since),
        service_levels=tuple(_service_levels(policy, plan, locale)),
        fees=dict(contract.fees),
        fee_labels={
            name: words_in(label, locale, policy.locale) for name, label in remedies.fees.items()
        },
        clock_labels={
            name: words_in(label, locale, policy.locale)
            for name, label in policy.labels.get(Labelled.CLOCK, {}).items()
        },
        claims=_claims(remedies),
        claim_review=_claim_review(policy, contract, since),
        notices=tuple(_notices(policy, plan, contract.region)),
        contacts=recipients(policy, contract, day_zone, locale),
    )


def _notices(policy: SupportPolicy, plan: str | None, region: str | None) -> Iterator[NoticeTerms]:
    """The notices of account events and of undeliverable notices, for this plan and region."""
    region = region or policy.defaults.get(Dimension.REGION)
    for rule in policy.notices:
        is_relevant = rule.event in ACCOUNT_EVENTS or rule.event is EventType.NOTICE_UNDELIVERABLE
        is_for_plan = not rule.plans or plan in rule.plans
        is_for_region = not rule.regions or region in rule.regions
        if is_relevant and is_for_plan and is_for_region:
            yield notice_terms(rule)


def _label(policy: SupportPolicy, plan: str | None, locale: str) -> str | None:
    label = policy.labels.get(Labelled.PLAN, {}).get(plan or "")
    return words_in(label, locale, policy.locale) if label else None


def _enablement(policy: SupportPolicy, plan: str | None) -> EnablementTerms | None:
    for rule in policy.allowances.values():
        if not rule.plans or plan in rule.plans:
            has_times, most = rule.times is not None, rule.times or rule.hours or 0
            rollover = Decimal(most if rule.rollover == "all" else rule.rollover or 0)
            return EnablementTerms(
                hours=Decimal(rule.hours or 0),
                times=rule.times if has_times else None,
                each=rule.each,
                rollover=rollover or None,
                clause=rule.clause,
            )
    return None


def _credits_of(remedies: RemedyRules, plan: str | None) -> Iterator[tuple[int, CreditRule]]:
    """The credit rules for a plan, with their numbers among all."""
    return ((n, rule) for n, rule in enumerate(remedies.credits) if rule.is_for(plan))


def _lateness(remedies: RemedyRules, plan: str | None) -> Iterator[LatenessTerms]:
    for number, rule in _credits_of(remedies, plan):
        if rule.clock is not None:
            yield LatenessTerms(
                clock=rule.clock,
                priorities=rule.priorities,
                each=rule.each if isinstance(rule.each, Duration) else None,
                period=rule.period,
                bands=_bands(rule),
                counts=rule.counts,
                worth=_days(rule.worth),
                pays=_pays(rule),
                cap=_cap(rule, number),
                clause=rule.clause,
            )


def _service_levels(
    policy: SupportPolicy, plan: str | None, locale: str
) -> Iterator[ServiceLevelTerms]:
    credits = {c.service_level: (n, c) for n, c in _credits_of(policy.remedies, plan)}
    for name, rule in policy.service_levels.items():
        if rule.plans and plan not in rule.plans:
            continue
        number, credit = credits.get(name, (0, None))
        yield ServiceLevelTerms(
            name=name,
            label=words_in(rule.says or name.replace("_", " "), locale, policy.locale),
            clock=rule.clock,
            priorities=rule.priorities,
            percent=rule.percent,
            each=rule.each,
            clause=rule.clause,
            pays=_worth(credit.worth) if credit and not credit.bands else None,
            bands=_bands(credit) if credit else (),
            cap=_cap(credit, number) if credit else None,
            credit_clause=credit.clause if credit else "",
        )


def _availability(
    policy: SupportPolicy, contract: Contract, plan: str | None, since: int
) -> AvailabilityTerms | None:
    remedies, rule = policy.remedies, policy.remedies.availability
    number, credit = next(
        ((n, c) for n, c in _credits_of(remedies, plan) if c.is_by_availability), (0, None)
    )
    percent = rule.percent if rule else credit.availability_below if credit else None
    if isinstance(percent, Table):
        percent = percent.pick({Dimension.PLAN: plan} if plan else {})
    if percent is None:
        return None
    uncounted = rule.uncounted if rule else {}
    notice = {n: c.announced for n, c in uncounted.items() if isinstance(c.announced, Duration)}
    is_elapsed = all(length.is_elapsed for length in notice.values())
    return AvailabilityTerms(
        target=percent,
        period=rule.each if rule else Each.MONTH,
        points=credit.counts if credit and not credit.bands else None,
        each=credit.each if credit and isinstance(credit.each, Duration) else None,
        worth=_days(credit.worth if credit else None),
        pays=_pays(credit) if credit else None,
        bands=_bands(credit) if credit else (),
        cap=_cap(credit, number) if credit else None,
        whole_month=rule is not None and rule.measured == "whole_month",
        uncounted=tuple(uncounted),
        announced=tuple(name for name, cause in uncounted.items() if cause.announced),
        notice=notice,
        notice_calendar=None if is_elapsed else _account_calendar(policy, contract, since),
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
    within, clause = remedies.claim_within, remedies.claim_clause or ""
    if within.is_elapsed:
        return ClaimTerms(days=_days(within), clause=clause)
    return ClaimTerms(days=DAYS_OF_BUSINESS_TIME, within=within, clause=clause)


def _claim_review(policy: SupportPolicy, contract: Contract, since: int) -> ReviewTerms | None:
    rule = policy.remedies.claim_review
    if rule is None:
        return None
    is_business = rule.within is not None and not rule.within.is_elapsed
    calendar = _account_calendar(policy, contract, since) if is_business else None
    return ReviewTerms(by=rule.by, within=rule.within, calendar=calendar, clause=rule.clause)


def _account_calendar(
    policy: SupportPolicy, contract: Contract, since: int
) -> PinnedCalendar | None:
    """The calendar of the account's support hours, for business time of the account."""
    name = account_calendar(policy, contract)
    if name is None:
        return None
    rule, years = policy.calendars[name], YEARS_PINNED + 1
    return pin_calendar(name, rule, since, policy.locale, years)


def _bands(rule: CreditRule) -> tuple[BandTerms, ...]:
    return tuple(
        BandTerms(below=band.below, breaches=band.breaches, worth=_worth(band.worth))
        for band in rule.bands
    )


def _cap(rule: CreditRule, number: int) -> CapTerms | None:
    """The cap of the credit rule with this number."""
    if rule.cap is None:
        return None
    most = Worth(days=_days(rule.cap.time))
    if rule.cap.amount is not None:
        most = Worth.of_money(rule.cap.amount)
    elif rule.cap.percent is not None:
        most = Worth(percent=rule.cap.percent, of=rule.cap.of)
    return CapTerms(rule=f"{rule.clause}/{number}", most=most, each=rule.cap.each)


def _pays(rule: CreditRule) -> Worth | None:
    """The worth of a credit in money; None if it is contract time."""
    return None if isinstance(rule.worth, Duration | None) else _worth(rule.worth)


def _worth(rule: Duration | PercentOfFee | Amount | None) -> Worth:
    if isinstance(rule, PercentOfFee):
        return Worth(percent=rule.percent, of=rule.of)
    return Worth.of_money(rule.amount) if isinstance(rule, Amount) else Worth(days=_days(rule))


def _days(length: Duration | PercentOfFee | Amount | None) -> int:
    return length.length.days if isinstance(length, Duration) else 1
