"""How a long-running command is told to stop: in good order, and a second time at once."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable

from bootstrap.exit_codes import ExitCode

LOG = logging.getLogger("desk")


class ShutdownSignals:
    """Turns SIGINT and SIGTERM into the cancellation of the task that made it."""

    def __init__(self) -> None:
        self.asked: signal.Signals | None = None
        self.at_once: Callable[[], None] = lambda: None
        """What cannot be left behind even when there is no time."""
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told, number)

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, as shells have it; 0 after SIGTERM, which asks for an orderly end."""
        return ExitCode.INTERRUPTED if self.asked is signal.SIGINT else 0

    def _told(self, number: signal.Signals) -> None:
        if self.asked is not None:
            self.at_once()
            os._exit(ExitCode.INTERRUPTED)
        self.asked = number
        LOG.info("Stopping; once more to stop at once.")
        if self._task is not None:
            self._task.cancel()
