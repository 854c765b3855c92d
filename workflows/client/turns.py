"""Turns of the updates of one workflow.

A Temporal server takes ten updates of a workflow at once. One more is not only refused: it aborts
those that are under way, whose clients send them again, so that a burst of actions on one ticket
gets nowhere. Therefore a process sends fewer, and the others wait for their turn.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from workflows.client.calls import DeskUnavailable
from workflows.temporal.connection import RPC_TIMEOUT

AT_ONCE = 4
"""Updates that a process has under way for one workflow: two processes stay below the limit."""


class Turns:
    """Lets some updates of each workflow through at once, in the order in which they came."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._workflows: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, workflow_id: str) -> AsyncIterator[None]:
        """Waits for a turn, and keeps it meanwhile. DeskUnavailable if it does not come in time."""
        semaphore = self._workflows.setdefault(workflow_id, asyncio.Semaphore(self._at_once))
        try:
            async with asyncio.timeout(RPC_TIMEOUT.total_seconds()):
                await semaphore.acquire()
        except TimeoutError:
            raise DeskUnavailable from None
        try:
            yield
        finally:
            semaphore.release()
