"""A ticket for tests, without a server: the core that the workflow runs."""

from datetime import datetime
from itertools import count
from typing import Any

from policies.vocabulary import Action, EventType
from tests.harness import AGENT, ENGINEERING, PRODUCT, new_york, opening
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.model.events import Event
from workflows.ticket.model.opening import Opening
from workflows.ticket.process.duties import DutySchedule, duties
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.record_size import LARGEST_RECORD
from workflows.ticket.state.ticket_state import TicketState

ASK: dict[str, Any] = {"message": "Please tell us more.", "questions": ["Which browser?"]}
WEDNESDAY = "2027-01-06 14:00"


class TicketDriver:
    """Drives one ticket through actions and New York time. Due duties are performed on the way, by
    one schedule, as in the workflow.
    """

    def __init__(self, received: str = WEDNESDAY, *, opened: Opening | None = None, **facts: Any):
        self.now = opened.received_at if opened else new_york(received)
        self.ticket = Ticket.open(opened or opening(self.now, **facts))
        self._schedule = DutySchedule(self.ticket)
        self._ids = count(1)

    @property
    def state(self) -> TicketState:
        return self.ticket.state

    @property
    def number(self) -> str:
        return self.state.opening.number

    def until(self, text: str) -> "TicketDriver":
        return self.until_instant(new_york(text))

    def until_instant(self, at: datetime) -> "TicketDriver":
        assert at >= self.now
        self.now = at
        self._schedule.catch_up(at)
        return self

    def act(
        self, action: Action, actor: Actor = AGENT, *, id: str | None = None, **inputs: Any
    ) -> "TicketDriver":
        act_id = id or f"{action}-{next(self._ids)}"
        act = ActionRequest[ActionInput](
            id=act_id, actor=actor, content=ACTIONS[action].input(**inputs)
        )
        at = self.ticket.stands_at(act, self.now)
        self._schedule.catch_up_before(at)
        self.ticket.check(action, act, at)
        self.ticket.act(action, act, at)
        return self

    def fill(self) -> "TicketDriver":
        """Fills the record of the ticket to its limit."""
        last = self.state.events[-1]
        much = last.model_copy(update={"data": {**last.data, "note": "x" * LARGEST_RECORD}})
        self.state.events[-1] = much
        return self

    def clock(self, name: str) -> Clock:
        clock = self.ticket.clocks.latest(name)
        assert clock is not None, f"no clock {name}"
        return clock

    def events(self, *types: EventType) -> list[Event]:
        return [e for e in self.state.events if not types or e.type in types]

    def notices(self, template: str | None = None) -> list[NoticeRecord]:
        return [n for n in self.state.notices if template in (None, n.template)]

    def audiences(self, template: str) -> list[str]:
        return [n.audience for n in self.notices(template)]

    def deliver_all(self) -> "TicketDriver":
        for record in list(self.ticket.outbox.pending()):
            self.ticket.outbox.sent(record.key, f"<{record.key}@desk.example>")
        return self

    def next_duty(self) -> str | None:
        return next((duty.key for duty in duties(self.ticket)), None)

    def carried(self) -> "TicketDriver":
        """The ticket after its state was serialized and read again."""
        copy = TicketDriver.__new__(TicketDriver)
        copy.now, copy._ids = self.now, self._ids
        copy.ticket = Ticket(TicketState.model_validate_json(self.state.model_dump_json()))
        copy._schedule = DutySchedule(copy.ticket)
        return copy


def escalated() -> TicketDriver:
    """In triage since Thursday 11:00, its notices delivered."""
    driver = TicketDriver().until("2027-01-07 11:00")
    driver.act(Action.RESPOND, message="We look deeper.", outcomes=["escalation"])
    return driver.deliver_all()


def awaiting_handoff() -> TicketDriver:
    """Triage ended on Friday 10:00 without a resolution."""
    driver = escalated().until("2027-01-08 10:00")
    return driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )


def handed_over() -> TicketDriver:
    """Handed over to engineering when the following week opened."""
    return awaiting_handoff().until("2027-01-11 09:00")


def reviewed(engineering: str = "high", product: str = "medium") -> TicketDriver:
    """Both viewpoints have given their priority on Tuesday 12:00."""
    driver = handed_over().until("2027-01-12 12:00")
    driver.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority=engineering)
    return driver.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority=product)


def forecast_shared() -> TicketDriver:
    """The proposed forecast was shared on Tuesday 12:00."""
    return reviewed().act(Action.SHARE_FORECAST)


def resolved() -> TicketDriver:
    """Resolved by the first response, on Thursday 11:00."""
    driver = TicketDriver().until("2027-01-07 11:00")
    return driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
