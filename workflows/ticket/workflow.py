"""The ticket workflow: one ticket from its opening until it is closed and all notices are sent.

`run` is a loop. It performs the duties that are due, starts the activities that the ticket needs,
sets one durable timer for the next duty, and waits until there is work again: an action, a signal,
the timer, or a result of an activity. Decisions are elsewhere, in plain Python: the duties in
`process/duties.py`, the actions in `actions/`, their effect on events, clocks and notices in
`process/ticket.py` and `process/clocked_ticket.py`.

The update of each action is made by `action_update`: its validator calls `_validate`, its handler
`_apply`, and the loop does the rest. Only `merge` waits, for the answer of another ticket.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from policies.vocabulary import Action
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.shared.action_updates import action_update
from workflows.shared.callers_message import takes_at_most_one, takes_one
from workflows.shared.cancellation import Cancellation
from workflows.shared.deliveries import Deliveries
from workflows.shared.durable_timer import DurableTimer
from workflows.shared.input_refusals import InputRefused
from workflows.shared.refusals import IdReused, InternalDefect, Refusal
from workflows.shared.start_input import (
    NO_ARGUMENT,
    any_arguments,
    any_arguments_async,
)
from workflows.temporal.run_length import RunLength
from workflows.ticket.actions.closing import Merge
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.model.merge_news import MergeNews
from workflows.ticket.model.opening import OpenRequest
from workflows.ticket.model.views import Reply, Summary
from workflows.ticket.notices.digests import first_held
from workflows.ticket.process import views
from workflows.ticket.process.duties import UNDER_WAY, DutySchedule, catch_up_before
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.runtime import update_errors
from workflows.ticket.runtime.admission import TicketAdmission
from workflows.ticket.runtime.late_reports import LateReports
from workflows.ticket.runtime.merge_update import MergeUpdate
from workflows.ticket.runtime.metrics import TicketMetrics
from workflows.ticket.runtime.queries import TicketQueries
from workflows.ticket.runtime.search_attributes import SearchAttributes, opening_memo
from workflows.ticket.runtime.terms_settlement import TermsSettlement
from workflows.ticket.state.start import Start

ACCEPT_DUPLICATE = "accept_duplicate"
"""The name of the update by which a ticket asks to be merged into this one."""


def _action(action: Action) -> Any:
    return action_update(action, ACTIONS[action].input, Reply)


@workflow.defn(name="Ticket")
class TicketWorkflow(TicketQueries):
    """A support ticket that keeps the promises of its policy."""

    @workflow.init
    @any_arguments
    def __init__(self, start: RawValue = NO_ARGUMENT) -> None:
        self.admission = TicketAdmission(start)
        self.is_open = False
        """Whether there is a ticket. Until then only `admission` exists, of what `_begin` sets."""
        self.changed = True
        """Whether an action or a signal came since the last pass of the loop."""
        self.run_length = RunLength()
        self.cancellation = Cancellation()
        if self.admission.carried is not None:
            self._begin(Ticket(self.admission.carried), self.admission.carried.clocks)
        elif self.admission.opening is not None:
            self._begin(Ticket.open(self.admission.opening))

    def _begin(self, ticket: Ticket, counted: Iterable[Clock] = ()) -> None:
        self.ticket = ticket
        self.metrics = TicketMetrics(ticket, counted)
        self.duty_schedule = DutySchedule(ticket, self.metrics.record_duty)
        self.search_attributes = SearchAttributes(ticket)
        self.timer = DurableTimer()
        self.deliveries = Deliveries(ticket, self._catch_up_now)
        self.settlement = TermsSettlement(ticket, self._catch_up_now)
        self.merge_update = MergeUpdate(ticket, partial(self._take, Action.MERGE))
        self.late_reports = LateReports(ticket)
        self._background_tasks = (
            self.deliveries,
            self.settlement,
            self.merge_update,
            self.late_reports,
        )
        self.is_open = True

    @workflow.run
    @any_arguments_async
    async def run(self, start: RawValue = NO_ARGUMENT) -> Summary:
        """Runs until the ticket is closed and nothing is left to deliver."""
        del start
        if not self.is_open:
            await self._admit()
        while not self._is_finished:
            self._do_due_work()
            await self.cancellation.wait(
                lambda: self._has_work or self._is_finished or self._can_continue_as_new
            )
            if self._can_continue_as_new and not self._is_finished:
                await self._continue_as_new()
        await self.cancellation.wait(workflow.all_handlers_finished)
        self.metrics.record_clock_changes()
        self.search_attributes.upsert()
        return views.summary(self.ticket.state)

    async def _admit(self) -> None:
        """Opens the ticket of a request, or fails the workflow, after the updates that wait."""
        try:
            self._begin(Ticket.open(await self.admission.admit()))
        except InputRefused:
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        workflow.upsert_memo(opening_memo(self.ticket.state))

    @workflow.update(name="open", description="Returns the ticket as it was opened")
    async def opened(self, request: OpenRequest | None = None) -> Reply:
        """The reply to an opening, also to a repeated one."""
        request = request or OpenRequest()
        if not self.is_open:
            await self._until_open()
            self._is_same_request(request)
        opener = self.ticket.state.opening.opened_by
        return self._reply(request.actor or opener, self.ticket.state.opening.fingerprint)

    @opened.validator
    @takes_at_most_one
    def _is_same_request(self, request: OpenRequest | None = None) -> None:
        if self._is_admitting() or request is None or request.fingerprint is None:
            return
        if request.fingerprint != self.ticket.state.opening.fingerprint:
            raise self._refused(IdReused("key_reused"), None)

    @workflow.update(name=ACCEPT_DUPLICATE, description="Accepts a ticket that is merged into it")
    async def accept_duplicate(self, news: MergeNews) -> None:
        """Another ticket is merged into this one. A repeated request has no effect."""
        if not self.is_open:
            await self._until_open()
            self._check_duplicate(news)
        now = workflow.now()
        self._change(ACCEPT_DUPLICATE, now, lambda: self.ticket.merge_in(news, now))

    @accept_duplicate.validator
    @takes_one
    def _check_duplicate(self, news: MergeNews) -> None:
        if self._is_admitting():
            return
        try:
            self._caught_up(workflow.now()).check_duplicate(news)
        except Refusal as refusal:
            raise self._refused(refusal, None) from refusal

    acknowledge = _action(Action.ACKNOWLEDGE)
    assign = _action(Action.ASSIGN)
    respond = _action(Action.RESPOND)
    request_information = _action(Action.REQUEST_INFORMATION)
    provide_information = _action(Action.PROVIDE_INFORMATION)
    post_update = _action(Action.POST_UPDATE)
    provide_workaround = _action(Action.PROVIDE_WORKAROUND)
    withdraw_workaround = _action(Action.WITHDRAW_WORKAROUND)
    give_estimate = _action(Action.GIVE_ESTIMATE)
    record_milestone = _action(Action.RECORD_MILESTONE)
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
    agree_due_time = _action(Action.AGREE_DUE_TIME)
    raise_level = _action(Action.RAISE_LEVEL)
    override_verdict = _action(Action.OVERRIDE_VERDICT)
    change_revision = _action(Action.CHANGE_REVISION)
    settle_terms = _action(Action.SETTLE_TERMS)
    resolve = _action(Action.RESOLVE)
    reopen = _action(Action.REOPEN)
    close = _action(Action.CLOSE)
    withdraw = _action(Action.WITHDRAW)

    @workflow.update(name=Action.MERGE, description="The request is the same as another ticket")
    async def merge(self, request: ActionRequest[Merge]) -> Reply:
        """The only handler that waits: the other ticket decides, and the caller gets the answer."""
        if not self.is_open:
            await self._until_open()
            self._check_merge(request)
        if not self.ticket.has_handled(request):
            self.changed = True
            refusal = await self.merge_update.decision(request)
            if refusal is not None:
                raise update_errors.refused_by_survivor(self.ticket.state, refusal, request.actor)
        return self._reply(request.actor, request.fingerprint, request.id)

    @merge.validator
    @takes_one
    def _check_merge(self, request: ActionRequest[Merge]) -> None:
        self._validate(Action.MERGE, request)

    def _is_admitting(self) -> bool:
        """Whether a handler has to wait until the ticket is open. Raises the refusal, if there is
        one.
        """
        if self.admission.refusal is not None:
            raise self.admission.refusal
        return not self.is_open

    async def _until_open(self) -> None:
        # The condition must not raise: that would fail the workflow past the waiting handlers.
        await workflow.wait_condition(lambda: self.is_open or self.admission.refusal is not None)
        self._is_admitting()

    @property
    def _is_finished(self) -> bool:
        state = self.ticket.state
        is_owed = state.late or state.outcomes or state.owes_later_work
        if state.closed_at is None or is_owed or state.is_contestable or first_held(state):
            return False
        return next(self.ticket.outbox.pending(), None) is None

    @property
    def _has_work(self) -> bool:
        if self.changed or self.timer.fired or self._must_cancel:
            return True
        if any(task.needs_attention for task in self._background_tasks):
            return True
        return self.search_attributes.is_stale and not self.deliveries.has_first_attempts

    @property
    def _must_cancel(self) -> bool:
        return self.cancellation.is_pending and not self._is_merging

    def _do_due_work(self) -> None:
        """One pass of the loop.

        After an action, the search attributes are updated at once. After a timer, notices go first:
        when many timers fire together, the update would delay them.
        """
        only_timer_fired = self.timer.fired and not (self.changed or self._must_cancel)
        self.changed = self.timer.fired = False
        for task in self._background_tasks:
            task.needs_attention = False
        if self._must_cancel:
            self.cancellation.is_pending = False
            self.ticket.cancel(self._catch_up_now())
        next_duty = self.duty_schedule.catch_up(workflow.now() - UNDER_WAY)
        self.metrics.record_clock_changes()
        self.run_length.look()
        self.deliveries.start()
        self.settlement.start()
        self.merge_update.start()
        self.late_reports.start()
        if next_duty is None:
            self.timer.set(None)
        else:
            self.timer.set(next_duty.at + UNDER_WAY, next_duty.summary)
        if not (only_timer_fired and self.deliveries.has_first_attempts):
            self.search_attributes.upsert()

    @property
    def _can_continue_as_new(self) -> bool:
        is_safe = self.deliveries.is_safe_to_abandon or self.run_length.is_overdue
        return self.run_length.is_long and not self._is_merging and is_safe

    @property
    def _is_merging(self) -> bool:
        return self.ticket.state.merging_into is not None

    async def _continue_as_new(self) -> None:
        """Ends the run, unless a cancellation or a merge comes while the deliveries end."""
        self.deliveries.stop()
        await self.cancellation.wait(
            lambda: self.deliveries.are_stopped and workflow.all_handlers_finished()
        )
        if self.cancellation.is_pending or self._is_merging:
            return
        await self.settlement.stop()
        await self.late_reports.stop()
        workflow.continue_as_new(Start(carried=self.ticket.state))

    def _catch_up_now(self) -> datetime:
        """Performs the duties that are due, so that their events precede whatever happens now."""
        now = workflow.now()
        self.duty_schedule.catch_up(now)
        return now

    def _validate(self, action: Action, request: ActionRequest[ActionInput]) -> None:
        """Refuses an action that is not possible. Called by the validators of `action_update`."""
        if self._is_admitting():
            return
        try:
            at = self.ticket.stands_at(request, workflow.now())
            self._caught_up(at).check(action, request, at)
            self.ticket.check_version(request)
        except Refusal as refusal:
            raise self._refused(refusal, request.actor) from refusal

    def _caught_up(self, at: datetime) -> Ticket:
        """The ticket as an action at this time finds it; validators must change nothing.

        A duty can be due although the timer has not fired: the timer waits for actions that are
        under way, and the first task of a run validates updates before the timer is set.
        """
        next_duty = self.duty_schedule.next()
        if next_duty is None or next_duty.at >= at:
            return self.ticket
        ticket = Ticket(self.ticket.state.draft())
        catch_up_before(ticket, at)
        return ticket

    async def _apply(self, action: Action, request: ActionRequest[ActionInput]) -> Reply:
        """Takes an action, once the ticket is open. Called by the handlers of `action_update`."""
        if not self.is_open:
            await self._until_open()
            self._validate(action, request)
        return self._take(action, request)

    def _take(self, action: Action, request: ActionRequest[ActionInput]) -> Reply:
        """Applies an action that the validator accepted.

        The action is not checked again: a replay would check an old action by the rules of this
        release.
        """
        at = self.ticket.stands_at(request, workflow.now())
        self._change(action, at, lambda: self.ticket.act(action, request, at))
        return self._reply(request.actor, request.fingerprint, request.id)

    def _change(self, name: str, at: datetime, change: Callable[[], None]) -> None:
        """Changes the ticket at this time, after the duties that come before it.

        A defect costs one refused action, not the ticket: an exception that left a handler would
        fail the workflow task again and again.
        """
        self.duty_schedule.catch_up_before(at)
        self.changed = True
        before = self.ticket.state.draft()
        try:
            change()
            # The result is not needed: a defect in a rule of the duties must show here, where the
            # action is undone, and not in the loop, where it would stop the ticket.
            self.duty_schedule.next()
        except Exception as error:
            self.ticket.restore(before)
            raise self._failed(name, error) from error

    def _failed(self, action: str, error: Exception) -> ApplicationError:
        if isinstance(error, Refusal):
            return self._refused(error, None)
        workflow.logger.exception("%s failed and was undone", action)
        return self._refused(InternalDefect("defect", action=action), None)

    def _reply(self, actor: Actor, fingerprint: str, action_id: str | None = None) -> Reply:
        state, schedule = self.ticket.state, self.duty_schedule
        return views.reply(state, actor.role, fingerprint, action_id, schedule)

    def _refused(self, refusal: Refusal, actor: Actor | None) -> ApplicationError:
        return update_errors.refused(self.ticket.state, refusal, actor)
