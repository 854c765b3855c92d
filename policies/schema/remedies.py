"""Remedies and allowances of an account: availability, service credits, bookable hours."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from policies.business_time.durations import DurationText
from policies.schema.calendars import Weekdays, Windows
from policies.schema.contract import Slug
from policies.schema.fields import ClauseId, Part, Rule, Text


class CreditRule(Rule):
    """Service credits for a missed promise: one for `each` period that a clock is late, or one for
    each percentage point of a month's availability below a limit.

    `counts` states whether a period or point counts once `started` or only when it is `whole`.
    `worth` is the contract time of one credit.
    """

    clock: Slug | None = None
    priorities: tuple[Slug, ...] = ()
    each: DurationText | None = None
    availability_below: float | None = None
    counts: Literal["started", "whole"] = "started"
    worth: DurationText | None = None


class UncountedRule(Rule):
    """A cause of downtime that does not count against the promised availability. An `announced`
    cause does not count only if customers were notified before it began.
    """

    says: Text
    announced: bool = False


class MaintenanceRule(Rule):
    """Weekly maintenance hours, at a fixed offset from UTC."""

    offset: Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
    hours: dict[Weekdays, Windows] = Field(min_length=1)


class AvailabilityRule(Rule):
    """The promised availability of the service in a calendar month, in percent."""

    percent: Annotated[float, Field(gt=0, le=100)]
    zone: str = "UTC"
    uncounted: dict[Slug, UncountedRule] = Field(default_factory=dict)
    maintenance: MaintenanceRule | None = None


class RemedyRules(Part):
    """Service credits, the promised availability, and the time limit for claims."""

    credits: tuple[CreditRule, ...] = ()
    availability: AvailabilityRule | None = None
    claim_within: DurationText | None = None
    claim_clause: ClauseId | None = None


class AllowanceRule(Rule):
    """Bookable hours per year, by kind of request and plan."""

    kinds: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    hours: Annotated[int, Field(gt=0)]
    each: Literal["contract_year", "calendar_year"] = "contract_year"
