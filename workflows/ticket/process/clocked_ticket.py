"""A ticket whose clocks and notices follow its timeline.

A change ends in `_apply_events`: the timeline records the events, clocks follow them, and the
outbox gets their notices. A rung is the exception: clocks do not follow its event, because the
clock caused it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from pydantic import JsonValue

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType
from workflows.shared.action_request import SYSTEM, Actor
from workflows.ticket.actions.assignment import raise_to_level
from workflows.ticket.actions.closing import end_unanswered
from workflows.ticket.actions.coverage import apply_verdict
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.event_batch import EventBatch
from workflows.ticket.clocks.past_events import ENDINGS
from workflows.ticket.clocks.pause import known_at
from workflows.ticket.clocks.ticket_clocks import DueRung, TicketClocks
from workflows.ticket.model.events import Event
from workflows.ticket.model.opening import Opening
from workflows.ticket.notices.outbox import Outbox
from workflows.ticket.process.lateness import late_cycles, lateness_reports
from workflows.ticket.process.outcomes import outcome_reports
from workflows.ticket.process.rung_event import levels_raised_by, rung_event, rung_template
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.state.waits import all_waits, pause_reasons, pause_reasons_at, record_waits


class ClockedTicket:
    """A ticket as it follows from its events. All methods are deterministic: the time `at` is
    passed in, in UTC.

    `changes` counts the changes. A caller that caches a value compares it, to see whether the value
    is still current.
    """

    def __init__(self, state: TicketState) -> None:
        self.changes = 0
        self.restore(state)

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """A new ticket whose clocks count from receipt. A verdict can close it at once."""
        terms = opening.terms
        state = TicketState(
            opening=opening, priority=terms.priority, owes_settlement=not terms.is_settled
        )
        ticket = cls(state)
        data: dict[str, JsonValue] = {"description": opening.description}
        new_events = [NewEvent(EventType.OPENED, data | overrides_of(terms))]
        new_events += apply_verdict(state, terms.verdict, terms, opening.received_at)
        ticket._apply_events(new_events, opening.opened_by, opening.received_at)
        return ticket

    def fire_rung(self, due_rung: DueRung) -> None:
        """A clock reaches a rung. The event has the due time of the rung, however late it fires."""
        rung, at, clock = due_rung.rung, due_rung.at, due_rung.clock
        event = self._reach(due_rung)
        told = rung.audiences(self.state.priority, self.state.fact_rows)
        self.outbox.enqueue(event, told, rung_template(self.state, event, rung))
        cause: dict[str, JsonValue] = {"by_clock": clock.name, "at_rung": rung.at}
        for level in levels_raised_by(self.state, rung):
            # One change each: whoever is told of several levels is told of each of them.
            self._apply_events([raise_to_level(self.state, level, cause)], SYSTEM, at)
        on_expiry = self.state.terms.clock(clock.name).on_expiry
        if rung.at == BREACH and on_expiry is not None:
            clause = str(event.data["clause"])
            ended = end_unanswered(self.state, on_expiry, at, clause, clock.name)
            self._apply_events([ended], SYSTEM, at)

    def restore(self, state: TicketState) -> None:
        """Sets the state, and builds clocks and outbox from it."""
        self._changed()
        self.state = state
        self.clocks = TicketClocks(state.terms, state.clocks, state.intervals)
        self.outbox = Outbox(state)

    def _apply_events(
        self,
        new_events: list[NewEvent],
        by: Actor,
        at: datetime,
        action_id: str | None = None,
        *,
        recounts: bool = False,
        late: dict[tuple[str, int], Clock] | None = None,
    ) -> None:
        """Records events, which clocks and notices follow.

        If the priority or facts have changed, clocks are counted again before notices state their
        due times.
        `late` has the late cycles before the change, if its effect has touched clocks.
        """
        late = late_cycles(self.state) if late is None else late
        events = [self._record(new_event, by, at, action_id) for new_event in new_events]
        self._follow(events, at, recounts=recounts, late=late)
        self.outbox.announce(events)

    def _follow(
        self,
        events: Sequence[Event],
        at: datetime,
        *,
        recounts: bool,
        late: dict[tuple[str, int], Clock],
    ) -> None:
        """The clocks follow events that one change has recorded."""
        batch = EventBatch(
            types=frozenset(kind for event in events for kind in event.counts_as),
            at=at,
            is_active=self.state.is_active,
            pauses=pause_reasons(self.state),
            priority=self.state.priority,
            past=self.state.events,
            facts=self.state.fact_rows,
        )
        record_waits(self.state, at)
        self.clocks.follow(batch)
        if EventType.OPENED in batch.types and self.state.assignee is not None:
            # A revived ticket still has its assignee: clocks that start on `assigned` start.
            self.clocks.follow(replace(batch, types=frozenset({EventType.ASSIGNED})))
        if recounts:
            state = self.state
            change = Change(state.priority, state.fact_rows, at, state.events, all_waits(state))
            self.clocks.recount(change)
        self._store_clocks()
        self.state.late.extend(lateness_reports(self.state, late, at))
        self.state.outcomes.extend(outcome_reports(self.state))

    def _record(
        self, new_event: NewEvent, by: Actor, at: datetime, action_id: str | None = None
    ) -> Event:
        event = Event(
            seq=len(self.state.events) + 1,
            type=new_event.type,
            at=at,
            by=new_event.by or by,
            data={key: value for key, value in new_event.data.items() if value not in (None, "")},
            action_id=action_id,
        )
        self._changed()
        self.state.events.append(event)
        return event

    def _reach(self, due_rung: DueRung) -> Event:
        """A clock reaches a rung, which is recorded. The clock is then as the rung has left it."""
        rung, at, late = due_rung.rung, due_rung.at, late_cycles(self.state)
        clock = self.clocks.fire(due_rung)
        event = self._record(rung_event(self.state, clock, rung), SYSTEM, at)
        self._store_clocks()
        self.state.late.extend(lateness_reports(self.state, late, at))
        self.state.outcomes.extend(outcome_reports(self.state))
        return event

    def _breach_overtaken(self, at: datetime) -> None:
        """Clocks whose due time the change at this time has put into the past breach at it."""
        while (overtaken := self.clocks.overtaken(at, self.state.held_clocks)) is not None:
            self.fire_rung(overtaken)

    def _count_under(self, terms: Terms, past: list[Event]) -> None:
        """The clocks count the whole timeline under terms that were settled late."""
        state = self.state
        state.opening = state.opening.model_copy(update={"terms": terms})
        # The policy may not have the priority that was requested, and nobody could set one before.
        state.priority = terms.priority
        self.restore(state)
        self._follow_again(past)

    def _follow_again(self, past: list[Event]) -> None:
        """Clocks follow the timeline, with the facts as they were after each event of it."""
        state, facts = self.state, self.state.fact_rows_after(past[:1])
        for number, event in enumerate(past, start=1):
            known, before = past[:number], facts
            facts = state.fact_rows_after(known)
            self._breach_before(event.at)
            late = late_cycles(state)
            self.clocks.follow(
                EventBatch(
                    types=frozenset(event.counts_as),
                    at=event.at,
                    is_active=event.type not in ENDINGS,
                    pauses=pause_reasons_at(state, event.at),
                    priority=state.priority,
                    past=known,
                    facts=facts,
                )
            )
            if facts != before:
                waits = known_at(all_waits(state), event.at)
                self.clocks.recount(Change(state.priority, facts, event.at, known, waits))
            self._store_clocks()
            state.late.extend(lateness_reports(state, late, event.at))

    def _breach_before(self, at: datetime) -> None:
        """Records breaches before this time. Warnings before it are skipped: they come too late."""
        while due := [due_rung for due_rung in self.clocks.next_due_rungs() if due_rung.at < at]:
            due_rung = min(due, key=lambda due_rung: due_rung.at)
            if due_rung.rung.at == BREACH:
                self.fire_rung(due_rung)
            else:
                self.clocks.fire(due_rung)

    @property
    def _values(self) -> tuple[str | None, dict[str, str]]:
        """The priority and the facts, on which promises depend."""
        return self.state.priority, self.state.fact_rows

    def _store_clocks(self) -> None:
        self.state.clocks = self.clocks.cycles

    def _changed(self) -> None:
        self.changes += 1


def overrides_of(terms: Terms) -> dict[str, JsonValue]:
    """The overrides of the contract, as data of an event."""
    overrides: list[JsonValue] = [
        override.model_dump(mode="json", exclude_defaults=True) for override in terms.overrides
    ]
    return {"overrides": overrides} if overrides else {}
