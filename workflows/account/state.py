"""The state of one account, which continue-as-new carries to the next run.

It stays bounded over the years: closed months are kept as figures, and `retention.py` drops records
that can no longer change anything. Records are immutable; a change replaces a record.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from pydantic import Field, JsonValue

from policies.accounts.account_terms import AccountTerms, CapTerms, LatenessTerms
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from policies.accounts.worth import Worth
from policies.business_time.periods import Period
from policies.business_time.spans import Span
from policies.terms.model.recipient import Recipient
from workflows.account.model.events import AccountEvent, AccountEventType
from workflows.account.model.views import DownView, LevelState
from workflows.account.refusals import NoSuchEntry
from workflows.shared.action_request import Actor
from workflows.shared.carried_state import CarriedState
from workflows.shared.outbox import OutboxEntry
from workflows.shared.payload import Payload
from workflows.shared.refusals import RecordFull


class Outage(Payload):
    """A period without service. Whether it counts is decided when it is recorded or corrected."""

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

    def span(self, period: Span) -> Span:
        """The part within a period. An outage without an end extends to the end of the period."""
        return Span(self.starts_at, self.ends_at or period.ends).clipped(period)


class Session(Payload):
    """A session that was booked."""

    id: str
    date: date
    hours: Decimal
    topic: str
    requested_by: str
    booked_at: datetime
    booked_by: Actor
    cancelled_at: datetime | None = None


class Credit(Payload):
    """The credits for one breach, worth `days` of contract together, or `worth` if that is money.
    The id is the identity of the breach, and `basis` describes it.

    `before_cap` is what they would be worth without the `cap`, if that is more. `claim_until_at` is
    the end of a time limit in business time; `claim_until` is its day then.
    """

    id: str
    credits: int
    days: int
    says: str
    clause: str
    basis: dict[str, JsonValue] = Field(default_factory=dict)
    breached_on: date
    earned_at: datetime
    claim_until: date | None = None
    requester: Recipient | None = None
    claim: str | None = None
    refused: bool = False
    accrues: bool = False
    worth: Worth | None = None
    before_cap: Worth | None = None
    cap: CapTerms | None = None
    claim_until_at: datetime | None = None

    @property
    def granted(self) -> Worth:
        """What they are worth under the cap."""
        return self.worth or Worth(days=self.days)

    @property
    def own(self) -> Worth:
        """What they are worth without the cap."""
        return self.before_cap or self.granted

    def grant(self, number: Decimal) -> "Credit":
        """With this much of their own worth granted."""
        own = self.own
        granted = own.limited(number)
        changes: dict[str, object] = {
            "days": granted.days,
            "worth": None if granted.unit == "days" else granted,
            "before_cap": None if granted == own else own,
        }
        return self.model_copy(update=changes)

    def worth_exactly(self, own: Worth) -> "Credit":
        """Worth this much, without a cap."""
        uncapped: dict[str, object] = {
            "days": own.days,
            "worth": None if own.unit == "days" else own,
            "before_cap": None,
        }
        return self.model_copy(update=uncapped)


class LateCycle(Payload):
    """A late cycle of a ticket's clock as last reported, and what its lateness earns."""

    lateness: Lateness
    earns: LatenessTerms


class Claim(Payload):
    """A claim as it was filed."""

    id: str
    credits: tuple[str, ...]
    statement: str
    filed_at: datetime
    filed_by: Actor
    refused_at: datetime | None = None
    refused_because: str | None = None
    is_reviewed: bool = False
    """Whether it waits, or waited, for a decision."""
    review_until: date | None = None
    """The last day for the decision; None without a time limit."""
    is_overdue: bool = False
    """Whether it was reported that the decision is late."""
    accepted_at: datetime | None = None
    accepted_because: str | None = None


class ClosedMonth(Payload):
    """The figures of a month that has ended, and how often they were corrected."""

    month: str
    begins: datetime
    ends: datetime
    measured: timedelta
    uncounted: timedelta
    downtime: timedelta
    target: Decimal
    credits: int
    corrections: int = 0
    down: tuple[DownView, ...] = ()
    """The first periods of downtime; a month keeps them for some time only."""
    down_omitted: int = 0
    """How many periods of downtime are not in `down`."""


class LevelPeriod(Payload):
    """A service level in one period: open until it is `settled`, with its figures from then on.
    `folded_kept` and `folded_late` count tickets whose outcomes are no longer kept.
    """

    level: str
    period: str
    first_day: date
    last_day: date
    begins: datetime
    ends: datetime
    settled: LevelState | None = None
    counted: int = 0
    kept: int = 0
    target: Decimal | None = None
    corrections: int = 0
    folded_kept: int = 0
    folded_late: int = 0

    @property
    def folded(self) -> int:
        """The tickets whose outcomes are no longer kept."""
        return self.folded_kept + self.folded_late


class CarriedOver(Payload):
    """What a period of the allowance has carried over, whose earlier sessions were dropped."""

    begins: date
    amount: Decimal


class NoticeRecord(OutboxEntry):
    """A notice of an account, with all its facts. `standard` is the template of its event, where
    the policy names another one.
    """

    standard: str = ""
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    at: datetime


class Handled(Payload):
    """An action that was taken: its fingerprint, and the entry that it made or changed."""

    fingerprint: str
    entry: str | None = None


Record = TypeVar("Record", Outage, Session, Credit, Claim)


class AccountState(CarriedState):
    """One account. Only `Account` changes it."""

    terms: AccountTerms
    begun_at: datetime
    next_month: str | None = None
    """The earliest month, or longer period, that is not closed; None if none is measured."""
    outages: list[Outage] = Field(default_factory=list)
    sessions: list[Session] = Field(default_factory=list)
    carried_over: CarriedOver | None = None
    credits: list[Credit] = Field(default_factory=list)
    late_cycles: dict[str, LateCycle] = Field(default_factory=dict)
    claims: list[Claim] = Field(default_factory=list)
    outcomes: dict[str, ClockOutcome] = Field(default_factory=dict)
    levels: list[LevelPeriod] = Field(default_factory=list)
    months: list[ClosedMonth] = Field(default_factory=list)
    notices: list[NoticeRecord] = Field(default_factory=list)
    handled: dict[str, Handled] = Field(default_factory=dict)
    events: list[AccountEvent] = Field(default_factory=list)
    numbers: dict[str, int] = Field(default_factory=dict)
    scrubbed_at: datetime | None = None
    """When a person was removed from the state the last time. Runs from before may name it."""

    @property
    def open_period(self) -> Period | None:
        """The earliest period of availability that is not closed."""
        return self.period(self.next_month) if self.next_month else None

    def period(self, name: str) -> Period:
        """The period of availability with this name."""
        return Period.parse(name, self.terms.starts_on)

    @property
    def changed_at(self) -> datetime:
        """The latest time that is on the record; an action cannot stand before it."""
        return max(self.begun_at, self.events[-1].at) if self.events else self.begun_at

    @property
    def last_event(self) -> int:
        """The number of the latest event."""
        return self.numbers.get("event", 0)

    def next_id(self, noun: str) -> str:
        """An id that no entry has had before, such as `outage-3`."""
        self.numbers[noun] = self.numbers.get(noun, 0) + 1
        return f"{noun}-{self.numbers[noun]}"

    def record_event(
        self,
        kind: AccountEventType,
        at: datetime,
        by: Actor,
        data: Mapping[str, JsonValue],
        action_id: str | None = None,
    ) -> None:
        """Adds an event; its data leaves out None."""
        self.numbers["event"] = seq = self.last_event + 1
        stated = {name: value for name, value in data.items() if value is not None}
        event = AccountEvent(seq=seq, type=kind, at=at, by=by, data=stated, action_id=action_id)
        self.events.append(event)


def find(records: list[Record], entry: str) -> Record:
    """The record with this id. Raises NoSuchEntry without one."""
    for record in records:
        if record.id == entry:
            return record
    raise NoSuchEntry("no_entry", entry=entry)


def check_room(records: Sequence[Record], most: int, noun: str) -> None:
    """Raises RecordFull if there are as many records as an account can hold."""
    if len(records) >= most:
        raise RecordFull("entries_full", most=most, kind=noun)


def put(records: list[Record], record: Record) -> None:
    """Replaces the record with the same id."""
    records[[r.id for r in records].index(record.id)] = record
