"""The overhead of the HTTP API over a direct Temporal client, by kind of request.

    python benchmarks/round_trips.py [--json]

A ticket is opened, given information and read, alternately through the HTTP API and through the
Python client that the API uses, on the same worker and in sequence, so that nothing queues.
Measured are the milliseconds until the answer and the CPU time of the API. `alive` is a request
without Temporal: the time of the web framework alone.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Awaitable
from datetime import UTC, datetime
from http import HTTPMethod
from itertools import count
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx
from temporalio.client import Client

from benchmarks.processes.api_process import api_process
from benchmarks.processes.worker_process import worker_process
from benchmarks.support.http_openings import QUIET, calling, open_ticket
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import Report, command_line, leave, percentile, show
from benchmarks.support.sample_policy import POLICIES, WIDGET, opening
from policies.vocabulary import Action
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.information import ProvideInformation

WARMING_UP, MEASURED = 20, 200
ALIVE, OPEN, ACT, READ, TIMELINE = "alive", "open", "act", "read", "timeline"
MESSAGE = "It is the same in another browser."


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    options = command_line(__doc__).parse_args()
    return show(asyncio.run(measure()), {}, as_json=options.json)


async def measure() -> Report:
    """All figures, by kind of request."""
    async with plain_server() as env:
        address = env.client.service_client.config.target_host
        with (
            worker_process(address, POLICIES),
            api_process(address, [QUIET], DESK_OPENINGS_PER_SECOND="0") as api,
        ):
            async with calling(api.url) as http:
                by_api, by_client = ByApi(http, api.process), ByClient(env.client)
                for number in range(WARMING_UP + MEASURED):
                    if number == WARMING_UP:
                        by_api.forget()
                        by_client.forget()
                    await by_api.all_of_it()
                    await by_client.all_of_it()
    return {kind: _figures(kind, by_api, by_client) for kind in by_api.took}


class Timings:
    """Milliseconds by kind of request."""

    def __init__(self) -> None:
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        self._keys = count(1)

    def forget(self) -> None:
        """Drops all measurements so far."""
        self.took.clear()

    async def _timed(self, kind: str, request: Awaitable[object]) -> None:
        began = perf_counter()
        await request
        self.took[kind].append((perf_counter() - began) * 1_000)


class ByApi(Timings):
    """Requests through the HTTP API, a separate process."""

    def __init__(self, http: httpx.AsyncClient, process: int) -> None:
        super().__init__()
        self.cpu: defaultdict[str, list[float]] = defaultdict(list)
        self._http = http
        self._process = process

    def forget(self) -> None:
        """Drops all measurements so far."""
        super().forget()
        self.cpu.clear()

    async def all_of_it(self) -> None:
        """One request of each kind."""
        await self._do(ALIVE, self._request(HTTPMethod.GET, "/healthz"))
        opened = await self._do(OPEN, open_ticket(self._http, QUIET, str(next(self._keys))))
        ticket = opened.headers["Location"]
        body = {"message": MESSAGE}
        await self._do(ACT, self._request(HTTPMethod.POST, f"{ticket}/provide-information", body))
        await self._do(READ, self._request(HTTPMethod.GET, ticket))
        await self._do(TIMELINE, self._request(HTTPMethod.GET, f"{ticket}/timeline"))

    async def _do(self, kind: str, request: Awaitable[httpx.Response]) -> httpx.Response:
        before = _milliseconds_of(self._process)
        answering = asyncio.ensure_future(request)
        await self._timed(kind, answering)
        self.cpu[kind].append(_milliseconds_of(self._process) - before)
        return answering.result().raise_for_status()

    async def _request(
        self, method: HTTPMethod, path: str, body: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self._http.request(method, path, json=body)


class ByClient(Timings):
    """Requests through the Python client."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._tickets = TicketClient(client)

    async def all_of_it(self) -> None:
        """One request of each kind that exists without HTTP."""
        opened = opening(datetime.now(UTC), "normal", QUIET)
        action = ActionRequest[ProvideInformation](
            id=str(next(self._keys)), actor=WIDGET, content=ProvideInformation(message=MESSAGE)
        )
        number, act = opened.number, Action.PROVIDE_INFORMATION
        await self._timed(OPEN, self._tickets.open(opened))
        await self._timed(ACT, self._tickets.act(number, act, action))
        await self._timed(READ, self._tickets.view(number))
        await self._timed(TIMELINE, self._tickets.timeline(number))


def _figures(kind: str, by_api: ByApi, by_client: ByClient) -> dict[str, float]:
    p50 = _median(by_api.took[kind])
    figures = {"p50_ms": round(p50, 1)}
    if kind in by_client.took:
        direct = _median(by_client.took[kind])
        figures |= {"p50_ms_by_client": round(direct, 1), "by_client": round(p50 / direct, 2)}
    return figures | {"api_cpu_ms": round(_median(by_api.cpu[kind]), 2)}


def _median(values: list[float]) -> float:
    return percentile(sorted(values), 0.5)


def _milliseconds_of(process: int) -> float:
    """The CPU time of all threads of a process (proc(5), schedstat)."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


if __name__ == "__main__":
    leave(main())
