"""Models of the routes of revisions."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.http.body import Body
from api.tickets.models import ActionTaken
from policies.coverage.verdict import Decision
from policies.schema.contract import Slug
from policies.schema.fields import Date
from policies.vocabulary import ClockState, ClosedAs
from workflows.shared.action_request import Message
from workflows.ticket.model.revision_preview import ClockMove


class RevisionDocument(BaseModel):
    """One revision of a policy."""

    revision: date = Field(description="Date from which the revision applies to new requests.")
    in_force: bool = Field(description="Whether the revision applies to requests received now.")
    kept: bool = Field(description="Whether the ticket is under this revision.")


class Revisions(BaseModel):
    """The revisions of the policy of a ticket, oldest first."""

    number: str = Field(examples=["7K2M-0QXW-9HTE"])
    policy: Slug
    revision: date = Field(description="Revision that the ticket is under.")
    revisions: tuple[RevisionDocument, ...] = Field(description="Revisions in the catalog.")


class ChangeOfRevision(Body):
    """Puts a ticket under another revision of its policy."""

    revision: Date = Field(description="Date of the revision.", examples=["2027-06-01"])
    reason: Message
    confirm: StrictBool = Field(
        default=False, description="Without it, nothing changes and the response is a preview."
    )


class MovedClock(BaseModel):
    """The effect of the change on a clock. A clock that is not running has no due time."""

    name: str
    cycle: int
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    new_state: ClockState

    @classmethod
    def from_move(cls, move: ClockMove) -> Self:
        """Converts the move of the workflow."""
        return cls(**dict(move))


class VerdictDocument(BaseModel):
    """The coverage decision under the revision. A ticket that is not covered would be closed."""

    model_config = ConfigDict(from_attributes=True)

    decision: Decision
    closed_as: ClosedAs | None = None
    clauses: tuple[str, ...] = ()
    says: str = Field(default="", description="Text for the requester.")
    missing: tuple[str, ...] = Field(default=(), description="Facts that would be requested.")


class RevisionChange(BaseModel):
    """The preview of a change, or its result."""

    number: str
    revision: date = Field(description="Requested revision.")
    confirmed: bool = Field(description="Whether the ticket is now under that revision.")
    clocks: tuple[MovedClock, ...] = Field(
        default=(),
        description="In a preview: the current and the new due time of every open clock.",
    )
    verdict: VerdictDocument | None = Field(
        default=None, description="In a preview: the new coverage decision."
    )
    taken: ActionTaken | None = Field(
        default=None, description="After a confirmed change: the state of the ticket."
    )
