"""A ticket whose life is a log: the ticket of the live process, moved by rows instead of actions.

Everything that follows from events is inherited: how clocks start, stop, pause and count again, the
rungs that fire, the levels that they raise, the lateness that they report. Here is only what an
action does besides: it changes stage, priority, facts and whom the ticket waits for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from pydantic import JsonValue

from backtest.log.ticket import Row
from policies.schema.events import milestone_of, recorded_type
from policies.vocabulary import ClosedAs, EventType, PauseReason, Stage
from workflows.shared.action_request import SYSTEM
from workflows.ticket.actions.assignment import raise_to_level
from workflows.ticket.actions.closing import discard_progress
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.clocks.past_events import ENDINGS
from workflows.ticket.model.events import Event
from workflows.ticket.model.fields import Assignee
from workflows.ticket.model.opening import Opening
from workflows.ticket.notices.outbox import Outbox
from workflows.ticket.process.clocked_ticket import ClockedTicket
from workflows.ticket.state.levels import open_levels
from workflows.ticket.state.ticket_state import WITH_ENGINEERING, TicketState

SOMEBODY = Assignee(id="somebody", name="Somebody", email="somebody@log.invalid")
"""The assignee of tickets that the log has as assigned."""
_DATA: dict[EventType, dict[str, JsonValue]] = {
    EventType.CLOSED: {"closed_as": ClosedAs.RESOLVED},
    EventType.LEVEL_RAISED: {"audience": "management"},
}
_CLOSED_AS = {
    EventType.CLOSED: ClosedAs.RESOLVED,
    EventType.WITHDRAWN: ClosedAs.WITHDRAWN,
    EventType.MERGED: ClosedAs.DUPLICATE,
}


class Silence(Outbox):
    """The outbox of a ticket that tells nobody: its terms name nobody to tell."""

    def announce(self, events: Sequence[Event]) -> None:
        """Nothing is sent."""

    def enqueue(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """Nothing is sent."""


class PlayedTicket(ClockedTicket):
    """One ticket of a log. Rows are played in order, then `end`."""

    _is_ended_by_log = False

    @classmethod
    def opened(cls, opening: Opening, facts: Mapping[str, JsonValue]) -> Self:
        """A new ticket with these facts. Its terms have the verdict that it is covered."""
        ticket = cls.open(opening)
        ticket.state.facts = dict(facts)
        return ticket

    def restore(self, state: TicketState) -> None:
        """Sets the state, without an outbox."""
        super().restore(state)
        self.outbox = Silence(state)

    def play(self, row: Row) -> None:
        """Takes the next row. What is due before it comes first; what is completed at its very due
        time is met.
        """
        if not self._says_anything(row):
            return
        self._catch_up_before(row.at)
        cause = f"row {row.place}"
        if self._is_open_again(row):
            self._take((EventType.REOPENED,), row, cause)
        if row.priority not in (None, self.state.priority):
            self._reclassify(row, cause)
        if row.events or not self._is_in_force(row):
            self._take(row.events, row, cause)

    def end(self, at: datetime) -> None:
        """The end of the log, at which the ticket may still be open."""
        self._catch_up_before(at)

    def _says_anything(self, row: Row) -> bool:
        """Whether a row can change anything: most rows of a log do not."""
        is_reclassified = row.priority not in (None, self.state.priority)
        is_news = is_reclassified or self._is_open_again(row)
        return bool(row.events or is_news or not self._is_in_force(row))

    def _is_open_again(self, row: Row) -> bool:
        """Whether a row is about an open ticket, although this one has ended: by the log, or by the
        policy itself because nobody answered. A row that does not say is, unless the log ended it.
        """
        is_open = row.is_open if row.is_open is not None else not self._is_ended_by_log
        return is_open and not self.state.is_active and EventType.REOPENED not in row.events

    def _is_in_force(self, row: Row) -> bool:
        """Whether facts and waits are those of the row already."""
        state = self.state
        is_with_engineering = state.stage in WITH_ENGINEERING
        return (
            state.awaiting_information is (row.waits == PauseReason.INFORMATION)
            and is_with_engineering is (row.waits == PauseReason.ENGINEERING)
            and all(state.facts.get(name) == value for name, value in row.facts.items())
        ) or not state.is_active

    def _catch_up_before(self, at: datetime) -> None:
        """The rungs that are due before this time fire, the earliest first."""
        while due := [each for each in self.clocks.next_due_rungs() if each.at < at]:
            self.fire_rung(min(due, key=lambda each: each.at))

    def _reclassify(self, row: Row, cause: str) -> None:
        data: dict[str, JsonValue] = {"from": self.state.priority, "to": row.priority}
        self.state.priority = row.priority
        if not row.events:
            self.state.facts = {**self.state.facts, **row.facts}
        event = NewEvent(EventType.RECLASSIFIED, data)
        self._apply_events([event], SYSTEM, row.at, f"{cause}, priority", recounts=True)
        self._breach_overtaken(row.at)

    def _take(self, names: tuple[str, ...], row: Row, cause: str) -> None:
        """The events of a row, with the facts and the wait that it brings."""
        state, before = self.state, self.state.fact_rows
        state.facts = {**state.facts, **row.facts}
        events = [self._happened(name, row.at) for name in names]
        state.awaiting_information = row.waits == PauseReason.INFORMATION
        if state.is_active and row.waits == PauseReason.ENGINEERING:
            state.stage = Stage.ENGINEERING_WORK
        elif state.stage in WITH_ENGINEERING:
            state.stage = Stage.IN_PROGRESS
        recounts = state.fact_rows != before
        self._apply_events(events, SYSTEM, row.at, cause, recounts=recounts)
        self._breach_overtaken(row.at)

    def _happened(self, name: str, at: datetime) -> NewEvent:
        """The event that clocks know by this name, with what it changes."""
        kind, milestone = recorded_type(name), milestone_of(name)
        if milestone is not None:
            return NewEvent(kind, {"milestone": milestone})
        if kind is EventType.LEVEL_RAISED and open_levels(self.state):
            return raise_to_level(self.state, self.state.level + 1, {})
        self._move(kind, at)
        return NewEvent(kind, dict(_DATA.get(kind, {})))

    def _move(self, kind: EventType, at: datetime) -> None:
        """The stage after an event, and who has the ticket."""
        state = self.state
        if kind in ENDINGS or kind is EventType.REOPENED:
            self._is_ended_by_log = kind in ENDINGS
        if kind is EventType.RESOLVED:
            state.stage, state.resolved_at = Stage.RESOLVED, at
        elif kind in _CLOSED_AS:
            state.stage, state.closed_at, state.closed_as = Stage.CLOSED, at, _CLOSED_AS[kind]
        elif kind is EventType.REOPENED:
            state.stage, state.closed_at, state.closed_as = Stage.IN_PROGRESS, None, None
            discard_progress(state)
        elif kind is EventType.ASSIGNED:
            state.assignee = SOMEBODY
        elif kind is EventType.UNASSIGNED:
            state.assignee = None
