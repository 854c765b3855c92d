"""What goes in and out of a ticket: the opening, an action as it travels, the replies and views.

An action travels as an `Act`: its id (the update id), who acts, and its content. The same id
is one action however often it arrives; `fingerprint` tells a repetition from a different
action under a used id.
"""

from datetime import date, datetime
from functools import cached_property
from typing import Annotated

from pydantic import Field, JsonValue

from policies.coverage.verdict import Verdict
from policies.schema.contract import OneLine
from policies.terms.settlement_request import SettlementRequest
from policies.terms.ticket_terms import OverrideTerms, Recipient, Terms
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Stage, Viewpoint, WaitingOn
from workflows.shared.action_request import Actor, Message
from workflows.shared.notice_view import NoticeView
from workflows.shared.payload import Payload
from workflows.ticket.model.fields import Assignee, TicketNumber


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


class Duplicate(Payload):
    """A ticket that was merged into another, and who asked there."""

    number: TicketNumber
    requester: Recipient


class MergeNews(Payload):
    """What the ticket that goes on learns of one that was merged into it: that one first, and then
    those that had been merged into it before.
    """

    account: str
    by: Actor
    subject: OneLine
    description: Message
    reason: str = ""
    duplicates: Annotated[tuple[Duplicate, ...], Field(min_length=1)]


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


class RevisionPreview(Payload):
    """What other terms would do to a ticket: to its open clocks, and to whether it is covered."""

    clocks: tuple[ClockMove, ...] = ()
    verdict: Verdict


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
    locale: str = "en"
    zone: str = "UTC"


BYTES_PER_EVENT = 300
"""What an event takes besides what it says, with some room."""


class Event(Payload):
    """What became true: the timeline is a list of these, and everything else follows from it."""

    seq: int
    type: EventType
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None

    @cached_property
    def weight(self) -> int:
        """About how many bytes it takes when it is carried or told."""
        return BYTES_PER_EVENT + len(repr(self.data).encode())

    @property
    def takes_on(self) -> bool:
        """A request that had been turned down is taken on after all."""
        return self.type is EventType.VERDICT_OVERRIDDEN and "closed_as" in self.data

    @property
    def counts_as(self) -> tuple[EventType, ...]:
        """What clocks take it for: a request that is taken on after all comes in anew."""
        return (self.type, EventType.OPENED) if self.takes_on else (self.type,)


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


class OverrideView(Payload):
    """The verdict that somebody overrode: who, when and why, and as what it had closed a ticket."""

    by: str
    at: datetime
    reason: str
    closed_as: ClosedAs | None = None
    clause: str | None = None


class ContactView(Payload):
    """Somebody to turn to."""

    audience: str
    name: str
    email: str


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
    overridden: OverrideView | None = None
    contest_until: datetime | None = None
    turn_to: ContactView | None = None
    level: int = 0
    merged_into: str | None = None
    duplicates: tuple[str, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    overrides: tuple[OverrideTerms, ...] = ()


class Summary(Payload):
    """What is left of a ticket when its workflow ends."""

    number: str
    closed_as: ClosedAs | None
    closed_at: datetime | None
    clocks: tuple[ClockView, ...] = ()
    undeliverable: tuple[str, ...] = ()
