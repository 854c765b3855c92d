"""The activity that settles the terms or the verdict of a ticket."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.terms_settlement import Settlements
from policies.i18n.request_texts import phrase
from policies.terms.settlement_request import Settlement, SettlementRequest
from workflows.shared.activity_options import ACTIVITY_RETRY_POLICY, ACTIVITY_TIMEOUT, reason_of
from workflows.shared.deliveries import CaughtUpNow
from workflows.temporal.task_queues import own_internal_queue
from workflows.ticket.process.ticket import Ticket


class TermsSettlement:
    """Runs the activity, which retries while the contract directory does not answer."""

    def __init__(self, ticket: Ticket, catch_up_now: CaughtUpNow) -> None:
        self._ticket = ticket
        self._catch_up_now = catch_up_now
        self._task: asyncio.Task[None] | None = None
        self.needs_attention = False

    def start(self) -> None:
        """Starts the activity if the ticket awaits a settlement, unless it runs already."""
        request = self._ticket.state.opening.request
        if self._ticket.state.awaits_settlement and self._task is None and request is not None:
            self._task = asyncio.create_task(self._settle(request))

    async def stop(self) -> None:
        """Abandons the activity; the next run starts it again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _settle(self, request: SettlementRequest) -> None:
        state = self._ticket.state
        revision = state.terms.revision if state.terms.is_settled else None
        request = request.model_copy(update={"facts": state.facts, "revision": revision})
        try:
            settlement = await workflow.execute_activity_method(
                Settlements.settle_terms,
                request,
                task_queue=own_internal_queue(),
                start_to_close_timeout=ACTIVITY_TIMEOUT,
                retry_policy=ACTIVITY_RETRY_POLICY,
                summary="verdict on coverage" if state.terms.is_settled else "terms of the ticket",
            )
            if state.facts == request.facts:
                self._ticket.settle(settlement, self._catch_up_now())
            # Otherwise more facts were given meanwhile: the loop starts it again with all of them.
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Terms cannot be settled: %s", reason_of(error))
            objection = phrase(state.terms.locale, "unsettled")
            self._ticket.settle(Settlement(objections=(objection,)), self._catch_up_now())
        finally:
            self._task = None
            self.needs_attention = True
