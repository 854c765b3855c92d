"""Quiescence: a moment in which no workload acts, so that a fault meets an idle desk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Quiescence:
    """A shared lock for activity and an exclusive one for quiet."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._active = 0

    @asynccontextmanager
    async def activity(self) -> AsyncIterator[None]:
        """Shared: any number at once, none during quiet."""
        await self._open.wait()
        self._active += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._active -= 1
            if not self._active:
                self._idle.set()

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Exclusive: waits for all activity to end and admits none."""
        self._open.clear()
        try:
            await self._idle.wait()
            yield
        finally:
            self._open.set()
