"""What callers send about accounts, and are sent. Hours are quarters; instants count to the
second, and days are those of the account's fixed offset.
"""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, StringConstraints

from api.http.body import Body
from api.http.models import ActorDocument, NoticeDocument
from policies.business_time.months import PATTERN
from policies.schema.contract import Slug
from workflows.account.messages import (
    AccountEvent,
    AccountView,
    ClaimState,
    CreditIds,
    CreditState,
    Day,
    EntryId,
    Hours,
    Instant,
    Line,
    MonthView,
    Said,
)

MonthText = Annotated[str, StringConstraints(pattern=PATTERN)]


class OutageBody(Body):
    """A time during which the service was not available. Without an end it goes on."""

    starts_at: Instant = Field(examples=["2026-03-02T10:00:00Z"])
    ends_at: Instant | None = None
    category: Slug = Field(
        description="One of the policy's categories; they decide what counts.",
        examples=["service_failure"],
    )
    description: Said = Field(examples=["The interface answered with errors."])
    announced_at: Instant | None = Field(
        default=None, description="When it was announced to customers, if it was."
    )


class EndBody(Body):
    """When an outage was over."""

    ends_at: Instant = Field(examples=["2026-03-02T12:00:00Z"])


class CorrectionBody(Body):
    """An outage as it should have been recorded: all of it, not only what changes."""

    starts_at: Instant = Field(examples=["2026-03-02T10:00:00Z"])
    ends_at: Instant | None = None
    category: Slug = Field(examples=["service_failure"])
    announced_at: Instant | None = None
    withdrawn: StrictBool = Field(default=False, description="There was no such outage.")
    reason: Said = Field(examples=["The probe was at fault until 10:20."])


class SessionBody(Body):
    """A workshop or technical session."""

    date: Day = Field(description="The day on which it is held.", examples=["2027-03-10"])
    hours: Hours = Field(description="In quarter hours.", examples=[1.5])
    topic: Line = Field(examples=["Migration"])
    requested_by: Line = Field(examples=["Mia Harbour"])


class CancelBody(Body):
    """Why a session will not be held."""

    reason: Said | None = None


class ClaimBody(Body):
    """A claim in writing."""

    credits: CreditIds = Field(
        description="The ids of the credits claimed.", examples=[["month:2027-03"]]
    )
    statement: Said = Field(
        examples=["Availability in March was below what our contract promises."]
    )


class RefusalBody(Body):
    """Why a claim is not granted."""

    reason: Said = Field(examples=["The ticket was about the customer's own site."])


class NoBody(Body):
    """Nothing needs to be said."""


class MonthQuery(BaseModel):
    """Which month."""

    model_config = ConfigDict(extra="forbid")

    month: MonthText | None = Field(
        default=None, description="The running month when left out.", examples=["2027-03"]
    )


class Document(BaseModel):
    """What is read off a view of the account."""

    model_config = ConfigDict(from_attributes=True)


class OutageDocument(Document):
    """An outage; `because` says why it counts or does not."""

    id: EntryId = Field(examples=["outage-1"])
    starts_at: datetime
    ends_at: datetime | None = None
    category: str
    description: str
    announced_at: datetime | None = None
    withdrawn: bool = False
    counts: bool
    because: str
    recorded_at: datetime
    recorded_by: ActorDocument


class SessionDocument(Document):
    """A session that was booked."""

    id: EntryId = Field(examples=["session-1"])
    date: date
    hours: float
    topic: str
    requested_by: str
    booked_at: datetime
    cancelled_at: datetime | None = None


class YearDocument(Document):
    """The hours of one contract year."""

    begins: date
    last_day: date
    hours: float = Field(description="Promised for the year.")
    booked: float
    left: float


class SessionTaken(Document):
    """A session that was booked or cancelled, and the year it counts against."""

    session: SessionDocument
    year: YearDocument | None = None


class EnablementDocument(Document):
    """Hours and sessions: the running contract year, and the next where it has bookings."""

    years: tuple[YearDocument, ...]
    sessions: tuple[SessionDocument, ...]


class CreditDocument(Document):
    """Service credits for one breach."""

    id: EntryId = Field(examples=["month:2027-03"])
    credits: int
    days: int = Field(description="By how much all of them together extend the contract.")
    state: CreditState
    says: str
    clause: str
    basis: dict[str, JsonValue] = Field(
        description="What the breach was: a month's figures, or a clock of a ticket."
    )
    breached_on: date
    earned_at: datetime
    claim_until: date | None = Field(
        default=None, description="The last day on which they can be claimed, if there is one."
    )
    claim: str | None = Field(default=None, description="The claim that names them.")


class ClaimDocument(Document):
    """A claim as it was filed."""

    id: EntryId = Field(examples=["claim-1"])
    state: ClaimState
    credits: tuple[str, ...]
    days: int
    statement: str
    filed_at: datetime
    filed_by: ActorDocument
    refused_at: datetime | None = None
    refused_because: str | None = None


class DowntimeDocument(Document):
    """Downtime that counts."""

    begins: datetime
    ends: datetime


class MonthDocument(Document):
    """The availability of a month: 1 - downtime / measured. `percent` is rounded down; the exact
    value decides on credits.
    """

    month: str = Field(examples=["2027-03"])
    provisional: bool = Field(description="The month runs: these are the figures so far.")
    begins: datetime
    ends: datetime
    percent: float
    target: float
    measured_seconds: int
    uncounted_seconds: int
    downtime_seconds: int
    credits: int | None = Field(
        default=None, description="What it earned; absent while provisional."
    )
    corrections: int = Field(default=0, description="How often it was computed again.")
    down: tuple[DowntimeDocument, ...] = Field(
        default=(), description="What is counted as downtime, while the month is provisional."
    )


class AccountEventDocument(Document):
    """What became true."""

    seq: int
    type: str
    at: datetime
    by: ActorDocument
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None


class AccountDocument(Document):
    """An account: under which terms it stands, and what is going on."""

    account: str = Field(examples=["harbour-media"])
    name: str
    policy: str
    revision: date
    plan: str | None = None
    contract_starts_on: date | None = None
    offset: str = Field(description="The fixed offset of its days and months.")
    years: tuple[YearDocument, ...] = ()
    running_month: MonthDocument | None = None
    closed_months: tuple[MonthDocument, ...] = ()
    next_month_closes_at: datetime | None = None
    credits: tuple[CreditDocument, ...] = ()
    claims: tuple[ClaimDocument, ...] = ()
    notices: tuple[NoticeDocument, ...] = Field(
        default=(), description="Who was told of credits and claims, or is still to be."
    )
    events: tuple[AccountEventDocument, ...] = Field(default=(), description="The latest.")

    @classmethod
    def showing(cls, view: AccountView) -> Self:
        """The account as it was read."""
        return cls(
            account=view.terms.account,
            name=view.terms.account_name,
            policy=view.terms.policy,
            revision=view.terms.revision,
            plan=view.terms.plan,
            contract_starts_on=view.terms.starts_on,
            offset=view.terms.offset,
            years=tuple(map(YearDocument.model_validate, view.years)),
            running_month=_month(view.running) if view.running else None,
            closed_months=tuple(map(_month, view.months)),
            next_month_closes_at=view.closes_next,
            credits=tuple(map(CreditDocument.model_validate, view.credits)),
            claims=tuple(map(ClaimDocument.model_validate, view.claims)),
            notices=tuple(map(NoticeDocument.model_validate, view.notices)),
            events=tuple(map(_event, view.events)),
        )


def _month(view: MonthView) -> MonthDocument:
    return MonthDocument.model_validate(view)


def _event(event: AccountEvent) -> AccountEventDocument:
    return AccountEventDocument.model_validate(event)
