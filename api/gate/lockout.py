"""Slows down and then locks out an address that sends unknown tokens.

From the fourth failure within a minute, responses are delayed. After the tenth, no token from this
address is looked up for a minute, so a guess that is right is not noticed either. Other callers
behind the address are not affected: a token that was accepted from it before is still accepted.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from time import monotonic
from typing import TypeVar

from api.gate.quiet_log import QuietLog

WINDOW = timedelta(minutes=1)
LOCKOUT = timedelta(minutes=1)
FAILURES_WITHOUT_DELAY = 3
MOST_FAILURES = 10
FIRST_DELAY = timedelta(seconds=0.25)
LONGEST_DELAY = timedelta(seconds=2)
MOST_ENTRIES = 10_000
"""Addresses with failures in memory, and accepted tokens by address, about 5 MB together."""
logger = logging.getLogger(__name__)
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass
class _Failures:
    """The failures of an address since the beginning of its window."""

    since: float
    count: int = 0
    locked_until: float = 0.0


class Lockout:
    """The failures of authentication by address, within one process. `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._accepted: OrderedDict[bytes, None] = OrderedDict()
        self._log = QuietLog(logger, "locked out after wrong tokens", clock)

    def seconds_left(self, address: str, token: str) -> float:
        """How long a token from an address is not looked up; 0 if it is."""
        failures = self._failures.get(address)
        if failures is None or _digest(address, token) in self._accepted:
            return 0.0
        return max(0.0, failures.locked_until - self._clock())

    def accepted(self, address: str, token: str) -> None:
        """Records that a token of an address was accepted."""
        _put(self._accepted, _digest(address, token), None)

    def failed(self, address: str) -> float:
        """Records an unknown token of an address; returns the seconds to delay the response."""
        now = self._clock()
        failures = self._failures.get(address)
        if failures is None or now - failures.since > WINDOW.total_seconds():
            failures = _Failures(now)
        failures.count += 1
        _put(self._failures, address, failures)
        if failures.count >= MOST_FAILURES:
            failures.locked_until = now + LOCKOUT.total_seconds()
            # The next failure after the lockout begins a new window.
            failures.since = now
            failures.count = 0
            self._log.note(address)
            return LONGEST_DELAY.total_seconds()
        late = failures.count - FAILURES_WITHOUT_DELAY - 1
        return min(FIRST_DELAY * 2**late, LONGEST_DELAY).total_seconds() if late >= 0 else 0.0


def _digest(address: str, token: str) -> bytes:
    return blake2b(f"{address}\0{token}".encode(), digest_size=16).digest()


def _put(entries: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    """Adds an entry as the latest; the earliest is dropped beyond the limit."""
    entries[key] = value
    entries.move_to_end(key)
    if len(entries) > MOST_ENTRIES:
        entries.popitem(last=False)
