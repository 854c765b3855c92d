"""Bounds the memory for the bodies of all requests together.

One caller may use a quarter of it, so that slow uploads of one caller do not stop the others.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from starlette.types import Scope

from api.http.auth import CALLER
from api.http.error_handlers import unavailable

_SHARES = 4


class BodyBudget:
    """The bytes of bodies in memory, of all requests and by caller."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._by_caller: defaultdict[Hashable, int] = defaultdict(int)
        self.used = 0

    @contextmanager
    def share_of(self, scope: Scope) -> Iterator["Share"]:
        """The share of one request, returned when the request ends."""
        share = Share(self, scope.get(CALLER))
        try:
            yield share
        finally:
            share.give_back()

    def take(self, caller: Hashable, size: int) -> None:
        """Takes some bytes; a 503 problem if that is too much now."""
        of_caller = self._by_caller[caller] + size
        if self.used + size > self._max_bytes or of_caller > self._max_bytes // _SHARES:
            problem = unavailable("too many large requests at once")
            problem.headers["Connection"] = "close"
            raise problem
        self.used += size
        self._by_caller[caller] = of_caller

    def give_back(self, caller: Hashable, size: int) -> None:
        """Returns what one request took."""
        self.used -= size
        left = self._by_caller[caller] - size
        if left:
            self._by_caller[caller] = left
        else:
            del self._by_caller[caller]


class Share:
    """What one request took of the budget."""

    def __init__(self, budget: BodyBudget, caller: Hashable) -> None:
        self._budget = budget
        self._caller = caller
        self._taken = 0

    def take(self, size: int) -> None:
        """Takes some bytes; a 503 problem if that is too much now."""
        if size:
            self._budget.take(self._caller, size)
            self._taken += size

    def give_back(self) -> None:
        """Returns all of it."""
        if self._taken:
            self._budget.give_back(self._caller, self._taken)
            self._taken = 0
