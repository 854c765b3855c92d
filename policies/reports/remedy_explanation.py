"""The service levels that measure a clock, and the credits for its lateness, as sentences."""

from collections.abc import Iterator

from policies.business_time.durations import Duration
from policies.business_time.periods import Each
from policies.reports.clock_explanation import ExplainedRemedy
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import Amount, CapRule, CreditRule, PercentOfFee


def explain_remedies(
    policy: SupportPolicy, clock: str, priority: str | None, plan: str | None
) -> Iterator[ExplainedRemedy]:
    """The service levels and credits of a clock, for a ticket of this priority and plan."""
    levels: set[str] = set()
    for name, level in policy.service_levels.items():
        is_for_plan = not level.plans or plan in level.plans
        if level.clock == clock and is_for_plan and _is_for(level.priorities, priority):
            levels.add(name)
            of = f" of {', '.join(level.priorities)}" if level.priorities else ""
            says = f"{name}: {level.percent:f} % in time{of}, each {_words(level.each)}"
            yield ExplainedRemedy(clause=level.clause, says=says)
    for credit in policy.remedies.credits:
        is_of_clock = credit.clock == clock and _is_for(credit.priorities, priority)
        if credit.is_for(plan) and (is_of_clock or credit.service_level in levels):
            yield ExplainedRemedy(clause=credit.clause, says=credit_says(credit))


def credit_says(credit: CreditRule, measured: Each = Each.MONTH) -> str:
    """The cause of a credit, its worth and its cap. Availability is `measured` by this period."""
    if credit.is_by_availability:
        cause = _of_availability(credit, _words(measured))
    elif credit.service_level is not None:
        cause = f"if {credit.service_level} is missed"
    elif credit.period is not None:
        cause = f"by the number of breaches in each {_words(credit.period)}"
    else:
        counts = f"{credit.counts} " if isinstance(credit.each, Duration) else ""
        cause = f"for each {counts}{credit.each}"
    worth = "; ".join(_bands(credit)) or _worth(credit.worth)
    cap = f", at most {_cap(credit.cap)}" if credit.cap else ""
    return f"credit {cause}: {worth}{cap}"


def _of_availability(credit: CreditRule, period: str) -> str:
    limit = credit.availability_below
    if limit is None:
        return f"by the availability of a {period}"
    if credit.each is not None:
        return f"for each {credit.counts} {credit.each} of downtime in a {period} below {limit:f} %"
    return f"for each {credit.counts} percentage point of a {period}'s availability below {limit:f}"


def _is_for(priorities: tuple[str, ...], priority: str | None) -> bool:
    return not priorities or priority in priorities


def _bands(credit: CreditRule) -> Iterator[str]:
    for band in credit.bands:
        limit = f"from {band.breaches}" if band.breaches else f"below {band.below:f} %"
        yield f"{limit} {_worth(band.worth)}"


def _worth(worth: Duration | PercentOfFee | Amount | None) -> str:
    if isinstance(worth, PercentOfFee):
        return f"{worth.percent:f} % of {worth.of}"
    return str(worth.amount) if isinstance(worth, Amount) else str(worth or "1 day")


def _cap(cap: CapRule) -> str:
    money = f"{cap.percent:f} % of {cap.of}" if cap.percent is not None else str(cap.amount)
    return f"{cap.time or money} in each {_words(cap.each)}"


def _words(each: str) -> str:
    return each.replace("_", " ")
