"""Waits of a workflow that somebody in operations may cancel."""

import asyncio
from collections.abc import Callable

from temporalio import workflow


class Cancellation:
    """Waits that outlast a cancellation. The workflow answers it and resets `is_pending`.

    Temporal delivers at most one cancellation to a run. A worker that evicts the workflow from its
    cache raises the same error, which must be passed on: then nobody has cancelled the workflow.
    """

    def __init__(self) -> None:
        self.is_pending = False
        self._is_received = False

    async def wait(self, condition: Callable[[], bool]) -> None:
        """Waits until the condition holds, also if the workflow is cancelled meanwhile."""
        while True:
            try:
                return await workflow.wait_condition(condition)
            except asyncio.CancelledError:
                if self._is_received or workflow.cancellation_reason() is None:
                    raise
                self._is_received = self.is_pending = True
