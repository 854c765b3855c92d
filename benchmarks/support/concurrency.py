"""Bounded concurrency, and unique ticket numbers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


async def run_concurrently(
    items: Iterable[Item], do: Callable[[Item], Awaitable[Done]], concurrency: int
) -> list[Done]:
    """Applies `do` to every item with bounded concurrency; returns the results in no order."""
    remaining = iter(items)

    async def worker() -> list[Done]:
        return [await do(item) for item in remaining]

    done = await asyncio.gather(*(worker() for _ in range(concurrency)))
    return [result for results in done for result in results]


class Numbers:
    """Consecutive ticket numbers."""

    def __init__(self, first: int = 1) -> None:
        self._count = count(first)

    def next(self) -> str:
        """The next number."""
        return number(next(self._count))


def number(position: int) -> str:
    """The ticket number at this position."""
    digits = f"{position:012d}"
    return "-".join((digits[:4], digits[4:8], digits[8:]))
