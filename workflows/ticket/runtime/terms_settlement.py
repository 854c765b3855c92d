"""The activity that settles what a ticket was promised."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.terms_settlement import Settlements
from policies.i18n.request_texts import phrase
from policies.terms.settlement_request import Settlement, SettlementRequest
from workflows.shared.activity_options import ANSWERS_WITHIN, ASKED_AGAIN, reason_of
from workflows.shared.deliveries import Present
from workflows.ticket.process.ticket import Ticket


class Settling:
    """The activity that settles a ticket's terms or verdict. It runs beside the process, for as
    long as the directory of contracts does not answer.
    """

    def __init__(self, ticket: Ticket, present: Present) -> None:
        self._ticket = ticket
        self._present = present
        self._task: asyncio.Task[None] | None = None
        self.reported = False

    def start(self) -> None:
        """Asks for what is owed, unless that is under way."""
        request = self._ticket.state.opening.request
        if self._ticket.state.awaits_settlement and self._task is None and request is not None:
            self._task = asyncio.create_task(self._settle(request))

    async def stop(self) -> None:
        """Abandons the question; it is asked again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _settle(self, request: SettlementRequest) -> None:
        state = self._ticket.state
        revision = state.terms.revision if state.terms.is_settled else None
        known = request.model_copy(update={"facts": state.facts, "revision": revision})
        try:
            settlement = await workflow.execute_activity_method(
                Settlements.settle_terms,
                known,
                start_to_close_timeout=ANSWERS_WITHIN,
                retry_policy=ASKED_AGAIN,
                summary="verdict on coverage" if state.terms.is_settled else "terms of the ticket",
            )
            if state.facts == known.facts:
                self._ticket.settle(settlement, self._present())
            # Else more was given meanwhile: it stays owed, and is asked for with all of it.
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Terms cannot be settled: %s", reason_of(error))
            said = phrase(state.terms.locale, "unsettled")
            self._ticket.settle(Settlement(objections=(said,)), self._present())
        finally:
            self._task = None
            self.reported = True
