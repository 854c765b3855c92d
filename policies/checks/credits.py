"""Credits: what earns them, what they are worth, and the promises they rest on."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from policies.business_time.durations import Duration
from policies.checks.references import Reference, repeated, undeclared
from policies.documents.problems import Finding, Path
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import CreditRule
from policies.schema.tables import Dimension, Table

_DAY = timedelta(days=1)
_CAP = "{percent: 5, of: yearly_fee, each: contract_year}"
_NO_PROMISE = (
    "the plans of this credit have no promised availability",
    "add a cell to `remedies.availability.percent`, or name other `plans`",
)


def credit_rules(policy: SupportPolicy) -> Iterator[tuple[Path, CreditRule]]:
    """Each rule of a credit, with its place."""
    for i, credit in enumerate(policy.remedies.credits):
        yield ("remedies", "credits", i), credit


def is_days(length: Duration) -> bool:
    """Whether a length is in whole days of elapsed time."""
    return length.is_elapsed and length.length % _DAY == timedelta(0)


def credits_use_declared_names(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        if credit.clock is not None:
            clock = Reference((*path, "clock"), credit.clock)
            yield from undeclared("clock", [clock], policy.clocks)
        used = [Reference((*path, "priorities", i), p) for i, p in enumerate(credit.priorities)]
        yield from undeclared("priority", used, policy.priorities)
        plans = [Reference((*path, "plans", i), p) for i, p in enumerate(credit.plans)]
        yield from undeclared("plan", plans, policy.plans)


def credits_can_be_earned(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        ways = (credit.clock, credit.availability_below, credit.service_level)
        named = sum(way is not None for way in ways)
        if named == 0 and not credit.bands:
            wrong = "nothing earns this credit"
            yield Finding(path, wrong, "add `clock` and `each`, or `availability_below`")
        if named > 1:
            wrong = "the credit is earned in more than one way"
            right = "keep one of `clock`, `availability_below` and `service_level`"
            yield Finding(path, wrong, right, credit.clause)
        if credit.clock is not None and credit.each is None and credit.period is None:
            wrong = "the credit does not state how much lateness earns it"
            yield Finding(path, wrong, 'add for example "each: 1 day"')
        if credit.clock is not None and credit.each is not None and credit.period is not None:
            wrong = "the credit counts lateness and breaches"
            yield Finding(path, wrong, "remove `each`, or `period` with its `bands`")


def every_key_of_a_credit_has_an_effect(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        for key, wrong, right in _without_effect(credit):
            yield Finding((*path, key), wrong, right, credit.clause, about_key=True)


def _without_effect(credit: CreditRule) -> Iterator[tuple[str, str, str]]:
    """The keys that this credit does not use, each with the reason and a correction."""
    is_counted = isinstance(credit.each, Duration) or credit.availability_below is not None
    is_of_downtime = credit.availability_below is not None and isinstance(credit.each, Duration)
    if credit.clock is None and credit.each is not None and not is_of_downtime:
        right = "remove it, or name the `clock`"
        if credit.is_by_availability:
            right = "add `availability_below`, and write a time in `each`, such as 1 hour"
        yield "each", "only lateness of a clock and downtime are counted in time", right
    if credit.clock is None and credit.priorities:
        right = "remove it"
        if credit.service_level is not None:
            right = "write the `priorities` of the service level"
        yield "priorities", "only tickets have a priority", right
    if credit.counts == "whole" and not is_counted:
        yield "counts", "this credit is not counted in parts", "remove it"
    if credit.clock is not None and credit.each is not None and credit.bands:
        right = "write `period` in place of `each`, or remove the bands"
        yield "bands", "the bands of a clock are numbers of breaches", right


def credits_that_count_breaches_have_bands(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        counts = credit.clock is not None and credit.period is not None
        if counts and not credit.bands:
            right = 'add for example "bands: [{breaches: 3, worth: 1 day}]"'
            yield Finding(path, "the credit does not state how many breaches earn it", right)
        if credit.clock is None and credit.period is not None:
            right = "remove it, or name the `clock` whose breaches count"
            yield Finding((*path, "period"), "only breaches of a clock are counted", right)


def bands_have_different_limits(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        limit = "breaches" if credit.clock is not None else "below"
        other = "below" if limit == "breaches" else "breaches"
        for i, band in enumerate(credit.bands):
            here = (*path, "bands", i)
            if getattr(band, limit) is None:
                right = f'add "{limit}: {"3" if limit == "breaches" else "99.5"}"'
                yield Finding(here, "the band has no limit", right, credit.clause)
            if getattr(band, other) is not None:
                wrong = f"`{other}` is not a limit of this credit"
                yield Finding((*here, other), wrong, f"write `{limit}`", credit.clause)
        limits = [getattr(band, limit) for band in credit.bands]
        for i, _ in repeated(limits):
            wrong = "another band has the same limit"
            yield Finding((*path, "bands", i), wrong, "remove one of them", credit.clause)
        if credit.bands and credit.worth is not None:
            wrong = "each band has a worth of its own"
            yield Finding((*path, "worth"), wrong, "remove it", credit.clause, about_key=True)
        if credit.bands and credit.availability_below is not None:
            wrong = "bands replace the percentage points below a limit"
            here = (*path, "availability_below")
            yield Finding(here, wrong, "remove it", credit.clause, about_key=True)


def credits_in_bands_have_a_promise(policy: SupportPolicy) -> Iterator[Finding]:
    promised = policy.remedies.availability
    for path, credit in credit_rules(policy):
        is_in_bands = credit.is_by_availability and bool(credit.bands)
        if is_in_bands and promised is None:
            wrong = "the bands are of an availability that is not promised"
            yield Finding((*path, "bands"), wrong, "add `remedies.availability`", credit.clause)
        limits = [band.below for band in credit.bands if band.below is not None]
        percents = _promised(policy, credit)
        if is_in_bands and promised is not None and not percents:
            yield Finding((*path, "plans"), *_NO_PROMISE, credit.clause)
        if limits and percents and max(limits) > max(percents):
            wrong = f"{max(limits):g} is above the promised {max(percents):g} percent"
            yield Finding((*path, "bands"), wrong, "lower the limit", credit.clause)


def _promised(policy: SupportPolicy, credit: CreditRule) -> list[Decimal]:
    """The percentages that are promised to the plans of a credit."""
    if credit.service_level is not None:
        level = policy.service_levels.get(credit.service_level)
        return [level.percent] if level else []
    promised = policy.remedies.availability
    if promised is None:
        return []
    if not isinstance(promised.percent, Table):
        return [promised.percent]
    plans = credit.plans or policy.plans
    picked = (promised.percent.pick({Dimension.PLAN: plan}) for plan in plans)
    return [percent for percent in picked if percent is not None]


def caps_state_one_limit(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        cap = credit.cap
        if cap is None:
            continue
        here = (*path, "cap")
        if sum(limit is not None for limit in (cap.time, cap.percent, cap.amount)) != 1:
            yield Finding(here, "the cap does not state one limit", f"write for example {_CAP}")
        elif (cap.percent is None) != (cap.of is None):
            wrong = "a percentage needs its fee, and a fee its percentage"
            yield Finding(here, wrong, f"write for example {_CAP}", credit.clause)
        elif _is_time(credit) != (cap.time is not None):
            wrong = "the cap and the credits are not both contract time, or both money"
            right = "write `time` to limit contract time, `percent` or `amount` to limit money"
            yield Finding(here, wrong, right, credit.clause)


def lateness_and_downtime_are_counted_in_elapsed_time(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        if isinstance(credit.each, Duration) and not credit.each.is_elapsed:
            subject = "lateness" if credit.clock is not None else "downtime"
            wrong = f'"{credit.each}" is business time, but {subject} is elapsed time'
            yield Finding((*path, "each"), wrong, 'write for example "1 day" or "4 hours"')


def credits_are_in_whole_days(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        worths: list[tuple[Path, object]] = [((*path, "worth"), credit.worth)]
        worths += [((*path, "bands", i, "worth"), b.worth) for i, b in enumerate(credit.bands)]
        worths += [((*path, "cap", "time"), credit.cap.time)] if credit.cap else []
        for here, worth in worths:
            if isinstance(worth, Duration) and not is_days(worth):
                wrong = f'a credit of "{worth}" is not in whole days'
                yield Finding(here, wrong, 'write for example "1 day"')


def credits_use_declared_service_levels(policy: SupportPolicy) -> Iterator[Finding]:
    used = [
        Reference((*path, "service_level"), credit.service_level)
        for path, credit in credit_rules(policy)
        if credit.service_level is not None
    ]
    yield from undeclared("service level", used, policy.service_levels)


def one_credit_rule_applies_to_a_breach(policy: SupportPolicy) -> Iterator[Finding]:
    earlier: list[CreditRule] = []
    for path, credit in credit_rules(policy):
        if any(_is_same_breach(credit, other) for other in earlier):
            wrong = "another credit is earned by the same breach"
            right = "remove one of them, or give them different `plans` or `priorities`"
            yield Finding(path, wrong, right, credit.clause)
        earlier.append(credit)


def credited_availability_is_the_promised_one(policy: SupportPolicy) -> Iterator[Finding]:
    for path, credit in credit_rules(policy):
        share = credit.availability_below
        if share is None or policy.remedies.availability is None:
            continue
        here, percents = (*path, "availability_below"), set(_promised(policy, credit))
        if not percents:
            yield Finding((*path, "plans"), *_NO_PROMISE, credit.clause)
        elif len(percents) > 1:
            wrong = "the promised availability depends on the plan"
            right = "use `bands`, or a credit for each of the `plans`"
            yield Finding(here, wrong, right, credit.clause)
        elif share not in percents:
            (percent,) = percents
            wrong = f"{share:g} differs from the promised {percent:g} percent"
            yield Finding(here, wrong, f"write {percent:g}", credit.clause)


def _is_time(credit: CreditRule) -> bool:
    """Whether the credits are worth contract time."""
    worths: list[object] = [band.worth for band in credit.bands] or [credit.worth]
    return all(isinstance(worth, Duration | None) for worth in worths)


def _is_same_breach(one: CreditRule, other: CreditRule) -> bool:
    if not _overlap(one.plans, other.plans):
        return False
    if one.is_by_availability and other.is_by_availability:
        return True
    if one.service_level is not None and one.service_level == other.service_level:
        return True
    if one.clock is None or one.clock != other.clock:
        return False
    return _overlap(one.priorities, other.priorities)


def _overlap(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two lists have a name in common; an empty list has all."""
    return not some or not others or not set(some).isdisjoint(others)


CHECKS = (
    credits_use_declared_names,
    credits_can_be_earned,
    every_key_of_a_credit_has_an_effect,
    credits_that_count_breaches_have_bands,
    bands_have_different_limits,
    credits_in_bands_have_a_promise,
    caps_state_one_limit,
    lateness_and_downtime_are_counted_in_elapsed_time,
    credits_are_in_whole_days,
    credits_use_declared_service_levels,
    one_credit_rule_applies_to_a_breach,
    credited_availability_is_the_promised_one,
)
