"""Limits what unauthenticated requests write into the audit log, so that nobody fills it."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

PER_ADDRESS = 20
"""Entries of one address in a minute, twice the unknown tokens before a lockout."""
IN_ALL = 1_000
"""Entries of all addresses in a minute, about 5 kB a second."""
MOST_ADDRESSES = 10_000
_MINUTE = 60.0


class UnauthenticatedQuota:
    """Counts entries by address and minute. `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._total = 0
        self._left_out = 0

    def take(self, address: str) -> int | None:
        """None if an entry of this address is left out; otherwise the number left out before it."""
        now = self._clock()
        if now - self._began >= _MINUTE:
            self._began, self._total = now, 0
            self._counts.clear()
        count = self._counts.get(address, 0)
        if count >= PER_ADDRESS or self._total >= IN_ALL or len(self._counts) >= MOST_ADDRESSES:
            self._left_out += 1
            return None
        self._counts[address] = count + 1
        self._total += 1
        left_out, self._left_out = self._left_out, 0
        return left_out
