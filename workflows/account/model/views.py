"""The account as queries and replies return it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field, JsonValue

from policies.accounts.account_terms import AccountTerms
from policies.accounts.worth import Worth
from policies.terms.model.recipient import Recipient
from workflows.account.model.events import AccountEvent
from workflows.shared.action_request import Actor
from workflows.shared.notice_view import NoticeView
from workflows.shared.payload import Payload


class CreditState(StrEnum):
    """The state of a service credit."""

    ACCRUING = "accruing"
    """Its clock is still overdue. It can be claimed as it stands."""
    EARNED = "earned"
    CLAIMED = "claimed"
    EXPIRED = "expired"
    REFUSED = "refused"


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
    contract would have to state. `requester` is that of the ticket which earned them.
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
    requester: Recipient | None = None


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
