"""A bounded cache of data keys in memory, so that most payloads need no read of the store."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

V = TypeVar("V")

MOST_KEYS = 10_000
SECONDS = 60.0
"""How long a process can still read with a key that another one has destroyed."""


class KeyCache(Generic[V]):
    """The values used last, each for a limited time after it was stored."""

    def __init__(
        self,
        most: int = MOST_KEYS,
        seconds: float = SECONDS,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._entries: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: Hashable) -> V | None:
        """The value, if it is not too old."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        stored_at, value = entry
        if self._now() - stored_at >= self._seconds:
            del self._entries[name]
            return None
        self._entries.move_to_end(name)
        return value

    def put(self, name: Hashable, value: V) -> None:
        """Stores a value. The one that was not used the longest makes room."""
        self._entries[name] = (self._now(), value)
        self._entries.move_to_end(name)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything."""
        self._entries.clear()
