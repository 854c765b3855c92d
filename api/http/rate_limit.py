"""Limits how fast one account may open tickets, so that it does not slow down the others.

Each account has its own limit (generic cell rate algorithm): openings within the burst pass at
once, later ones wait for their slot, and those that would wait too long are rejected. Each
rejected request gets a later Retry-After than the one before, so that retries are spread out.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

MAX_WAIT = timedelta(seconds=2)
"""Longest time that a request waits for its slot; callers time out later than this."""
MAX_RETRY_AFTER = timedelta(seconds=60)
"""Longest Retry-After, however many requests were rejected."""


class RateLimited(Exception):
    """The account exceeded its limit; `retry_after` is in seconds."""

    def __init__(self, account: str, retry_after: float) -> None:
        super().__init__(f"the account {account!r} opens tickets faster than its limit")
        self.retry_after = retry_after


@dataclass
class _Slots:
    """The next free slot of an account, and the next slot to offer to a rejected request."""

    next_free: float
    next_retry: float = 0.0


class RateLimiter:
    """Limits the openings per second of each account, within one process. A limit of 0 means no
    limit. The burst is the openings of one second. `clock` is monotonic.
    """

    def __init__(
        self,
        per_second: float,
        max_wait: timedelta = MAX_WAIT,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._burst = max(0.0, 1 - self._interval)
        self._max_wait = max_wait.total_seconds()
        self._clock = clock
        self._accounts: OrderedDict[str, _Slots] = OrderedDict()

    def reserve(self, account: str) -> float:
        """Takes the next slot and returns the seconds to wait for it. If the wait would be too
        long, no slot is taken and RateLimited is raised.
        """
        now = self._clock()
        self._evict_before(now)
        slots = self._accounts.setdefault(account, _Slots(now))
        slot = max(now, slots.next_free)
        wait = max(0.0, slot - self._burst - now)
        if wait > self._max_wait:
            retry = max(slot, slots.next_retry)
            slots.next_retry = min(retry + self._interval, now + MAX_RETRY_AFTER.total_seconds())
            raise RateLimited(account, retry - self._burst - now)
        slots.next_free = slot + self._interval
        self._accounts.move_to_end(account)
        return wait

    def __len__(self) -> int:
        """The number of accounts in memory."""
        return len(self._accounts)

    def _evict_before(self, now: float) -> None:
        # Accounts are in the order of their latest opening. The first can keep later ones in memory
        # for at most the burst and the longest wait.
        while self._accounts and next(iter(self._accounts.values())).next_free <= now:
            self._accounts.popitem(last=False)


UNLIMITED = RateLimiter(0)
