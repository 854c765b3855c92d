"""The allowance: hours, or a number of times, for sessions in each period (prismic/enablement).

**Readings.** A session counts against the period of its date, whenever it was booked, and nothing
carries over unless the policy has a `rollover`. Sessions can be booked from today to the end of the
next period. Until the end of the day before, a cancelled session returns its hours. On the day
itself it counts as held.

What carries over is what is left of the period before: what it had carried over itself is used
first, and lapses with it. Periods before the contract, or before the account, leave nothing.
"""

from datetime import date, datetime
from decimal import Decimal

from policies.accounts.account_terms import AccountTerms, EnablementTerms
from policies.business_time.periods import Each, Period
from policies.i18n.locales import with_name
from workflows.account.model.action_inputs import BookSession, CancelSession
from workflows.account.model.events import AccountEventType
from workflows.account.refusals import AlreadySettled, NothingLeft, NotPromised, TooLate
from workflows.account.state import AccountState, CarriedOver, Session, check_room, find, put
from workflows.shared.action_request import ActionRequest
from workflows.shared.refusals import InvalidContent

MOST = 500
NOTHING = Decimal(0)


def period_of(state: AccountState, day: date) -> Period | None:
    """The period of a day; None if the contract does not state when its years begin."""
    promised = state.terms.enablement
    each = promised.each if promised else Each.CONTRACT_YEAR
    if each is Each.CONTRACT_YEAR and state.terms.starts_on is None:
        return None
    return state.terms.period_of(day, each)


def booked(state: AccountState, period: Period) -> Decimal:
    """The hours booked for a period, or the number of sessions where times are promised."""
    held = [s for s in state.sessions if s.cancelled_at is None and s.date in period]
    promised = state.terms.enablement
    if promised is not None and promised.times is not None:
        return Decimal(len(held))
    return sum((session.hours for session in held), NOTHING)


def carried_into(state: AccountState, period: Period) -> Decimal:
    """What is left of the period before, as far as it carries over."""
    promised = state.terms.enablement
    if promised is None or promised.rollover is None:
        return NOTHING
    before: list[Period] = []
    earlier, first = period, _first_day(state)
    carried = NOTHING
    while earlier.begins > first:
        if state.carried_over is not None and earlier.begins == state.carried_over.begins:
            carried = state.carried_over.amount
            break
        earlier = state.terms.period_of(earlier.before, promised.each)
        before.append(earlier)
        if not booked(state, earlier):
            # It leaves the same, whatever it had carried over.
            break
    for each in reversed(before):
        own = max(booked(state, each) - carried, NOTHING)
        carried = min(promised.rollover, max(promised.amount - own, NOTHING))
    return carried


def left(state: AccountState, period: Period) -> Decimal:
    """What can still be booked for a period; below zero if the terms promise less by now."""
    promised = state.terms.enablement
    amount = promised.amount if promised else NOTHING
    return amount + carried_into(state, period) - booked(state, period)


def keep_carried_over(state: AccountState, period: Period) -> None:
    """Records what this period has carried over, before earlier sessions are dropped."""
    carried = carried_into(state, period)
    state.carried_over = CarriedOver(begins=period.begins, amount=carried)


def check_booking(state: AccountState, request: ActionRequest[BookSession], at: datetime) -> None:
    """The session has a possible date, and its period has enough left; so have later ones, which
    may have carried over what is booked now.
    """
    session = request.content
    promised, period = _allowance(state, session.date, at)
    wanted = session.hours if promised.times is None else Decimal(1)
    rest = left(state, period)
    if wanted <= rest:
        rest = min(rest, _left_with(state, request, at) + wanted)
    if wanted > rest:
        phrase = "no_times_left" if promised.times is not None else "no_hours_left"
        if phrase == "no_hours_left" and promised.each is not Each.CONTRACT_YEAR:
            phrase = "no_hours_left_in_period"
        raise NothingLeft(
            phrase,
            promised.clause,
            hours=promised.amount + carried_into(state, period),
            first=period.begins,
            last=period.last_day,
            left=rest,
            wanted=wanted,
        )
    check_room(state.sessions, MOST, "session")


def book(state: AccountState, request: ActionRequest[BookSession], at: datetime) -> str:
    """Books a session."""
    session = Session(
        id=state.next_id("session"),
        **request.content.model_dump(),
        booked_at=at,
        booked_by=request.actor,
    )
    state.sessions.append(session)
    data = _data(session)
    state.record_event(AccountEventType.SESSION_BOOKED, at, request.actor, data, request.id)
    return session.id


def check_cancellation(
    state: AccountState, request: ActionRequest[CancelSession], at: datetime
) -> None:
    """The session is booked, and its day has not begun."""
    session = find(state.sessions, request.content.session)
    clause = state.terms.enablement.clause if state.terms.enablement else None
    if session.cancelled_at is not None:
        raise AlreadySettled("session_cancelled", clause, entry=session.id)
    if state.terms.day_at(at) >= session.date:
        raise TooLate("session_today", clause, entry=session.id, day=session.date)


def cancel(state: AccountState, request: ActionRequest[CancelSession], at: datetime) -> str:
    """Cancels a session and returns its hours."""
    session = find(state.sessions, request.content.session)
    put(state.sessions, session.model_copy(update={"cancelled_at": at}))
    data = _data(session) | {"reason": request.content.reason}
    state.record_event(AccountEventType.SESSION_CANCELLED, at, request.actor, data, request.id)
    return session.id


def _data(session: Session) -> dict[str, str | None]:
    """The data of an event about a session, which its notices state."""
    return {
        "session": session.id,
        "date": str(session.date),
        "hours": str(session.hours),
        "topic": session.topic,
        "requested_by": session.requested_by,
    }


def _first_day(state: AccountState) -> date:
    """The first day of the contract, or of the account if the contract does not state it."""
    return state.terms.starts_on or state.terms.day_at(state.begun_at)


def _left_with(state: AccountState, request: ActionRequest[BookSession], at: datetime) -> Decimal:
    """The least that is left of its period or the next one, once the session is booked."""
    tried = state.draft()
    book(tried, request, at)
    period = period_of(tried, request.content.date)
    assert period is not None
    following = period_of(tried, period.following)
    assert following is not None
    rest = left(tried, period)
    return min(rest, left(tried, following)) if booked(tried, following) else rest


def _allowance(state: AccountState, day: date, at: datetime) -> tuple[EnablementTerms, Period]:
    """The allowance for a session on this day, and its period."""
    terms, today = state.terms, state.terms.day_at(at)
    promised, period, this = terms.enablement, period_of(state, day), period_of(state, today)
    if promised is None:
        raise _no_allowance(terms)
    following = period_of(state, this.following) if this else None
    if period is None or following is None:
        raise NotPromised("no_years", promised.clause)
    first, last = max(today, terms.starts_on or today), following.last_day
    if not first <= day <= last:
        raise InvalidContent(
            "session_out_of_reach", promised.clause, first=first, last=last, day=day
        )
    return promised, period


def _no_allowance(terms: AccountTerms) -> NotPromised:
    if terms.plan is None:
        return NotPromised("no_hours", policy=terms.policy)
    plan = with_name(terms.plan_label, terms.plan)
    return NotPromised("no_hours_of_plan", policy=terms.policy, plan=plan)
