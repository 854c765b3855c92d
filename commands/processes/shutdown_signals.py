"""Graceful shutdown on the first signal, immediate exit on the second."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable

from bootstrap.exit_codes import ExitCode

LOG = logging.getLogger("desk")


class ShutdownSignals:
    """Cancels the task that created it on SIGINT and SIGTERM."""

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self.before_exit: Callable[[], None] = lambda: None
        """Cleanup that must also happen before an immediate exit."""
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._handle, number)

    @property
    def exit_code(self) -> int:
        """130 after SIGINT, as shells expect; 0 after SIGTERM, a normal request to stop."""
        return ExitCode.INTERRUPTED if self.received is signal.SIGINT else 0

    def _handle(self, number: signal.Signals) -> None:
        if self.received is not None:
            self.before_exit()
            os._exit(ExitCode.INTERRUPTED)
        self.received = number
        LOG.info("Stopping; repeat the signal to stop at once.")
        if self._task is not None:
            self._task.cancel()
