"""The effect of one account's flood on another account, both through the HTTP API.

The quiet account opens five tickets in two seconds: for a while alone, for twice as long during the
flood (see processes/flood_process.py), and for a while alone again. So a machine that gets slower
or faster affects both figures.
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

DURING = 240
"""Tickets of the quiet account during the flood; half as many before it and after it."""
EVERY = 0.4
"""Seconds between two tickets of the quiet account, within its rate limit."""
WARMING_UP = 20
"""Tickets before the measurement."""


async def measure_during_flood(tickets: int = DURING, **settings: str) -> dict[str, float]:
    """Milliseconds until the quiet account gets an answer from an API with these settings, alone
    and during the flood; and the rates of the flood.
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
        during = sorted(await quiet.open(tickets))
        counts = await flood.end()
        seconds = perf_counter() - began
        alone = sorted(before + await quiet.open(tickets // 2))
    p50, p99 = percentile(during, 0.5), percentile(during, 0.99)
    return {
        "p50_alone": round(percentile(alone, 0.5), 1),
        "p99_alone": round(percentile(alone, 0.99), 1),
        "p50": round(p50, 1),
        "p99": round(p99, 1),
        "longest": round(during[-1], 1),
        "p50_by_alone": round(p50 / percentile(alone, 0.5), 2),
        "p99_by_alone": round(p99 / percentile(alone, 0.99), 2),
        "flood_per_second": round(counts.opened / seconds, 1),
        "flood_refused_per_second": round(counts.refused / seconds, 1),
    }


class Quiet:
    """The account that opens tickets in sequence."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._keys = count(1)

    async def open(self, tickets: int) -> list[float]:
        """Opens this many tickets; returns the milliseconds of each."""
        took = []
        for _ in range(tickets):
            took.append(await self._open_one())
            await asyncio.sleep(max(0, EVERY - took[-1] / 1_000))
        return took

    async def _open_one(self) -> float:
        """Opens one ticket, through all retries."""
        key, began = f"{QUIET}-{next(self._keys)}", perf_counter()
        while not (await open_ticket(self._http, QUIET, key)).is_success:
            pass
        return (perf_counter() - began) * 1_000
