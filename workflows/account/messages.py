"""Messages of an account: the inputs of its actions, its events, replies, and views for queries.

Times lie between the years 2000 and 2200. Times of outages have whole seconds.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints

from policies.accounts.account_terms import AccountTerms
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from policies.accounts.worth import Worth
from policies.schema.contract import Slug
from policies.vocabulary import EventType
from workflows.shared.action_request import ActionInput, Actor
from workflows.shared.notice_view import NoticeView
from workflows.shared.payload import Payload

QUARTER = Decimal("0.25")
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)


def _utc_in_range(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("has no zone; end it with Z, or an offset such as +02:00")
    if not FIRST.year < at.year < LAST.year:
        raise ValueError(f"is not between {FIRST.year} and {LAST.year}")
    return at.astimezone(UTC)


def _to_the_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _not_a_number(value: Any) -> Any:
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, date | str):
        return value
    raise ValueError("is not a date; write it as in ISO 8601, for example 2027-03-01")


def _not_a_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("is not a number")
    return value


Exact = Annotated[datetime, BeforeValidator(_not_a_number), AfterValidator(_utc_in_range)]
Instant = Annotated[Exact, AfterValidator(_to_the_second)]
Day = Annotated[date, BeforeValidator(_not_a_number), Field(ge=FIRST, lt=LAST)]
Hours = Annotated[
    Decimal,
    BeforeValidator(_not_a_boolean),
    Field(ge=QUARTER, le=24, multiple_of=QUARTER),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
EntryId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,120}$")]
CreditIds = Annotated[tuple[EntryId, ...], Field(min_length=1, max_length=100)]


class AccountAction(StrEnum):
    """An action of an account. Its Temporal update has the same name."""

    RECORD_OUTAGE = "record_outage"
    END_OUTAGE = "end_outage"
    CORRECT_OUTAGE = "correct_outage"
    BOOK_SESSION = "book_session"
    CANCEL_SESSION = "cancel_session"
    CLAIM_CREDITS = "claim_credits"
    ACCEPT_CLAIM = "accept_claim"
    REFUSE_CLAIM = "refuse_claim"
    REPORT_LATENESS = "report_lateness"
    REPORT_OUTCOME = "report_outcome"
    ADOPT_TERMS = "adopt_terms"


class AccountEventType(StrEnum):
    """A change of an account, in the past tense."""

    OUTAGE_RECORDED = "outage_recorded"
    OUTAGE_ENDED = "outage_ended"
    OUTAGE_CORRECTED = "outage_corrected"
    MONTH_CLOSED = "month_closed"
    MONTH_CORRECTED = "month_corrected"
    SESSION_BOOKED = EventType.SESSION_BOOKED
    SESSION_CANCELLED = EventType.SESSION_CANCELLED
    CREDIT_EARNED = EventType.CREDIT_EARNED
    CREDIT_CORRECTED = EventType.CREDIT_CORRECTED
    CREDITS_CLAIMED = EventType.CREDITS_CLAIMED
    CLAIM_ACCEPTED = EventType.CLAIM_ACCEPTED
    CLAIM_OVERDUE = EventType.CLAIM_OVERDUE
    CLAIM_REFUSED = EventType.CLAIM_REFUSED
    SERVICE_LEVEL_KEPT = EventType.SERVICE_LEVEL_KEPT
    SERVICE_LEVEL_MISSED = EventType.SERVICE_LEVEL_MISSED
    TERMS_ADOPTED = "terms_adopted"
    NOTICE_UNDELIVERABLE = EventType.NOTICE_UNDELIVERABLE


class CreditState(StrEnum):
    """The state of a service credit."""

    ACCRUING = "accruing"
    """Its clock is still overdue. It can be claimed as it stands."""
    EARNED = "earned"
    CLAIMED = "claimed"
    EXPIRED = "expired"
    REFUSED = "refused"


class RecordOutage(ActionInput):
    """A period in which the service was not available, or will not be. Without an end, it lasts
    until one is recorded.
    """

    starts_at: Instant
    ends_at: Instant | None = None
    category: Slug
    description: Text
    announced_at: Instant | None = None


class EndOutage(ActionInput):
    """Ends an outage that was recorded without an end."""

    outage: EntryId
    ends_at: Instant


class CorrectOutage(ActionInput):
    """An outage as it should have been recorded; `withdrawn` if there was none."""

    outage: EntryId
    starts_at: Instant
    ends_at: Instant | None = None
    category: Slug
    announced_at: Instant | None = None
    withdrawn: bool = False
    reason: Text


class BookSession(ActionInput):
    """Books a session. Its hours count against the contract year of its date."""

    date: Day
    hours: Hours
    topic: Line
    requested_by: Line


class CancelSession(ActionInput):
    """Cancels a session. Until the day before, its hours are returned."""

    session: EntryId
    reason: Text | None = None


class ClaimCredits(ActionInput):
    """Claims service credits in writing."""

    credits: CreditIds
    statement: Text


class AcceptClaim(ActionInput):
    """Accepts a claim that waits for a review."""

    claim: EntryId
    reason: Text | None = None


class RefuseClaim(ActionInput):
    """Refuses a claim for a reason."""

    claim: EntryId
    reason: Text


class ReportLateness(ActionInput):
    """Reports how late a clock of a ticket is. Each cycle earns for itself, and counts once."""

    lateness: Lateness


class ReportOutcome(ActionInput):
    """Reports whether a clock of a ticket was in time. Each cycle counts once."""

    outcome: ClockOutcome


class AdoptTerms(ActionInput):
    """Puts the account under its contract and policy as they are now."""

    terms: AccountTerms


ACCOUNT_ACTION_INPUTS: dict[AccountAction, type[ActionInput]] = {
    AccountAction.RECORD_OUTAGE: RecordOutage,
    AccountAction.END_OUTAGE: EndOutage,
    AccountAction.CORRECT_OUTAGE: CorrectOutage,
    AccountAction.BOOK_SESSION: BookSession,
    AccountAction.CANCEL_SESSION: CancelSession,
    AccountAction.CLAIM_CREDITS: ClaimCredits,
    AccountAction.ACCEPT_CLAIM: AcceptClaim,
    AccountAction.REFUSE_CLAIM: RefuseClaim,
    AccountAction.REPORT_LATENESS: ReportLateness,
    AccountAction.REPORT_OUTCOME: ReportOutcome,
    AccountAction.ADOPT_TERMS: AdoptTerms,
}


class OutageView(Payload):
    """An outage. `counts` is whether it is downtime, `because` the reason."""

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
    """The `hours` of one period of the allowance, or its number of `times`; `booked` and `left` are
    in the same unit.
    """

    begins: date
    last_day: date
    hours: Decimal | None = None
    times: int | None = None
    carried_over: Decimal | None = None
    booked: Decimal
    left: Decimal


class CreditView(Payload):
    """The credits for one breach, worth `days` of contract together, or `worth` if that is money.
    `basis` describes the breach, `claim` is the claim that names them.

    `before_cap` is what they would be worth without the `cap`. `missing` are the fees that the
    contract would have to state.
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
    claim_until_at: datetime | None = None
    claim: str | None = None
    worth: Worth | None = None
    before_cap: Worth | None = None
    cap: Worth | None = None
    missing: tuple[str, ...] | None = None


class ClaimState(StrEnum):
    """The state of a claim. One that was filed in time is accepted unless it is refused; it is
    `pending` before that if the policy has claims reviewed.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ClaimView(Payload):
    """A claim as it was filed. `worths` is what it is worth in money, in each unit; `review_until`
    is the last day for a decision, if the policy states one.
    """

    id: str
    state: ClaimState
    credits: tuple[str, ...]
    days: int
    worths: tuple[Worth, ...] | None = None
    statement: str
    filed_at: datetime
    filed_by: Actor
    review_until: date | None = None
    accepted_at: datetime | None = None
    accepted_because: str | None = None
    refused_at: datetime | None = None
    refused_because: str | None = None


class DownView(Payload):
    """A period of downtime."""

    begins: datetime
    ends: datetime


class MonthView(Payload):
    """The availability of one month; `provisional` for a month that has not ended."""

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
    down_omitted: int = 0
    """How many further periods of downtime are not listed in `down`."""


class LevelState(StrEnum):
    """The state of a service level in a period; `empty` for one that had no tickets."""

    OPEN = "open"
    KEPT = "kept"
    MISSED = "missed"
    EMPTY = "empty"


class LevelView(Payload):
    """A service level in one period: the tickets decided (`counted`), those of them in time
    (`kept`), and those still to be decided (`pending`).
    """

    name: str
    label: str
    clause: str | None = None
    period: str
    first_day: date
    last_day: date
    target: Decimal | None = None
    counted: int
    kept: int
    pending: int
    percent: Decimal | None = None
    state: LevelState
    corrections: int = 0


class AccountEvent(Payload):
    """A change of an account. An account keeps the latest ones."""

    seq: int
    type: str
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None


class AccountView(Payload):
    """Everything about an account at a time."""

    terms: AccountTerms
    at: datetime
    years: tuple[YearView, ...] = ()
    sessions: tuple[SessionView, ...] = ()
    credits: tuple[CreditView, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    outages: tuple[OutageView, ...] = ()
    running: MonthView | None = None
    months: tuple[MonthView, ...] = ()
    service_levels: tuple[LevelView, ...] = ()
    closes_next: datetime | None = None
    notices: tuple[NoticeView, ...] = ()
    events: tuple[AccountEvent, ...] = ()


class AccountReply(Payload):
    """The reply to an action: the entry that it made or changed."""

    fingerprint: str
    entry: str | None = None
    outage: OutageView | None = None
    session: SessionView | None = None
    year: YearView | None = None
    credit: CreditView | None = None
    claim: ClaimView | None = None
