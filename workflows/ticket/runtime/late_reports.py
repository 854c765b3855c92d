"""Activities that report lateness to the ticket's account."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.account_reports import AccountReports
from policies.accounts.lateness import Lateness
from workflows.shared.activity_options import ACTIVITY_RETRY_POLICY, ACTIVITY_TIMEOUT, reason_of
from workflows.ticket.process.ticket import Ticket


class LateReports:
    """One activity for each report, one after another; the account decides what it earns."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._task: asyncio.Task[None] | None = None
        self.needs_attention = False

    def start(self) -> None:
        """Starts the oldest report, unless one is on its way."""
        if self._task is None and self._ticket.state.late:
            self._task = asyncio.create_task(self._report(self._ticket.state.late[0]))

    async def stop(self) -> None:
        """Abandons a running report. The next run repeats it; it counts once, by its number."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _report(self, late: Lateness) -> None:
        try:
            await workflow.execute_activity_method(
                AccountReports.report_lateness,
                late,
                start_to_close_timeout=ACTIVITY_TIMEOUT,
                retry_policy=ACTIVITY_RETRY_POLICY,
                summary=f"lateness of {late.clock} to account {late.account}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Report of lateness refused: %s", reason_of(error))
        self._ticket.state.late.remove(late)
        self._task = None
        self.needs_attention = True
