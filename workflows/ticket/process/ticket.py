"""A ticket: its state and every way in which the state changes.

Actions of people enter by `act`. Duties enter by `fire_rung`, `act_automatically`,
`lapse_forecast`, `send_digest` and `finalize_refusal`. Results of activities and signals enter by
the other methods. How clocks and notices follow a change is in `clocked_ticket.py`.
"""

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from policies.coverage.verdict import Decision
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClosedAs, EventType
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest
from workflows.shared.refusals import IdReused
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions import lifecycle
from workflows.ticket.actions.closing import Close, Merge
from workflows.ticket.actions.coverage import apply_verdict
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.merge_news import MergeNews
from workflows.ticket.model.refusals import Changed
from workflows.ticket.process.clocked_ticket import ClockedTicket, overrides_of
from workflows.ticket.process.lateness import late_cycles
from workflows.ticket.process.merges import accept_duplicates, merge_news, objection
from workflows.ticket.process.settlements import forget_facts, name_the_desk, objections_found

REMEMBERED_IDS = 1_000
"""Action ids that a ticket stores to recognise a repeated action."""


class Ticket(ClockedTicket):
    """A live ticket, with the actions of people, its duties, and the results of activities."""

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

    def _adopt_settled_terms(self, settlement: Settlement, terms: Terms, at: datetime) -> None:
        """Clocks count from receipt, so they follow the whole timeline again under these terms."""
        state, past = self.state, list(self.state.events)
        self._count_under(terms, past)
        # Before the notices of the past: nobody is paged for a request that is refused now.
        decided = apply_verdict(state, terms.verdict, terms, at)
        self.outbox.announce_past(past)
        data: dict[str, JsonValue] = {"policy": terms.policy, "plan": terms.plan}
        settled = NewEvent(EventType.TERMS_SETTLED, data | overrides_of(terms))
        self._apply_events([settled, *objections_found(settlement), *decided], SYSTEM, at)

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

    def _remember(self, request: ActionRequest[ActionInput]) -> None:
        self.state.handled[request.id] = request.fingerprint
        while len(self.state.handled) > REMEMBERED_IDS:
            del self.state.handled[next(iter(self.state.handled))]
