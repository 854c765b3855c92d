"""A ticket that is replayed: its recorded events come in, and its clocks follow them.

Clocks, pauses, recounts and breaches are those of the live ticket (`workflows/ticket`). What a
breach causes besides, such as a raised level, is an event of the record like any other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from policies.business_time.durations import parse_duration
from policies.terms.model.recipient import Recipient
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Action, EventType
from proof.replay import standing
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.agreement import AgreeDueTime
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.ticket_clocks import DueRung
from workflows.ticket.model.agreement import Consent
from workflows.ticket.model.events import Event
from workflows.ticket.model.opening import Opening
from workflows.ticket.notices.outbox import Outbox
from workflows.ticket.process.clocked_ticket import ClockedTicket
from workflows.ticket.process.lateness import late_cycles
from workflows.ticket.state.revisions import change_terms
from workflows.ticket.state.ticket_state import TicketState

UNFOLLOWED = frozenset({EventType.TICKET_IDLE})
"""Events that are only recorded: no clock follows them."""
_NOBODY = Recipient(name="Requester", email="requester@desk.invalid")
_UNSTATED = "-"


class _NoOutbox(Outbox):
    """Nobody is notified of a replay."""

    def announce(self, events: Sequence[Event]) -> None:
        """Does nothing."""

    def enqueue(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """Does nothing."""


class ReplayedTicket(ClockedTicket):
    """A ticket under terms that come with it, in the order in which it was under them."""

    def __init__(
        self,
        opened: Event,
        number: str,
        terms: Sequence[Terms],
        stated_facts: Mapping[str, JsonValue],
        *,
        settles_late: bool,
    ) -> None:
        """`terms` are those at the opening, or those settled late, then those of each revision.
        `stated_facts` are those of the request, as far as promises depend on them.
        """
        self._settled, *later = terms
        self._later = list(later)
        self.deadlines: list[Event] = []
        """The events of the breaches, and of the reminders that ended, that follow."""
        at_first = _without_clocks(self._settled) if settles_late else self._settled
        request = SettlementRequest(
            account=at_first.account,
            ticket={"facts": dict(stated_facts)},
            received_at=opened.at,
        )
        opening = Opening(
            number=number,
            received_at=opened.at,
            opened_by=opened.by,
            subject=_UNSTATED,
            description=_UNSTATED,
            terms=_with_requester(at_first),
            request=request,
        )
        super().__init__(TicketState(opening=opening, priority=at_first.priority))

    def restore(self, state: TicketState) -> None:
        """Sets the state, as of a live ticket."""
        super().restore(state)
        self.outbox = _NoOutbox(state)

    def fire_rung(self, due_rung: DueRung) -> None:
        """The deadline of a clock passes. What follows from that besides is on the record."""
        event = self._reach(due_rung)
        self.deadlines.append(event)

    def pass_deadlines(self, until: datetime, *, inclusive: bool = False) -> None:
        """Performs the deadlines before this time, or at it as well.

        After one that ends the ticket, the record has its end next.
        """
        while (due := self._next_deadline()) is not None:
            if due.at > until or (due.at == until and not inclusive):
                return
            self.fire_rung(due)
            if self.state.terms.clock(due.clock.name).on_expiry is not None:
                return

    def pass_deadline(self, clock: str, at: datetime) -> None:
        """Performs the deadline of this clock, if it is due by this time."""
        for due in list(self.clocks.next_due_rungs()):
            if due.clock.name == clock and due.at <= at:
                self.fire_rung(due)

    def take(self, events: Sequence[Event]) -> None:
        """Takes the events of one change of the record."""
        at, state = events[0].at, self.state
        if all(event.type in UNFOLLOWED for event in events):
            state.events.extend(events)
            return
        values, terms, clocks = self._values, state.terms, state.clocks
        late = late_cycles(state)
        for event in events:
            self._apply_event(event, at)
        has_new_terms = state.terms is not terms
        if has_new_terms or state.clocks is not clocks:
            self.restore(state)
        state.events.extend(events)
        recounts = self._values != values and not has_new_terms
        self._follow(events, at, recounts=recounts, late=late)
        while (due := self.clocks.overtaken(at)) is not None:
            self.fire_rung(due)

    def _next_deadline(self) -> DueRung | None:
        return min(self.clocks.next_due_rungs(), key=lambda due: due.at, default=None)

    def _apply_event(self, event: Event, at: datetime) -> None:
        match event.type:
            case EventType.TERMS_SETTLED:
                self._count_under(_with_requester(self._settled), list(self.state.events))
            case EventType.REVISION_CHANGED if self._later:
                change_terms(self.state, _with_requester(self._later.pop(0)), at)
            case EventType.DUE_TIME_AGREED:
                self._agree(event, at)
            case _:
                standing.apply(self.state, event)

    def _agree(self, event: Event, at: datetime) -> None:
        data = event.data
        every, due_at = data.get("every"), data.get("due_at")
        content = AgreeDueTime(
            clock=str(data["clock"]),
            every=parse_duration(str(every)) if every else None,
            due_at=datetime.fromisoformat(str(due_at)) if due_at and not every else None,
            from_now=bool(every and due_at),
            reason=_UNSTATED,
            consent=Consent.model_validate(data["consent"]) if data.get("consent") else None,
        )
        request = ActionRequest[AgreeDueTime](
            id=event.action_id or _UNSTATED, actor=event.by, content=content
        )
        ACTIONS[Action.AGREE_DUE_TIME].effect(self.state, request, at)


def is_deadline(event: Event) -> bool:
    """Whether an event records that the deadline of a clock has passed."""
    return event.data.get("rung") == BREACH and "clock" in event.data


def _with_requester(terms: Terms) -> Terms:
    return terms.model_copy(update={"contacts": {"requester": _NOBODY}})


def _without_clocks(terms: Terms) -> Terms:
    """Terms as they are while the contract cannot be read."""
    return terms.model_copy(
        update={"clocks": (), "calendars": {}, "support_hours": None, "is_settled": False}
    )
