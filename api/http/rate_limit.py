"""How fast one account may open tickets, so that its flood is not what the others wait for.

Each account has a pace of its own (generic cell rate algorithm): a second's worth may come at
once, what comes faster is held until it is its turn, and refused when that would take too long.
Who is refused is told to come behind those who were refused before, so that they do not come back
all at once.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

HELD_FOR = timedelta(seconds=2)
"""How long an opening is held at most; a caller waits for an answer longer than this."""
LONGEST_AWAY = timedelta(seconds=60)
"""How late anybody is told to come again, however many were refused or do not wait that long."""


class RateLimited(Exception):
    """The account opens too many; `retry_after` are the seconds until this one is to come again."""

    def __init__(self, account: str, retry_after: float) -> None:
        super().__init__(f"the account {account!r} opens tickets faster than this desk takes them")
        self.retry_after = retry_after


@dataclass
class _Queue:
    """When the next of an account is due, and the next of those who were refused."""

    due: float
    again: float = 0.0


class RateLimiter:
    """So many openings a second of each account. Kept by one process, for itself; with 0 a second
    there is no limit. `clock` tells seconds that never go back.
    """

    def __init__(
        self,
        per_second: float,
        held_for: timedelta = HELD_FOR,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._at_once = max(0.0, 1 - self._interval)
        self._held_for = held_for.total_seconds()
        self._clock = clock
        self._queues: OrderedDict[str, _Queue] = OrderedDict()

    def reserve(self, account: str) -> float:
        """Takes the next turn of this account: the seconds until then, 0 for now. TooFast when it
        would be held too long; then no turn was taken.
        """
        now = self._clock()
        self._forget_before(now)
        queue = self._queues.setdefault(account, _Queue(now))
        due = max(now, queue.due)
        wait = max(0.0, due - self._at_once - now)
        if wait > self._held_for:
            again = max(due, queue.again)
            queue.again = min(again + self._interval, now + LONGEST_AWAY.total_seconds())
            raise RateLimited(account, again - self._at_once - now)
        queue.due = due + self._interval
        self._queues.move_to_end(account)
        return wait

    def __len__(self) -> int:
        """How many accounts are remembered: those with an opening not long ago."""
        return len(self._queues)

    def _forget_before(self, now: float) -> None:
        """Those who came longest ago are first, and none is ahead of now by more than a moment."""
        while self._queues and next(iter(self._queues.values())).due <= now:
            self._queues.popitem(last=False)


UNLIMITED = RateLimiter(0)
"""As many as come."""
