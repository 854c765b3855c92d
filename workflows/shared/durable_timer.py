"""The durable timer of a workflow."""

import asyncio
from datetime import datetime

from temporalio import workflow


class DurableTimer:
    """One durable timer, for whatever is due next. A new time replaces the timer."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self.fired = False

    def set(self, at: datetime | None, summary: str = "") -> None:
        """Sets the timer to this time, or clears it. An equal time changes nothing."""
        if at == self.at:
            return
        if self._task is not None:
            self._task.cancel()
        self.at = at
        self._task = asyncio.create_task(self._wait(at, summary)) if at else None

    async def _wait(self, at: datetime, summary: str) -> None:
        await workflow.sleep(at - workflow.now(), summary=summary)
        self.at, self._task, self.fired = None, None, True
