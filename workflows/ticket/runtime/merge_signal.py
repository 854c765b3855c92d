"""The signal by which a merged ticket notifies the surviving one."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows.shared.deliveries import CaughtUpNow
from workflows.temporal import connection
from workflows.ticket.process.ticket import Ticket

MERGED_IN = "merged_in"
"""The name of the signal."""


class MergeSignal:
    """Sends the signal of a merged ticket. A surviving ticket that has ended cannot receive it."""

    def __init__(self, ticket: Ticket, catch_up_now: CaughtUpNow) -> None:
        self._ticket = ticket
        self._catch_up_now = catch_up_now
        self._task: asyncio.Task[None] | None = None
        self.needs_attention = False

    def start(self) -> None:
        """Sends the signal if the ticket was merged, unless it is being sent."""
        into = self._ticket.state.merged_into
        if self._ticket.state.owes_merge and self._task is None and into is not None:
            self._task = asyncio.create_task(self._send(into))

    async def stop(self) -> None:
        """Abandons the signal. The next run sends it again; a second one has no effect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _send(self, into: str) -> None:
        handle = workflow.get_external_workflow_handle(connection.ticket_workflow_id(into))
        try:
            await handle.signal(MERGED_IN, self._ticket.merge_news())
            self._ticket.record_merge_result(None, self._catch_up_now())
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._ticket.record_merge_result(error.message, self._catch_up_now())
        finally:
            self._task = None
            self.needs_attention = True
