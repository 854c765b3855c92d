"""What one more worker, API or history service brings, until the processors are full.

    python benchmarks/cluster/one_more.py [--seconds N] [--json]

A cluster as that of `make cluster` runs with one worker, one API and one history service, then with
more of one of them. Each time, forty callers add notes to tickets over HTTP, in turn to each API,
for some seconds; then twenty lives at once are lived by a Temporal client, past the APIs. `cores`
are the CPUs that all processes of a kind keep busy during the notes. Where `idle_cores` is near 0,
the machine is full, and what one more process brings is taken from the others. Histories are
encrypted, and the limits of requests are off. `this program` is the load and the mail server.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from itertools import count, cycle
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from activities.adapters.mail_catcher import MailCatcher
from benchmarks.cluster.encrypted_client import encrypted_client
from benchmarks.cluster.process_usage import cpu_seconds, idle_seconds
from benchmarks.support.concurrency import number
from benchmarks.support.report import Report, command_line, leave, progress, show
from benchmarks.support.throughput import Lifecycles
from benchmarks.workload.open_desk import OpenDesk
from commands.processes.supervised_process import SupervisedProcess
from deploy.cluster.addresses import LOOPBACK
from deploy.cluster.cluster import Cluster
from deploy.cluster.processes import Changes
from deploy.cluster.temporary import throwaway_cluster

SECONDS = 12.0
SETTLES_AFTER = 5.0
"""Seconds until shards, task queues and connections have moved to the processes that run."""
CALLERS, LIVES_AT_ONCE = 40, 20
TICKETS = 200
WITHOUT_LIMITS = {
    "DESK_OPENINGS_PER_SECOND": "0",
    "DESK_REQUESTS_PER_SECOND": "0",
    "DESK_REQUESTS_PER_SECOND_PER_ADDRESS": "0",
}
OF_SERVER = ("Temporal", "PostgreSQL")
MOST = {"worker": 3, "api": 2, "history": 3}
SETTINGS = (
    {"worker": 1, "api": 1, "history": 1},
    {"worker": 2, "api": 1, "history": 1},
    {"worker": 3, "api": 1, "history": 1},
    {"worker": 2, "api": 2, "history": 1},
    {"worker": 2, "api": 2, "history": 2},
    {"worker": 2, "api": 2, "history": 3},
)


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"of each load (default: {SECONDS:g})"
    )
    options = parser.parse_args()
    return show(asyncio.run(measure(options.seconds)), {}, as_json=options.json)


async def measure(seconds: float) -> Report:
    """The figures of each setting."""
    changes = Changes(settings=WITHOUT_LIMITS, replicas=MOST)
    report: Report = {}
    async with (
        throwaway_cluster(changes=changes, report=progress) as cluster,
        MailCatcher(cluster.processes.addresses.mail),
    ):
        client = await encrypted_client(cluster)
        await OpenDesk(client).open(TICKETS)
        lives = Lifecycles(client, first=TICKETS + 1)
        for setting in SETTINGS:
            name = ", ".join(f"{n} {process}" for process, n in setting.items())
            progress(name)
            await _run_only(cluster, setting)
            report[name] = await _figures(cluster, setting["api"], lives, seconds)
    return report


async def _run_only(cluster: Cluster, setting: dict[str, int]) -> None:
    """Starts and stops processes until there are these numbers."""
    all_processes: dict[str, tuple[SupervisedProcess, ...]] = {
        "worker": cluster.workers,
        "api": cluster.apis,
        "history": cluster.temporal["history"],
    }
    for name, wanted in setting.items():
        for process in all_processes[name][wanted:]:
            await process.stop()
        for process in all_processes[name][:wanted]:
            await process.start()
    await cluster.until_ready()
    await asyncio.sleep(SETTLES_AFTER)


async def _figures(
    cluster: Cluster, apis: int, lives: Lifecycles, seconds: float
) -> dict[str, float]:
    notes = Notes(cluster, apis)
    await _rate(notes.add, CALLERS, seconds / 4)
    before, idle, began = cpu_seconds(cluster), idle_seconds(), perf_counter()
    updates = await _rate(notes.add, CALLERS, seconds)
    took, idle = perf_counter() - began, idle_seconds() - idle
    after = cpu_seconds(cluster)
    await notes.close()
    cores = {kind: (after[kind] - before[kind]) / took for kind in after}
    of_server = sum(share for kind, share in cores.items() if kind.startswith(OF_SERVER))
    return {
        "updates_per_second": round(updates, 1),
        "lives_per_second": round(await _rate(lives.one, LIVES_AT_ONCE, seconds), 2),
        "idle_cores": round(idle / took, 2),
        "ms_of_temporal_and_postgres_per_update": round(of_server * 1000 / updates, 1),
        **{f"cores_{kind}": round(share, 2) for kind, share in cores.items()},
    }


async def _rate(do: Callable[[], Awaitable[object]], at_once: int, seconds: float) -> float:
    """How often a second it is done by this many callers. Those that began in time are finished."""
    began = perf_counter()
    done = count()

    async def caller() -> None:
        while perf_counter() - began < seconds:
            await do()
            next(done)

    await asyncio.gather(*(caller() for _ in range(at_once)))
    return next(done) / (perf_counter() - began)


class Notes:
    """Adds notes to tickets, each time to another one, and in turn over each API."""

    def __init__(self, cluster: Cluster, apis: int) -> None:
        token = cluster.processes.state.secrets.token("agent")
        ports = cluster.processes.addresses
        self._apis = [
            httpx.AsyncClient(
                base_url=f"http://{LOOPBACK}:{ports.api(replica)}",
                headers={"Authorization": f"Bearer {token}"},
                timeout=30,
                trust_env=False,
            )
            for replica in range(1, apis + 1)
        ]
        self._next_api = cycle(self._apis)
        self._next_ticket = cycle(range(1, TICKETS + 1))

    async def add(self) -> None:
        """One note."""
        ticket = number(next(self._next_ticket))
        answer = await next(self._next_api).post(
            f"/tickets/{ticket}/add-note", json={"note": "A note."}
        )
        answer.raise_for_status()

    async def close(self) -> None:
        """Closes the connections."""
        for api in self._apis:
            await api.aclose()


if __name__ == "__main__":
    leave(main())
