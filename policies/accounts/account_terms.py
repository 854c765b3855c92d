"""Account terms: the parts of a policy and a contract that are pinned into an account.

An account outlives revisions of its policy. It keeps its terms until an operator adopts new ones.
`account_settlement.py` creates terms; the account's workflow only reads them.
"""

from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from policies.accounts.worth import Worth
from policies.business_time.durations import DurationText
from policies.business_time.months import midnight
from policies.business_time.opening_hours import WEEKDAYS
from policies.business_time.periods import Each, Period
from policies.business_time.zones import PinnedZone, Transition
from policies.schema.money import MoneyText
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.pinned import Pinned
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Role

UTC_OFFSET = "+00:00"
Offset = Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
ClockTime = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Weekday = Annotated[str, StringConstraints(pattern=f"^({'|'.join(WEEKDAYS)})$")]
Counts: TypeAlias = Literal["started", "whole"]
"""Whether a period or point counts once started, or only when it is whole."""


class EnablementTerms(Pinned):
    """Bookable hours, or a number of times, per period (prismic/enablement).

    What is left can be used in the next period, at most `rollover` of it; None if nothing can.
    """

    hours: Decimal = Decimal(0)
    times: int | None = None
    each: Each = Each.CONTRACT_YEAR
    rollover: Decimal | None = None
    clause: str = "enablement"

    @property
    def amount(self) -> Decimal:
        """The hours or times of one period."""
        return self.hours if self.times is None else Decimal(self.times)


class CapTerms(Pinned):
    """The most that the credits of one rule are worth in a period; `rule` identifies the rule."""

    rule: str
    most: Worth
    each: Each


class BandTerms(Pinned):
    """What a share below a percentage is worth, or this number of breaches in a period."""

    below: Decimal | None = None
    breaches: int | None = None
    worth: Worth


class LatenessTerms(Pinned):
    """Credits for each period that a clock is late (contentsquare/resolution-credit), for each of
    its breaches (without `each`), or by `bands` of the number of its breaches in a `period`.

    `worth` is the contract time of one credit in days; `pays` is its worth where that is money.
    Without `priorities`, all earn credits.
    """

    clock: str
    priorities: tuple[str, ...]
    each: DurationText | None = None
    period: Each | None = None
    bands: tuple[BandTerms, ...] = ()
    counts: Counts = "started"
    worth: int = 1
    pays: Worth | None = None
    cap: CapTerms | None = None
    clause: str = "resolution-credit"

    @property
    def one(self) -> Worth:
        """What one credit is worth."""
        return self.pays or Worth(days=self.worth)

    @property
    def grows(self) -> bool:
        """Whether the credit grows with the lateness."""
        return self.each is not None

    def concerns(self, clock: str, priority: str | None) -> bool:
        """Whether this clock of a ticket with this priority earns credits."""
        return clock == self.clock and (not self.priorities or priority in self.priorities)


class MaintenanceWindow(Pinned):
    """Weekly maintenance hours, at a fixed offset from UTC, which availability does not count."""

    weekday: Weekday
    opens: ClockTime
    closes: ClockTime
    offset: Offset = UTC_OFFSET

    @property
    def zone(self) -> timezone:
        """The fixed offset of the hours."""
        return _fixed(self.offset)

    @property
    def weekday_number(self) -> int:
        """The weekday as a number; Monday is 0."""
        return WEEKDAYS.index(self.weekday)

    @property
    def opens_after(self) -> timedelta:
        """The time from midnight to the opening."""
        return _since_midnight(self.opens)

    @property
    def closes_after(self) -> timedelta:
        """The time from midnight to the close."""
        return _since_midnight(self.closes)


class AvailabilityTerms(Pinned):
    """The promised availability of a period (by default of each month) in percent, and the downtime
    that does not count (contentsquare/availability, contentsquare/unavailability).

    `announced` are the uncounted categories that need an announcement in advance, `notice` how long
    in advance, in business time on the `notice_calendar`. `points` states which percentage points
    below the target earn credits, or which periods of downtime (`each`) in a month below it; None
    if none do. `bands` earn one credit. The share is one of the whole month or of the time that
    counts.
    """

    target: Decimal
    period: Each = Each.MONTH
    points: Counts | None = None
    each: DurationText | None = None
    worth: int = 1
    pays: Worth | None = None
    bands: tuple[BandTerms, ...] = ()
    cap: CapTerms | None = None
    whole_month: bool = False
    notice: dict[str, DurationText] = Field(default_factory=dict)
    notice_calendar: PinnedCalendar | None = None
    counted: tuple[str, ...] = ("service_failure",)
    uncounted: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    clause: str = "availability"
    unavailability_clause: str = "unavailability"

    @property
    def one(self) -> Worth:
        """What one percentage point, or one period of downtime, is worth."""
        return self.pays or Worth(days=self.worth)


class ServiceLevelTerms(Pinned):
    """The share of tickets in a period whose clock must be met, in percent, and what a miss is
    worth: `pays`, or a band.
    """

    name: str
    label: str
    clock: str
    priorities: tuple[str, ...] = ()
    percent: Decimal
    each: Each
    clause: str
    pays: Worth | None = None
    bands: tuple[BandTerms, ...] = ()
    cap: CapTerms | None = None
    credit_clause: str = ""

    def concerns(self, clock: str, priority: str | None) -> bool:
        """Whether it measures this clock of a ticket with this priority."""
        return clock == self.clock and (not self.priorities or priority in self.priorities)


class ClaimTerms(Pinned):
    """The time limit for claims, in days after the breach (contentsquare/claims).

    Where it is business time, tickets count it on their calendar and `days` is a safe maximum, for
    how long figures can be corrected.
    """

    days: int
    within: DurationText | None = None
    clause: str = "claims"


class ReviewTerms(Pinned):
    """The review of claims: the roles that decide, and their time. It ends with a day of the
    account; business days are those of the `calendar`.
    """

    by: tuple[Role, ...]
    within: DurationText | None = None
    calendar: PinnedCalendar | None = None
    clause: str


class AccountTerms(Pinned):
    """Everything an account was promised, apart from its tickets. What is None is not promised."""

    account: str
    account_name: str
    policy: str
    title: str = ""
    revision: date
    locale: str = "en"
    plan: str | None = None
    plan_label: str | None = None
    starts_on: date | None = None
    offset: Offset = UTC_OFFSET
    """The fixed offset of the months."""
    day_zone: str | None = None
    """The zone of the days: of claims, sessions and the contract. None in older terms."""
    day_offsets: tuple[Transition, ...] = ()
    """The offsets of that zone."""
    enablement: EnablementTerms | None = None
    lateness: tuple[LatenessTerms, ...] = ()
    availability: AvailabilityTerms | None = None
    service_levels: tuple[ServiceLevelTerms, ...] = ()
    fees: dict[str, MoneyText] = Field(default_factory=dict)
    """The fees that the contract states."""
    fee_labels: dict[str, str] = Field(default_factory=dict)
    """The names of all fees of the policy, for readers."""
    clock_labels: dict[str, str] = Field(default_factory=dict)
    """The policy's labels of clocks. Without one, templates look up the name."""
    claims: ClaimTerms | None = None
    claim_review: ReviewTerms | None = None
    notices: tuple[NoticeTerms, ...] = ()
    contacts: dict[str, Recipient] = Field(default_factory=dict)
    headings: dict[str, str] = Field(default_factory=dict)

    @property
    def zone(self) -> timezone:
        """The fixed offset of the account's months."""
        return _fixed(self.offset)

    @cached_property
    def local_zone(self) -> tzinfo:
        """The zone of the account's days; that of its months in older terms."""
        return PinnedZone(self.day_zone, self.day_offsets) if self.day_zone else self.zone

    @property
    def begins_at(self) -> datetime | None:
        """The UTC time at which the contract begins; None if it is not stated."""
        return midnight(self.starts_on, self.local_zone) if self.starts_on else None

    def lateness_terms(self, clock: str, priority: str | None) -> LatenessTerms | None:
        """The credits for lateness of a clock, on a ticket with this priority; None if none."""
        matching = (late for late in self.lateness if late.concerns(clock, priority))
        return next(matching, None)

    def period_of(self, day: date, each: Each) -> Period:
        """The period of a day of the account."""
        return Period.of(day, each, self.starts_on)

    def availability_period(self, day: date) -> Period:
        """The period of availability of a date in the zone of the months."""
        each = self.availability.period if self.availability else Each.MONTH
        return self.period_of(day, each)

    def day_at(self, at: datetime) -> date:
        """The account's date at a time."""
        return at.astimezone(self.local_zone).date()


def _fixed(offset: str) -> timezone:
    length = _since_midnight(offset[1:])
    return timezone(-length if offset.startswith("-") else length)


def _since_midnight(clock: str) -> timedelta:
    return timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
