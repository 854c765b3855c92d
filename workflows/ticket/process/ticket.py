"""A ticket: its state, and the only ways in which that changes.

`act` is a person's action, `ring`, `lapse_forecast` and `act_by_itself` are the system's own.
Events enter the timeline, clocks follow them, and notices become owed.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from policies.accounts.late_completion import LateCompletion
from policies.coverage.verdict import Decision
from policies.terms.settlement_request import Settlement
from policies.terms.ticket_terms import Terms
from policies.vocabulary import Action, ClosedAs, EventType, PauseReason
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest, Actor
from workflows.shared.refusals import IdReused, RecordFull
from workflows.shared.texts import PHRASES
from workflows.ticket.actions import lifecycle
from workflows.ticket.actions.assignment import raised
from workflows.ticket.actions.closing import Close
from workflows.ticket.actions.coverage import judged
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.clock import BREACH, Clock
from workflows.ticket.model.messages import Duplicate, Event, MergeNews, Opening
from workflows.ticket.model.state import TicketState
from workflows.ticket.model.ticket_clocks import ENDINGS, DueRung, EventBatch, TicketClocks
from workflows.ticket.process.outbox import Outbox

LARGEST_RECORD = 1_000_000
"""Bytes a ticket may hold, so that its state always fits one Temporal payload (2 MiB)."""
MOST_DUPLICATES = 50
"""Duplicates whose requesters follow a ticket: each is one more letter for each piece of news."""
REMEMBERED_IDS = 1_000
"""Action ids a ticket remembers, to know a repetition when it sees one."""
ENDING = frozenset({Action.RESOLVE, Action.CLOSE, Action.WITHDRAW, Action.MERGE})


class Ticket:
    """One ticket, alive. Everything here is deterministic; `at` is always passed in, in UTC."""

    def __init__(self, state: TicketState) -> None:
        self.changes = 0
        self.restore(state)

    @classmethod
    def open(cls, opening: Opening) -> "Ticket":
        """A new ticket, its clocks counting from receipt; closed at once when not eligible."""
        terms = opening.terms
        state = TicketState(
            opening=opening, priority=terms.priority, owes_settlement=not terms.is_settled
        )
        ticket = cls(state)
        facts = [NewEvent(EventType.OPENED, _as_opened(opening))]
        facts += judged(state, terms.verdict, terms.asks, opening.received_at)
        ticket._apply_events(facts, opening.opened_by, opening.received_at)
        return ticket

    def check(self, action: Action, act: ActionRequest[ActionInput], at: datetime) -> None:
        """Returns when the action can be taken now, or was; raises the Refusal otherwise."""
        if self.has_handled(act):
            return
        if self.state.weight > LARGEST_RECORD and action not in ENDING:
            raise RecordFull("record_full", most=LARGEST_RECORD)
        lifecycle.check(self.state, action, act, at)

    def act(self, action: Action, act: ActionRequest[ActionInput], at: datetime) -> None:
        """Takes an action that `check` found possible; the same id again changes nothing.

        An action never stands before what it follows: the clocks of an API and of a Temporal
        server may differ by seconds.
        """
        if self.has_handled(act):
            return
        self._apply(action, act, max(at, self.state.opening.received_at))
        self._remember(act)

    def has_handled(self, act: ActionRequest[ActionInput]) -> bool:
        """Whether this very action was taken before; IdReused when another one was."""
        known = self.state.handled.get(act.id)
        if known is not None and known != act.fingerprint:
            raise IdReused("id_reused", id=act.id)
        return known is not None

    def settle(self, settlement: Settlement, at: datetime) -> None:
        """The terms could be settled, or a verdict reached on what is known now.

        Clocks count from receipt all the same: what happened before is told to them again. What
        nobody waits for any more, because the verdict was overridden meanwhile, changes nothing;
        on a resolved ticket a verdict stays owed until it is re-opened.
        """
        state = self.state
        if not state.awaits_settlement:
            return
        state.owes_settlement = False
        if settlement.terms is None:
            self._turn_down("\n".join(settlement.objections), at)
        elif state.terms.is_settled and settlement.terms.revision != state.terms.revision:
            # It was asked before the ticket came under another revision.
            state.owes_settlement = state.verdict.decision is Decision.NEEDS_FACTS
        elif state.terms.is_settled:
            facts = judged(state, settlement.terms.verdict, settlement.terms.asks, at)
            reached = NewEvent(EventType.VERDICT_REACHED, {"decision": state.verdict.decision})
            self._apply_events([reached, *facts], SYSTEM, at)
        else:
            self._begin_under(settlement.terms, at)

    def _begin_under(self, terms: Terms, at: datetime) -> None:
        earlier = list(self.state.events)
        state = self.state
        state.opening = state.opening.model_copy(update={"terms": terms})
        state.priority = state.priority or terms.priority
        self.restore(state)
        for event in earlier:
            self._run_out_before(event.at)
            asked = event.type is EventType.INFORMATION_REQUESTED
            self.clocks.follow(
                EventBatch(
                    types=frozenset({event.type}),
                    at=event.at,
                    is_active=event.type not in ENDINGS,
                    pauses=(PauseReason.INFORMATION,) if asked else (),
                    priority=state.priority,
                )
            )
        self._store_clocks()
        self.outbox.announce(earlier)
        data: dict[str, JsonValue] = {"policy": terms.policy, "plan": terms.plan}
        settled = NewEvent(EventType.TERMS_SETTLED, data | _overridden(terms))
        self._apply_events([settled, *judged(state, terms.verdict, terms.asks, at)], SYSTEM, at)

    def _run_out_before(self, at: datetime) -> None:
        """What ran out before this instant did so, though nobody knew then; warnings that are
        over by now are for nobody.
        """
        while rings := [ring for ring in self.clocks.next_due_rungs() if ring.at < at]:
            ring = min(rings, key=lambda ring: ring.at)
            if ring.rung.at == BREACH:
                self.ring(ring)
            else:
                self.clocks.fire(ring)

    def _turn_down(self, reason: str, at: datetime) -> None:
        close = Close(closed_as=ClosedAs.NOT_ELIGIBLE, reason=reason)
        self._apply(
            Action.CLOSE, ActionRequest[Close](id="settlement", actor=SYSTEM, content=close), at
        )

    def restore(self, state: TicketState) -> None:
        """Goes back to an earlier state, as if nothing had happened since."""
        self.changes += 1
        self.state = state
        self.clocks = TicketClocks(state.terms, state.clocks)
        self.outbox = Outbox(state)

    def act_automatically(self, action: Action, content: ActionInput, at: datetime) -> None:
        """An action that the process takes when nobody does."""
        act = ActionRequest[Any](id=f"{action}@{at.isoformat()}", actor=SYSTEM, content=content)
        lifecycle.check(self.state, action, act, at)
        self._apply(action, act, at)

    def ring(self, ring: DueRung) -> None:
        """A rung of a clock is reached; the event stands at the instant of the rung."""
        clock = self.clocks.fire(ring)
        terms = self.state.terms.clock(clock.name)
        data: dict[str, JsonValue] = {
            "clock": clock.name,
            "cycle": clock.cycle,
            "rung": ring.rung.at,
            "due_at": clock.due_at.isoformat(),
            "target": str(clock.promise.within),
            "clause": clock.promise.clause or terms.clause,
            "promised": terms.promised,
            "owner": self.state.assignee.name if self.state.assignee else None,
        }
        event = self._record(NewEvent(_ring_type(clock, ring), data), SYSTEM, ring.at)
        self.outbox.enqueue(event, ring.rung.tell, ring.rung.template or event.type)
        self._store_clocks()
        if ring.rung.raises_level and self.state.next_level is not None:
            why: dict[str, JsonValue] = {"by_clock": clock.name, "at_rung": ring.rung.at}
            self._apply_events([raised(self.state, why)], SYSTEM, ring.at)

    def lapse_forecast(self) -> None:
        """The date passed and work has not begun (contently/forecast-basis)."""
        forecast, calendar = self.state.forecast, self.state.terms.desk_calendar
        assert forecast is not None
        assert calendar is not None
        self.state.forecast = forecast.model_copy(update={"lapsed": True})
        over = calendar.end_of(forecast.begins_by)
        data: dict[str, JsonValue] = {
            "begins_by": forecast.begins_by.isoformat(),
            "revision": forecast.revision,
        }
        self._apply_events([NewEvent(EventType.FORECAST_LAPSED, data)], SYSTEM, over)

    def merge_in(self, news: MergeNews, at: datetime) -> None:
        """A duplicate was closed in favour of this ticket, and its requester follows it from here
        on; the same one again is no news. A few things have a bound: how many follow, and, in a
        ticket that is full, the words of the duplicate.
        """
        state, merged = self.state, news.duplicates[0]
        known = {state.opening.number, *(duplicate.number for duplicate in state.duplicates)}
        if merged.number in known:
            return
        is_ours = news.account == state.terms.account
        if is_ours:
            new = [duplicate for duplicate in news.duplicates if duplicate.number not in known]
            state.duplicates = [*state.duplicates, *new][:MOST_DUPLICATES]
        is_told = is_ours and state.weight <= LARGEST_RECORD
        data: dict[str, JsonValue] = {
            "number": merged.number,
            "requester": merged.requester.name,
            "follows": merged in state.duplicates,
            "reason": news.reason,
            "subject": news.subject if is_ours else None,
            "description": news.description if is_told else None,
        }
        self._apply_events([NewEvent(EventType.MERGED_IN, data)], news.by, at)

    def merge_news(self) -> MergeNews:
        """What the ticket that this one was merged into is to learn."""
        state, merged = self.state, next(self.state.told(EventType.MERGED))
        own = Duplicate(number=state.opening.number, requester=state.terms.contacts["requester"])
        return MergeNews(
            account=state.terms.account,
            by=merged.by,
            subject=state.opening.subject,
            description=state.opening.description,
            reason=str(merged.data.get("reason", "")),
            duplicates=(own, *state.duplicates),
        )

    def merge_told(self, error: str | None, at: datetime) -> None:
        """The ticket that goes on knows of the merge, or cannot be told, and why."""
        self.state.owes_merge = False
        if error is not None:
            data: dict[str, JsonValue] = {"into": self.state.merged_into, "error": error}
            self._apply_events([NewEvent(EventType.MERGE_UNDELIVERED, data)], SYSTEM, at)

    def finalize_refusal(self) -> None:
        """The verdict that closed the ticket can be overridden no more."""
        self.state.refusal_stands = True
        self.changes += 1

    def cancel(self, at: datetime) -> None:
        """Somebody cancelled the workflow: the ticket ends, and its requester is told."""
        self.finalize_refusal()
        if self.state.closed_at is None:
            reason = PHRASES.say(self.state.terms.locale, "called_off")
            close = Close(closed_as=ClosedAs.WITHDRAWN, reason=reason)
            self._apply(
                Action.CLOSE, ActionRequest[Close](id="cancel", actor=SYSTEM, content=close), at
            )

    def undeliverable(self, key: str, error: str, at: datetime) -> None:
        """A notice cannot be delivered; it stays on the record, and is told to the desk."""
        record = self.outbox.fail(key, error)
        data: dict[str, JsonValue] = {
            "key": key,
            "template": record.template,
            "audience": record.audience,
            "to": record.to.email,
            "error": error,
        }
        fact = NewEvent(EventType.NOTICE_UNDELIVERABLE, data)
        if record.template == EventType.NOTICE_UNDELIVERABLE:
            self._record(fact, SYSTEM, at)
        else:
            self._apply_events([fact], SYSTEM, at)

    def _apply(self, action: Action, act: ActionRequest[Any], at: datetime) -> None:
        old_priority, old_terms = self.state.priority, self.state.terms
        facts = ACTIONS[action].effect(self.state, act, at)
        if self.state.terms is not old_terms:
            # The effect aimed the clocks already; from here on they follow the new terms.
            self.restore(self.state)
            old_priority = self.state.priority
        self._apply_events(facts, act.actor, at, act.id)
        if self.state.priority != old_priority:
            self.clocks.reaim(self.state.priority, at, self.state.events)
            self._store_clocks()

    def _apply_events(
        self, facts: list[NewEvent], by: Actor, at: datetime, action_id: str | None = None
    ) -> None:
        events = [self._record(fact, by, at, action_id) for fact in facts]
        batch = EventBatch(
            types=frozenset(kind for event in events for kind in event.counts_as),
            at=at,
            is_active=self.state.is_active,
            pauses=self.state.pauses,
            priority=self.state.priority,
            past=self.state.events,
        )
        overdue = self._overdue()
        self.clocks.follow(batch)
        if EventType.OPENED in batch.types and self.state.assignee is not None:
            # Whoever had it when it was turned down has it again.
            self.clocks.follow(replace(batch, types=frozenset({EventType.ASSIGNED})))
        self._store_clocks()
        self._report_lateness(batch, overdue)
        self.outbox.announce(events)

    def _record(
        self, fact: NewEvent, by: Actor, at: datetime, action_id: str | None = None
    ) -> Event:
        event = Event(
            seq=len(self.state.events) + 1,
            type=fact.type,
            at=at,
            by=fact.by or by,
            data={key: value for key, value in fact.data.items() if value not in (None, "")},
            action_id=action_id,
        )
        self.changes += 1
        self.state.events.append(event)
        return event

    def _store_clocks(self) -> None:
        self.changes += 1
        self.state.clocks = self.clocks.cycles

    def _overdue(self) -> set[tuple[str, int]]:
        """The cycles of clocks that ran out and are still to be completed."""
        return {(clock.name, clock.cycle) for clock in self.state.clocks if clock.is_overdue}

    def _report_lateness(self, batch: EventBatch, overdue: set[tuple[str, int]]) -> None:
        """What was completed late now, and earns the account something (resolution-credit). A
        clock that is over because nobody needs it any more was not completed.
        """
        state = self.state
        for clock in state.clocks:
            is_over = (clock.name, clock.cycle) in overdue and not clock.is_overdue
            if not is_over or clock.name not in state.terms.credited:
                continue
            if batch.has(state.terms.clock(clock.name).stops):
                late = LateCompletion(
                    account=state.terms.account,
                    ticket=state.opening.number,
                    clock=clock.name,
                    cycle=clock.cycle,
                    priority=state.priority,
                    due_at=clock.due_at,
                    completed_at=batch.at,
                    requester=state.terms.contacts.get("requester"),
                )
                state.late.append(late)

    def _remember(self, act: ActionRequest[ActionInput]) -> None:
        self.state.handled[act.id] = act.fingerprint
        while len(self.state.handled) > REMEMBERED_IDS:
            del self.state.handled[next(iter(self.state.handled))]


def _as_opened(opening: Opening) -> dict[str, JsonValue]:
    """What was asked for, and where the contract prevails over the policy."""
    return {"description": opening.description} | _overridden(opening.terms)


def _overridden(terms: Terms) -> dict[str, JsonValue]:
    """Where the contract prevails over the policy, once that is known."""
    overrides: list[JsonValue] = [
        override.model_dump(mode="json", exclude_defaults=True) for override in terms.overrides
    ]
    return {"overrides": overrides} if overrides else {}


def _ring_type(clock: Clock, ring: DueRung) -> EventType:
    if not clock.is_overdue:
        return EventType.CLOCK_WARNED
    return EventType.CLOCK_BREACHED if ring.rung.at == BREACH else EventType.CLOCK_OVERDUE
