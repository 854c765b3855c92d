"""Several things that run together and end together."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bootstrap.exit_codes import Failure

LOG = logging.getLogger("desk")


async def run_until_first_exit(*doings: Coroutine[Any, Any, None]) -> None:
    """Runs them until one of them ends, and has the others end in good order then.

    What the first one raises is raised; what goes wrong in the others meanwhile is logged.
    """
    tasks = [asyncio.create_task(doing) for doing in doings]
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
