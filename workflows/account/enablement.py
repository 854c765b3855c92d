"""Enablement hours (prismic/enablement): so many a contract year, booked by sessions.

**Readings.** A session counts against the contract year of its date, whenever it was booked;
nothing carries over. Sessions are booked for the current contract year and the next, from today
on. Cancelling gives hours back up to the end of the day before; on the day itself the session
counts as held.
"""

from datetime import date, datetime
from decimal import Decimal

from policies.accounts.account_terms import AccountTerms, EnablementTerms
from policies.business_time.contract_year import ContractYear
from policies.i18n.locales import with_name
from workflows.account.messages import AccountEventType, BookSession, CancelSession
from workflows.account.refusals import AlreadySettled, NothingLeft, NotPromised, TooLate
from workflows.account.state import AccountState, Session, check_room, find, put
from workflows.shared.action_request import ActionRequest
from workflows.shared.refusals import InvalidContent

MOST = 500


def year_of(state: AccountState, day: date) -> ContractYear | None:
    """The contract year of a day; None when the contract does not say when its years begin."""
    begins = state.terms.years_from
    return ContractYear.of(day, begins) if begins else None


def booked(state: AccountState, year: ContractYear) -> Decimal:
    """The hours booked for a contract year."""
    held = (s.hours for s in state.sessions if s.cancelled_at is None and s.date in year)
    return sum(held, Decimal(0))


def check_booking(state: AccountState, act: ActionRequest[BookSession], at: datetime) -> None:
    """Whether a session can be booked; the hour past the last is refused with what is left."""
    promised, year = _promised(state, act.content.date, at)
    said = act.content
    left = promised.hours - booked(state, year)
    if said.hours > left:
        raise NothingLeft(
            "no_hours_left",
            promised.clause,
            hours=promised.hours,
            first=year.begins,
            last=year.last_day,
            left=left,
            wanted=said.hours,
        )
    check_room(state.sessions, MOST, "session")


def book(state: AccountState, act: ActionRequest[BookSession], at: datetime) -> str:
    """Books a session."""
    said = act.content
    session = Session(
        id=state.next_id("session"),
        **said.model_dump(),
        booked_at=at,
        booked_by=act.actor,
    )
    state.sessions.append(session)
    data = {"session": session.id, "date": str(said.date), "hours": str(said.hours)}
    state.record_event(AccountEventType.SESSION_BOOKED, at, act.actor, data, act.id)
    return session.id


def check_cancellation(
    state: AccountState, act: ActionRequest[CancelSession], at: datetime
) -> None:
    """Whether a session can be cancelled: up to the day before."""
    session = find(state.sessions, act.content.session)
    clause = state.terms.enablement.clause if state.terms.enablement else None
    if session.cancelled_at is not None:
        raise AlreadySettled("session_cancelled", clause, entry=session.id)
    if state.terms.day_at(at) >= session.date:
        raise TooLate("session_today", clause, entry=session.id, day=session.date)


def cancel(state: AccountState, act: ActionRequest[CancelSession], at: datetime) -> str:
    """Cancels a session and gives its hours back."""
    session = find(state.sessions, act.content.session)
    put(state.sessions, session.model_copy(update={"cancelled_at": at}))
    data = {"session": session.id, "hours": str(session.hours), "reason": act.content.reason}
    state.record_event(AccountEventType.SESSION_CANCELLED, at, act.actor, data, act.id)
    return session.id


def _promised(state: AccountState, day: date, at: datetime) -> tuple[EnablementTerms, ContractYear]:
    """What is promised for a day on which there can be a session."""
    terms, today = state.terms, state.terms.day_at(at)
    promised, year, this = terms.enablement, year_of(state, day), year_of(state, today)
    if promised is None:
        raise _no_hours(terms)
    following = year_of(state, this.following) if this else None
    if year is None or following is None:
        raise NotPromised("no_years", promised.clause)
    first, last = max(today, terms.starts_on or today), following.last_day
    if not first <= day <= last:
        raise InvalidContent(
            "session_out_of_reach", promised.clause, first=first, last=last, day=day
        )
    return promised, year


def _no_hours(terms: AccountTerms) -> NotPromised:
    if terms.plan is None:
        return NotPromised("no_hours", policy=terms.policy)
    plan = with_name(terms.plan_label, terms.plan)
    return NotPromised("no_hours_of_plan", policy=terms.policy, plan=plan)
