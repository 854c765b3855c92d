"""One ticket, one workflow: it waits, asks what is owed, and performs it.

What is owed is decided in `duties.py`, what is possible in `lifecycle.py`, what an action does
in `actions.py`. Handlers never await: the validator asks whether an action is possible, the
handler applies it, and the loop in `run` does what follows from it.
"""

import asyncio
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from policies.terms.settlement_request import SettlementRequest
from policies.terms.ticket_terms import Terms
from policies.vocabulary import Action, Role
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.shared.action_updates import action_update
from workflows.shared.deliveries import Deliveries
from workflows.shared.durable_timer import DurableTimer
from workflows.shared.payload import Payload
from workflows.shared.refusals import IdReused, InternalDefect, Refusal
from workflows.shared.texts import PHRASES
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.messages import (
    Event,
    MergeNews,
    Opening,
    OpenRequest,
    Reply,
    RevisionPreview,
    Summary,
    TicketView,
)
from workflows.ticket.model.refusals import RefusalDetails
from workflows.ticket.model.revisions import preview
from workflows.ticket.model.state import TicketState
from workflows.ticket.process import views
from workflows.ticket.process.duties import Plan, catch_up
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.runtime.late_reports import LateReports
from workflows.ticket.runtime.merge_signal import MERGED_IN, MergeSignal
from workflows.ticket.runtime.metrics import TicketMetrics
from workflows.ticket.runtime.search_attributes import SearchAttributes
from workflows.ticket.runtime.terms_settlement import TermsSettlement


class Start(Payload):
    """How a ticket workflow begins: with a new request, or with what an earlier run carried."""

    opening: Opening | None = None
    carried: TicketState | None = None


def _action(action: Action) -> Any:
    return action_update(action, ACTIONS[action].input, Reply)


@workflow.defn(name="Ticket")
class TicketWorkflow:
    """A support ticket that keeps what its policy promised."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self.ticket = _begin(start)
        self.metrics = TicketMetrics(self.ticket, start.carried.clocks if start.carried else ())
        self.plan = Plan(self.ticket, self.metrics.record_duty)
        self.search_attributes = SearchAttributes(self.ticket)
        self.timer = DurableTimer()
        self.deliveries = Deliveries(self.ticket, self._catch_up_now)
        self.settlement = TermsSettlement(self.ticket, self._catch_up_now)
        self.merge_signal = MergeSignal(self.ticket, self._catch_up_now)
        self.late_reports = LateReports(self.ticket)
        self._background_tasks = (
            self.deliveries,
            self.settlement,
            self.merge_signal,
            self.late_reports,
        )
        self.changed = True
        self.is_long = False

    @workflow.run
    async def run(self, start: Start) -> Summary:
        """Until the ticket is closed and everybody has been told."""
        del start
        while not self._is_finished:
            self._perform_what_is_owed()
            try:
                await workflow.wait_condition(
                    lambda: self._has_news or self._is_finished or self._can_continue_as_new
                )
            except asyncio.CancelledError:
                if workflow.cancellation_reason() is None:
                    # Put out of the worker's memory: nobody cancelled the ticket.
                    raise
                self.ticket.cancel(self._catch_up_now())
            if self._can_continue_as_new and not self._is_finished:
                await self._continue_as_new()
        await workflow.wait_condition(workflow.all_handlers_finished)
        self.metrics.record_clock_changes()
        self.search_attributes.upsert()
        return views.summary(self.ticket.state)

    @workflow.update(name="open", description="The ticket as it was opened")
    def opened(self, request: OpenRequest) -> Reply:
        """Answers an opening; the same request again is the same ticket."""
        return self._reply(request.actor, request.fingerprint)

    @opened.validator
    def _is_same_request(self, request: OpenRequest) -> None:
        if request.fingerprint != self.ticket.state.opening.fingerprint:
            raise self._refused(IdReused("key_reused"), None)

    @workflow.signal(name=MERGED_IN, description="A duplicate was closed in its favour")
    def merged_in(self, news: MergeNews) -> None:
        """Another ticket ended in favour of this one. Nobody waits for an answer."""
        self.changed = True
        before = self.ticket.state.copy_of()
        try:
            self.ticket.merge_in(news, self._catch_up_now())
        except Exception:
            # An exception that left the handler would fail its workflow task for ever.
            self.ticket.restore(before)
            workflow.logger.exception("The news of a merge was lost")

    @workflow.query(name="ticket", description="Everything about the ticket")
    def view(self, role: Role = Role.AGENT) -> TicketView:
        """The ticket as it stands, with what somebody in this role can do."""
        return views.view(self.ticket.state, role)

    @workflow.query(name="timeline", description="What became true, oldest first")
    def timeline(self, role: Role = Role.AGENT) -> list[Event]:
        """The events that somebody in this role may see."""
        return views.timeline(self.ticket.state, role)

    @workflow.query(name="preview_revision", description="What other terms would do to it")
    def preview_revision(self, terms: Terms) -> RevisionPreview:
        """The old and the new due time of every open clock, and the verdict; nothing changes."""
        return preview(self._caught_up().state, terms, workflow.now())

    @workflow.query(name="handled", description="The fingerprint of an action that was taken")
    def handled(self, action_id: str) -> str | None:
        """What an action id was used for; None when it was not."""
        return self.ticket.state.handled.get(action_id)

    def details(self) -> str:
        """The ticket in Markdown, for the Temporal UI."""
        next_duty = self.plan.next()
        next_step = (next_duty.summary, next_duty.at) if next_duty else None
        return views.details(self.ticket.state, next_step)

    @workflow.query(name="request", description="What its terms are settled from")
    def request(self) -> SettlementRequest | None:
        """The request as it was received, with the facts given since."""
        state = self.ticket.state
        asked = state.opening.request
        return asked and asked.model_copy(update={"facts": state.facts})

    acknowledge = _action(Action.ACKNOWLEDGE)
    assign = _action(Action.ASSIGN)
    respond = _action(Action.RESPOND)
    request_information = _action(Action.REQUEST_INFORMATION)
    provide_information = _action(Action.PROVIDE_INFORMATION)
    post_update = _action(Action.POST_UPDATE)
    add_note = _action(Action.ADD_NOTE)
    escalate = _action(Action.ESCALATE)
    record_finding = _action(Action.RECORD_FINDING)
    conclude_triage = _action(Action.CONCLUDE_TRIAGE)
    hand_over = _action(Action.HAND_OVER)
    record_review = _action(Action.RECORD_REVIEW)
    share_forecast = _action(Action.SHARE_FORECAST)
    start_engineering = _action(Action.START_ENGINEERING)
    schedule_release = _action(Action.SCHEDULE_RELEASE)
    reclassify = _action(Action.RECLASSIFY)
    raise_level = _action(Action.RAISE_LEVEL)
    override_verdict = _action(Action.OVERRIDE_VERDICT)
    change_revision = _action(Action.CHANGE_REVISION)
    resolve = _action(Action.RESOLVE)
    reopen = _action(Action.REOPEN)
    close = _action(Action.CLOSE)
    withdraw = _action(Action.WITHDRAW)
    merge = _action(Action.MERGE)

    @property
    def _is_finished(self) -> bool:
        state = self.ticket.state
        if state.closed_at is None or state.late or state.owes_merge or state.is_contestable:
            return False
        return next(self.ticket.outbox.owed(), None) is None

    @property
    def _has_news(self) -> bool:
        if (
            self.changed
            or self.timer.fired
            or any(b.needs_attention for b in self._background_tasks)
        ):
            return True
        return self.search_attributes.is_stale and not self.deliveries.has_first_attempts

    def _perform_what_is_owed(self) -> None:
        """What searches find follows at once on what people do. Where only an instant came, letters
        go first: when many come together, that is what they would wait for.
        """
        came_by_itself = self.timer.fired and not self.changed
        self.changed = self.timer.fired = False
        for beside in self._background_tasks:
            beside.needs_attention = False
        next_duty = self.plan.catch_up(workflow.now())
        self.metrics.record_clock_changes()
        self.is_long = workflow.info().is_continue_as_new_suggested()
        if not self.is_long:
            self.deliveries.start()
        self.settlement.start()
        self.merge_signal.start()
        self.late_reports.start()
        self.timer.set(next_duty.at if next_duty else None, next_duty.summary if next_duty else "")
        if not (came_by_itself and self.deliveries.has_first_attempts):
            self.search_attributes.upsert()

    @property
    def _can_continue_as_new(self) -> bool:
        return self.is_long and self.deliveries.is_safe_to_abandon

    async def _continue_as_new(self) -> None:
        for beside in self._background_tasks:
            await beside.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(Start(carried=self.ticket.state))

    def _catch_up_now(self) -> datetime:
        """Now, once what was owed by then is performed: that stands before whatever comes now."""
        now = workflow.now()
        self.plan.catch_up(now)
        return now

    def _validate(self, action: Action, act: ActionRequest[ActionInput]) -> None:
        try:
            self._caught_up().check(action, act, workflow.now())
        except Refusal as refusal:
            raise self._refused(refusal, act.actor) from refusal

    def _caught_up(self) -> Ticket:
        """The ticket once what is owed by now is performed; looking changes nothing. The alarm does
        not tell: an action that comes with the first task of a run is checked before it is set.
        """
        owed = self.plan.next()
        if owed is None or owed.at > workflow.now():
            return self.ticket
        ticket = Ticket(self.ticket.state.copy_of())
        catch_up(ticket, workflow.now())
        return ticket

    def _apply(self, action: Action, act: ActionRequest[ActionInput]) -> Reply:
        """Applies what the validator let pass. Nothing is checked again here: on replay that
        would judge an action of the past by the rules of today.
        """
        now = self._catch_up_now()
        self.changed = True
        before = self.ticket.state.copy_of()
        try:
            self.ticket.act(action, act, now)
            self.plan.next()
        except Exception as error:
            # A defect of ours costs one refused action, not the ticket: an exception that left
            # the handler would fail its workflow task for ever.
            self.ticket.restore(before)
            raise self._defect(action, error) from error
        return self._reply(act.actor, act.fingerprint)

    def _defect(self, action: Action, error: Exception) -> ApplicationError:
        if isinstance(error, Refusal):
            return self._refused(error, None)
        workflow.logger.exception("%s failed and was undone", action)
        return self._refused(InternalDefect("defect", action=action), None)

    def _reply(self, actor: Actor, fingerprint: str) -> Reply:
        return views.reply(self.ticket.state, actor.role, fingerprint)

    def _refused(self, refusal: Refusal, actor: Actor | None) -> ApplicationError:
        state, locale = self.ticket.state, self.ticket.state.terms.locale
        details = RefusalDetails(
            stage=state.stage,
            allowed_actions=allowed_actions(state, actor.role) if actor else (),
            clause=refusal.clause,
            language=PHRASES.language(locale),
        )
        return ApplicationError(refusal.said(locale), details, type=type(refusal).__name__)


def _begin(start: Start) -> Ticket:
    if start.carried is not None:
        return Ticket(start.carried)
    if start.opening is None:
        raise ApplicationError("a ticket starts with an opening", type="NoOpening")
    return Ticket.open(start.opening)
