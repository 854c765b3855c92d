"""A body that is held half sent makes room for others; one that has arrived keeps its memory."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus

import pytest
from starlette.types import Message

from api.gate.body_budget import BodyBudget, Share
from api.http.problems import Problem

MOST, QUARTER = 400, 100
pytestmark = pytest.mark.fault(53)


async def never() -> Message:
    """Receives nothing."""
    await asyncio.Event().wait()
    return {}


class Bodies:
    """Bodies that wait for their next part."""

    def __init__(self, stack: ExitStack) -> None:
        self.budget = BodyBudget(MOST)
        self._stack = stack

    def begin(self, host: str) -> Share:
        scope = {"client": (host, 1)}
        return self._stack.enter_context(self.budget.share_of(scope))

    async def half_sent(self, host: str, size: int) -> "asyncio.Task[Message]":
        """A body of which some bytes came, and no more come."""
        share = self.begin(host)
        share.take(size)
        waiting = asyncio.create_task(share.next_part(never))
        await asyncio.sleep(0)
        return waiting


async def is_ended(waiting: "asyncio.Task[Message]") -> bool:
    """Whether the body was refused to make room; ends it otherwise."""
    # The time-out, its cancellation, and the end of the task.
    for _ in range(3):
        await asyncio.sleep(0)
    if not waiting.done():
        waiting.cancel()
        return False
    error = waiting.exception()
    assert isinstance(error, Problem)
    assert error.type.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert error.headers["Connection"] == "close"
    return True


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


async def test_a_body_takes_the_place_of_the_oldest_one_that_is_held(stack: ExitStack) -> None:
    bodies = Bodies(stack)
    held = [await bodies.half_sent(f"203.0.113.{n}", QUARTER) for n in range(4)]
    bodies.begin("198.51.100.1").take(60)
    assert [await is_ended(each) for each in held] == [True, False, False, False]
    assert bodies.budget.used == 3 * QUARTER + 60


async def test_the_sender_with_the_most_bytes_makes_room(stack: ExitStack) -> None:
    bodies = Bodies(stack)
    friend = await bodies.half_sent("198.51.100.1", 20)
    held = [await bodies.half_sent(f"203.0.113.{n}", 95) for n in range(4)]
    bodies.begin("198.51.100.2").take(60)
    assert [await is_ended(each) for each in (friend, *held)] == [False, True, False, False, False]


async def test_a_sender_makes_room_for_itself_beyond_a_quarter(stack: ExitStack) -> None:
    bodies = Bodies(stack)
    first, second = [await bodies.half_sent("203.0.113.1", 40) for _ in range(2)]
    other = await bodies.half_sent("203.0.113.2", QUARTER)
    bodies.begin("203.0.113.1").take(40)
    assert [await is_ended(each) for each in (first, second, other)] == [True, False, False]


async def test_a_body_whose_next_part_comes_at_that_moment_ends_as_well(stack: ExitStack) -> None:
    bodies = Bodies(stack)
    part: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def receive() -> Message:
        return await part

    share = bodies.begin("203.0.113.1")
    share.take(QUARTER)
    waiting = asyncio.create_task(share.next_part(receive))
    await asyncio.sleep(0)
    part.set_result({"type": "http.request", "body": b"", "more_body": True})
    bodies.begin("203.0.113.1").take(QUARTER)
    assert await is_ended(waiting)


async def test_a_body_that_has_arrived_keeps_its_memory(stack: ExitStack) -> None:
    bodies = Bodies(stack)
    for number in range(4):
        share = bodies.begin(f"203.0.113.{number}")
        share.take(QUARTER)
        share.complete()
    with pytest.raises(Problem, match="too many large requests"):
        bodies.begin("198.51.100.1").take(1)
    assert bodies.budget.used == MOST


async def test_a_large_body_ends_none_of_a_sender_with_less(stack: ExitStack) -> None:
    bodies = Bodies(stack)
    held = [await bodies.half_sent(f"203.0.113.{n}", 50) for n in range(8)]
    with pytest.raises(Problem, match="too many large requests"):
        bodies.begin("198.51.100.1").take(80)
    assert not any([await is_ended(each) for each in held])


async def test_a_body_alone_is_at_most_a_quarter() -> None:
    with BodyBudget(MOST).share_of({"client": ("203.0.113.1", 1)}) as share:
        share.take(QUARTER)
        with pytest.raises(Problem, match="too many large requests"):
            share.take(1)


async def test_everything_is_given_back() -> None:
    budget = BodyBudget(MOST)
    with budget.share_of({"client": None}) as share:
        share.take(QUARTER)
    assert budget.used == 0
