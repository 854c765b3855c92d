"""Waits for a state that a server reaches soon and does not report."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

POLL_SECONDS = 0.01
"""Polling without a pause takes the CPU from the server."""
TIMEOUT = 10.0

Result = TypeVar("Result")


async def eventually(
    read: Callable[[], Awaitable[Result]], holds: Callable[[Result], bool]
) -> Result:
    """Reads until the condition holds; TimeoutError after ten seconds."""
    async with asyncio.timeout(TIMEOUT):
        while not holds(result := await read()):  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(POLL_SECONDS)
        return result
