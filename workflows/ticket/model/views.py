"""The views of a ticket: replies to updates, answers to queries, and the result of its workflow."""

from datetime import date, datetime

from pydantic import Field, JsonValue

from policies.coverage.verdict import Verdict
from policies.terms.model.override import OverrideTerms
from policies.terms.model.recipient import Recipient
from policies.vocabulary import (
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
from workflows.shared.action_request import ActorView
from workflows.shared.notice_view import NoticeView
from workflows.shared.payload import Payload
from workflows.ticket.model.agreement import Agreement


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
