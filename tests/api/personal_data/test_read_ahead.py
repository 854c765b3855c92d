"""Tickets are read a few at a time, and no longer than there are answers."""

import asyncio

import pytest

from api.personal_data.document import Why
from api.personal_data.read_ahead import AT_ONCE, MOST_UNAVAILABLE, read_ahead
from workflows.client.calls import DeskUnavailable


async def test_a_few_are_read_at_once_and_come_in_order() -> None:
    reading, most = set[int](), 0

    async def read(number: int) -> int:
        nonlocal most
        reading.add(number)
        most = max(most, len(reading))
        await asyncio.sleep(0)
        reading.remove(number)
        return number * 2

    found = [each async for each in read_ahead(range(1_000), read)]
    assert found == [(number, number * 2) for number in range(1_000)]
    assert 1 < most <= AT_ONCE


async def test_without_answers_the_others_are_not_tried() -> None:
    tried: list[int] = []

    async def read(number: int) -> Why:
        tried.append(number)
        # One that answers begins the count anew.
        return Why.ERASED if number == 5 else Why.UNAVAILABLE

    with pytest.raises(DeskUnavailable):
        _ = [each async for each in read_ahead(range(1_000), read)]
    assert len(tried) <= 5 + 1 + MOST_UNAVAILABLE + AT_ONCE
