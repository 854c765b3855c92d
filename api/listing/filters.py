"""Filters of a list of tickets, as query parameters."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from api.http.body import Body
from api.http.problem_types import INVALID_REQUEST
from api.http.problems import Problem
from policies.schema.contract import OneLine, Slug
from policies.vocabulary import Stage, WaitingOn
from workflows.ticket.model.fields import ME, NOBODY, is_findable

ANY = "any"
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_FORMAT = "write an ISO 8601 time with a UTC offset, such as 2027-01-15T17:00:00Z"


def utc_time(value: object) -> datetime:
    """Converts to UTC; a time without an offset is ambiguous and therefore an error."""
    if not isinstance(value, str | datetime):
        raise ValueError(_FORMAT)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"{_FORMAT} (a + in a URL is written %2B)") from None
    if at.tzinfo is None:
        raise ValueError(f"has no UTC offset; {_FORMAT}")
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = datetime.max.replace(tzinfo=UTC)
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"must be between {EARLIEST.year} and {LATEST.year}")
    return at


def _assignee(id: str) -> str:
    if id not in (NOBODY, ME) and not is_findable(id):
        raise ValueError(f"no assignee has such an id; give an id, {ME} or {NOBODY}")
    return id


UtcTime = Annotated[datetime, BeforeValidator(utc_time)]
Slugs = Annotated[list[Slug], Field(max_length=20)]


class TicketFilters(Body):
    """Filters of a list. A repeated parameter matches any of its values."""

    stage: Annotated[list[Stage], Field(max_length=20)] = Field(default_factory=list)
    waiting_on: Annotated[list[WaitingOn], Field(max_length=20)] = Field(default_factory=list)
    policy: Slugs = Field(default_factory=list)
    plan: Slugs = Field(default_factory=list)
    priority: Slugs = Field(default_factory=list)
    account: Slugs = Field(default_factory=list)
    assignee: Annotated[
        list[Annotated[OneLine, AfterValidator(_assignee)]], Field(max_length=20)
    ] = Field(default_factory=list, description="Id of the assignee, `me` or `nobody`.")
    open: Annotated[list[bool], Field(max_length=20)] = Field(
        default_factory=list, description="true: open tickets; false: closed tickets."
    )
    breached: Slugs = Field(
        default_factory=list, description="Name of a clock that was breached, or `any`."
    )
    due_after: UtcTime | None = Field(
        default=None, description="Next deadline at or after this time."
    )
    due_before: UtcTime | None = Field(default=None, description="Next deadline before this time.")
    limit: Annotated[int, Field(ge=1, le=100)] = Field(default=50, description="Tickets per page.")
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        default=None, description="`next_cursor` of the previous page."
    )

    def of(self, id: str) -> Self:
        """The filters of a caller with this id, which `me` stands for; a problem if nobody with it
        can be assigned.
        """
        if ME not in self.assignee:
            return self
        if not is_findable(id):
            raise Problem(INVALID_REQUEST, f"assignee: no ticket can be assigned to the id {id!r}")
        assignees = [id if assignee == ME else assignee for assignee in self.assignee]
        return self.model_copy(update={"assignee": assignees})

    @property
    def is_about_deadlines(self) -> bool:
        """Whether tickets without a deadline are excluded."""
        return self.due_after is not None or self.due_before is not None

    @property
    def fingerprint(self) -> str:
        """A hash of the filters, the same for every page of a list."""
        filters = self.model_dump_json(exclude={"limit", "cursor"})
        return sha256(filters.encode()).hexdigest()[:12]
