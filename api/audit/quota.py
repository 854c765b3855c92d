"""Limits what unauthenticated requests write into the audit log, so that nobody fills it."""

from collections import Counter
from collections.abc import Callable
from time import monotonic

PER_ADDRESS = 20
"""Entries of one address in a minute, twice the unknown tokens before a lockout."""
IN_ALL = 1_000
"""Entries of all addresses in a minute, about 5 kB a second. So no more addresses are counted."""
_MINUTE = 60.0


class UnauthenticatedQuota:
    """Counts entries by address and minute. `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._counts: Counter[str] = Counter()
        self._left_out = 0

    def take(self, address: str) -> int | None:
        """None if an entry of this address is left out; otherwise the number left out before it."""
        now = self._clock()
        if now - self._began >= _MINUTE:
            self._began = now
            self._counts.clear()
        if self._counts[address] >= PER_ADDRESS or self._counts.total() >= IN_ALL:
            self._left_out += 1
            return None
        self._counts[address] += 1
        left_out, self._left_out = self._left_out, 0
        return left_out
