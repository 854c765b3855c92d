"""Retention: drops records that can no longer change anything, so that an account stays bounded.

A late completion that is reported again after its credit was dropped has no effect, because its
claim period ended more than a year ago.
"""

from datetime import datetime, timedelta

from policies.accounts.credits import is_over
from policies.business_time.periods import Each
from policies.vocabulary import NoticeStatus
from workflows.account import months, service_levels
from workflows.account.allowance import keep_carried_over
from workflows.account.claims import claim_state
from workflows.account.late_credits import is_of
from workflows.account.model.views import ClaimState
from workflows.account.state import AccountState, Credit, LateCycle

MONTHS, EVENTS, IDS, NOTICES = 120, 100, 1_000, 100
MONTHS_WITH_DOWNTIME = 24
"""The months that keep the periods of their downtime; older ones keep its length."""
RECENT = timedelta(days=62)
"""How long a recorded outage is kept in any case, so that its author can see it."""
SETTLED_FOR = timedelta(days=366)
"""How long a credit is kept after its claim period."""


def prune(state: AccountState, at: datetime) -> None:
    """Drops old outages, credits, claims, sessions, notices, months, events and action ids."""
    _drop_outages(state, at)
    _drop_credits(state, at)
    _drop_sessions(state, at)
    _drop_notices(state)
    service_levels.prune(state, at)
    del state.months[:-MONTHS]
    _drop_downtime(state)
    del state.events[:-EVENTS]
    while len(state.handled) > IDS:
        del state.handled[next(iter(state.handled))]


def _drop_downtime(state: AccountState) -> None:
    for index, month in enumerate(state.months[:-MONTHS_WITH_DOWNTIME]):
        if month.down:
            omitted = month.down_omitted + len(month.down)
            dropped: dict[str, object] = {"down": (), "down_omitted": omitted}
            state.months[index] = month.model_copy(update=dropped)


def _drop_outages(state: AccountState, at: datetime) -> None:
    """Drops outages that ended before the oldest month that can still change."""
    changeable = [m.begins for m in state.months if not _is_final(state, m.month, at)]
    open_period = state.open_period
    if open_period is not None:
        changeable.append(open_period.span(state.terms.zone).begins)
    since = min(changeable, default=None)
    if since is not None:
        state.outages = [
            outage
            for outage in state.outages
            if outage.ends_at is None or outage.ends_at > since or outage.recorded_at + RECENT > at
        ]


def _drop_credits(state: AccountState, at: datetime) -> None:
    pending = {c.id for c in state.claims if claim_state(c) is ClaimState.PENDING}
    state.credits = [
        credit for credit in state.credits if credit.claim in pending or _is_kept(state, credit, at)
    ]
    kept = {credit.id for credit in state.credits}
    state.late_cycles = {
        id: cycle
        for id, cycle in state.late_cycles.items()
        if _is_recent(state, cycle, at) or any(is_of(credit, id) for credit in state.credits)
    }
    state.claims = [claim for claim in state.claims if kept.intersection(claim.credits)]


def _drop_sessions(state: AccountState, at: datetime) -> None:
    """Drops sessions from before the last year: of the contract, or of the calendar."""
    promised = state.terms.enablement
    each = promised.each if promised else Each.CONTRACT_YEAR
    if each is Each.CONTRACT_YEAR and state.terms.starts_on is None:
        return
    year = Each.CONTRACT_YEAR if each is Each.CONTRACT_YEAR else Each.CALENDAR_YEAR
    this_year = state.terms.period_of(state.terms.day_at(at), year)
    last_year = state.terms.period_of(this_year.before, year)
    if all(session.date >= last_year.begins for session in state.sessions):
        return
    if promised is not None and promised.rollover is not None:
        keep_carried_over(state, state.terms.period_of(last_year.begins, each))
    state.sessions = [s for s in state.sessions if s.date >= last_year.begins]


def _drop_notices(state: AccountState) -> None:
    """Drops the oldest notices that are not pending."""
    finished = [notice for notice in state.notices if notice.status is not NoticeStatus.OWED]
    dropped = {notice.key for notice in finished[:-NOTICES]}
    # In place, because the outbox has the same list.
    state.notices[:] = [notice for notice in state.notices if notice.key not in dropped]


def _is_final(state: AccountState, month: str, at: datetime) -> bool:
    return months.is_final(state, state.period(month), at)


def _is_recent(state: AccountState, cycle: LateCycle, at: datetime) -> bool:
    ended = cycle.lateness.completed_at
    return ended is None or not is_over(state.terms.day_at(ended) + SETTLED_FOR, state.terms, at)


def _is_kept(state: AccountState, credit: Credit, at: datetime) -> bool:
    until = credit.claim_until or credit.breached_on
    return not is_over(until + SETTLED_FOR, state.terms, at)
