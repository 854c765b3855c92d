"""Messages of a ticket: its opening, its events, replies to updates, and views for queries.

Actions arrive as an `ActionRequest` (`workflows/shared/action_request.py`).
"""

from datetime import date, datetime
from functools import cached_property
from typing import Annotated

from pydantic import Field, JsonValue
from pydantic_core import to_json

from policies.coverage.verdict import Verdict
from policies.schema.contract import OneLine
from policies.terms.model.override import OverrideTerms
from policies.terms.model.recipient import Recipient
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import (
    MILESTONE_PREFIX,
    Action,
    AutomaticStep,
    ClockState,
    ClosedAs,
    EventType,
    Side,
    Stage,
    Viewpoint,
    WaitingOn,
)
from workflows.shared.action_request import Actor, ActorView, Message
from workflows.shared.callers_message import CallersMessage
from workflows.shared.notice_view import NoticeView
from workflows.shared.payload import Payload
from workflows.ticket.model.agreement import Agreement
from workflows.ticket.model.fields import TicketNumber


class Opening(Payload):
    """A request as it was received, with the terms of its ticket."""

    number: TicketNumber
    received_at: datetime
    opened_by: Actor
    subject: OneLine
    description: Message
    terms: Terms
    publication: str | None = None
    request: SettlementRequest | None = None
    fingerprint: str = ""

    @cached_property
    def weight(self) -> int:
        """The bytes of the request in a payload. The terms are not the requester's."""
        return len(self.model_dump_json(exclude={"terms"}).encode())


class OpenRequest(CallersMessage):
    """The update that returns the reply to an opening. The fingerprint, if any, identifies the
    opening. The allowed actions of the reply are those of the actor, by default of the opener.
    """

    actor: Actor | None = None
    fingerprint: str | None = None


class Duplicate(Payload):
    """A ticket that was merged into another, and its requester."""

    number: TicketNumber
    requester: Recipient


class MergeNews(CallersMessage):
    """The request of a ticket to be merged into the one that receives it.

    The first of `duplicates` is the merged ticket. The others were merged into that one before.
    """

    account: str
    by: Actor
    subject: OneLine
    description: Message
    reason: str = ""
    duplicates: Annotated[tuple[Duplicate, ...], Field(min_length=1)]


class ClockView(Payload):
    """One cycle of a clock as readers see it. Times are UTC.

    `owed` is the time left of a paused clock, in seconds on its time base.
    """

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
    agreed: Agreement | None = None


class ClockMove(Payload):
    """The effect of other terms on one cycle of a clock. Without a due time it does not run."""

    name: str
    cycle: int
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    new_state: ClockState


class RevisionPreview(Payload):
    """The effect that other terms would have on a ticket: its open clocks and its coverage."""

    clocks: tuple[ClockMove, ...] = ()
    verdict: Verdict


class AssigneeView(Payload):
    """The assignee of a ticket. Id and address are empty for readers who do not see them."""

    id: str
    name: str
    email: str


class ChoiceView(Payload):
    """A possible answer to a question: the value to send, and its label."""

    value: str
    label: str


class QuestionView(Payload):
    """A question that the requester has not answered. One about a fact names it, and its type."""

    question: str
    asked_at: datetime
    fact: str | None = None
    type: str | None = None
    choices: tuple[ChoiceView, ...] | None = None


class StepView(Payload):
    """What a ticket does next by itself. For a rung, its clock, cycle and place on the ladder."""

    step: AutomaticStep
    at: datetime
    clock: str | None = None
    cycle: int | None = None
    rung: str | None = None


class MessageView(Payload):
    """One message to or from the requester, with the questions in it.

    `number` is that of the duplicate that the message came with.
    """

    seq: int
    event: EventType
    at: datetime
    by: ActorView
    side: Side
    text: str | None = None
    questions: tuple[str, ...] | None = None
    number: str | None = None
    action_id: str | None = None


class NoteView(Payload):
    """An internal note."""

    seq: int
    at: datetime
    by: ActorView
    text: str
    action_id: str | None = None


class Reply(Payload):
    """The reply to an opening or an action: the ticket after it.

    `version` counts its events. `conversation` has the messages that the action added.
    """

    number: str
    received_at: datetime
    stage: Stage
    waiting_on: WaitingOn
    closed_as: ClosedAs | None = None
    clocks: tuple[ClockView, ...] = ()
    guarantees: dict[str, str] = Field(default_factory=dict)
    next_due: datetime | None = None
    next_step: StepView | None = None
    assignee: AssigneeView | None = None
    questions: tuple[QuestionView, ...] = ()
    conversation: tuple[MessageView, ...] = ()
    version: int = 0
    allowed_actions: tuple[Action, ...] = ()
    refusal: str | None = None
    clause: str | None = None
    fingerprint: str = ""
    locale: str = "en"
    zone: str = "UTC"


QUESTION_WITHDRAWN = "question_withdrawn"
"""A name for clocks of every event that leaves no question to the requester open."""
WITHDRAWN = "withdrawn"
"""The data of a verdict that leaves open no question of the verdict before it."""
WITHDRAWING = frozenset(
    {EventType.TRIAGE_CONCLUDED, EventType.HANDED_OVER, EventType.VERDICT_OVERRIDDEN}
)

BYTES_PER_EVENT = 300
"""An upper estimate of the bytes that an event takes apart from its data."""


class Event(Payload):
    """A change of the ticket. The timeline is the list of events; clocks and notices follow it."""

    seq: int
    type: EventType
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None

    @cached_property
    def weight(self) -> int:
        """An estimate of the bytes that the event takes in a payload."""
        return BYTES_PER_EVENT + len(to_json(self.data))

    @property
    def revives(self) -> bool:
        """Whether the event revives a request that a verdict had closed."""
        return self.type is EventType.VERDICT_OVERRIDDEN and "closed_as" in self.data

    @property
    def withdraws_question(self) -> bool:
        """Whether a question that was open needs no answer any more."""
        return self.type in WITHDRAWING or WITHDRAWN in self.data

    @property
    def counts_as(self) -> tuple[str, ...]:
        """Its names for clocks: to them, a revived request was opened again, and a question may be
        withdrawn.
        """
        withdrawn = (QUESTION_WITHDRAWN,) if self.withdraws_question else ()
        opened = (EventType.OPENED,) if self.revives else ()
        return (*self.names, *withdrawn, *opened)

    @property
    def stated_facts(self) -> dict[str, JsonValue]:
        """The facts that it states about the request."""
        facts = self.data.get("facts")
        return facts if isinstance(facts, dict) else {}

    @property
    def names(self) -> tuple[str, ...]:
        """Its type, and the milestone that it records, or that it changed the priority."""
        if self.type is EventType.MILESTONE_RECORDED:
            return self.type, f"{MILESTONE_PREFIX}{self.data['milestone']}"
        if self.type is EventType.RECLASSIFIED and "to" in self.data:
            return self.type, EventType.PRIORITY_CHANGED
        return (self.type,)


class EventView(Payload):
    """An event as readers see it: its data without what they do not see."""

    seq: int
    type: EventType
    at: datetime
    by: ActorView
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None


class ChecklistView(Payload):
    """A standard troubleshooting step of the policy, and whether it has a finding."""

    id: str
    does: str
    done: bool


class ForecastView(Payload):
    """The forecast last shared: the date by which work begins, and its basis."""

    begins_by: date
    proposed: date
    revision: int
    priorities: dict[Viewpoint, str]
    reason: str | None = None
    lapsed: bool = False


class OverrideView(Payload):
    """The override of a verdict: by whom, when and why. `closed_as` and `clause` are from the
    verdict.
    """

    by: str
    at: datetime
    reason: str
    closed_as: ClosedAs | None = None
    clause: str | None = None


class ContactView(Payload):
    """A contact that a closed ticket refers its requester to."""

    audience: str
    name: str
    email: str


class TicketView(Reply):
    """Everything about a ticket that readers see, with its whole conversation."""

    subject: str
    description: str = ""
    account: str
    policy: str
    revision: date
    requester: str
    contact: Recipient | None = None
    """The requester, with the address, zone and locale of notices."""
    publication: str | None = None
    channel: str | None = None
    plan: str | None = None
    kind: str | None = None
    priority: str | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    notes: tuple[NoteView, ...] = ()
    agreed_intervals: dict[str, Agreement] = Field(default_factory=dict)
    forecast: ForecastView | None = None
    checklist: tuple[ChecklistView, ...] = ()
    verdict: Verdict | None = None
    overridden: OverrideView | None = None
    contest_until: datetime | None = None
    turn_to: ContactView | None = None
    level: int = 0
    merged_into: str | None = None
    duplicates: tuple[str, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    overrides: tuple[OverrideTerms, ...] = ()
    stopped: bool | None = None
    """True if the workflow was ended in Temporal while the ticket was open. Only the client sets
    it, because a workflow does not learn of it.
    """


class Summary(Payload):
    """The result of a ticket workflow. Readers of closed tickets get `record`, in `format`."""

    number: str
    closed_as: ClosedAs | None
    closed_at: datetime | None
    clocks: tuple[ClockView, ...] = ()
    undeliverable: tuple[str, ...] = ()
    format: str = ""
    record: str = ""
