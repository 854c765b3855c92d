"""Availability by month, quarter or year: a period is closed when it ends, and corrected by later
outages. Names that are recorded say month; the period can be longer.

**Readings.** A month is measured even if the account was not used in it. For a new account, months
count from the oldest day whose breach could still be claimed, but not from before the contract. A
closed month can be corrected within its claim period. After that its figures are final, and an
outage that would change them is refused. Under terms with other periods the open one ends as it
began; the first of the other kind counts from there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from policies.accounts.account_terms import AccountTerms, AvailabilityTerms
from policies.accounts.availability import Measurement, measure, percent, period_of, share_up
from policies.accounts.credits import Earned, availability_earned, claim_until, is_over
from policies.business_time.months import Month
from policies.business_time.periods import Period
from policies.business_time.spans import Span
from workflows.account import credits
from workflows.account.model.action_inputs import CorrectOutage, EndOutage, RecordOutage
from workflows.account.model.events import AccountEventType
from workflows.account.model.views import DownView
from workflows.account.refusals import TooLate
from workflows.account.state import AccountState, ClosedMonth, Credit, Outage, put
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.shared.texts.phrases import PHRASES

MOST_DOWN = 50
"""Periods of downtime that are listed for one month."""
DAYS_WITHOUT_CLAIMS = 30
"""How long a month can be corrected under a policy without a claim period."""


@dataclass(frozen=True)
class Figures:
    """The figures of a month that outages change."""

    measured: timedelta
    downtime: timedelta


def first(terms: AccountTerms, at: datetime) -> Period | None:
    """The earliest period to measure for an account that is new at this time."""
    if terms.availability is None:
        return None
    days = terms.claims.days if terms.claims else DAYS_WITHOUT_CLAIMS
    oldest = terms.day_at(at) - timedelta(days=days)
    begins = max(oldest, terms.starts_on or oldest)
    return terms.availability_period(begins)


def measured_since(state: AccountState) -> datetime | None:
    """The start of the oldest month, closed or open."""
    if state.months:
        return state.months[0].begins
    period = state.open_period
    return _span(state, period).begins if period else None


def closes_at(state: AccountState) -> datetime | None:
    """The end of the earliest open month."""
    period = state.open_period
    return period.span(state.terms.zone).ends if period else None


def running(state: AccountState, at: datetime) -> Period:
    """The period of availability at a time. One that is open ends as it began, under other terms
    too.
    """
    period = state.open_period
    if period is not None and at < period.span(state.terms.zone).ends:
        return period
    return state.terms.availability_period(at.astimezone(state.terms.zone).date())


def measured(state: AccountState, whole: Period, until: datetime | None = None) -> Measurement:
    """The availability in a period, or in its part before `until`."""
    period = _span(state, whole, until)
    outages = [outage for outage in state.outages if not outage.withdrawn]
    uncounted = [outage.span(period) for outage in outages if not outage.counts]
    return measure(period, state.terms, [outage.span(period) for outage in outages], uncounted)


def listed_downtime(measurement: Measurement) -> dict[str, Any]:
    """The periods of downtime of a month as fields of its views: the first, and how many more."""
    listed = measurement.down[:MOST_DOWN]
    return {
        "down": tuple(DownView(begins=span.begins, ends=span.ends) for span in listed),
        "down_omitted": len(measurement.down) - len(listed),
    }


def close(state: AccountState, at: datetime) -> None:
    """Closes the earliest open month, and records the credits that it earns
    (contentsquare/availability).
    """
    period, promised = state.open_period, state.terms.availability
    assert period is not None
    assert promised is not None
    measurement = measured(state, period)
    closed = ClosedMonth(
        month=period.name,
        begins=measurement.period.begins,
        ends=measurement.period.ends,
        measured=measurement.measured,
        uncounted=measurement.excluded,
        downtime=measurement.downtime,
        **listed_downtime(measurement),
        target=promised.target,
        credits=_earned(measurement, promised).credits,
    )
    state.months.append(closed)
    state.next_month = state.terms.availability_period(period.following).name
    state.record_event(AccountEventType.MONTH_CLOSED, at, SYSTEM, _event_data(closed))
    _credit(state, closed, at)


def change_outage(
    state: AccountState,
    outage: Outage,
    request: ActionRequest[RecordOutage] | ActionRequest[EndOutage] | ActionRequest[CorrectOutage],
    at: datetime,
) -> None:
    """Adds an outage, or replaces the one with its id; corrects each closed month whose figures
    change.
    """
    months = _corrected_by(state, outage)
    _put(state, outage)
    for month in months:
        _correct(state, month, request, at)


def refuse_final(state: AccountState, outage: Outage, at: datetime) -> None:
    """Raises TooLate if the outage would change a month whose figures are final."""
    for month in _corrected_by(state, outage):
        if is_final(state, month, at):
            raise _final(state, month)


def is_final(state: AccountState, month: Month | Period, at: datetime) -> bool:
    """Whether the figures of a closed month can no longer be corrected."""
    last = claim_until(month.last_day, state.terms)
    return is_over(last or month.last_day + timedelta(DAYS_WITHOUT_CLAIMS), state.terms, at)


def _corrected_by(state: AccountState, outage: Outage) -> list[Period]:
    """The closed months whose figures the outage would change.

    A changed outage can affect the months of its old and of its new period.
    """
    versions = [known for known in state.outages if known.id == outage.id] + [outage]
    changed = state.draft()
    _put(changed, outage)
    months = [
        state.period(closed.month)
        for closed in state.months
        if any(_lies_in(version, Span(closed.begins, closed.ends)) for version in versions)
    ]
    return [month for month in months if _figures(state, month) != _figures(changed, month)]


def _put(state: AccountState, outage: Outage) -> None:
    if any(known.id == outage.id for known in state.outages):
        put(state.outages, outage)
    else:
        state.outages.append(outage)


def _figures(state: AccountState, month: Period) -> Figures:
    measurement = measured(state, month)
    return Figures(measurement.measured, measurement.downtime)


def _correct(
    state: AccountState,
    month: Period,
    request: ActionRequest[RecordOutage] | ActionRequest[EndOutage] | ActionRequest[CorrectOutage],
    at: datetime,
) -> None:
    """Computes the figures and credits of a closed month again."""
    measurement, promised = measured(state, month), state.terms.availability
    assert promised is not None
    index = [closed.month for closed in state.months].index(month.name)
    old = state.months[index]
    changed = {
        "measured": measurement.measured,
        "uncounted": measurement.excluded,
        "downtime": measurement.downtime,
        **listed_downtime(measurement),
        "credits": _earned(measurement, promised).credits,
        "corrections": old.corrections + 1,
    }
    state.months[index] = new = old.model_copy(update=changed)
    data = _event_data(new) | {"credits_before": old.credits}
    state.record_event(AccountEventType.MONTH_CORRECTED, at, request.actor, data, request.id)
    _credit(state, new, at, request.id)


def _earned(measurement: Measurement, promised: AvailabilityTerms) -> Earned:
    return availability_earned(measurement.availability, measurement.downtime, promised)


def _span(state: AccountState, whole: Period, until: datetime | None = None) -> Span:
    """The part of a period that is measured: from the start of the contract on, and after earlier
    periods, which overlap it if the terms were others.
    """
    span = period_of(whole, state.terms, until)
    others = [closed for closed in state.months if closed.month != whole.name]
    begins = max((c.ends for c in others if span.begins < c.ends < span.ends), default=span.begins)
    return Span(begins, span.ends)


def _final(state: AccountState, period: Period) -> TooLate:
    month = _shown(period)
    until = claim_until(period.last_day, state.terms)
    if until is None or state.terms.claims is None:
        return TooLate("month_final_unclaimed", month=month)
    return TooLate("month_final", state.terms.claims.clause, month=month, until=until)


def _credit(
    state: AccountState, closed: ClosedMonth, at: datetime, action_id: str | None = None
) -> None:
    """Records the credits of a month by its present figures (contentsquare/availability)."""
    period, promised = state.period(closed.month), state.terms.availability
    assert promised is not None
    share = share_up(closed.downtime, closed.measured)
    earned = availability_earned(share, closed.downtime, promised)
    basis: dict[str, JsonValue] = {
        **_basis(period),
        "availability": _availability(closed),
        "target": str(closed.target),
    }
    credit = Credit(
        id=f"{'month' if period.month else 'availability'}:{period.name}",
        credits=closed.credits,
        days=0,
        says=PHRASES.say(state.terms.locale, "credit_of_month", month=_shown(period)),
        clause=promised.clause,
        basis=basis,
        breached_on=period.last_day,
        earned_at=at,
        claim_until=claim_until(period.last_day, state.terms),
        cap=promised.cap,
    ).worth_exactly(earned.worth.priced(state.terms.fees).rounded())
    credits.record_credit(state, credit, at, action_id)


def _basis(period: Period) -> dict[str, JsonValue]:
    """The period of a credit, for readers."""
    if period.month is not None:
        return {"month": period.name}
    days = {"period_begins": str(period.begins), "period_ends": str(period.last_day)}
    return {"period": period.name, **days}


def _shown(period: Period) -> Month | str:
    """A period as texts name it."""
    return period.month or period.name


def _lies_in(outage: Outage, period: Span) -> bool:
    return not outage.span(period).is_empty


def _event_data(closed: ClosedMonth) -> dict[str, str | int | None]:
    return {
        "month": closed.month,
        "availability": _availability(closed),
        "downtime_seconds": int(closed.downtime.total_seconds()),
        "credits": closed.credits,
    }


def _availability(closed: ClosedMonth) -> str:
    """The availability in percent."""
    return str(percent(share_up(closed.downtime, closed.measured)))
