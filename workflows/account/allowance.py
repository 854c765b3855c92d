"""The allowance: hours for sessions in each contract year (prismic/enablement).

**Readings.** A session counts against the contract year of its date, whenever it was booked, and
nothing carries over. Sessions can be booked from today to the end of the next contract year. Until
the end of the day before, a cancelled session returns its hours. On the day itself it counts as
held.
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
    """The contract year of a day; None if the contract does not state when its years begin."""
    begins = state.terms.years_from
    return ContractYear.of(day, begins) if begins else None


def booked(state: AccountState, year: ContractYear) -> Decimal:
    """The hours booked for a contract year."""
    held = (s.hours for s in state.sessions if s.cancelled_at is None and s.date in year)
    return sum(held, Decimal(0))


def check_booking(state: AccountState, request: ActionRequest[BookSession], at: datetime) -> None:
    """The session has a possible date, and the year has enough hours left."""
    session = request.content
    promised, year = _allowance(state, session.date, at)
    left = promised.hours - booked(state, year)
    if session.hours > left:
        raise NothingLeft(
            "no_hours_left",
            promised.clause,
            hours=promised.hours,
            first=year.begins,
            last=year.last_day,
            left=left,
            wanted=session.hours,
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


def _allowance(
    state: AccountState, day: date, at: datetime
) -> tuple[EnablementTerms, ContractYear]:
    """The allowance for a session on this day, and its contract year."""
    terms, today = state.terms, state.terms.day_at(at)
    promised, year, this = terms.enablement, year_of(state, day), year_of(state, today)
    if promised is None:
        raise _no_allowance(terms)
    following = year_of(state, this.following) if this else None
    if year is None or following is None:
        raise NotPromised("no_years", promised.clause)
    first, last = max(today, terms.starts_on or today), following.last_day
    if not first <= day <= last:
        raise InvalidContent(
            "session_out_of_reach", promised.clause, first=first, last=last, day=day
        )
    return promised, year


def _no_allowance(terms: AccountTerms) -> NotPromised:
    if terms.plan is None:
        return NotPromised("no_hours", policy=terms.policy)
    plan = with_name(terms.plan_label, terms.plan)
    return NotPromised("no_hours_of_plan", policy=terms.policy, plan=plan)
