"""What the HTTP API adds to asking Temporal itself, for each sort of request.

    python benchmarks/round_trips.py [--json]

A ticket is opened, told something, and read, in turns by the HTTP API and by the Python client that
the API is made of, on the same worker; one after the other, so that nothing waits. Measured are
milliseconds until the answer, and of the processor of the API. `alive` is a request that asks
nobody, which is what the web framework takes by itself.
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
SAID = "It is the same in another browser."


def main() -> int:
    """Measure, then print a table or JSON; the exit code."""
    wanted = command_line(__doc__).parse_args()
    return show(asyncio.run(measure()), {}, as_json=wanted.json)


async def measure() -> Report:
    """All figures, by sort of request."""
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
    return {sort: _figures(sort, by_api, by_client) for sort in by_api.took}


class Takes:
    """How long each sort of request took, in milliseconds."""

    def __init__(self) -> None:
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        self._keys = count(1)

    def forget(self) -> None:
        """From now on it counts."""
        self.took.clear()

    async def _timed(self, sort: str, asked: Awaitable[object]) -> None:
        began = perf_counter()
        await asked
        self.took[sort].append((perf_counter() - began) * 1_000)


class ByApi(Takes):
    """By the HTTP API, a process of its own."""

    def __init__(self, http: httpx.AsyncClient, process: int) -> None:
        super().__init__()
        self.processor: defaultdict[str, list[float]] = defaultdict(list)
        self._http = http
        self._process = process

    def forget(self) -> None:
        """From now on it counts."""
        super().forget()
        self.processor.clear()

    async def all_of_it(self) -> None:
        """One request of each sort."""
        await self._do(ALIVE, self._ask(HTTPMethod.GET, "/healthz"))
        opened = await self._do(OPEN, open_ticket(self._http, QUIET, str(next(self._keys))))
        ticket = opened.headers["Location"]
        said = {"message": SAID}
        await self._do(ACT, self._ask(HTTPMethod.POST, f"{ticket}/provide-information", said))
        await self._do(READ, self._ask(HTTPMethod.GET, ticket))
        await self._do(TIMELINE, self._ask(HTTPMethod.GET, f"{ticket}/timeline"))

    async def _do(self, sort: str, asked: Awaitable[httpx.Response]) -> httpx.Response:
        before = _milliseconds_of(self._process)
        answering = asyncio.ensure_future(asked)
        await self._timed(sort, answering)
        self.processor[sort].append(_milliseconds_of(self._process) - before)
        return answering.result().raise_for_status()

    async def _ask(
        self, method: HTTPMethod, path: str, body: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self._http.request(method, path, json=body)


class ByClient(Takes):
    """By the Python client."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._tickets = TicketClient(client)

    async def all_of_it(self) -> None:
        """One request of each sort that there is without HTTP."""
        opened = opening(datetime.now(UTC), "normal", QUIET)
        said = ActionRequest[ProvideInformation](
            id=str(next(self._keys)), actor=WIDGET, content=ProvideInformation(message=SAID)
        )
        number, act = opened.number, Action.PROVIDE_INFORMATION
        await self._timed(OPEN, self._tickets.open(opened))
        await self._timed(ACT, self._tickets.act(number, act, said))
        await self._timed(READ, self._tickets.view(number))
        await self._timed(TIMELINE, self._tickets.timeline(number))


def _figures(sort: str, by_api: ByApi, by_client: ByClient) -> dict[str, float]:
    p50 = _median(by_api.took[sort])
    figures = {"p50_ms": round(p50, 1)}
    if sort in by_client.took:
        asked = _median(by_client.took[sort])
        figures |= {"p50_ms_by_client": round(asked, 1), "by_client": round(p50 / asked, 2)}
    return figures | {"api_processor_ms": round(_median(by_api.processor[sort]), 2)}


def _median(values: list[float]) -> float:
    return percentile(sorted(values), 0.5)


def _milliseconds_of(process: int) -> float:
    """Of a processor, that all threads of a process have had (proc(5), schedstat)."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


if __name__ == "__main__":
    leave(main())
