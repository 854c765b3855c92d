"""What callers send and are sent. Wire models: strict in what they take, and apart from the
payloads of workflows, so that either can change without the other.
"""

from datetime import date, datetime
from typing import Annotated, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)

from api.http.body import Body
from api.http.models import ActorDocument, NoticeDocument
from policies.business_time.zones import find_zone
from policies.schema.contract import EmailAddress, OneLine, Slug, one_line
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Stage, Viewpoint, WaitingOn
from workflows.shared.action_request import Message
from workflows.ticket.model.messages import ClockView, Event, Reply, TicketView


def _known_zone(name: str) -> str:
    find_zone(name)
    return name


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Subject = Annotated[OneLine, BeforeValidator(_stripped)]
Mailbox = Annotated[EmailAddress, AfterValidator(one_line)]
ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}$")]
Integer = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Number = Annotated[float, Field(strict=True, gt=-(2.0**63), lt=2.0**63)]
Fact: TypeAlias = (
    Annotated[bool, Field(strict=True)]
    | Integer
    | Number
    | Annotated[str, StringConstraints(max_length=2_000)]
)


class Requester(Body):
    """Who asks for support, and how to write to them."""

    name: OneLine = Field(examples=["Mia Harbour"])
    email: Mailbox = Field(examples=["mia@harbour-media.example"])
    zone: ZoneName | None = Field(
        default=None, description="IANA zone of their local times.", examples=["America/New_York"]
    )
    locale: Locale | None = Field(
        default=None, description="Language to write in.", examples=["en"]
    )


class OpenTicket(Body):
    """A request for support, as a person or a program hands it in."""

    account: Slug = Field(
        description="The account whose contract applies.", examples=["harbour-media"]
    )
    requester: Requester
    subject: Subject = Field(
        description="One line that names the trouble.", examples=["The editor stays blank"]
    )
    description: Message = Field(examples=["Since this morning the editor opens without any text."])
    channel: Slug = Field(
        description="How the request came in; the policy says which channels count.",
        examples=["email"],
    )
    kind: Slug | None = Field(default=None, description="One of the policy's kinds of issue.")
    priority: Slug | None = Field(default=None, description="One of the policy's priorities.")
    publication: Slug | None = Field(
        default=None, description="The publication of the account that it is about."
    )
    facts: Annotated[dict[Slug, Fact], Field(max_length=50)] = Field(
        default_factory=dict,
        description="What is known of the issue already; coverage rules ask for these.",
        examples=[{"cause": "platform"}],
    )


class Clock(BaseModel):
    """One promise running. `due_local` is the same instant as `due_at`, in the ticket's zone."""

    name: str = Field(examples=["first_response"])
    cycle: int = Field(description="A re-opened ticket may start a new one.", examples=[1])
    state: ClockState
    clause: str = Field(description="The clause it follows from.", examples=["first-response"])
    promised: bool = Field(description="False for targets of the desk's own.")
    target: str = Field(examples=["2 business days"])
    started_at: datetime
    due_at: datetime | None = None
    due_local: datetime | None = None
    owed_seconds: float | None = Field(
        default=None, description="Open time still owed, while the clock is paused."
    )
    paused_at: datetime | None = None
    breached_at: datetime | None = None
    completed_at: datetime | None = None

    @classmethod
    def of(cls, view: ClockView, zone: str) -> Self:
        """The clock as it is sent."""
        local = _local(view.due_at, zone) if view.due_at else None
        return cls(**view.model_dump(exclude={"owed"}), owed_seconds=view.owed, due_local=local)


def _local(at: datetime, zone: str) -> datetime:
    # The zone was checked when the ticket was opened; this machine may know fewer of them.
    try:
        return at.astimezone(find_zone(zone))
    except ValueError:
        return at


class Standing(BaseModel):
    """Where a ticket stands."""

    number: str = Field(examples=["7K2M-0QXW-9HTE"])
    stage: Stage
    waiting_on: WaitingOn
    closed_as: ClosedAs | None = None
    clocks: tuple[Clock, ...] = ()
    guarantees: dict[str, str] = Field(
        default_factory=dict,
        description="What the policy says where it promises no time, by clock.",
    )
    next_due: datetime | None = Field(default=None, description="The earliest deadline running.")
    allowed_actions: tuple[Action, ...] = Field(
        default=(), description="What the caller can do on the ticket as it stands."
    )
    zone: str = Field(description="The zone of `due_local`.", examples=["America/New_York"])


def _standing(reply: Reply) -> dict[str, object]:
    shared = Standing.model_fields.keys() - {"clocks"}
    clocks = tuple(Clock.of(clock, reply.zone) for clock in reply.clocks)
    return {name: getattr(reply, name) for name in shared} | {"clocks": clocks}


class TicketOpened(Standing):
    """The answer to an opening. A request that is not eligible is a ticket too, closed at once;
    `refusal` then says why, and `clause` what that rests on.
    """

    refusal: str | None = None
    clause: str | None = None

    @classmethod
    def of(cls, reply: Reply) -> Self:
        """The answer as it is sent."""
        known = {"refusal": reply.refusal, "clause": reply.clause}
        return cls.model_validate(_standing(reply) | known)


class ActionTaken(Standing):
    """The answer to an action: where it led."""

    action_id: str = Field(
        description="The id of the action: the Idempotency-Key, or one made for it.",
        examples=["reply-1"],
    )

    @classmethod
    def of(cls, reply: Reply, action_id: str) -> Self:
        """The answer as it is sent."""
        return cls.model_validate(_standing(reply) | {"action_id": action_id})


class AssigneeDocument(BaseModel):
    """The person a ticket is assigned to."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    email: str


class ForecastDocument(BaseModel):
    """The forecast last shared: the date by which work begins, and what it rests on."""

    model_config = ConfigDict(from_attributes=True)

    begins_by: date
    proposed: date
    revision: int
    priorities: dict[Viewpoint, str]
    reason: str | None = None
    lapsed: bool = False


class OverrideDocument(BaseModel):
    """A value that the account's contract has in the place of the policy's."""

    model_config = ConfigDict(from_attributes=True)

    path: str = Field(examples=["clocks.first_response.within"])
    policy: JsonValue = Field(description="What the policy says.", examples=["2 business days"])
    contract: JsonValue = Field(description="What holds here.", examples=["1 business day"])
    clause: str = Field(description="The clause that it touches.", examples=["first-response"])


class OverriddenDocument(BaseModel):
    """The verdict that somebody overrode: who, when and why, and as what it had closed a ticket."""

    model_config = ConfigDict(from_attributes=True)

    by: str
    at: datetime
    reason: str
    closed_as: ClosedAs | None = None
    clause: str | None = None


class ContactDocument(BaseModel):
    """Somebody to turn to."""

    model_config = ConfigDict(from_attributes=True)

    audience: str = Field(examples=["sales"])
    name: str
    email: str


class TicketDocument(TicketOpened):
    """Everything about a ticket, with every cycle of its clocks."""

    subject: str
    account: str
    policy: str
    revision: date = Field(description="The revision of the policy that the ticket keeps.")
    received_at: datetime
    requester: str
    plan: str | None = None
    kind: str | None = None
    priority: str | None = None
    assignee: AssigneeDocument | None = None
    forecast: ForecastDocument | None = None
    overridden: OverriddenDocument | None = Field(
        default=None, description="The request is covered because an agent says so."
    )
    contest_until: datetime | None = Field(
        default=None, description="Until when the verdict that closed it can be overridden."
    )
    turn_to: ContactDocument | None = Field(
        default=None, description="Who is there for the request instead."
    )
    merged_into: str | None = None
    duplicates: tuple[str, ...] = Field(
        default=(), description="Tickets merged into it, whose requesters hear its news."
    )
    notices: tuple[NoticeDocument, ...] = ()
    overrides: tuple[OverrideDocument, ...] = Field(
        default=(), description="Where the account's contract prevails over the policy."
    )

    @classmethod
    def showing(cls, view: TicketView) -> Self:
        """The ticket as it was read."""
        known = {name: getattr(view, name) for name in cls.model_fields if hasattr(view, name)}
        return cls.model_validate(known | _standing(view), from_attributes=True)


class EventDocument(BaseModel):
    """What became true."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    type: EventType
    at: datetime
    by: ActorDocument
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None


class Timeline(BaseModel):
    """Every event of a ticket, oldest first."""

    number: str
    events: tuple[EventDocument, ...]

    @classmethod
    def of(cls, number: str, events: list[Event]) -> Self:
        """The timeline as it is sent."""
        return cls(number=number, events=tuple(map(EventDocument.model_validate, events)))
