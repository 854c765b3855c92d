"""Filters: which tickets a list shows, as query parameters."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from api.http.body import Body
from policies.schema.contract import OneLine, Slug
from policies.vocabulary import Stage, WaitingOn

NOBODY = "nobody"
ANY = "any"
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_TEACH = "write an ISO 8601 instant with its offset, such as 2027-01-15T17:00:00Z"


def instant(value: object) -> datetime:
    """An instant written with its offset, as UTC; a time without one could be any instant."""
    if not isinstance(value, str | datetime):
        raise ValueError(_TEACH)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"{_TEACH} (a + in a URL is written %2B)") from None
    if at.tzinfo is None:
        raise ValueError(f"has no offset from UTC; {_TEACH}")
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = datetime.max.replace(tzinfo=UTC)
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"lies outside {EARLIEST.year} to {LATEST.year}")
    return at


Instant = Annotated[datetime, BeforeValidator(instant)]
Slugs = Annotated[list[Slug], Field(max_length=20)]


class TicketFilters(Body):
    """Which tickets are listed. A parameter that is repeated means any of its values."""

    stage: Annotated[list[Stage], Field(max_length=20)] = Field(default_factory=list)
    waiting_on: Annotated[list[WaitingOn], Field(max_length=20)] = Field(default_factory=list)
    policy: Slugs = Field(default_factory=list)
    plan: Slugs = Field(default_factory=list)
    priority: Slugs = Field(default_factory=list)
    account: Slugs = Field(default_factory=list)
    assignee: OneLine | None = Field(
        default=None, description="The id of the assignee, or `nobody`."
    )
    open: bool | None = Field(
        default=None, description="true: only open tickets; false: only closed ones."
    )
    breached: Slug | None = Field(
        default=None, description="The name of a clock that ran out, or `any`."
    )
    due_after: Instant | None = Field(
        default=None, description="The next deadline is at or after this instant."
    )
    due_before: Instant | None = Field(
        default=None, description="The next deadline is before this instant."
    )
    limit: Annotated[int, Field(ge=1, le=100)] = Field(
        default=50, description="Tickets on one page."
    )
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        default=None, description="`next_cursor` of the page before."
    )

    @property
    def is_about_deadlines(self) -> bool:
        """Whether tickets without a deadline are left out."""
        return self.due_after is not None or self.due_before is not None

    @property
    def fingerprint(self) -> str:
        """The same for every page of one list."""
        asked = self.model_dump_json(exclude={"limit", "cursor"})
        return sha256(asked.encode()).hexdigest()[:12]
