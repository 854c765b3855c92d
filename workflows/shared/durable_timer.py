"""The one durable timer of a workflow."""

import asyncio
from datetime import datetime

from temporalio import workflow


class DurableTimer:
    """The durable timer of what is owed next. It is replaced when that is something else."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self.fired = False

    def set(self, at: datetime | None, summary: str = "") -> None:
        """Aims at this instant; does nothing when it already does."""
        if at == self.at:
            return
        if self._task is not None:
            self._task.cancel()
        self.at = at
        self._task = asyncio.create_task(self._ring(at, summary)) if at else None

    async def _ring(self, at: datetime, summary: str) -> None:
        await workflow.sleep(at - workflow.now(), summary=summary)
        self.at, self._task, self.fired = None, None, True
