"""Requests per second by key, within one process (generic cell rate algorithm).

The burst is the requests of two seconds. Memory is bounded: beyond `MOST_KEYS`, the key that was
used least recently is forgotten.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

MOST_KEYS = 10_000
"""Keys in memory, about 2 MB."""
BURST = timedelta(seconds=2)
_ROUNDING = 1e-6


class RequestRates:
    """Limits the requests per second of each key. A limit of 0 means no limit."""

    def __init__(self, per_second: float, clock: Callable[[], float] = monotonic) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._tolerance = max(0.0, BURST.total_seconds() - self._interval)
        self._clock = clock
        self._next_free: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str) -> float:
        """0 if a request of a key may pass, else the seconds after which one may."""
        if not self._interval:
            return 0.0
        now = self._clock()
        wait = self._slot(key, now) - now - self._tolerance
        return wait if wait > _ROUNDING else 0.0

    def take(self, key: str) -> float:
        """Takes a request of a key if it may pass; the same as `wait`."""
        wait = self.wait(key)
        if self._interval and not wait:
            now = self._clock()
            self._next_free[key] = self._slot(key, now) + self._interval
            self._next_free.move_to_end(key)
            self._forget(now)
        return wait

    def __len__(self) -> int:
        """The number of keys in memory."""
        return len(self._next_free)

    def _slot(self, key: str, now: float) -> float:
        return max(now, self._next_free.get(key, now))

    def _forget(self, now: float) -> None:
        oldest = next(iter(self._next_free))
        while self._next_free[oldest] <= now or len(self._next_free) > MOST_KEYS:
            del self._next_free[oldest]
            oldest = next(iter(self._next_free))


NO_LIMIT = RequestRates(0)
