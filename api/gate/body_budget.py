"""Bounds the memory for the bodies of all requests together, and shares it out.

The bodies of one caller from one address may use a quarter of it. A part above a limit takes the
place of a body that is still arriving: one of the sender with the most bytes, and of these the one
that has been arriving longest. So bodies that are merely held half sent keep nobody out. A body
that is complete keeps its memory until its request ends.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from starlette.types import Message, Receive, Scope

from api.gate.client_address import client_address
from api.http.auth import CALLER
from api.http.error_handlers import unavailable
from api.http.problems import Problem
from api.identity.caller import Caller

_SHARES = 4


class BodyBudget:
    """The bytes of bodies in memory, of all requests and by sender."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._by_sender: Counter[Hashable] = Counter()
        # In the order in which they began to arrive.
        self._arriving: dict[Share, None] = {}

    @property
    def used(self) -> int:
        """The bytes in use."""
        return self._by_sender.total()

    @contextmanager
    def share_of(self, scope: Scope) -> Iterator["Share"]:
        """The share of one request, returned when the request ends."""
        caller: Caller | None = scope.get(CALLER)
        share = Share(self, (caller.key if caller else "", client_address(scope)))
        try:
            yield share
        finally:
            share.give_back()

    def take(self, share: "Share", size: int) -> None:
        """Takes some bytes; a 503 problem if there is no room for them."""
        sender = share.sender
        while self._by_sender[sender] + size > self._max_bytes // _SHARES:
            self._make_room([each for each in self._arriving if each.sender == sender], share, size)
        while self.used + size > self._max_bytes:
            self._make_room(list(self._arriving), share, size)
        self._by_sender[sender] += size
        share.size += size
        self._arriving.setdefault(share)

    def completed(self, share: "Share") -> None:
        """Keeps a body that has arrived until its request ends."""
        self._arriving.pop(share, None)

    def give_back(self, share: "Share") -> None:
        """Returns what one request took."""
        self._arriving.pop(share, None)
        self._by_sender[share.sender] -= share.size
        if not self._by_sender[share.sender]:
            del self._by_sender[share.sender]
        share.size = 0

    def _make_room(self, arriving: list["Share"], share: "Share", size: int) -> None:
        """Ends an arriving body, unless it would be one of a sender with less than this one."""
        wanted = self._by_sender + Counter({share.sender: size})
        # Of equals, the first: the one that has been arriving longest.
        first = max((s for s in arriving if s.size), key=lambda s: wanted[s.sender], default=share)
        if first is share or wanted[first.sender] < wanted[share.sender]:
            raise too_many_bodies()
        self.give_back(first)
        first.evict()


class Share:
    """What one request took of the budget. `sender` is its caller and address."""

    def __init__(self, budget: BodyBudget, sender: Hashable) -> None:
        self.sender = sender
        self.size = 0
        self._budget = budget
        self._limit: asyncio.Timeout | None = None
        self._is_evicted = False

    def take(self, size: int) -> None:
        """Takes some bytes; a 503 problem if there is no room for them."""
        if size:
            self._budget.take(self, size)

    async def next_part(self, receive: Receive) -> Message:
        """The next message of a body; a 503 problem if another body takes the place of this one."""
        try:
            # Without a time of its own: `evict` sets it.
            async with asyncio.timeout(None) as self._limit:
                message = await receive()
        except TimeoutError:
            raise too_many_bodies() from None
        if self._is_evicted:
            # The part came in the same turn of the event loop, before the time ran out.
            raise too_many_bodies()
        return message

    def complete(self) -> None:
        """Keeps the body, which has arrived."""
        self._budget.completed(self)

    def evict(self) -> None:
        """Ends the body, for which `next_part` waits."""
        assert self._limit is not None
        self._is_evicted = True
        self._limit.reschedule(0)

    def give_back(self) -> None:
        """Returns all of it."""
        self._budget.give_back(self)


def too_many_bodies() -> Problem:
    """The problem of a body for which there is no memory."""
    problem = unavailable("too many large requests at once")
    # The rest of the body stays unread, so the connection cannot be reused.
    problem.headers["Connection"] = "close"
    return problem
