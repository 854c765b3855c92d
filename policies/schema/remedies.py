"""Remedies and allowances of an account: availability, service levels, credits, bookable hours."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from policies.business_time.durations import Duration, DurationText
from policies.business_time.periods import Each
from policies.schema.calendars import Weekdays, Windows
from policies.schema.contract import Slug
from policies.schema.fields import ClauseId, Line, Part, Rule, Says
from policies.schema.money import MoneyText, Percent
from policies.schema.tables import Table
from policies.vocabulary import Role

BREACH = "breach"


class PercentOfFee(Part):
    """A percentage of a fee, which the contract states."""

    percent: Percent
    of: Slug


class Amount(Part):
    """An amount of money."""

    amount: MoneyText


def _worth_kind(value: Any) -> str:
    if isinstance(value, PercentOfFee) or (isinstance(value, dict) and "amount" not in value):
        return "<percent>"
    return "<amount>" if isinstance(value, dict | Amount) else "<time>"


Worth = Annotated[
    Annotated[PercentOfFee, Tag("<percent>")]
    | Annotated[Amount, Tag("<amount>")]
    | Annotated[DurationText, Tag("<time>")],
    Discriminator(_worth_kind),
]
"""What a credit is worth: contract time, a percentage of a fee, or an amount."""


def _each_kind(value: Any) -> str:
    return "<breach>" if value == BREACH else "<period>"


LateEach = Annotated[
    Annotated[Literal["breach"], Tag("<breach>")] | Annotated[DurationText, Tag("<period>")],
    Discriminator(_each_kind),
]


class BandRule(Part):
    """A band: what a share `below` a percentage is worth, down to the next band, or what a period
    with this number of `breaches` or more is worth.
    """

    below: Percent | None = None
    breaches: Annotated[int, Field(ge=1, le=100_000)] | None = None
    worth: Worth


class CapRule(Part):
    """The most that the credits of a rule are worth in one period: contract time, a percentage of a
    fee, or an amount.
    """

    time: DurationText | None = None
    percent: Percent | None = None
    of: Slug | None = None
    amount: MoneyText | None = None
    each: Each


class CreditRule(Rule):
    """Service credits for a missed promise: for `each` period that a clock is late, for each of its
    breaches, for the number of its breaches in a `period`; for each percentage point of a month's
    availability below a limit, for `each` period of downtime of such a month, or by bands of its
    availability; for a service level that was missed.

    Accounts on one of the `plans` earn it, or all accounts. `counts` states whether a period or
    point counts once `started` or only when it is `whole`. `worth` is what one credit is worth. All
    credits of a rule together have the `cap`.
    """

    clock: Slug | None = None
    plans: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    each: LateEach | None = None
    period: Each | None = None
    availability_below: Percent | None = None
    service_level: Slug | None = None
    bands: tuple[BandRule, ...] = ()
    counts: Literal["started", "whole"] = "started"
    worth: Worth | None = None
    cap: CapRule | None = None

    @property
    def is_by_availability(self) -> bool:
        """Whether the availability of a month earns it."""
        return self.clock is None and self.service_level is None

    def is_for(self, plan: str | None) -> bool:
        """Whether accounts on this plan earn it."""
        return not self.plans or plan in self.plans


def _announced(value: Any) -> Any:
    if isinstance(value, bool | str | Duration):
        return value
    raise ValueError("is not a notice period; write true, or for example 48 hours")


def _announced_kind(value: Any) -> str:
    return "<flag>" if isinstance(value, bool) else "<time>"


Announced = Annotated[
    Annotated[bool, Tag("<flag>")] | Annotated[DurationText, Tag("<time>")],
    Discriminator(_announced_kind),
    BeforeValidator(_announced),
]


class UncountedRule(Rule):
    """A cause of downtime that does not count against the promised availability. An `announced`
    cause does not count only if customers were notified before it began, or that long before.
    Business time counts on the support hours of the account.
    """

    says: Says
    announced: Announced = False


class MaintenanceRule(Rule):
    """Weekly maintenance hours, at a fixed offset from UTC."""

    offset: Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
    hours: dict[Weekdays, Windows] = Field(min_length=1)


def _table_or_value(value: Any) -> str:
    is_table = isinstance(value, Table) or (isinstance(value, dict) and "by" in value)
    return "<table>" if is_table else "<value>"


PercentChoice = Annotated[
    Annotated[Table[Percent], Tag("<table>")] | Annotated[Percent, Tag("<value>")],
    Discriminator(_table_or_value),
]


class AvailabilityRule(Rule):
    """The promised availability of the service in `each` period, in percent, or a table of it by
    plan; a plan without a cell has no promise. It is a share of the time that counts
    (`counted_time`), or of the whole period (`whole_month`, whatever its length).
    """

    percent: PercentChoice
    each: Each = Each.MONTH
    measured: Literal["counted_time", "whole_month"] = "counted_time"
    zone: str = "UTC"
    uncounted: dict[Slug, UncountedRule] = Field(default_factory=dict)
    maintenance: MaintenanceRule | None = None


class ServiceLevelRule(Rule):
    """The share of tickets whose clock is met, of all tickets of an account in a period. `says` is
    its name for readers.
    """

    says: Line | None = None
    clock: Slug
    priorities: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    percent: Percent
    each: Each


CLAIM_REVIEWERS = (Role.AGENT, Role.OPERATOR, Role.ACCOUNT_MANAGER)
"""The roles that a policy can have review claims."""
USUAL_REVIEWERS = (Role.OPERATOR, Role.ACCOUNT_MANAGER)
"""The roles that review claims unless the policy names others. They also refuse claims under a
policy without a review.
"""


class ClaimReviewRule(Rule):
    """The review of claims: the roles that decide, and their time in days or business days."""

    by: tuple[Role, ...] = Field(default=USUAL_REVIEWERS, min_length=1)
    within: DurationText | None = None


class RemedyRules(Part):
    """Service credits, the promised availability, the fees that contracts state, the time limit for
    claims, and their review.
    """

    credits: tuple[CreditRule, ...] = ()
    fees: dict[Slug, Line] = Field(default_factory=dict)
    availability: AvailabilityRule | None = None
    claim_within: DurationText | None = None
    claim_clause: ClauseId | None = None
    claim_review: ClaimReviewRule | None = None


class AllowanceRule(Rule):
    """Bookable `hours`, or a number of `times`, in each period, by kind of request and plan.

    `rollover` states how much of what is left can be used in the next period: `all` of it, or at
    most this many hours or times.
    """

    kinds: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    hours: Annotated[int, Field(gt=0)] | None = None
    times: Annotated[int, Field(gt=0)] | None = None
    each: Each = Each.CONTRACT_YEAR
    rollover: Literal["all"] | Annotated[int, Field(gt=0)] | None = None
