"""Many at once, and the numbers of their tickets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


async def in_turns(
    items: Iterable[Item], do: Callable[[Item], Awaitable[Done]], at_once: int
) -> list[Done]:
    """Does it with every item, with so many at once; what came of each, in no order."""
    left = iter(items)

    async def one_after_the_other() -> list[Done]:
        return [await do(item) for item in left]

    done = await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return [result for results in done for result in results]


class Numbers:
    """Ticket numbers, one after the other."""

    def __init__(self) -> None:
        self._count = count(1)

    def next(self) -> str:
        """One that was not given before."""
        digits = f"{next(self._count):012d}"
        return "-".join((digits[:4], digits[4:8], digits[8:]))
