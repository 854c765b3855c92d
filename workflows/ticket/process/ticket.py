"""A ticket: its state and every way in which the state changes.

Actions of people enter by `act`. Duties enter by `fire_rung`, `act_automatically`,
`lapse_forecast`, `send_digest` and `finalize_refusal`. Results of activities and signals enter by
the other methods. A change ends in `_apply_events`: the timeline records the events, clocks follow
them, and the outbox gets their notices. A rung is the exception: clocks do not follow its event,
because the clock caused it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from pydantic import JsonValue

from policies.coverage.verdict import Decision
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClosedAs, EventType
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest, Actor
from workflows.shared.refusals import IdReused
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions import lifecycle
from workflows.ticket.actions.assignment import raise_to_level
from workflows.ticket.actions.closing import Close, Merge, end_unanswered
from workflows.ticket.actions.coverage import apply_verdict
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.event_batch import EventBatch
from workflows.ticket.clocks.past_events import ENDINGS
from workflows.ticket.clocks.pause import known_at
from workflows.ticket.clocks.ticket_clocks import DueRung, TicketClocks
from workflows.ticket.model.events import Event
from workflows.ticket.model.merge_news import MergeNews
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.refusals import Changed
from workflows.ticket.process.lateness import late_cycles, lateness_reports
from workflows.ticket.process.merges import accept_duplicates, merge_news, objection
from workflows.ticket.process.outbox import Outbox
from workflows.ticket.process.outcomes import outcome_reports
from workflows.ticket.process.rung_event import levels_raised_by, rung_event, rung_template
from workflows.ticket.process.settlements import forget_facts, name_the_desk, objections_found
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.state.waits import all_waits, pause_reasons, pause_reasons_at, record_waits

REMEMBERED_IDS = 1_000
"""Action ids that a ticket stores to recognise a repeated action."""


class Ticket:
    """One ticket. All methods are deterministic: the time `at` is passed in, in UTC.

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
        new_events = [NewEvent(EventType.OPENED, data | _overrides(terms))]
        new_events += apply_verdict(state, terms.verdict, terms, opening.received_at)
        ticket._apply_events(new_events, opening.opened_by, opening.received_at)
        return ticket

    def check(self, action: Action, request: ActionRequest[ActionInput], at: datetime) -> None:
        """Raises the Refusal if the action is not possible now. A repeated action is possible."""
        if self.has_handled(request):
            return
        lifecycle.check(self.state, action, request, at)

    def check_version(self, request: ActionRequest[ActionInput]) -> None:
        """Raises Changed if the request is for other versions. A repeated action is possible.

        Readers see the ticket before the duties that are due now, and so does this check.
        """
        wanted, version = request.if_versions, len(self.state.events)
        if wanted is None or version in wanted or self.has_handled(request):
            return
        if not wanted:
            raise Changed("no_version", version=version)
        raise Changed("changed", version=version)

    def act(self, action: Action, request: ActionRequest[ActionInput], at: datetime) -> None:
        """Takes an action that `check` has allowed. The same id again changes nothing."""
        if self.has_handled(request):
            return
        self._apply(action, request, at)
        self._remember(request)

    def stands_at(self, request: ActionRequest[ActionInput], now: datetime) -> datetime:
        """When an action takes effect, if it is taken now."""
        return request.stands_at(self.state.events[-1].at, now)

    def has_handled(self, request: ActionRequest[ActionInput]) -> bool:
        """Whether this action was taken before. Raises IdReused if another one has its id."""
        fingerprint = self.state.handled.get(request.id)
        if fingerprint is not None and fingerprint != request.fingerprint:
            raise IdReused("id_reused", id=request.id)
        return fingerprint is not None

    def act_automatically(self, action: Action, content: ActionInput, at: datetime) -> None:
        """Takes an action for a duty that is due, as the system.

        A duty exists only while its action is possible, so a refusal here is a defect. The id needs
        no memory of handled ids: once performed, the duty no longer exists.
        """
        request = ActionRequest[Any](id=f"{action}@{at.isoformat()}", actor=SYSTEM, content=content)
        lifecycle.check(self.state, action, request, at)
        self._apply(action, request, at)

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

    def lapse_forecast(self) -> None:
        """The forecast date passed before work began (contently/forecast-basis)."""
        forecast = self.state.forecast
        assert forecast is not None
        self.state.forecast = forecast.model_copy(update={"lapsed": True})
        data: dict[str, JsonValue] = {
            "begins_by": forecast.begins_by.isoformat(),
            "revision": forecast.revision,
        }
        lapsed = NewEvent(EventType.FORECAST_LAPSED, data)
        self._apply_events([lapsed], SYSTEM, self.state.terms.end_of(forecast.begins_by))

    def remind_of_idleness(self, at: datetime) -> None:
        """The support team is told of a ticket in which nothing has happened for long."""
        data: dict[str, JsonValue] = {
            "since": self.state.events[-1].at.isoformat(),
            "waiting_on": self.state.waiting_on,
        }
        event = self._record(NewEvent(EventType.TICKET_IDLE, data), SYSTEM, at)
        process, facts = self.state.terms.process, self.state.fact_rows
        told = process.idle_audiences(self.state.priority, facts)
        self.outbox.enqueue(event, told, event.type)

    def send_digest(self, mailbox: str, at: datetime) -> None:
        """One e-mail tells of those that were held for this mailbox."""
        self.outbox.add_digest(mailbox, at)
        self._changed()

    def finalize_refusal(self) -> None:
        """The verdict that closed the ticket can no longer be overridden."""
        self.state.refusal_stands = True
        self._changed()

    def settle(self, settlement: Settlement, at: datetime) -> None:
        """Terms were settled late, or a verdict was reached on the facts given since.

        A settlement that is no longer awaited, because an agent overrode the verdict, is ignored.
        Objections never close the ticket: the support team is notified of them.
        """
        state = self.state
        if not state.awaits_settlement:
            return
        state.owes_settlement = False
        terms = settlement.terms
        if terms is None:
            name_the_desk(state, settlement.desk)
            self._apply_events(objections_found(settlement), SYSTEM, at)
            return
        if state.terms.is_settled and terms.revision != state.terms.revision:
            # Requested under the revision before this one: request it again.
            state.owes_settlement = state.verdict.decision is Decision.NEEDS_FACTS
            return
        forget_facts(state, settlement.dropped)
        if not state.terms.is_settled:
            self._adopt_settled_terms(settlement, terms, at)
            return
        decided = apply_verdict(state, terms.verdict, terms, at)
        reached = NewEvent(EventType.VERDICT_REACHED, {"decision": state.verdict.decision})
        self._apply_events([*objections_found(settlement), reached, *decided], SYSTEM, at)

    def begin_merge(self, into: str) -> None:
        """The ticket is on its way into another one, which has not answered yet."""
        self.state.merging_into = into
        self._changed()

    def end_merge(self) -> None:
        """The other ticket has answered."""
        self.state.merging_into = None
        self._changed()

    def merge_news(self, request: ActionRequest[Merge]) -> MergeNews:
        """What the other ticket records about this one."""
        return merge_news(self.state, request.actor, request.content.reason)

    def check_duplicate(self, news: MergeNews) -> None:
        """Raises the Refusal if another ticket cannot be merged into this one."""
        refusal = objection(self.state, news)
        if refusal is not None:
            raise refusal

    def merge_in(self, news: MergeNews, at: datetime) -> None:
        """Records a duplicate that `check_duplicate` has allowed. A second time has no effect."""
        new_events = accept_duplicates(self.state, news)
        if new_events:
            self._apply_events(new_events, news.by, at)

    def undeliverable(self, key: str, error: str, at: datetime) -> None:
        """Marks a notice as undeliverable, which the policy may notify the support team of."""
        record = self.outbox.fail(key, error)
        data: dict[str, JsonValue] = {
            "key": key,
            "template": record.template,
            "audience": record.audience,
            "to": record.to.email,
            "error": error,
        }
        new_event = NewEvent(EventType.NOTICE_UNDELIVERABLE, data)
        if record.template == EventType.NOTICE_UNDELIVERABLE:
            # A notice about it could fail in turn, without end.
            self._record(new_event, SYSTEM, at)
        else:
            self._apply_events([new_event], SYSTEM, at)

    def cancel(self, at: datetime) -> None:
        """The workflow was cancelled: closes the ticket as withdrawn."""
        self.finalize_refusal()
        if self.state.closed_at is None:
            reason = PHRASES.say(self.state.terms.locale, "called_off")
            self._close("cancel", Close(closed_as=ClosedAs.WITHDRAWN, reason=reason), at)

    def restore(self, state: TicketState) -> None:
        """Sets the state, and builds clocks and outbox from it."""
        self._changed()
        self.state = state
        self.clocks = TicketClocks(state.terms, state.clocks, state.intervals)
        self.outbox = Outbox(state)

    def _adopt_settled_terms(self, settlement: Settlement, terms: Terms, at: datetime) -> None:
        """Clocks count from receipt, so they follow the whole timeline again under these terms."""
        state, past = self.state, list(self.state.events)
        self._count_under(terms, past)
        # Before the notices of the past: nobody is paged for a request that is refused now.
        decided = apply_verdict(state, terms.verdict, terms, at)
        self.outbox.announce_past(past)
        data: dict[str, JsonValue] = {"policy": terms.policy, "plan": terms.plan}
        settled = NewEvent(EventType.TERMS_SETTLED, data | _overrides(terms))
        self._apply_events([settled, *objections_found(settlement), *decided], SYSTEM, at)

    def _count_under(self, terms: Terms, past: list[Event]) -> None:
        """The clocks count the whole timeline under terms that were settled late."""
        state = self.state
        state.opening = state.opening.model_copy(update={"terms": terms})
        # The policy may not have the priority that was requested, and nobody could set one before.
        state.priority = terms.priority
        self.restore(state)
        self._follow_again(past)

    def _reach(self, due_rung: DueRung) -> Event:
        """A clock reaches a rung, which is recorded. The clock is then as the rung has left it."""
        rung, at, late = due_rung.rung, due_rung.at, late_cycles(self.state)
        clock = self.clocks.fire(due_rung)
        event = self._record(rung_event(self.state, clock, rung), SYSTEM, at)
        self._store_clocks()
        self.state.late.extend(lateness_reports(self.state, late, at))
        self.state.outcomes.extend(outcome_reports(self.state))
        return event

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

    def _close(self, action_id: str, close: Close, at: datetime) -> None:
        request = ActionRequest[Close](id=action_id, actor=SYSTEM, content=close)
        self._apply(Action.CLOSE, request, at)

    def _apply(self, action: Action, request: ActionRequest[Any], at: datetime) -> None:
        old_values, old_terms = self._values, self.state.terms
        old_clocks = self.state.clocks
        late = late_cycles(self.state)
        new_events = ACTIONS[action].effect(self.state, request, at)
        has_new_terms = self.state.terms is not old_terms
        if has_new_terms or self.state.clocks is not old_clocks:
            # The effect has counted the clocks itself.
            self.restore(self.state)
        has_new_values = self._values != old_values and not has_new_terms
        self._apply_events(
            new_events, request.actor, at, request.id, recounts=has_new_values, late=late
        )
        self._breach_overtaken(at)

    def _breach_overtaken(self, at: datetime) -> None:
        """Clocks whose due time the change at this time has put into the past breach at it."""
        while (overtaken := self.clocks.overtaken(at, self.state.held_clocks)) is not None:
            self.fire_rung(overtaken)

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

    def _store_clocks(self) -> None:
        self.state.clocks = self.clocks.cycles

    def _changed(self) -> None:
        self.changes += 1

    def _remember(self, request: ActionRequest[ActionInput]) -> None:
        self.state.handled[request.id] = request.fingerprint
        while len(self.state.handled) > REMEMBERED_IDS:
            del self.state.handled[next(iter(self.state.handled))]


def _overrides(terms: Terms) -> dict[str, JsonValue]:
    """The overrides of the contract, as data of an event."""
    overrides: list[JsonValue] = [
        override.model_dump(mode="json", exclude_defaults=True) for override in terms.overrides
    ]
    return {"overrides": overrides} if overrides else {}
