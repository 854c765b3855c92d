"""What an account notices of another one's flood, where both open tickets by the HTTP API.

The flood wants to open as many as it can, fifty at once; who is answered 429 comes again when it
was told to. The quiet account opens four a second, a while without the flood and a while beside it,
in turns, so that a machine that gets slower does so for both.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import count
from statistics import median
from time import perf_counter

import httpx

from benchmarks.api_process import TOKEN, api_process
from benchmarks.made_up_desk import POLICIES
from benchmarks.plain_server import plain_server
from benchmarks.report import percentile
from benchmarks.worker_process import worker_process

ROUNDS = 5
SHARE = 30
"""Tickets of the quiet account in each half of a round."""
EVERY = 0.25
"""Seconds from one ticket of the quiet account to the next: not faster than its own pace."""
AT_ONCE = 50
LONGEST_ANSWER = 30.0
LOUD, QUIET = "loud", "quiet"


async def beside_a_flood(**settings: str) -> dict[str, float]:
    """Milliseconds until a ticket of the quiet account is answered, alone and beside the flood, by
    an API with these settings; and what of the flood got through meanwhile.
    """
    async with plain_server() as env:
        address = env.client.service_client.config.target_host
        with (
            worker_process(address, POLICIES),
            api_process(address, (LOUD, QUIET), **settings) as url,
        ):
            async with Caller.of(url) as caller:
                return await _in_turns(caller)


class Caller:
    """Opens tickets, and counts those of the flood."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.opened = 0
        self.refused = 0
        self._http = http
        self._keys = count(1)

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str) -> AsyncIterator["Caller"]:
        """One that calls the API at this address."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            base_url=url, headers=headers, timeout=LONGEST_ANSWER, trust_env=False
        ) as http:
            yield cls(http)

    async def open_quietly(self) -> float:
        """Opens one ticket, however often it has to be asked for; milliseconds."""
        key, began = str(next(self._keys)), perf_counter()
        while not (await self._open(QUIET, key)).is_success:
            pass
        return (perf_counter() - began) * 1_000

    @asynccontextmanager
    async def flooding(self) -> AsyncIterator[None]:
        """The flood goes on until this is left."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._flood()) for _ in range(AT_ONCE)]
            yield
            for task in tasks:
                task.cancel()

    async def _flood(self) -> None:
        while True:
            key = str(next(self._keys))
            while not (answer := await self._open(LOUD, key)).is_success:
                self.refused += answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
                await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
            self.opened += 1

    async def _open(self, account: str, key: str) -> httpx.Response:
        body = {
            "account": account,
            "requester": {"name": "Mia Harbour", "email": "mia@harbour.example"},
            "subject": "The editor stays blank",
            "description": "Since this morning the editor opens without any text.",
            "channel": "email",
            "priority": "normal",
        }
        return await self._http.post("/tickets", json=body, headers={"Idempotency-Key": key})


async def _opened_by(caller: Caller) -> list[float]:
    """What each of a share took the quiet account; sorted."""
    took = []
    for _ in range(SHARE):
        took.append(await caller.open_quietly())
        await asyncio.sleep(max(0, EVERY - took[-1] / 1_000))
    return sorted(took)


async def _in_turns(caller: Caller) -> dict[str, float]:
    alone: list[float] = []
    beside: list[float] = []
    ratios: list[float] = []
    flooded = 0.0
    for _ in range(ROUNDS):
        without = await _opened_by(caller)
        began = perf_counter()
        async with caller.flooding():
            with_it = await _opened_by(caller)
            flooded += perf_counter() - began
        ratios.append(percentile(with_it, 0.5) / percentile(without, 0.5))
        alone += without
        beside += with_it
    return {
        "p50_alone": round(percentile(sorted(alone), 0.5), 1),
        "p99_alone": round(percentile(sorted(alone), 0.99), 1),
        "p50": round(percentile(sorted(beside), 0.5), 1),
        "p99": round(percentile(sorted(beside), 0.99), 1),
        "p50_by_alone": round(median(ratios), 2),
        "flood_per_second": round(caller.opened / flooded, 1),
        "flood_refused_per_second": round(caller.refused / flooded, 1),
    }
