"""The cost of a ticket while thousands are open, for the first and the last of them.

Tickets of the Contently policy are opened in thousands on a dev server with a database file, and
stay open. After the second and after the last thousand, agents assign tickets picked at random:
some in the worker's cache, and some long evicted, whose history is replayed first. The worker is a
separate process with a cache of a thousand tickets by default; its memory is the resident set.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes.worker_process import worker_process
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import (
    Report,
    at_least,
    at_most,
    command_line,
    leave,
    percentile,
    show,
)
from benchmarks.workload.open_desk import OpenDesk

TICKETS = 20_000
CACHE = 1_000
THOUSAND = 1_000
TARGETS = {
    ("opening", "last_rate_by_first"): at_least(0.75),
    ("worker", "megabytes"): at_most(400),
    ("action_in_memory", "p50_by_early"): at_most(1.25),
    ("action_after_replay", "p50_by_early"): at_most(1.25),
}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--tickets", type=int, default=TICKETS, help=f"how many (default: {TICKETS})"
    )
    parser.add_argument(
        "--cache", type=int, default=CACHE, help=f"size of the worker's cache (default: {CACHE})"
    )
    options = parser.parse_args()
    if options.tickets < 3 * THOUSAND:
        parser.error(f"--tickets must be at least {3 * THOUSAND}")
    return show(asyncio.run(measure(options.tickets, options.cache)), TARGETS, as_json=options.json)


async def measure(tickets: int, cache: int) -> Report:
    """All figures: per second, milliseconds, megabytes, bytes, rows."""
    with TemporaryDirectory() as directory:
        database = Path(directory) / "tickets.db"
        async with plain_server(database) as env:
            address = env.client.service_client.config.target_host
            with worker_process(address, max_cached_workflows=cache) as worker:
                return await _measure(OpenDesk(env.client), tickets, worker, database)


async def _measure(desk: OpenDesk, tickets: int, worker: "Popen[str]", database: Path) -> Report:
    empty, megabytes_at_first = _bytes_of(database), _megabytes(worker.pid)
    rates = [await desk.open(THOUSAND) for _ in range(2)]
    in_memory, replayed = await desk.act_on_the_newest(), await desk.act_on_the_oldest()
    early_megabytes = _megabytes(worker.pid)
    rates += [await desk.open(THOUSAND) for _ in range(tickets // THOUSAND - 2)]
    opened, megabytes = desk.opened, _megabytes(worker.pid)
    return {
        "opening": {
            "tickets": opened,
            "first_thousand_per_second": round(rates[0], 1),
            "last_thousand_per_second": round(rates[-1], 1),
            "slowest_thousand_per_second": round(min(rates), 1),
            "last_rate_by_first": round(rates[-1] / rates[0], 2),
        },
        "action_in_memory": _compared(in_memory, await desk.act_on_the_newest()),
        "action_after_replay": _compared(replayed, await desk.act_on_the_oldest()),
        "worker": {
            "megabytes_with_none": megabytes_at_first,
            "megabytes_with_two_thousand": early_megabytes,
            "megabytes": megabytes,
            "kilobytes_per_ticket_in_memory": round(early_megabytes - megabytes_at_first),
            "kilobytes_per_other_ticket": round(
                (megabytes - early_megabytes) * THOUSAND / (opened - 2 * THOUSAND), 1
            ),
        },
        "database_per_ticket": {
            "bytes": round((_bytes_of(database) - empty) / opened),
            **{f"rows_of_{name}": round(rows / opened, 2) for name, rows in _rows_of(database)},
        },
    }


def _compared(early: list[float], late: list[float]) -> dict[str, float]:
    """Milliseconds with two thousand tickets open, and with all."""
    return {
        "p50_early": round(percentile(early, 0.5), 1),
        "p99_early": round(percentile(early, 0.99), 1),
        "p50": round(percentile(late, 0.5), 1),
        "p99": round(percentile(late, 0.99), 1),
        "p50_by_early": round(percentile(late, 0.5) / percentile(early, 0.5), 2),
    }


def _megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return round(int(resident.split()[1]) / 1024, 1)


def _bytes_of(database: Path) -> int:
    return sum(file.stat().st_size for file in database.parent.iterdir())


def _rows_of(database: Path) -> Iterator[tuple[str, int]]:
    """The tables that grow with the tickets, with their row counts."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in sorted(tables):
            [rows] = opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            if rows >= THOUSAND:
                yield name, rows


if __name__ == "__main__":
    leave(main())
