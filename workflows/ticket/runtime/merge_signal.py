"""Telling another ticket of a merge, and trying no more once it knows or is gone."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows.shared.deliveries import CaughtUpNow
from workflows.temporal import connection
from workflows.ticket.process.ticket import Ticket

MERGED_IN = "merged_in"
"""The signal from a ticket to the one that it was merged into."""


class MergeSignal:
    """The signal by which the ticket that goes on learns of a merge."""

    def __init__(self, ticket: Ticket, present: CaughtUpNow) -> None:
        self._ticket = ticket
        self._catch_up_now = present
        self._task: asyncio.Task[None] | None = None
        self.needs_attention = False

    def start(self) -> None:
        """Tells it, unless that is under way."""
        into = self._ticket.state.merged_into
        if self._ticket.state.owes_merge and self._task is None and into is not None:
            self._task = asyncio.create_task(self._tell(into))

    async def stop(self) -> None:
        """Abandons the signal; one that arrives twice is one."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tell(self, into: str) -> None:
        handle = workflow.get_external_workflow_handle(connection.ticket_workflow_id(into))
        try:
            await handle.signal(MERGED_IN, self._ticket.merge_news())
            self._ticket.merge_told(None, self._catch_up_now())
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._ticket.merge_told(error.message, self._catch_up_now())
        finally:
            self._task = None
            self.needs_attention = True
