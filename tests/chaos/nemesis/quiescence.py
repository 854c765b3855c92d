"""A gate between those who act and those who kill: it can be had quiet for a moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Any number may be busy at once, and nobody while somebody wants quiet."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._busy = 0

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Something is being done."""
        await self._open.wait()
        self._busy += 1
        self._nobody.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._nobody.set()

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Nothing is being done, and nothing begins."""
        self._open.clear()
        try:
            await self._nobody.wait()
            yield
        finally:
            self._open.set()
