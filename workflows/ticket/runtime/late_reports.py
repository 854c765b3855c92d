"""Activities that report lateness and outcomes of clocks to the ticket's account."""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.account_reports import AccountReports
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from workflows.shared.activity_options import ACTIVITY_RETRY_POLICY, ACTIVITY_TIMEOUT, reason_of
from workflows.temporal.task_queues import own_internal_queue
from workflows.ticket.process.ticket import Ticket


class LateReports:
    """One activity for each report, one after another; the account decides what it earns."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._task: asyncio.Task[None] | None = None
        self.needs_attention = False

    def start(self) -> None:
        """Starts the oldest report, unless one is on its way."""
        state = self._ticket.state
        if self._task is None and state.late:
            self._task = asyncio.create_task(self._report_lateness(state.late[0]))
        elif self._task is None and state.outcomes:
            self._task = asyncio.create_task(self._report_outcome(state.outcomes[0]))

    async def stop(self) -> None:
        """Abandons a running report. The next run repeats it; it counts once, by its number."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _report_lateness(self, late: Lateness) -> None:
        summary = f"lateness of {late.clock} to account {late.account}"
        await self._report(AccountReports.report_lateness, late, summary)
        self._ticket.state.late.remove(late)
        self._end()

    async def _report_outcome(self, outcome: ClockOutcome) -> None:
        summary = f"outcome of {outcome.clock} to account {outcome.account}"
        await self._report(AccountReports.report_outcome, outcome, summary)
        self._ticket.state.outcomes.remove(outcome)
        self._end()

    async def _report(self, activity: Any, content: Any, summary: str) -> None:
        try:
            await workflow.execute_activity_method(
                activity,
                content,
                task_queue=own_internal_queue(),
                start_to_close_timeout=ACTIVITY_TIMEOUT,
                retry_policy=ACTIVITY_RETRY_POLICY,
                summary=summary,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Report refused: %s", reason_of(error))

    def _end(self) -> None:
        self._task = None
        self.needs_attention = True
