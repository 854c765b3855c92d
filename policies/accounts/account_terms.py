"""Account terms: what of a policy and a contract is pinned into one account.

An account outlives revisions of its policy; it keeps these until it is told to adopt others.
`account_settlement.py` makes them; the account's workflow only reads them.
"""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from policies.business_time.durations import DurationText
from policies.business_time.months import midnight
from policies.business_time.opening_hours import WEEKDAYS
from policies.terms.ticket_terms import NoticeTerms, Pinned, Recipient

UTC_OFFSET = "+00:00"
Offset = Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
ClockTime = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Weekday = Annotated[str, StringConstraints(pattern=f"^({'|'.join(WEEKDAYS)})$")]


Counts: TypeAlias = Literal["started", "whole"]
"""Whether a part of a period or point counts already, or only the whole of it."""


class EnablementTerms(Pinned):
    """Hours of sessions in each year (prismic/enablement)."""

    hours: Decimal
    each: Literal["contract_year", "calendar_year"] = "contract_year"
    clause: str = "enablement"


class LateCompletionTerms(Pinned):
    """Credits for each period that a clock is completed past its due time
    (contentsquare/resolution-credit), each worth so many days of contract. Without priorities it
    is for all.
    """

    clock: str
    priorities: tuple[str, ...]
    each: DurationText
    counts: Counts = "started"
    worth: int = 1
    clause: str = "resolution-credit"

    def concerns(self, clock: str, priority: str | None) -> bool:
        """Whether the lateness of this clock, on a ticket of this priority, earns these."""
        return clock == self.clock and (not self.priorities or priority in self.priorities)


class MaintenanceWindow(Pinned):
    """Hours of each week that are not measured, at an offset that never changes. One that
    crosses midnight is two.
    """

    weekday: Weekday
    opens: ClockTime
    closes: ClockTime
    offset: Offset = UTC_OFFSET

    @property
    def zone(self) -> timezone:
        """The fixed offset that its hours are counted in."""
        return _fixed(self.offset)

    @property
    def weekday_number(self) -> int:
        """Monday is 0."""
        return WEEKDAYS.index(self.weekday)

    @property
    def opens_after(self) -> timedelta:
        """How long after midnight it opens."""
        return _since_midnight(self.opens)

    @property
    def closes_after(self) -> timedelta:
        """How long after midnight it closes."""
        return _since_midnight(self.closes)


class AvailabilityTerms(Pinned):
    """The promised percentage of a month, and what is not counted (contentsquare/availability,
    contentsquare/unavailability). `announced` are those of the uncounted categories that need an
    announcement in advance; `points` says which points below the target earn credits, if any do.
    """

    target: Decimal
    points: Counts | None = None
    worth: int = 1
    counted: tuple[str, ...] = ("service_failure",)
    uncounted: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    clause: str = "availability"
    unavailability_clause: str = "unavailability"


class ClaimTerms(Pinned):
    """Within how many days of the breach a claim has to come (contentsquare/claims)."""

    days: int
    clause: str = "claims"


class AccountTerms(Pinned):
    """Everything an account was promised beside its tickets; what is absent, it was not."""

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
    enablement: EnablementTerms | None = None
    late_completions: tuple[LateCompletionTerms, ...] = ()
    availability: AvailabilityTerms | None = None
    claims: ClaimTerms | None = None
    notices: tuple[NoticeTerms, ...] = ()
    contacts: dict[str, Recipient] = Field(default_factory=dict)

    @property
    def zone(self) -> timezone:
        """The fixed offset that the account's days and months are counted in."""
        return _fixed(self.offset)

    @property
    def begins_at(self) -> datetime | None:
        """The instant at which the contract begins; None when it does not say."""
        return midnight(self.starts_on, self.zone) if self.starts_on else None

    def late_completion(self, clock: str, priority: str | None) -> LateCompletionTerms | None:
        """What the lateness of a clock earns, on a ticket of this priority; None for nothing."""
        found = (late for late in self.late_completions if late.concerns(clock, priority))
        return next(found, None)

    @property
    def years_from(self) -> date | None:
        """A day on which a year of hours begins; None when nothing says so."""
        if self.enablement is not None and self.enablement.each == "calendar_year":
            return date(2000, 1, 1)
        return self.starts_on

    def day_at(self, at: datetime) -> date:
        """The date at an instant."""
        return at.astimezone(self.zone).date()


def _fixed(offset: str) -> timezone:
    return timezone(_since_midnight(offset[1:]) * (-1 if offset.startswith("-") else 1))


def _since_midnight(clock: str) -> timedelta:
    return timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))
