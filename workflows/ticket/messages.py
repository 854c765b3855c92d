"""What goes in and out of a ticket: the opening, one content model per action, the replies.

An action travels as an `Act`: its id (the update id), who acts, and the content. The same id
is one action however often it arrives; `fingerprint` tells a repetition from a different
action under a used id.
"""

import hashlib
from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SerializeAsAny, StringConstraints

from policies.contract import EmailAddress, OneLine, Slug
from policies.settlement_request import SettlementRequest
from policies.terms import OverrideTerms, Terms
from policies.verdicts import Verdict
from policies.vocabulary import (
    Action,
    ClockState,
    ClosedAs,
    EventType,
    NoticeStatus,
    Outcome,
    Role,
    Stage,
    Viewpoint,
    WaitingOn,
)

LONGEST_TEXT = 20_000
"""Characters in one message; the longest thing a person says in one action."""

Message = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, strip_whitespace=True)
]
Note = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, strip_whitespace=True)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Questions = Annotated[tuple[Question, ...], Field(max_length=20)]
ActionId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
TicketNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$")]


class Payload(BaseModel):
    """Anything recorded in a history: frozen, and tolerant of fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Actor(Payload):
    """Who acts: an id of the desk's own, a role, and a name to show."""

    id: OneLine
    role: Role
    name: OneLine | None = None

    @property
    def shown(self) -> str:
        """The name people are shown."""
        return self.name or self.id


SYSTEM = Actor(id="durable-desk", role=Role.SYSTEM, name="Durable Desk")


class Content(Payload):
    """What an action says, apart from who says it. One subclass for each action."""


class Acknowledge(Content):
    """The desk has seen the request. Stops the `acknowledgement` clock."""


class Assignee(Payload):
    """The person a ticket is assigned to."""

    id: OneLine
    name: OneLine
    email: EmailAddress


class Assign(Content):
    """Names the assignee; without one, the ticket is left unassigned where that is allowed."""

    assignee: Assignee | None = None


class Respond(Content):
    """The first response: a message and what it consists of. Stops `first_response`."""

    message: Message
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=3)]
    questions: Questions = ()


class RequestInformation(Content):
    """Asks the requester; the ticket waits on them meanwhile."""

    message: Message
    questions: Questions = ()


class ProvideInformation(Content):
    """Answers what was asked, or adds to what is known; `facts` are what coverage asked for."""

    message: Message
    facts: Annotated[dict[Slug, JsonValue], Field(max_length=50)] = Field(default_factory=dict)


class PostUpdate(Content):
    """Tells the requester about progress. Stops `next_update`."""

    message: Message


class Escalate(Content):
    """Moves the ticket to triage; requester and account manager are told."""

    reason: Message


class RecordFinding(Content):
    """One troubleshooting step and its result: a step of the checklist, or of the agent's own."""

    step: OneLine
    result: Message


class ConcludeTriage(Content):
    """Ends triage. `undelivered` says why it may end although an escalation notice has not
    been delivered (contently/escalation-update).
    """

    resolved: bool
    conclusion: Message
    undelivered: Note | None = None


class HandOver(Content):
    """Gives engineering what was gathered, before the following week opens."""

    note: Note = ""


class RecordReview(Content):
    """One viewpoint's priority for the request."""

    viewpoint: Viewpoint
    priority: Slug
    note: Note = ""


class ShareForecast(Content):
    """When engineering will begin. Without a date, the one the policy's table proposes; another
    date needs a reason.
    """

    begins_by: date | None = None
    reason: Message | None = None
    message: Note = ""


class StartEngineering(Content):
    """Work has begun."""

    note: Note = ""


class ScheduleRelease(Content):
    """The fix goes out in a scheduled release."""

    release: OneLine
    goes_out_on: date | None = None
    note: Note = ""


class Reclassify(Content):
    """Gives another priority; running clocks re-aim and keep their past."""

    priority: Slug
    reason: Message


class RaiseLevel(Content):
    """Takes the ticket to the next level of management; each level is told once, in order."""

    reason: Message


class OverrideVerdict(Content):
    """Takes a request as covered, whatever the facts say so far, for a reason on the record."""

    reason: Message


class ChangeRevision(Content):
    """Puts the ticket under other terms of its policy: another revision, or the contract as it is
    now. Open clocks are aimed anew and keep their past.
    """

    terms: Terms
    reason: Message


class Resolve(Content):
    """The issue is resolved."""

    resolution: Message


class Reopen(Content):
    """The issue is not resolved after all."""

    reason: Message


class Close(Content):
    """Ends the ticket. `not_covered` names the clause that it rests on."""

    closed_as: ClosedAs = ClosedAs.RESOLVED
    reason: Note = ""
    clause: str | None = None


class Withdraw(Content):
    """The requester no longer needs an answer."""

    reason: Note = ""


class Merge(Content):
    """The same request as another ticket, which goes on."""

    into: TicketNumber
    reason: Note = ""


CONTENTS: dict[Action, type[Content]] = {
    Action.ACKNOWLEDGE: Acknowledge,
    Action.ASSIGN: Assign,
    Action.RESPOND: Respond,
    Action.REQUEST_INFORMATION: RequestInformation,
    Action.PROVIDE_INFORMATION: ProvideInformation,
    Action.POST_UPDATE: PostUpdate,
    Action.ESCALATE: Escalate,
    Action.RECORD_FINDING: RecordFinding,
    Action.CONCLUDE_TRIAGE: ConcludeTriage,
    Action.HAND_OVER: HandOver,
    Action.RECORD_REVIEW: RecordReview,
    Action.SHARE_FORECAST: ShareForecast,
    Action.START_ENGINEERING: StartEngineering,
    Action.SCHEDULE_RELEASE: ScheduleRelease,
    Action.RECLASSIFY: Reclassify,
    Action.RAISE_LEVEL: RaiseLevel,
    Action.OVERRIDE_VERDICT: OverrideVerdict,
    Action.CHANGE_REVISION: ChangeRevision,
    Action.RESOLVE: Resolve,
    Action.REOPEN: Reopen,
    Action.CLOSE: Close,
    Action.WITHDRAW: Withdraw,
    Action.MERGE: Merge,
}

AnyContent_co = TypeVar("AnyContent_co", bound=Content, covariant=True)


class Act(Payload, Generic[AnyContent_co]):
    """One action of one person on one ticket."""

    id: ActionId
    actor: Actor
    content: SerializeAsAny[AnyContent_co]

    @property
    def fingerprint(self) -> str:
        """The same for the same action by the same person, whatever its id."""
        # Without defaults, so that a field that newer code adds changes no fingerprint.
        content = self.content.model_dump_json(exclude_defaults=True)
        return fingerprint(f"{type(self.content).__name__} {self.actor.id} {content}")


def fingerprint(text: str) -> str:
    """A short hash that tells equal requests from different ones."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Opening(Payload):
    """A request as it was received, with the terms it was opened under."""

    number: TicketNumber
    received_at: datetime
    opened_by: Actor
    subject: OneLine
    description: Message
    terms: Terms
    publication: str | None = None
    request: SettlementRequest | None = None
    fingerprint: str = ""


class OpenRequest(Payload):
    """Asks for the answer to an opening; the fingerprint tells it from another one."""

    actor: Actor
    fingerprint: str


class ClockView(Payload):
    """One cycle of a clock as others see it. Instants are UTC; `owed` is open time, in seconds."""

    name: str
    cycle: int
    state: ClockState
    clause: str
    promised: bool
    target: str
    started_at: datetime
    due_at: datetime | None = None
    owed: float | None = None
    paused_at: datetime | None = None
    breached_at: datetime | None = None
    completed_at: datetime | None = None


class ClockMove(Payload):
    """What other terms do to one cycle of a clock. It has no due time while it does not run."""

    name: str
    cycle: int
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    new_state: ClockState


class Reply(Payload):
    """The answer to an opening or an action: where the ticket stands now."""

    number: str
    received_at: datetime
    stage: Stage
    waiting_on: WaitingOn
    closed_as: ClosedAs | None = None
    clocks: tuple[ClockView, ...] = ()
    guarantees: dict[str, str] = Field(default_factory=dict)
    next_due: datetime | None = None
    allowed_actions: tuple[Action, ...] = ()
    refusal: str | None = None
    clause: str | None = None
    fingerprint: str = ""


class Event(Payload):
    """What became true: the timeline is a list of these, and everything else follows from it."""

    seq: int
    type: EventType
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None


class NoticeView(Payload):
    """A notice that was sent, or is owed to somebody."""

    key: str
    template: str
    audience: str
    to: str
    status: NoticeStatus
    at: datetime
    error: str | None = None


class ChecklistView(Payload):
    """A standard troubleshooting step of the policy, and whether a finding names it."""

    id: str
    does: str
    done: bool


class ForecastView(Payload):
    """The forecast last shared: the date by which work begins, and what it rests on."""

    begins_by: date
    proposed: date
    revision: int
    priorities: dict[Viewpoint, str]
    reason: str | None = None
    lapsed: bool = False


class TicketView(Reply):
    """Everything about a ticket that a reader may want."""

    subject: str
    account: str
    policy: str
    revision: date
    requester: str
    plan: str | None = None
    kind: str | None = None
    priority: str | None = None
    assignee: Assignee | None = None
    forecast: ForecastView | None = None
    checklist: tuple[ChecklistView, ...] = ()
    verdict: Verdict | None = None
    level: int = 0
    merged_into: str | None = None
    notices: tuple[NoticeView, ...] = ()
    zone: str = "UTC"
    overrides: tuple[OverrideTerms, ...] = ()


class Summary(Payload):
    """What is left of a ticket when its workflow ends."""

    number: str
    closed_as: ClosedAs | None
    closed_at: datetime | None
    clocks: tuple[ClockView, ...] = ()
    undeliverable: tuple[str, ...] = ()
