"""Views of an account: replies, query results, Markdown for the Temporal UI."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from policies.accounts.account_terms import AccountTerms
from policies.accounts.availability import percent, share_up
from policies.accounts.worth import Worth
from policies.business_time.periods import Period
from policies.vocabulary import NoticeStatus
from workflows.account import allowance, claims, credits, months, service_levels
from workflows.account.caps import most
from workflows.account.late_credits import credits_at, find_credit
from workflows.account.model.views import (
    AccountReply,
    AccountView,
    ClaimState,
    ClaimView,
    CreditView,
    MonthView,
    OutageView,
    SessionView,
    YearView,
)
from workflows.account.state import (
    AccountState,
    Claim,
    ClosedMonth,
    Credit,
    NoticeRecord,
    Outage,
    Session,
)
from workflows.shared.markdown import plain
from workflows.shared.notice_view import NoticeView

CREDIT = frozenset(Credit.model_fields) - {"cap"}
"""The fields of a credit that its view shows as they are."""


def reply(state: AccountState, entry: str | None, fingerprint: str, at: datetime) -> AccountReply:
    """The reply to an action: the entry that it made or changed."""
    outage = next((o for o in state.outages if o.id == entry), None)
    session = next((s for s in state.sessions if s.id == entry), None)
    credit = find_credit(credits_at(state, at), entry) if entry else None
    claim = next((c for c in state.claims if c.id == entry), None)
    year = allowance.period_of(state, session.date) if session else None
    return AccountReply(
        fingerprint=fingerprint,
        entry=entry,
        outage=_outage(outage) if outage else None,
        session=_session(session) if session else None,
        year=_year(state, year) if year else None,
        credit=_credit(state, credit, at) if credit else None,
        claim=_claim(state, claim) if claim else None,
    )


def view(state: AccountState, at: datetime) -> AccountView:
    """Everything about the account at a time."""
    return AccountView(
        terms=state.terms,
        at=at,
        years=tuple(_years(state, at)),
        sessions=tuple(map(_session, state.sessions)),
        credits=tuple(_credit(state, credit, at) for credit in credits_at(state, at)),
        claims=tuple(_claim(state, claim) for claim in state.claims),
        outages=tuple(map(_outage, state.outages)),
        running=month(state, months.running(state, at), at),
        months=tuple(map(_closed, state.months)),
        service_levels=tuple(service_levels.views(state, at)),
        closes_next=months.closes_at(state),
        notices=tuple(map(_notice, state.notices)),
        events=tuple(state.events),
    )


def month(state: AccountState, wanted: Period, at: datetime) -> MonthView | None:
    """The availability of one month, or other period, provisional before it is closed; None for one
    that is not measured or has not begun.
    """
    for closed in state.months:
        if closed.month == wanted.name:
            return _closed(closed)
    promised, first = state.terms.availability, state.open_period
    if promised is None or first is None or wanted.begins < first.begins:
        return None
    is_measured = wanted in (first, state.terms.availability_period(wanted.begins))
    if not is_measured or at < wanted.span(state.terms.zone).begins:
        return None
    measurement = months.measured(state, wanted, at.replace(microsecond=0))
    return MonthView(
        month=wanted.name,
        provisional=True,
        begins=measurement.period.begins,
        ends=measurement.period.ends,
        percent=percent(measurement.availability),
        target=promised.target,
        measured_seconds=int(measurement.measured.total_seconds()),
        uncounted_seconds=int(measurement.excluded.total_seconds()),
        downtime_seconds=int(measurement.downtime.total_seconds()),
        **months.listed_downtime(measurement),
    )


def headline(terms: AccountTerms) -> str:
    """The account in one line, for lists."""
    plan = f" {terms.plan}" if terms.plan else ""
    return f"{terms.policy}{plan}: {terms.account_name}"


def details(state: AccountState, at: datetime) -> str:
    """The account in Markdown, for the Temporal UI. Times are in UTC."""
    lines = [f"policy {state.terms.policy} of {state.terms.revision}"]
    lines += [
        f"\nAllowance {year.begins} to {year.last_day}: **{year.booked}** of "
        f"{_allowed(year)} booked"
        for year in _years(state, at)
    ]
    lines += _credit_list(state, at)
    lines += _month_list(state)
    lines += [
        f"\nOutage without an end: **{outage.id}**, {outage.category}, "
        f"since {outage.starts_at:%Y-%m-%d %H:%M}"
        for outage in state.outages
        if outage.ends_at is None and not outage.withdrawn
    ]
    undelivered = [n for n in state.notices if n.status is NoticeStatus.UNDELIVERABLE]
    lines += [
        f"\nUndeliverable: {n.template} to {n.to.email}: {plain(n.error or '')}"
        for n in undelivered[-5:]
    ]
    lines += [
        f"\nClaim to review: **{claim.id}**"
        + (f", until {claim.review_until}" if claim.review_until else "")
        for claim in state.claims
        if claims.claim_state(claim) is ClaimState.PENDING
    ]
    closes_at = months.closes_at(state)
    if closes_at is not None:
        lines.append(f"\nNext by itself: close {state.next_month}, {closes_at:%Y-%m-%d %H:%M} UTC")
    return "\n".join(lines)


def _allowed(year: YearView) -> str:
    return f"{year.hours} hours" if year.times is None else f"{year.times} times"


def _credit_list(state: AccountState, at: datetime) -> list[str]:
    """The last credits. Not a table: the UI renders its cells without space between them."""
    rows = [
        f"- **{c.id}**: {_worth(c.granted)}, {credits.state_of(state, c, at)}"
        + (f", claim until {c.claim_until}" if c.claim_until else "")
        for c in credits_at(state, at)[-10:]
    ]
    return ["", "Credits:", "", *rows] if rows else []


def _worth(worth: Worth) -> str:
    if worth.currency is not None:
        return f"{worth.number} {worth.currency}"
    if worth.percent is not None:
        return f"{worth.number:f} {worth.unit}"
    return "1 day" if worth.days == 1 else f"{worth.days} days"


def _month_list(state: AccountState) -> list[str]:
    rows = [
        f"- **{m.month}**: available {_percent(m)} %, promised {m.target} %, credits {m.credits}"
        for m in state.months[-6:]
    ]
    return ["", "Months:", "", *rows] if rows else []


def _years(state: AccountState, at: datetime) -> Iterator[YearView]:
    """This period of the allowance, and the next one if it has bookings."""
    this = allowance.period_of(state, state.terms.day_at(at))
    if this is None or state.terms.enablement is None:
        return
    yield _year(state, this)
    following = allowance.period_of(state, this.following)
    if following is not None and allowance.booked(state, following):
        yield _year(state, following)


def _year(state: AccountState, period: Period) -> YearView:
    promised, booked = state.terms.enablement, allowance.booked(state, period)
    has_times = promised is not None and promised.times is not None
    amount = promised.amount if promised else booked
    return YearView(
        begins=period.begins,
        last_day=period.last_day,
        hours=None if has_times else amount,
        times=int(amount) if has_times else None,
        carried_over=allowance.carried_into(state, period) or None,
        booked=booked,
        left=max(allowance.left(state, period), allowance.NOTHING),
    )


def _outage(outage: Outage) -> OutageView:
    return OutageView(**dict(outage))


def _session(session: Session) -> SessionView:
    return SessionView(**dict(session))


def _credit(state: AccountState, credit: Credit, at: datetime) -> CreditView:
    fields = {name: getattr(credit, name) for name in CreditView.model_fields if name in CREDIT}
    caps = (most(credit.cap, state.terms),) if credit.cap else ()
    missing = (worth.missing for worth in (credit.granted, *caps))
    return CreditView(
        **fields,
        state=credits.state_of(state, credit, at),
        cap=caps[0] if caps and credit.before_cap is not None else None,
        missing=tuple(dict.fromkeys(fee for fee in missing if fee)) or None,
    )


def _claim(state: AccountState, claim: Claim) -> ClaimView:
    return ClaimView(
        **{name: value for name, value in claim if name in ClaimView.model_fields},
        state=claims.claim_state(claim),
        days=claims.days_of(state, claim),
        worths=tuple(w for w in claims.worths_of(state, claim) if w.unit != "days") or None,
    )


def _notice(record: NoticeRecord) -> NoticeView:
    return NoticeView(
        key=record.key,
        template=record.template,
        audience=record.audience,
        to=record.to.email,
        status=record.status,
        at=record.at,
        error=record.error,
    )


def _closed(closed: ClosedMonth) -> MonthView:
    return MonthView(
        month=closed.month,
        provisional=False,
        begins=closed.begins,
        ends=closed.ends,
        percent=_percent(closed),
        target=closed.target,
        measured_seconds=int(closed.measured.total_seconds()),
        uncounted_seconds=int(closed.uncounted.total_seconds()),
        downtime_seconds=int(closed.downtime.total_seconds()),
        credits=closed.credits,
        corrections=closed.corrections,
        down=closed.down,
        down_omitted=closed.down_omitted,
    )


def _percent(closed: ClosedMonth) -> Decimal:
    return percent(share_up(closed.downtime, closed.measured))
