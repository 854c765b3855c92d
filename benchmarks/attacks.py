"""The API under attack: what a client notices of it, and what it costs.

    python benchmarks/attacks.py [--json] [--seconds 8] [--only ATTACK]...

A client reads a ticket on one connection, twenty times a second, and another asks for /healthz on a
new connection each time. They do so alone and during each attack, in turns; the attacks come from
one or from three hundred addresses on loopback, with connections that are held and with floods.
Measured are the client's p99 against its calm p99 just before and after the attack, the growth of
the memory of the API process, failed health checks, and lines of the log.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx

from benchmarks.processes.api_process import Api, api_process
from benchmarks.processes.attack_process import FLOODS, SLOW, attack_process
from benchmarks.processes.worker_process import worker_process
from benchmarks.support.http_openings import QUIET, calling, open_ticket
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import (
    Report,
    Targets,
    at_most,
    command_line,
    leave,
    percentile,
    show,
)
from benchmarks.support.sample_policy import POLICIES

PAUSE = 0.05
"""Seconds between two requests of the client."""
HEALTH_PAUSE = 0.25
DEFAULT_LIMITS = {
    # Empty variables keep the defaults of the settings.
    "DESK_REQUESTS_PER_SECOND": "",
    "DESK_REQUESTS_PER_SECOND_PER_ADDRESS": "",
    "DESK_MAX_CONNECTIONS_PER_ADDRESS": "",
}
MOST_TIMES_CALM, MOST_MEGABYTES = 3, 64
TARGETS: Targets = {
    (attack, name): at_most(limit)
    for attack in (*SLOW, *FLOODS)
    for name, limit in (
        ("times_calm_p99", MOST_TIMES_CALM),
        ("megabytes_more", MOST_MEGABYTES),
        ("failed_health_checks", 0),
        ("failed_reads", 0),
        ("lines_of_log", 2),
    )
}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each phase")
    parser.add_argument(
        "--only", action="append", choices=(*SLOW, *FLOODS), help="this attack; can be repeated"
    )
    options = parser.parse_args()
    report = asyncio.run(measure(options.only or (*SLOW, *FLOODS), options.seconds))
    targets = {key: target for key, target in TARGETS.items() if key[0] in report}
    return show(report, targets, as_json=options.json)


async def measure(attacks: Iterable[str], seconds: float) -> Report:
    """The figures of each attack on an API of its own."""
    async with _desk() as scene:
        return await measure_on(scene, attacks, seconds)


async def measure_on(scene: "Scene", attacks: Iterable[str], seconds: float) -> Report:
    """The figures of each attack on a running API."""
    report: Report = {}
    async with calling(scene.api.url) as http:
        ticket = (await open_ticket(http, QUIET, str(uuid4()))).headers["Location"]
        client = Client(http, ticket, scene.api.url)
        # A first phase warms up. The description is otherwise made when it is first asked for.
        await client.act(min(1.0, seconds))
        (await http.get("/openapi.json")).raise_for_status()
        calm = await client.act(seconds)
        for attack in attacks:
            report[attack], calm = await _under(attack, scene, client, calm, seconds)
    return report


@dataclass
class Observed:
    """What clients noticed in one phase."""

    milliseconds: list[float] = field(default_factory=list)
    failed_reads: int = 0
    failed_health_checks: int = 0

    @property
    def p99(self) -> float:
        """The p99 of the reads, in milliseconds."""
        return percentile(sorted(self.milliseconds), 0.99)


@dataclass
class Client:
    """Two clients, one of which has a connection of its own."""

    http: httpx.AsyncClient
    ticket: str
    url: str

    async def act(self, seconds: float) -> Observed:
        """Reads and health checks for so many seconds."""
        observed = Observed()
        ends_at = perf_counter() + seconds
        await asyncio.gather(self._read(observed, ends_at), self._check(observed, ends_at))
        return observed

    async def _read(self, observed: Observed, ends_at: float) -> None:
        while perf_counter() < ends_at:
            began = perf_counter()
            try:
                (await self.http.get(self.ticket)).raise_for_status()
            except httpx.HTTPError:
                observed.failed_reads += 1
            observed.milliseconds.append((perf_counter() - began) * 1_000)
            await asyncio.sleep(PAUSE)

    async def _check(self, observed: Observed, ends_at: float) -> None:
        while perf_counter() < ends_at:
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
                    (await http.get(f"{self.url}/healthz")).raise_for_status()
            except httpx.HTTPError:
                observed.failed_health_checks += 1
            await asyncio.sleep(HEALTH_PAUSE)


@dataclass(frozen=True)
class Scene:
    """An API process and its log."""

    api: Api
    log: Path

    def megabytes(self) -> float:
        """The resident memory of the API process (proc(5))."""
        pages = int(Path(f"/proc/{self.api.process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def lines(self) -> int:
        """The warnings and errors in the log."""
        return sum("ticket=" not in line for line in self.log.read_text().splitlines())


@asynccontextmanager
async def _desk() -> AsyncIterator[Scene]:
    async with plain_server() as env:
        address = env.client.service_client.config.target_host
        with TemporaryDirectory() as directory:
            log = Path(directory, "api.log")
            with (
                worker_process(address, POLICIES),
                api_process(address, [QUIET], log=str(log), **DEFAULT_LIMITS) as api,
            ):
                yield Scene(api, log)


async def _under(
    attack: str, scene: Scene, client: Client, before: Observed, seconds: float
) -> tuple[dict[str, float], Observed]:
    """The figures of one attack, and the calm phase after it."""
    memory, lines = scene.megabytes(), scene.lines()
    async with (
        attack_process(attack, client.url, seconds + 1) as outcome,
        _largest(scene) as largest,
    ):
        during = await client.act(seconds)
    after = await client.act(seconds)
    calm = Observed([*before.milliseconds, *after.milliseconds])
    figures = {
        "calm_p99_ms": round(calm.p99, 1),
        "p99_ms": round(during.p99, 1),
        "times_calm_p99": round(during.p99 / calm.p99, 2),
        "megabytes_more": round(largest[0] - memory, 1),
        "failed_health_checks": during.failed_health_checks,
        "failed_reads": during.failed_reads,
        "lines_of_log": scene.lines() - lines,
        "connections": outcome["connected"],
        "requests": sum(outcome["statuses"].values()),
        "megabytes_sent": round(outcome["sent_bytes"] / 2**20, 1),
    }
    return figures, after


@asynccontextmanager
async def _largest(scene: Scene) -> AsyncIterator[list[float]]:
    """Has the largest memory during the block, in one element."""
    largest = [scene.megabytes()]

    async def watch() -> None:
        while True:
            await asyncio.sleep(PAUSE)
            largest[0] = max(largest[0], scene.megabytes())

    watching = asyncio.create_task(watch())
    try:
        yield largest
    finally:
        watching.cancel()


if __name__ == "__main__":
    leave(main())
