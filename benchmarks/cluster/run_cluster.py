"""Tickets on a real cluster: throughput, times of updates, and what a life costs PostgreSQL.

    python benchmarks/cluster/run_cluster.py [--rounds N] [--json]

It starts a cluster as `make cluster` does, in a folder of its own, and stops it at the end. All
processes share the machine. Client and worker are this process, in a namespace of their own, so
that the ticket and the baseline workflow have the same ones (support/throughput.py).

`throughput` is the share of the baseline. `updates` are the milliseconds of one action on a ticket
until its answer, in sequence and twenty at once. `postgres_per_life` is what the two databases did
for each of two hundred lives: transactions, rows, bytes written to the write-ahead log, bytes of
tables and indexes. Temporal deletes what it no longer needs in batches, so that the count goes on
after the last life until that has happened. `postgres_idle_per_second` is what they do without
tickets, counted before. It is subtracted.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from temporalio.client import Client

from benchmarks.cluster.postgres_work import PostgresWork
from benchmarks.cluster.timed_updates import TimedUpdates
from benchmarks.support.concurrency import run_concurrently
from benchmarks.support.report import (
    Report,
    at_least,
    command_line,
    leave,
    percentile,
    progress,
    show,
)
from benchmarks.support.throughput import CONCURRENCY, Lifecycles, throughput_of, ticket_worker
from deploy.cluster.cluster import Cluster
from deploy.cluster.namespaces import new_namespace
from deploy.cluster.temporary import throwaway_cluster

ROUNDS, LIVES, UPDATES = 8, 200, 200
IDLE_SECONDS = 60.0
"""Twice the interval at which the history service deletes tasks that are done."""
CLEANED_UP_AFTER = 75.0
TARGETS = {("throughput", "share_of_baseline"): at_least(0.8)}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"(default: {ROUNDS})")
    options = parser.parse_args()
    return show(asyncio.run(measure(options.rounds)), TARGETS, as_json=options.json)


async def measure(rounds: int) -> Report:
    """All figures."""
    async with throwaway_cluster(report=progress) as cluster:
        # Each begins with the same ticket numbers. Costs come first: nothing is left over then.
        of_lives, of_updates, of_cost = [
            await new_namespace(cluster.processes.client_settings()) for _ in range(3)
        ]
        cost = await _cost_of_lives(cluster, of_cost)
        updates = await _updates(of_updates)
        progress("throughput")
        speed = await throughput_of(of_lives, rounds)
        return {"throughput": speed.model_dump(), "updates": updates, **cost}


async def _updates(client: Client) -> dict[str, float]:
    progress("updates")
    async with ticket_worker(client):
        in_sequence, at_once = await _times_of_updates(client)
    return {
        f"{name}_p{share}_ms": round(percentile(sorted(times), share / 100), 1)
        for name, times in (("in_sequence", in_sequence), ("twenty_at_once", at_once))
        for share in (50, 99)
    }


async def _times_of_updates(client: Client) -> tuple[list[float], list[float]]:
    updates = TimedUpdates(client)
    await updates.open()
    one_by_one = [await updates.one() for _ in range(UPDATES)]
    at_once: list[float] = []

    async def run(_: int) -> None:
        mine = TimedUpdates(client)
        await mine.open()
        at_once.extend([await mine.one() for _ in range(UPDATES // CONCURRENCY)])

    await run_concurrently(range(CONCURRENCY), run, CONCURRENCY)
    return one_by_one, at_once


async def _cost_of_lives(cluster: Cluster, client: Client) -> Report:
    progress("work of PostgreSQL: without tickets, then for some, then for what is left of them")
    processes = cluster.processes
    work = PostgresWork(processes.addresses.postgres, processes.state.secrets.password)
    lives = Lifecycles(client)

    async def one(_: int) -> None:
        await lives.one()

    async with ticket_worker(client):
        start = await work.read()
        await asyncio.sleep(IDLE_SECONDS)
        before = await work.read()
        await run_concurrently(range(LIVES), one, CONCURRENCY)
        await asyncio.sleep(CLEANED_UP_AFTER)
        after = await work.read()
    idle, total = _difference(before, start), _difference(after, before)
    rates = {name: n / idle["seconds"] for name, n in idle.items() if name != "seconds"}
    return {
        "postgres_idle_per_second": {name: round(rate, 1) for name, rate in rates.items()},
        "postgres_per_life": {
            name: round((total[name] - rate * total["seconds"]) / LIVES, 1)
            for name, rate in rates.items()
        },
    }


def _difference(later: Counter[str], earlier: Counter[str]) -> dict[str, int]:
    """That of all counts. Subtracting counters would leave out those that went down."""
    return {name: later[name] - earlier[name] for name in later}


if __name__ == "__main__":
    leave(main())
