"""Response models of accounts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.http.action_ids import ShownId
from api.http.models import ActorDocument, AuthorDocument, NoticeDocument
from workflows.account.model.fields import EntryId
from workflows.account.model.views import AccountView, ClaimState, CreditState, LevelState


class Document(BaseModel):
    """A model that is read from the attributes of a view."""

    model_config = ConfigDict(from_attributes=True)


class OutageDocument(Document):
    """An outage; `because` is the reason why it counts or not."""

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
    """A booked session."""

    id: EntryId = Field(examples=["session-1"])
    date: date
    hours: float
    topic: str
    requested_by: str
    booked_at: datetime
    cancelled_at: datetime | None = None


class YearDocument(Document):
    """The allowance of one period: a contract year, calendar year, quarter or month. It is a number
    of `hours` or of `times`; `booked` and `left` are in the same unit.
    """

    begins: date
    last_day: date
    hours: float | None = Field(default=None, description="Allowance of the period.")
    times: int | None = Field(default=None, description="Sessions allowed in the period.")
    carried_over: float | None = Field(
        default=None, description="What is left of the period before and can be used in this one."
    )
    booked: float
    left: float


class SessionTaken(Document):
    """A session that was booked or cancelled, and its contract year."""

    session: SessionDocument
    year: YearDocument | None = None


class EnablementDocument(Document):
    """Hours and sessions of the current contract year, and of the next if it has bookings."""

    years: tuple[YearDocument, ...]
    sessions: tuple[SessionDocument, ...]


class WorthDocument(Document):
    """What credits are worth: an amount, or a percentage `of` a fee. The amount of a percentage is
    absent if the contract does not state the fee.
    """

    days: int = Field(default=0, description="Days of contract.")
    amount: Decimal | None = Field(default=None, examples=["75.00"])
    currency: str | None = Field(default=None, description="ISO 4217 code.", examples=["EUR"])
    percent: Decimal | None = Field(default=None, examples=["0.25"])
    of: str | None = Field(default=None, description="Name of the fee in the contract.")


class CreditDocument(Document):
    """The service credits for one breach."""

    id: EntryId = Field(examples=["month:2027-03"])
    credits: int
    days: int = Field(description="Days by which all the credits together extend the contract.")
    state: CreditState
    says: str
    clause: str
    basis: dict[str, JsonValue] = Field(
        description="The breach: the figures of a month, or a clock of a ticket."
    )
    breached_on: date
    earned_at: datetime
    claim_until: date | None = Field(
        default=None, description="Last day of the claim period, if it has an end."
    )
    claim_until_at: datetime | None = Field(
        default=None, description="End of a claim period that counts business time."
    )
    claim: str | None = Field(default=None, description="Id of the claim that includes them.")
    worth: WorthDocument | None = Field(
        default=None, description="What they are worth, if not days of contract."
    )
    before_cap: WorthDocument | None = Field(
        default=None, description="What they would be worth without the cap, if that is more."
    )
    cap: WorthDocument | None = Field(
        default=None, description="The most that the credits of the period are worth together."
    )
    missing: tuple[str, ...] | None = Field(
        default=None, description="Fees that the contract would have to state."
    )


class ClaimDocument(Document):
    """A claim."""

    id: EntryId = Field(examples=["claim-1"])
    state: ClaimState
    credits: tuple[str, ...]
    days: int
    worths: tuple[WorthDocument, ...] | None = Field(
        default=None, description="What the claim is worth in money, in each currency."
    )
    statement: str
    filed_at: datetime
    filed_by: ActorDocument
    review_until: date | None = Field(
        default=None, description="Last day for the decision on it, in the zone of the account."
    )
    accepted_at: datetime | None = Field(
        default=None, description="When it was accepted, if it was reviewed."
    )
    accepted_because: str | None = None
    refused_at: datetime | None = None
    refused_because: str | None = None


class DowntimeDocument(Document):
    """A period of downtime that counts."""

    begins: datetime
    ends: datetime


class MonthDocument(Document):
    """The availability of a month: 1 - downtime / measured. `percent` is rounded down; credits are
    computed from the exact value.
    """

    month: str = Field(
        description="The month, or the quarter (2027-Q2) or year of which the policy promises it.",
        examples=["2027-03"],
    )
    provisional: bool = Field(
        description="Whether the month is not over: the figures are those so far."
    )
    begins: datetime
    ends: datetime
    percent: float
    target: float
    measured_seconds: int
    uncounted_seconds: int
    downtime_seconds: int
    credits: int | None = Field(
        default=None, description="Credits earned; absent while provisional."
    )
    corrections: int = Field(default=0, description="Number of later corrections.")
    down: tuple[DowntimeDocument, ...] = Field(
        default=(), description="The first periods of downtime; kept for two years."
    )
    down_omitted: int = Field(
        default=0, description="Number of periods of downtime that are not listed in `down`."
    )


class ServiceLevelDocument(Document):
    """A service level in one period: the share of tickets whose clock was in time. `percent` is
    rounded down; the state is computed from the exact value.
    """

    name: str = Field(examples=["quick_answers"])
    label: str
    clause: str | None = None
    period: str = Field(examples=["2026-Q2"])
    first_day: date
    last_day: date
    target: float | None = None
    counted: int = Field(description="Tickets whose clock is decided.")
    kept: int = Field(description="Tickets of these that were in time.")
    pending: int = Field(description="Tickets whose clock is still to be decided.")
    percent: float | None = Field(default=None, description="Absent without tickets.")
    state: LevelState
    corrections: int = Field(default=0, description="Number of later corrections.")


class AccountEventDocument(Document):
    """An event of an account."""

    seq: int
    type: str
    at: datetime
    by: AuthorDocument
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: ShownId | None = None


class AccountDocument(Document):
    """An account: its terms, hours, availability, credits and claims."""

    account: str = Field(examples=["harbour-media"])
    name: str
    policy: str
    revision: date
    plan: str | None = None
    contract_starts_on: date | None = None
    offset: str = Field(description="Fixed UTC offset of days and months.")
    years: tuple[YearDocument, ...] = ()
    running_month: MonthDocument | None = None
    closed_months: tuple[MonthDocument, ...] = ()
    service_levels: tuple[ServiceLevelDocument, ...] = ()
    fees: dict[str, str] | None = Field(
        default=None, description="Fees that the contract states, as pinned."
    )
    next_month_closes_at: datetime | None = None
    credits: tuple[CreditDocument, ...] = ()
    claims: tuple[ClaimDocument, ...] = ()
    notices: tuple[NoticeDocument, ...] = Field(
        default=(), description="Notices about credits and claims, sent or still to be sent."
    )
    events: tuple[AccountEventDocument, ...] = Field(default=(), description="The latest events.")

    @classmethod
    def from_view(cls, view: AccountView) -> Self:
        """Converts the view of the workflow."""
        return cls(
            account=view.terms.account,
            name=view.terms.account_name,
            policy=view.terms.policy,
            revision=view.terms.revision,
            plan=view.terms.plan,
            contract_starts_on=view.terms.starts_on,
            offset=view.terms.offset,
            years=tuple(map(YearDocument.model_validate, view.years)),
            running_month=MonthDocument.model_validate(view.running) if view.running else None,
            closed_months=tuple(map(MonthDocument.model_validate, view.months)),
            service_levels=tuple(map(ServiceLevelDocument.model_validate, view.service_levels)),
            fees={name: str(fee) for name, fee in view.terms.fees.items()} or None,
            next_month_closes_at=view.closes_next,
            credits=tuple(map(CreditDocument.model_validate, view.credits)),
            claims=tuple(map(ClaimDocument.model_validate, view.claims)),
            notices=tuple(map(NoticeDocument.model_validate, view.notices)),
            events=tuple(map(AccountEventDocument.model_validate, view.events)),
        )
