"""Response models of tickets. They are separate from the payloads of workflows, so that either can
change without the other.
"""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.http.action_ids import ShownId, shown
from api.http.models import AuthorDocument, NoticeDocument, OrAbsent
from api.tickets.conversation_models import MessageDocument, NoteDocument
from api.tickets.standing import AgreementDocument, Standing, standing_of
from policies.vocabulary import ClosedAs, EventType, Viewpoint
from workflows.ticket.model.views import EventView, Reply, TicketView


class TicketOpened(Standing):
    """The response to an opening. A request that is not eligible becomes a ticket that is closed at
    once, with the reason in `refusal` and its clause in `clause`.
    """

    refusal: str | None = None
    clause: str | None = None

    @classmethod
    def from_reply(cls, reply: Reply) -> Self:
        """Converts the reply of the workflow."""
        refusal = {"refusal": reply.refusal, "clause": reply.clause}
        return cls.model_validate(standing_of(reply) | refusal, from_attributes=True)


class ActionTaken(Standing):
    """The response to an action, with the new state of the ticket."""

    action_id: str = Field(
        description="Id of the action: the Idempotency-Key, or a generated id.",
        examples=["reply-1"],
    )
    conversation: tuple[MessageDocument, ...] = Field(
        default=(), description="The messages that the action added to the conversation."
    )

    @classmethod
    def from_reply(cls, reply: Reply, action_id: str) -> Self:
        """Converts the reply of the workflow."""
        own = {"action_id": shown(action_id), "conversation": reply.conversation}
        return cls.model_validate(standing_of(reply) | own, from_attributes=True)


class RequesterDocument(BaseModel):
    """The requester, with the zone and language of the e-mails to them."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["Mia Harbour"])
    email: str | None = Field(default=None, examples=["mia@harbour-media.example"])
    zone: str | None = Field(default=None, examples=["America/New_York"])
    locale: str | None = Field(default=None, examples=["en"])


class ForecastDocument(BaseModel):
    """The latest forecast: the date by which work begins, and its basis."""

    model_config = ConfigDict(from_attributes=True)

    begins_by: date
    proposed: date
    revision: int
    priorities: dict[Viewpoint, str]
    reason: str | None = None
    lapsed: bool = False


class OverrideDocument(BaseModel):
    """A value of the policy that the contract of the account replaces."""

    model_config = ConfigDict(from_attributes=True)

    path: str = Field(examples=["clocks.first_response.within"])
    policy: JsonValue = Field(description="Value in the policy.", examples=["2 business days"])
    contract: JsonValue = Field(
        description="Value in the contract, which applies.", examples=["1 business day"]
    )
    clause: str = Field(description="Clause of the policy concerned.", examples=["first-response"])


class OverriddenDocument(BaseModel):
    """The override of a coverage decision, and how that decision had closed the ticket."""

    model_config = ConfigDict(from_attributes=True)

    by: OrAbsent = Field(default=None, description="Agent, for staff.", examples=["Ada Agent"])
    at: datetime
    reason: OrAbsent = Field(default=None, description="Reason of the agent, for staff.")
    closed_as: ClosedAs | None = None
    clause: str | None = None


class ContactDocument(BaseModel):
    """A contact outside support."""

    model_config = ConfigDict(from_attributes=True)

    audience: str = Field(examples=["sales"])
    name: str
    email: str


class TicketDocument(TicketOpened):
    """A ticket, with its conversation and all cycles of its clocks."""

    subject: str
    description: str
    account: str
    policy: str
    revision: date = Field(description="Revision of the policy that the ticket is under.")
    received_at: datetime
    requester: RequesterDocument
    publication: str | None = None
    channel: str | None = Field(default=None, examples=["email"])
    plan: str | None = None
    kind: str | None = None
    priority: str | None = None
    facts: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="Facts that were stated, and those on which promises of the policy depend.",
        examples=[{"place": "london"}],
    )
    conversation: tuple[MessageDocument, ...] = Field(
        default=(), description="The messages of both sides, oldest first, each once."
    )
    notes: tuple[NoteDocument, ...] = Field(
        default=(), description="Internal notes. Requesters and services get none."
    )
    agreed_intervals: dict[str, AgreementDocument] = Field(
        default_factory=dict, description="Intervals that were agreed for this ticket, by clock."
    )
    forecast: ForecastDocument | None = None
    overridden: OverriddenDocument | None = Field(
        default=None,
        description="Set if an agent overrode the decision that the request is not covered.",
    )
    contest_until: datetime | None = Field(
        default=None,
        description="End of the period in which the coverage decision can be overridden.",
    )
    turn_to: ContactDocument | None = Field(
        default=None, description="Contact for the request, if support does not cover it."
    )
    merged_into: str | None = None
    duplicates: tuple[str, ...] = Field(
        default=(),
        description="Tickets merged into this one; their requesters are notified as well.",
    )
    notices: tuple[NoticeDocument, ...] = ()
    overrides: tuple[OverrideDocument, ...] = Field(
        default=(), description="Values of the policy that the contract replaces."
    )
    stopped: bool | None = Field(
        default=None,
        description="True if the workflow of the open ticket was ended in Temporal: no clock runs, "
        "and no action is possible until an operator resets it.",
    )

    @classmethod
    def from_view(cls, view: TicketView) -> Self:
        """Converts the view of the workflow."""
        shared = {name: getattr(view, name) for name in cls.model_fields if hasattr(view, name)}
        shared["agreed_intervals"] = {
            name: agreed.model_dump(mode="json") for name, agreed in view.agreed_intervals.items()
        }
        shared["requester"] = view.contact or RequesterDocument(name=view.requester)
        return cls.model_validate(shared | standing_of(view), from_attributes=True)


class EventDocument(BaseModel):
    """An event of a ticket."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    type: EventType
    at: datetime
    by: AuthorDocument
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: ShownId | None = None


class Timeline(BaseModel):
    """The events of a ticket, oldest first."""

    number: str
    events: tuple[EventDocument, ...]

    @classmethod
    def from_events(cls, number: str, events: list[EventView]) -> Self:
        """Converts the events of the workflow."""
        return cls(number=number, events=tuple(map(EventDocument.model_validate, events)))
