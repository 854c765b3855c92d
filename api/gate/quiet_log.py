"""A log line that an attacker cannot repeat: at most one a minute, with the number left out."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

INTERVAL = timedelta(minutes=1)


class QuietLog:
    """Logs a warning once a minute, however often it is noted."""

    def __init__(
        self, logger: logging.Logger, message: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._logger = logger
        self._message = message
        self._clock = clock
        self._next_at = float("-inf")
        self._left_out = 0

    def note(self, detail: object) -> None:
        """Logs the message with this detail, or counts it as left out."""
        now = self._clock()
        if now < self._next_at:
            self._left_out += 1
            return
        more = f", and {self._left_out} more before" if self._left_out else ""
        self._logger.warning("%s: %s%s", self._message, detail, more)
        self._next_at, self._left_out = now + INTERVAL.total_seconds(), 0
