"""Response models of tickets. They are separate from the payloads of workflows, so that either can
change without the other.
"""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.http.action_ids import ShownId, shown
from api.http.models import ActorDocument, NoticeDocument
from policies.business_time.zones import find_zone
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Stage, Viewpoint, WaitingOn
from workflows.ticket.model.messages import ClockView, Event, Reply, TicketView


class ConsentDocument(BaseModel):
    """Who of the requester's side agreed to a later due time, when, and how."""

    by: str = Field(examples=["Mia Harbour"])
    at: datetime
    how: str = Field(examples=["by phone"])


class AgreementDocument(BaseModel):
    """A due time that was agreed for a cycle, or an interval that was agreed for a clock."""

    at: datetime = Field(description="When the agreement was recorded.")
    by: str = Field(description="Agent who recorded it.", examples=["Ada Agent"])
    reason: str
    due_at: datetime | None = None
    every: str | None = Field(default=None, examples=["4 hours"])
    consent: ConsentDocument | None = None


class Clock(BaseModel):
    """One cycle of a clock. `due_local` is `due_at` in the time zone of the ticket."""

    name: str = Field(examples=["first_response"])
    cycle: int = Field(
        description="Number of the cycle; a reopened ticket can start a new one.", examples=[1]
    )
    state: ClockState
    clause: str = Field(
        description="Clause of the policy that defines the clock.", examples=["first-response"]
    )
    promised: bool = Field(
        description="False for internal targets, which are not promised to customers."
    )
    target: str = Field(examples=["2 business days"])
    started_at: datetime
    due_at: datetime | None = None
    due_local: datetime | None = None
    owed_seconds: float | None = Field(
        default=None, description="Remaining open time of a paused clock."
    )
    paused_at: datetime | None = None
    breached_at: datetime | None = None
    completed_at: datetime | None = None
    agreed: AgreementDocument | None = Field(
        default=None, description="Set if the due time or the interval was agreed."
    )

    @classmethod
    def from_view(cls, view: ClockView, zone: str) -> Self:
        """Converts a clock; `zone` is that of the ticket."""
        local = _local(view.due_at, zone) if view.due_at else None
        return cls(
            **view.model_dump(exclude={"owed"}, mode="json"),
            owed_seconds=view.owed,
            due_local=local,
        )


def _local(at: datetime, zone: str) -> datetime:
    # Checked when the ticket was opened, but the time zone data of this machine may differ.
    try:
        return at.astimezone(find_zone(zone))
    except ValueError:
        return at


class Standing(BaseModel):
    """The state of a ticket, as part of other models."""

    number: str = Field(examples=["7K2M-0QXW-9HTE"])
    stage: Stage
    waiting_on: WaitingOn
    closed_as: ClosedAs | None = None
    clocks: tuple[Clock, ...] = ()
    guarantees: dict[str, str] = Field(
        default_factory=dict,
        description="Wording of the policy for clocks without a time target, by clock.",
    )
    next_due: datetime | None = Field(default=None, description="Earliest running deadline.")
    allowed_actions: tuple[Action, ...] = Field(
        default=(), description="Actions that the caller can take now."
    )
    zone: str = Field(description="Time zone of `due_local`.", examples=["America/New_York"])


def _standing(reply: Reply) -> dict[str, object]:
    shared = Standing.model_fields.keys() - {"clocks"}
    clocks = tuple(Clock.from_view(clock, reply.zone) for clock in reply.clocks)
    return {name: getattr(reply, name) for name in shared} | {"clocks": clocks}


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
        return cls.model_validate(_standing(reply) | refusal)


class ActionTaken(Standing):
    """The response to an action, with the new state of the ticket."""

    action_id: str = Field(
        description="Id of the action: the Idempotency-Key, or a generated id.",
        examples=["reply-1"],
    )

    @classmethod
    def from_reply(cls, reply: Reply, action_id: str) -> Self:
        """Converts the reply of the workflow."""
        return cls.model_validate(_standing(reply) | {"action_id": shown(action_id)})


class AssigneeDocument(BaseModel):
    """The assignee of a ticket."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    email: str


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

    by: str
    at: datetime
    reason: str
    closed_as: ClosedAs | None = None
    clause: str | None = None


class ContactDocument(BaseModel):
    """A contact outside support."""

    model_config = ConfigDict(from_attributes=True)

    audience: str = Field(examples=["sales"])
    name: str
    email: str


class TicketDocument(TicketOpened):
    """A ticket, with all cycles of its clocks."""

    subject: str
    account: str
    policy: str
    revision: date = Field(description="Revision of the policy that the ticket is under.")
    received_at: datetime
    requester: str
    plan: str | None = None
    kind: str | None = None
    priority: str | None = None
    facts: dict[str, str] = Field(
        default_factory=dict,
        description="Facts on which promises of the policy depend, as far as they are known.",
        examples=[{"place": "london"}],
    )
    agreed_intervals: dict[str, AgreementDocument] = Field(
        default_factory=dict, description="Intervals that were agreed for this ticket, by clock."
    )
    assignee: AssigneeDocument | None = None
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

    @classmethod
    def from_view(cls, view: TicketView) -> Self:
        """Converts the view of the workflow."""
        shared = {name: getattr(view, name) for name in cls.model_fields if hasattr(view, name)}
        shared["agreed_intervals"] = {
            name: agreed.model_dump(mode="json") for name, agreed in view.agreed_intervals.items()
        }
        return cls.model_validate(shared | _standing(view), from_attributes=True)


class EventDocument(BaseModel):
    """An event of a ticket."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    type: EventType
    at: datetime
    by: ActorDocument
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: ShownId | None = None


class Timeline(BaseModel):
    """The events of a ticket, oldest first."""

    number: str
    events: tuple[EventDocument, ...]

    @classmethod
    def from_events(cls, number: str, events: list[Event]) -> Self:
        """Converts the events of the workflow."""
        return cls(number=number, events=tuple(map(EventDocument.model_validate, events)))
