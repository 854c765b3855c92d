"""A live ticket that writes a log: what a log can tell of each of its changes, as a row."""

from datetime import datetime
from typing import Any

from backtest.log.ticket import Row
from policies.vocabulary import EventType, PauseReason, WaitingOn
from workflows.shared.action_request import Actor
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.model.events import Event
from workflows.ticket.process.ticket import Ticket

WAITS = {
    WaitingOn.REQUESTER: PauseReason.INFORMATION,
    WaitingOn.ENGINEERING: PauseReason.ENGINEERING,
}
NOT_IN_A_LOG = frozenset(
    {EventType.DUE_TIME_AGREED, EventType.REVISION_CHANGED, EventType.TERMS_SETTLED}
)
"""Changes of what a ticket was promised: a back-test tries one promise."""


class ToldTicket(Ticket):
    """A ticket whose changes are in `rows`, apart from those that its clocks cause."""

    rows: list[Row]

    def restore(self, state: Any) -> None:
        super().restore(state)
        self.rows = getattr(self, "rows", [])

    def _apply_events(
        self,
        new_events: list[NewEvent],
        by: Actor,
        at: datetime,
        action_id: str | None = None,
        **how: Any,
    ) -> None:
        before = len(self.state.events)
        super()._apply_events(new_events, by, at, action_id, **how)
        events = self.state.events[before:]
        is_own = any("by_clock" in event.data for event in events)
        if not is_own:
            self.rows.append(self._row(at, events))

    @property
    def can_be_told(self) -> bool:
        """Whether a log can tell everything that has moved its clocks."""
        return not any(
            event.type in NOT_IN_A_LOG or event.revives or event.withdraws_question
            for event in self.state.events
        )

    def _row(self, at: datetime, events: list[Event]) -> Row:
        told = (e for e in events if e.type not in (EventType.OPENED, EventType.RECLASSIFIED))
        return Row(
            at=at,
            place=len(self.rows) + 1,
            events=tuple(e.names[-1] for e in told),
            is_open=self.state.is_active,
            waits=WAITS.get(self.state.waiting_on),
            priority=self.state.priority,
            facts=dict(self.state.facts),
        )
