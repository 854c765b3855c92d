"""Waits for a state that a server reaches soon and does not report."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

FIRST_PAUSE, LAST_PAUSE = 0.01, 0.1
"""Seconds. Polling without a pause takes the processor from the server that is waited for."""
TIMEOUT = 40.0
"""Seconds. A workflow task that a worker received while it stopped is given to the next worker
after ten.
"""

Result = TypeVar("Result")


async def eventually(
    read: Callable[[], Awaitable[Result]], holds: Callable[[Result], bool]
) -> Result:
    """Reads until the condition holds, less and less often. TimeoutError if it takes too long."""
    pause = FIRST_PAUSE
    async with asyncio.timeout(TIMEOUT):
        while not holds(result := await read()):
            await asyncio.sleep(pause)
            pause = min(1.3 * pause, LAST_PAUSE)
        return result
