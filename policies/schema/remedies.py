"""What an account is promised beside its tickets: availability, credits, hours."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from policies.business_time.durations import DurationText
from policies.schema.calendars import Weekdays, Windows
from policies.schema.contract import Slug
from policies.schema.fields import ClauseId, Part, Rule, Text


class CreditRule(Rule):
    """Service credits earned when a promise is missed: one for `each` so much lateness of a
    clock, or for each point of a month's availability below a share.

    `counts` says whether a period or point counts once `started` or only when it is `whole`;
    `worth` is by how much one credit extends the contract.
    """

    clock: Slug | None = None
    priorities: tuple[Slug, ...] = ()
    each: DurationText | None = None
    availability_below: float | None = None
    counts: Literal["started", "whole"] = "started"
    worth: DurationText | None = None


class UncountedRule(Rule):
    """A cause of unavailability that does not count against the availability promised; an
    `announced` one only when customers were told before it began.
    """

    says: Text
    announced: bool = False


class MaintenanceRule(Rule):
    """Weekly hours kept for maintenance, at an offset from UTC that never changes."""

    offset: Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
    hours: dict[Weekdays, Windows] = Field(min_length=1)


class AvailabilityRule(Rule):
    """The share of a calendar month, in percent, in which the service is there."""

    percent: Annotated[float, Field(gt=0, le=100)]
    zone: str = "UTC"
    uncounted: dict[Slug, UncountedRule] = Field(default_factory=dict)
    maintenance: MaintenanceRule | None = None


class RemedyRules(Part):
    """What a customer gets when a promise is missed, and until when it can be claimed."""

    credits: tuple[CreditRule, ...] = ()
    availability: AvailabilityRule | None = None
    claim_within: DurationText | None = None
    claim_clause: ClauseId | None = None


class AllowanceRule(Rule):
    """Hours an account may book, by kind of request and plan, in each year of its contract."""

    kinds: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    hours: Annotated[int, Field(gt=0)]
    each: Literal["contract_year", "calendar_year"] = "contract_year"
