"""What an account notices of another one's flood, where both open tickets by the HTTP API.

The quiet account opens five tickets in two seconds: a while alone, twice as long beside the flood
(see flood_process.py), and a while alone again, so that a slower machine is slower for both.
"""

import asyncio
from itertools import count
from time import perf_counter

import httpx

from benchmarks.processes.api_process import api_process
from benchmarks.processes.flood_process import flood_process
from benchmarks.processes.worker_process import worker_process
from benchmarks.support.http_openings import LOUD, QUIET, calling, open_ticket
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import percentile
from benchmarks.support.sample_policy import POLICIES

BESIDE = 240
"""Tickets of the quiet account beside the flood: half as many before it, and half after it."""
EVERY = 0.4
"""Seconds from one ticket of the quiet account to the next: not faster than its own pace."""
WARMING_UP = 20
"""Tickets that are not measured."""


async def beside_a_flood(tickets: int = BESIDE, **settings: str) -> dict[str, float]:
    """Milliseconds until one of so many tickets of the quiet account is answered, alone and beside
    the flood, by an API with these settings; and what of the flood got through meanwhile.
    """
    async with plain_server() as env:
        address = env.client.service_client.config.target_host
        with (
            worker_process(address, POLICIES),
            api_process(address, (LOUD, QUIET), **settings) as api,
        ):
            return await _measured(api.url, tickets)


async def _measured(url: str, tickets: int) -> dict[str, float]:
    async with calling(url) as http, flood_process(url) as flood:
        quiet = Quiet(http)
        await quiet.open(WARMING_UP)
        before = await quiet.open(tickets // 2)
        began = perf_counter()
        await flood.begin()
        beside = sorted(await quiet.open(tickets))
        came = await flood.end()
        flooded = perf_counter() - began
        alone = sorted(before + await quiet.open(tickets // 2))
    p50, p99 = percentile(beside, 0.5), percentile(beside, 0.99)
    return {
        "p50_alone": round(percentile(alone, 0.5), 1),
        "p99_alone": round(percentile(alone, 0.99), 1),
        "p50": round(p50, 1),
        "p99": round(p99, 1),
        "longest": round(beside[-1], 1),
        "p50_by_alone": round(p50 / percentile(alone, 0.5), 2),
        "p99_by_alone": round(p99 / percentile(alone, 0.99), 2),
        "flood_per_second": round(came.opened / flooded, 1),
        "flood_refused_per_second": round(came.refused / flooded, 1),
    }


class Quiet:
    """The account that opens one ticket after the other."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._keys = count(1)

    async def open(self, tickets: int) -> list[float]:
        """How many milliseconds each of so many took."""
        took = []
        for _ in range(tickets):
            took.append(await self._open_one())
            await asyncio.sleep(max(0, EVERY - took[-1] / 1_000))
        return took

    async def _open_one(self) -> float:
        """However often it has to be asked for."""
        key, began = f"{QUIET}-{next(self._keys)}", perf_counter()
        while not (await open_ticket(self._http, QUIET, key)).is_success:
            pass
        return (perf_counter() - began) * 1_000
