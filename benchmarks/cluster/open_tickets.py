"""A cluster with 100,000 open tickets: what the last of them cost, and the first.

    python benchmarks/cluster/open_tickets.py --state-dir DIR --open N
    python benchmarks/cluster/open_tickets.py --state-dir DIR --measure [--json]

The first command opens tickets until there are N, on a cluster whose state is kept in DIR. It can
be stopped, and continues where it was. The second one measures on the same state, while nothing
else uses the machine: it opens another thousand tickets, lets agents assign tickets that are in the
cache of a worker and tickets that are not, and reads pages of the list through the proxy. Memory is
that of all processes of a kind. For comparison it first opens a thousand tickets on an empty
cluster. Both clusters are those of `make cluster`, and histories are encrypted. Tickets are of the
Contently policy, and received a tenth of a second apart on a day to come, so that nothing is due
meanwhile.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from activities.adapters.mail_catcher import MailCatcher
from benchmarks.cluster.encrypted_client import encrypted_client
from benchmarks.cluster.postgres_work import PostgresWork
from benchmarks.cluster.process_usage import memory
from benchmarks.support.report import Report, at_least, at_most, command_line, leave, progress, show
from benchmarks.workload.open_desk import OpenDesk, medians
from commands.processes.shutdown_signals import ShutdownSignals
from deploy.cluster.cluster import Cluster
from deploy.cluster.temporary import free_addresses, temporary_cluster

THOUSAND = 1_000
WARM_UP, STEP = 100, 100
APART = timedelta(seconds=0.1)
PAGES = 100
ACTIONS = 200
TARGETS = {
    ("opening", "last_rate_by_first"): at_least(0.75),
    ("megabytes", "worker_mb"): at_most(800),
    ("action_in_memory", "p50_by_early"): at_most(1.25),
}


def main() -> int:
    """Opens, or measures and prints a table or JSON; returns the exit code."""
    options = _arguments()
    options.state_dir.mkdir(parents=True, exist_ok=True)
    if options.open:
        return asyncio.run(_open(options.state_dir, options.open))
    return show(asyncio.run(_measure(options.state_dir)), TARGETS, as_json=options.json)


async def _open(directory: Path, tickets: int) -> int:
    """Opens what is missing; the exit code is 1 if it was stopped before."""
    ShutdownSignals()
    began = perf_counter()
    try:
        async with _running(directory) as scene:
            while scene.desk.opened < tickets:
                await scene.open(min(STEP, tickets - scene.desk.opened))
                if scene.desk.opened % THOUSAND == 0:
                    rate = THOUSAND / (perf_counter() - began)
                    line = f"{scene.desk.opened} open, {rate:.1f} per second"
                    progress(f"{line}, {scene.desk.repeated} requests repeated")
                    began = perf_counter()
    except asyncio.CancelledError:
        return 1
    return 0


async def _measure(directory: Path) -> Report:
    with tempfile.TemporaryDirectory(prefix="desk-cluster-") as folder:
        async with _running(Path(folder)) as early:
            empty = await early.work.stored()
            await early.open(WARM_UP)
            progress("a thousand tickets")
            first = await early.open(THOUSAND)
            early_actions = await early.desk.act_on_the_newest()
            first_memory = memory(early.cluster)
    async with _running(directory) as scene:
        await scene.open(WARM_UP)
        progress("another thousand tickets")
        last = await scene.open(THOUSAND)
        in_memory, replayed = (
            await scene.desk.act_on_the_newest(),
            await scene.desk.act_on_the_oldest(),
        )
        lists = await _lists(scene.cluster)
        used = memory(scene.cluster)
        stored = await scene.work.stored()
        stored.subtract(empty)
        opened = scene.desk.opened
    return {
        "opening": {
            "tickets": opened,
            "first_thousand_per_second": round(first, 1),
            "last_thousand_per_second": round(last, 1),
            "last_rate_by_first": round(last / first, 2),
        },
        "action_in_memory": _compared(early_actions, in_memory),
        "action_after_replay": medians(replayed),
        **lists,
        "megabytes_with_1100": first_memory,
        "megabytes": used,
        "postgres_per_ticket": {
            "rows": round((stored.total() - stored["bytes"]) / opened, 2),
            **{name: round(n / opened, 2) for name, n in stored.items()},
        },
    }


@dataclass
class _Scene:
    cluster: Cluster
    desk: OpenDesk
    work: PostgresWork
    counter: Path

    async def open(self, count: int) -> float:
        """Opens more tickets, and writes down how many there are; returns the rate."""
        rate = await self.desk.open(count)
        self.counter.write_text(json.dumps({"opened": self.desk.opened}), encoding="utf-8")
        return rate


@asynccontextmanager
async def _running(directory: Path) -> AsyncIterator[_Scene]:
    counter = directory / "opened.json"
    opened = json.loads(counter.read_text(encoding="utf-8"))["opened"] if counter.exists() else 0
    addresses = free_addresses()
    async with (
        MailCatcher(addresses.mail),
        temporary_cluster(directory, addresses, report=progress) as cluster,
    ):
        processes = cluster.processes
        desk = OpenDesk(await encrypted_client(cluster), opened, APART, ACTIONS)
        work = PostgresWork(processes.addresses.postgres, processes.state.secrets.password)
        yield _Scene(cluster, desk, work, counter)


def _compared(early: list[float], late: list[float]) -> dict[str, float]:
    own, before = medians(late), medians(early)
    ratio = {"p50_by_early": round(own["p50_ms"] / before["p50_ms"], 2)}
    return own | {f"{name}_early": value for name, value in before.items()} | ratio


async def _lists(cluster: Cluster) -> dict[str, dict[str, float]]:
    """Pages of fifty tickets, as an agent reads them."""
    progress("lists")
    token = cluster.processes.state.secrets.token("agent")
    async with cluster.client() as http:
        http.headers["Authorization"] = f"Bearer {token}"
        first = (await _page(http, {}))[1]
        return {
            "list_first_page": await _pages(http, {}),
            "list_next_page": await _pages(http, {"cursor": first["next_cursor"]}),
            "list_of_one_assignee": await _pages(http, {"assignee": "ada"}),
        }


async def _pages(http: httpx.AsyncClient, query: dict[str, str]) -> dict[str, float]:
    return medians(sorted([(await _page(http, query))[0] for _ in range(PAGES)]))


async def _page(http: httpx.AsyncClient, query: dict[str, str]) -> tuple[float, Any]:
    began = perf_counter()
    answer = await http.get("/tickets", params=query)
    milliseconds = (perf_counter() - began) * 1000
    answer.raise_for_status()
    return milliseconds, answer.json()


def _arguments() -> argparse.Namespace:
    parser = command_line(__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="keeps the cluster there")
    step = parser.add_mutually_exclusive_group(required=True)
    step.add_argument("--open", type=int, metavar="N", help="opens tickets until there are N")
    step.add_argument("--measure", action="store_true", help="measures on what is open")
    return parser.parse_args()


if __name__ == "__main__":
    leave(main())
