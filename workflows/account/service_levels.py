"""Service levels: the share of tickets in time, by period.

**Readings.** A ticket belongs to the period in which its clock started, even if it is due in the
next one, with the priority that it has when the clock is completed. A period is settled at its end,
or when the last of its clocks is decided. A clock that was not completed by its due time is late; a
cancelled one does not count. The share is exact, and at least the promised percentage keeps it.
Without any ticket there is nothing to keep or to miss. A settled period is corrected within its
claim period (30 days without one); after that its figures are final.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from pydantic import JsonValue

from policies.accounts.account_terms import AccountTerms, ServiceLevelTerms
from policies.accounts.availability import percent
from policies.accounts.credits import claim_until, is_over, level_earned
from policies.accounts.outcomes import ClockOutcome, OutcomeState
from workflows.account import credits
from workflows.account.model.action_inputs import ReportOutcome
from workflows.account.model.events import AccountEventType
from workflows.account.model.views import LevelState, LevelView
from workflows.account.state import AccountState, Credit, LevelPeriod
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.shared.texts.phrases import PHRASES

MOST_OUTCOMES, MOST_PERIODS = 2_000, 240
DAYS_WITHOUT_CLAIMS = 30
"""How long a period can be corrected under a policy without a claim period."""
COUNTED = (OutcomeState.IN_TIME, OutcomeState.LATE)


class Figures(NamedTuple):
    """The tickets of a period: decided, of these in time, and still to be decided."""

    counted: int
    kept: int
    pending: int

    @property
    def share(self) -> Fraction:
        """The share in time; 1 without any ticket."""
        return Fraction(self.kept, self.counted) if self.counted else Fraction(1)


def check_report(state: AccountState, request: ActionRequest[ReportOutcome], at: datetime) -> None:
    """A report is always taken: what no service level measures is ignored."""
    del state, request, at


def report(state: AccountState, request: ActionRequest[ReportOutcome], at: datetime) -> None:
    """The outcome of a clock as it is now. An older report than the last one changes nothing."""
    outcome = request.content.outcome
    known = state.outcomes.get(outcome.cycle_id)
    if known is not None and known.number >= outcome.number:
        return
    levels = [level for level in state.terms.service_levels if level.clock == outcome.clock]
    periods = [_period(state, level, outcome.started_at) for level in levels]
    if known is None and outcome.number > 1 and any(period.folded for period in periods):
        # Its outcome was counted, and dropped since.
        return
    if all(_is_final(period, state.terms, at) for period in periods):
        return
    state.outcomes[outcome.cycle_id] = outcome
    versions = (outcome,) if known is None else (known, outcome)
    for level, period in zip(levels, periods, strict=True):
        is_concerned = any(level.concerns(each.clock, each.priority) for each in versions)
        if is_concerned and not _is_final(period, state.terms, at):
            _put(state, period)
            _settle_if_decided(state, level, period, at)


def closes_at(state: AccountState) -> datetime | None:
    """The end of the earliest period that is open and waits for no ticket."""
    return min((period.ends for _, period in _due(state)), default=None)


def close(state: AccountState, at: datetime) -> None:
    """Settles the periods that end at this time and wait for no ticket."""
    stands_at = max(at, state.changed_at)
    for level, period in list(_due(state)):
        if period.ends <= stands_at:
            _settle(state, level, period, stands_at)


def prune(state: AccountState, at: datetime, most: int = MOST_OUTCOMES) -> None:
    """Drops outcomes that can change nothing. Of more than `most`, the oldest are only counted."""
    if not state.outcomes:
        return
    del state.levels[:-MOST_PERIODS]
    changeable = [p.begins for p in state.levels if not _is_final(p, state.terms, at)]
    since = min(changeable, default=at)
    state.outcomes = {
        key: outcome for key, outcome in state.outcomes.items() if outcome.started_at >= since
    }
    decided = [o for o in state.outcomes.values() if o.state is not OutcomeState.RUNNING]
    for outcome in decided[: max(len(state.outcomes) - most, 0)]:
        del state.outcomes[outcome.cycle_id]
        _fold(state, outcome)


def views(state: AccountState, at: datetime) -> Iterator[LevelView]:
    """Every service level in its present period, and in the periods that had tickets."""
    by_name = {level.name: level for level in state.terms.service_levels}
    present = {level.name: _period(state, level, at) for level in by_name.values()}
    known = {(period.level, period.period) for period in state.levels}
    new = [p for p in present.values() if (p.level, p.period) not in known]
    for period in (*state.levels, *new):
        level = by_name.get(period.level)
        if level is not None or period.settled is not None:
            yield _view(state, level, period)


def _due(state: AccountState) -> Iterator[tuple[ServiceLevelTerms, LevelPeriod]]:
    by_name = {level.name: level for level in state.terms.service_levels}
    for period in state.levels:
        level = by_name.get(period.level)
        if level is None or period.settled is not None:
            continue
        if not _figures(state, level, period).pending:
            yield level, period


def _settle_if_decided(
    state: AccountState, level: ServiceLevelTerms, period: LevelPeriod, at: datetime
) -> None:
    is_decided = not _figures(state, level, period).pending
    if period.settled is not None or (is_decided and period.ends <= at):
        _settle(state, level, period, at)


def _settle(
    state: AccountState, level: ServiceLevelTerms, period: LevelPeriod, at: datetime
) -> None:
    """Settles a period, or corrects it. An event tells of a state that is new."""
    figures = _figures(state, level, period)
    settled = _state_of(figures, level)
    is_correction = period.settled is not None
    before = (period.counted, period.kept)
    if is_correction and before == (figures.counted, figures.kept):
        return
    changed = period.model_copy(
        update={
            "settled": settled,
            "counted": figures.counted,
            "kept": figures.kept,
            "target": level.percent,
            "corrections": period.corrections + is_correction,
        }
    )
    _put(state, changed)
    if settled is not period.settled and settled is not LevelState.EMPTY:
        kind = AccountEventType.SERVICE_LEVEL_MISSED
        if settled is LevelState.KEPT:
            kind = AccountEventType.SERVICE_LEVEL_KEPT
        data = _basis(level, changed, figures) | {
            "clause": level.clause,
            "corrected": is_correction or None,
        }
        state.record_event(kind, at, SYSTEM, data)
    _credit(state, level, changed, figures, at)


def _credit(
    state: AccountState,
    level: ServiceLevelTerms,
    period: LevelPeriod,
    figures: Figures,
    at: datetime,
) -> None:
    """Records the credits of a period, which was missed or is kept after all."""
    earned = level_earned(figures.share, level)
    credit = Credit(
        id=f"service_level:{level.name}:{period.period}",
        credits=earned.credits,
        days=0,
        says=PHRASES.say(
            state.terms.locale, "credit_of_level", level=level.label, period=period.period
        ),
        clause=level.credit_clause,
        basis=_basis(level, period, figures),
        breached_on=period.last_day,
        earned_at=at,
        claim_until=claim_until(period.last_day, state.terms),
        cap=level.cap,
    ).worth_exactly(earned.worth.priced(state.terms.fees).rounded())
    credits.record_credit(state, credit, at)


def _basis(level: ServiceLevelTerms, period: LevelPeriod, figures: Figures) -> dict[str, JsonValue]:
    return {
        "service_level": level.name,
        "level": level.label,
        "period": period.period,
        "period_begins": str(period.first_day),
        "period_ends": str(period.last_day),
        "counted": figures.counted,
        "kept": figures.kept,
        "share": str(percent(figures.share)),
        "target": f"{level.percent.normalize():f}",
    }


def _figures(state: AccountState, level: ServiceLevelTerms, period: LevelPeriod) -> Figures:
    own = list(_outcomes_of(state.outcomes.values(), level, period))
    kept = sum(o.state is OutcomeState.IN_TIME for o in own)
    late = sum(o.state is OutcomeState.LATE for o in own)
    pending = sum(o.state is OutcomeState.RUNNING for o in own)
    return Figures(
        counted=kept + late + period.folded_kept + period.folded_late,
        kept=kept + period.folded_kept,
        pending=pending,
    )


def _outcomes_of(
    outcomes: Iterable[ClockOutcome], level: ServiceLevelTerms, period: LevelPeriod
) -> Iterator[ClockOutcome]:
    for outcome in outcomes:
        is_in_period = period.begins <= outcome.started_at < period.ends
        if is_in_period and level.concerns(outcome.clock, outcome.priority):
            yield outcome


def _state_of(figures: Figures, level: ServiceLevelTerms) -> LevelState:
    if not figures.counted:
        return LevelState.EMPTY
    is_kept = figures.share * 100 >= Fraction(level.percent)
    return LevelState.KEPT if is_kept else LevelState.MISSED


def _period(state: AccountState, level: ServiceLevelTerms, at: datetime) -> LevelPeriod:
    """The period of a level at a time, as it is known or as it would begin."""
    terms = state.terms
    period = terms.period_of(terms.day_at(at), level.each)
    for known in state.levels:
        if (known.level, known.period) == (level.name, period.name):
            return known
    span = period.span(terms.local_zone)
    return LevelPeriod(
        level=level.name,
        period=period.name,
        first_day=period.begins,
        last_day=period.last_day,
        begins=span.begins,
        ends=span.ends,
    )


def _put(state: AccountState, period: LevelPeriod) -> None:
    for index, known in enumerate(state.levels):
        if (known.level, known.period) == (period.level, period.period):
            state.levels[index] = period
            return
    state.levels.append(period)


def _fold(state: AccountState, outcome: ClockOutcome) -> None:
    """Counts an outcome in the figures of its periods, so that it need not be kept."""
    for level in state.terms.service_levels:
        period = _period(state, level, outcome.started_at)
        if next(_outcomes_of([outcome], level, period), None) is None:
            continue
        field = "folded_kept" if outcome.state is OutcomeState.IN_TIME else "folded_late"
        if outcome.state in COUNTED:
            _put(state, period.model_copy(update={field: getattr(period, field) + 1}))


def _is_final(period: LevelPeriod, terms: AccountTerms, at: datetime) -> bool:
    """Whether the figures of a settled period can no longer be corrected."""
    if period.settled is None:
        return False
    last = claim_until(period.last_day, terms)
    return is_over(last or period.last_day + timedelta(DAYS_WITHOUT_CLAIMS), terms, at)


def _view(state: AccountState, level: ServiceLevelTerms | None, period: LevelPeriod) -> LevelView:
    figures = Figures(period.counted, period.kept, 0)
    if level is not None and period.settled is None:
        figures = _figures(state, level, period)
    target = period.target if period.target is not None or level is None else level.percent
    return LevelView(
        name=period.level,
        label=level.label if level else period.level,
        clause=level.clause if level else None,
        period=period.period,
        first_day=period.first_day,
        last_day=period.last_day,
        target=target,
        counted=figures.counted,
        kept=figures.kept,
        pending=figures.pending,
        percent=percent(figures.share) if figures.counted else None,
        state=period.settled or LevelState.OPEN,
        corrections=period.corrections,
    )
