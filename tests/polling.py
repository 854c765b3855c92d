"""Waits for a state that a server reaches soon and does not report."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

FIRST_PAUSE, LAST_PAUSE = 0.01, 0.1
"""Seconds. Polling without a pause takes the processor from the server that is waited for."""
TIMEOUT = 10.0

Result = TypeVar("Result")


async def eventually(
    read: Callable[[], Awaitable[Result]],
    holds: Callable[[Result], bool],
    within: float = TIMEOUT,
) -> Result:
    """Reads until the condition holds, less and less often; TimeoutError after `within` seconds."""
    pause = FIRST_PAUSE
    async with asyncio.timeout(within):
        while not holds(result := await read()):
            await asyncio.sleep(pause)
            pause = min(1.3 * pause, LAST_PAUSE)
        return result
