"""Bounded concurrency: thousands of tickets are erased a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

AT_ONCE = 8

Each = TypeVar("Each")


async def for_each(items: Iterable[Each], work: Callable[[Each], Awaitable[None]]) -> None:
    """Does the work of each item, `AT_ONCE` at a time."""
    left = iter(items)

    async def some() -> None:
        for item in left:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())
