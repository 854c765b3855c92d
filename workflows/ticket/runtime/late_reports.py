"""Activities that report late completions (clocks that were met after their deadline) to the
account, which may earn a credit.
"""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.account_reports import AccountReports
from policies.accounts.late_completion import LateCompletion
from workflows.shared.activity_options import ACTIVITY_RETRY_POLICY, ACTIVITY_TIMEOUT, reason_of
from workflows.ticket.process.ticket import Ticket


class LateReports:
    """One activity for each late completion; the account decides whether it earns a credit."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.needs_attention = False

    def start(self) -> None:
        """Starts a report for each late completion without one."""
        for late in self._ticket.state.late:
            if late.id not in self._tasks:
                self._tasks[late.id] = asyncio.create_task(self._report(late))

    async def stop(self) -> None:
        """Abandons running reports. The next run repeats them; each counts once, by its id."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _report(self, late: LateCompletion) -> None:
        try:
            await workflow.execute_activity_method(
                AccountReports.report_late_completion,
                late,
                start_to_close_timeout=ACTIVITY_TIMEOUT,
                retry_policy=ACTIVITY_RETRY_POLICY,
                summary=f"late completion to account {late.account}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Late completion refused: %s", reason_of(error))
        self._ticket.state.late.remove(late)
        self.needs_attention = True
