"""Reads many tickets or accounts, a few at a time and in order."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from typing import Any, TypeVar

from api.personal_data.document import Why
from workflows.client.calls import DeskUnavailable

AT_ONCE = 8
"""Tickets or accounts that are read at the same time."""
MOST_UNAVAILABLE = 20
"""Tickets or accounts in succession without an answer, after which the others are not tried."""

Item = TypeVar("Item")
Result = TypeVar("Result")


async def read_ahead(
    items: Collection[Item], read: Callable[[Item], Coroutine[Any, Any, Result]]
) -> AsyncIterator[tuple[Item, Result]]:
    """Each item with what was read of it, in order. The next ones are already read meanwhile.

    Raises DeskUnavailable if there is no answer again and again.
    """
    unanswered = 0
    reading: deque[tuple[Item, asyncio.Task[Result]]] = deque()
    waiting = deque(items)
    try:
        while waiting or reading:
            while waiting and len(reading) < AT_ONCE:
                item = waiting.popleft()
                reading.append((item, asyncio.create_task(read(item))))
            item, task = reading.popleft()
            result = await task
            unanswered = unanswered + 1 if result is Why.UNAVAILABLE else 0
            if unanswered >= MOST_UNAVAILABLE:
                raise DeskUnavailable("tickets and accounts cannot be read at the moment")
            yield item, result
    finally:
        for _, task in reading:
            task.cancel()
