"""What goes in and out of an account: one content model per action, the reports of tickets,
and what readers are shown.

An action travels as an `Act`, as on a ticket: the same id is one action however often it
arrives. Instants lie between the years 2000 and 2200, and those of outages count to the second.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints

from policies.accounts.account_terms import AccountTerms
from policies.schema.contract import Slug
from policies.terms.ticket_terms import Recipient
from policies.vocabulary import EventType
from workflows.shared.action_request import ActionInput, Actor
from workflows.shared.notice_view import NoticeView
from workflows.shared.payload import Payload

QUARTER = Decimal("0.25")
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)


def _in_our_time(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("has no zone; end it with Z, or an offset such as +02:00")
    if not FIRST.year < at.year < LAST.year:
        raise ValueError(f"is not between {FIRST.year} and {LAST.year}")
    return at.astimezone(UTC)


def _to_the_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _written(value: Any) -> Any:
    # Left alone, Pydantic would read a number as seconds since 1970.
    if isinstance(value, datetime | date | str):
        return value
    raise ValueError("is no date; write it as ISO 8601 does, for example 2027-03-01")


def _written_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("is not a number")
    return value


Exact = Annotated[datetime, BeforeValidator(_written), AfterValidator(_in_our_time)]
Instant = Annotated[Exact, AfterValidator(_to_the_second)]
Day = Annotated[date, BeforeValidator(_written), Field(ge=FIRST, lt=LAST)]
Hours = Annotated[
    Decimal,
    BeforeValidator(_written_number),
    Field(ge=QUARTER, le=24, multiple_of=QUARTER),
]
Said = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
EntryId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,120}$")]
CreditIds = Annotated[tuple[EntryId, ...], Field(min_length=1, max_length=100)]


class AccountAction(StrEnum):
    """An imperative: one Temporal Update of that name."""

    RECORD_OUTAGE = "record_outage"
    END_OUTAGE = "end_outage"
    CORRECT_OUTAGE = "correct_outage"
    BOOK_SESSION = "book_session"
    CANCEL_SESSION = "cancel_session"
    CLAIM_CREDITS = "claim_credits"
    REFUSE_CLAIM = "refuse_claim"
    REPORT_LATE_COMPLETION = "report_late_completion"
    ADOPT_TERMS = "adopt_terms"


class AccountEventType(StrEnum):
    """What becomes true of an account, in the past tense."""

    OUTAGE_RECORDED = "outage_recorded"
    OUTAGE_ENDED = "outage_ended"
    OUTAGE_CORRECTED = "outage_corrected"
    MONTH_CLOSED = "month_closed"
    MONTH_CORRECTED = "month_corrected"
    SESSION_BOOKED = "session_booked"
    SESSION_CANCELLED = "session_cancelled"
    CREDIT_EARNED = EventType.CREDIT_EARNED
    CREDIT_CORRECTED = EventType.CREDIT_CORRECTED
    CREDITS_CLAIMED = EventType.CREDITS_CLAIMED
    CLAIM_REFUSED = EventType.CLAIM_REFUSED
    TERMS_ADOPTED = "terms_adopted"
    NOTICE_UNDELIVERABLE = EventType.NOTICE_UNDELIVERABLE


class CreditState(StrEnum):
    """How far a service credit has come."""

    EARNED = "earned"
    CLAIMED = "claimed"
    EXPIRED = "expired"
    REFUSED = "refused"


class RecordOutage(ActionInput):
    """A time during which the service was not available, or will not be. Without an end it goes
    on until one is recorded.
    """

    starts_at: Instant
    ends_at: Instant | None = None
    category: Slug
    description: Said
    announced_at: Instant | None = None


class EndOutage(ActionInput):
    """An outage that had no end yet is over."""

    outage: EntryId
    ends_at: Instant


class CorrectOutage(ActionInput):
    """An outage as it should have been recorded; `withdrawn` when there was none."""

    outage: EntryId
    starts_at: Instant
    ends_at: Instant | None = None
    category: Slug
    announced_at: Instant | None = None
    withdrawn: bool = False
    reason: Said


class BookSession(ActionInput):
    """A workshop or technical session, counted against the contract year of its date."""

    date: Day
    hours: Hours
    topic: Line
    requested_by: Line


class CancelSession(ActionInput):
    """A session will not be held; up to the day before, its hours are given back."""

    session: EntryId
    reason: Said | None = None


class ClaimCredits(ActionInput):
    """Claims service credits, in writing."""

    credits: CreditIds
    statement: Said


class RefuseClaim(ActionInput):
    """A claim is not granted, for a reason."""

    claim: EntryId
    reason: Said


class ReportLateCompletion(ActionInput):
    """A clock of a ticket was completed after it was due. One cycle of a clock counts once."""

    ticket: Line
    clock: Slug
    cycle: Annotated[int, Field(ge=1)] = 1
    priority: Slug | None = None
    due_at: Exact
    completed_at: Exact
    requester: Recipient | None = None


class AdoptTerms(ActionInput):
    """The account goes on under the contract and the policy as they stand now."""

    terms: AccountTerms


ACCOUNT_ACTION_INPUTS: dict[AccountAction, type[ActionInput]] = {
    AccountAction.RECORD_OUTAGE: RecordOutage,
    AccountAction.END_OUTAGE: EndOutage,
    AccountAction.CORRECT_OUTAGE: CorrectOutage,
    AccountAction.BOOK_SESSION: BookSession,
    AccountAction.CANCEL_SESSION: CancelSession,
    AccountAction.CLAIM_CREDITS: ClaimCredits,
    AccountAction.REFUSE_CLAIM: RefuseClaim,
    AccountAction.REPORT_LATE_COMPLETION: ReportLateCompletion,
    AccountAction.ADOPT_TERMS: AdoptTerms,
}


class OutageView(Payload):
    """An outage. `counts` says whether it is downtime, and `because` why or why not."""

    id: str
    starts_at: datetime
    ends_at: datetime | None = None
    category: str
    description: str
    announced_at: datetime | None = None
    withdrawn: bool = False
    counts: bool
    because: str
    recorded_at: datetime
    recorded_by: Actor


class SessionView(Payload):
    """A session that was booked."""

    id: str
    date: date
    hours: Decimal
    topic: str
    requested_by: str
    booked_at: datetime
    cancelled_at: datetime | None = None


class YearView(Payload):
    """The hours of one contract year."""

    begins: date
    last_day: date
    hours: Decimal
    booked: Decimal
    left: Decimal


class CreditView(Payload):
    """Service credits for one breach. All of them together are worth so many days of contract;
    `basis` is what the breach was, and `claim` the claim they were named in.
    """

    id: str
    credits: int
    days: int
    state: CreditState
    says: str
    clause: str
    basis: dict[str, JsonValue] = Field(default_factory=dict)
    breached_on: date
    earned_at: datetime
    claim_until: date | None = None
    claim: str | None = None


class ClaimState(StrEnum):
    """How far a claim has come: it was taken in time, and stands unless it is refused."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class ClaimView(Payload):
    """A claim as it was filed."""

    id: str
    state: ClaimState
    credits: tuple[str, ...]
    days: int
    statement: str
    filed_at: datetime
    filed_by: Actor
    refused_at: datetime | None = None
    refused_because: str | None = None


class DownView(Payload):
    """Downtime that counts, from one instant to another."""

    begins: datetime
    ends: datetime


class MonthView(Payload):
    """The availability of one month. A provisional one is that of the time gone by so far."""

    month: str
    provisional: bool
    begins: datetime
    ends: datetime
    percent: Decimal
    target: Decimal
    measured_seconds: int
    uncounted_seconds: int
    downtime_seconds: int
    credits: int | None = None
    corrections: int = 0
    down: tuple[DownView, ...] = ()


class AccountEvent(Payload):
    """What became true. An account keeps the latest."""

    seq: int
    type: str
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None


class AccountView(Payload):
    """Everything about an account at an instant."""

    terms: AccountTerms
    at: datetime
    years: tuple[YearView, ...] = ()
    sessions: tuple[SessionView, ...] = ()
    credits: tuple[CreditView, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    outages: tuple[OutageView, ...] = ()
    running: MonthView | None = None
    months: tuple[MonthView, ...] = ()
    closes_next: datetime | None = None
    notices: tuple[NoticeView, ...] = ()
    events: tuple[AccountEvent, ...] = ()


class AccountReply(Payload):
    """The answer to an action: the entry it made or changed, as it stands now."""

    fingerprint: str
    entry: str | None = None
    outage: OutageView | None = None
    session: SessionView | None = None
    year: YearView | None = None
    credit: CreditView | None = None
    claim: ClaimView | None = None
