"""Coroutines that run together and end together."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bootstrap.exit_codes import Failure

LOG = logging.getLogger("desk")


async def run_until_first_exit(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Runs the coroutines until one ends, then cancels the others and waits for them.

    An error of the first one is raised; errors of the others while they stop are logged.
    """
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    done: set[asyncio.Task[None]] = set()
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        others = [task for task in tasks if task not in done]
        for task in others:
            task.cancel()
        for ended in await asyncio.gather(*others, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, Failure):
                LOG.error("While stopping: %s", ended, exc_info=ended)
    for task in done:
        task.result()
