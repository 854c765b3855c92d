"""Tickets of one account that are merged into each other at the same moment."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

LONGEST_WAIT = 20.0
"""Seconds that a ticket waits for the others of its ring."""


class MergeRing:
    """A ring of two or three tickets, by name. Each is merged into the next one."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._missing = set(names)
        self._numbers: dict[str, str] = {}
        self._all_here = asyncio.Event()

    async def meet(self, name: str, number: str) -> str | None:
        """Waits for the others; the number of the next ticket, or None if it has left."""
        self._numbers[name] = number
        self.leave(name)
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT):
                await self._all_here.wait()
        following = self._names[(self._names.index(name) + 1) % len(self._names)]
        return self._numbers.get(following)

    def leave(self, name: str) -> None:
        """Nobody waits for this ticket any longer."""
        self._missing.discard(name)
        if not self._missing:
            self._all_here.set()
