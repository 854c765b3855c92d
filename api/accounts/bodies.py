"""Request bodies of accounts. Hours are in quarters, times are in whole seconds, and days are those
of the account's fixed UTC offset.
"""

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.http.body import Body
from policies.business_time.periods import PeriodName
from policies.schema.contract import Slug
from workflows.account.model.fields import CreditIds, Day, Hours, Instant, Line, Text


class OutageBody(Body):
    """A period in which the service was not available; without `ends_at` it is ongoing."""

    starts_at: Instant = Field(examples=["2026-03-02T10:00:00Z"])
    ends_at: Instant | None = None
    category: Slug = Field(
        description="Category of the policy, which decides whether the outage counts.",
        examples=["service_failure"],
    )
    description: Text = Field(examples=["The interface answered with errors."])
    announced_at: Instant | None = Field(
        default=None, description="Time of the announcement to customers, if any."
    )


class EndBody(Body):
    """The end of an outage."""

    ends_at: Instant = Field(examples=["2026-03-02T12:00:00Z"])


class CorrectionBody(Body):
    """The complete corrected outage, not only the changes."""

    starts_at: Instant = Field(examples=["2026-03-02T10:00:00Z"])
    ends_at: Instant | None = None
    category: Slug = Field(examples=["service_failure"])
    announced_at: Instant | None = None
    withdrawn: StrictBool = Field(default=False, description="Whether the outage did not happen.")
    reason: Text = Field(examples=["The probe was at fault until 10:20."])


class SessionBody(Body):
    """A workshop or technical session."""

    date: Day = Field(description="Date of the session.", examples=["2027-03-10"])
    hours: Hours = Field(description="Length in hours, in steps of 0.25.", examples=[1.5])
    topic: Line = Field(examples=["Migration"])
    requested_by: Line = Field(examples=["Mia Harbour"])


class CancelBody(Body):
    """The reason for a cancellation."""

    reason: Text | None = Field(default=None, examples=["The migration was postponed."])


class ClaimBody(Body):
    """A written claim for credits."""

    credits: CreditIds = Field(
        description="Ids of the claimed credits.", examples=[["month:2027-03"]]
    )
    statement: Text = Field(
        examples=["Availability in March was below what our contract promises."]
    )


class AcceptanceBody(Body):
    """The reason for the acceptance of a claim."""

    reason: Text | None = Field(default=None, examples=["The outage was ours."])


class RefusalBody(Body):
    """The reason for the refusal of a claim."""

    reason: Text = Field(examples=["The ticket was about the customer's own site."])


class NoBody(Body):
    """An empty body."""


class MonthQuery(BaseModel):
    """The query parameters of the availability route."""

    model_config = ConfigDict(extra="forbid")

    month: PeriodName | None = Field(
        default=None,
        description="Month to read, or quarter (2027-Q2) or year (2027, or the first day of a "
        "contract year). Default: the current one.",
        examples=["2027-03"],
    )
