"""Many tickets open at once: what the last of them costs next to the first.

Tickets of Contently are opened, a thousand after the other, on the dev server with a database file,
and stay open. After the first and after the last thousand, agents assign tickets picked at random:
by then most are in no worker's memory, so their history is replayed first. The worker is a process
of its own with the default cache; its memory is what the system says is resident.
"""

import argparse
import asyncio
import json
import os
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from benchmarks.worker_process import worker_process
from commands import contently_life
from commands.contently_life import ADA
from commands.dev_server import FAST_AND_SAFE
from commands.rehearsal import unheard
from policies.vocabulary import Action
from workflows.connection import DATA_CONVERTER, SEARCH_ATTRIBUTES
from workflows.gateway import Tickets
from workflows.server import ONE_PARTITION, dynamic_config, server_binary
from workflows.ticket.contents import CONTENTS, Content
from workflows.ticket.messages import Act, Opening

TICKETS = 20_000
THOUSAND = 1_000
ACTIONS = 200
AT_ONCE = 20
SEED = 7
TARGETS = {
    "last_rate_by_first": "at least 0.75",
    "worker_megabytes": "under 400",
    "action_p50_by_first": "about 1",
}

Report = dict[str, float]


def main() -> None:
    """Measure, then print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--tickets", type=int, default=TICKETS, help=f"how many ({TICKETS})")
    wanted = parser.parse_args()
    if wanted.tickets < 2 * THOUSAND:
        parser.error(f"--tickets is {2 * THOUSAND} or more")
    report = asyncio.run(measure(wanted.tickets))
    if wanted.json:
        print(json.dumps(report, indent=2))
    else:
        Console().print(table(report))


async def measure(tickets: int) -> Report:
    """All figures: a second, milliseconds, megabytes, bytes."""
    with TemporaryDirectory() as directory:
        database = Path(directory) / "tickets.db"
        async with _server(database) as env:
            with worker_process(env.client.service_client.config.target_host) as worker:
                return await _measure(Desk(env.client), tickets, worker, database)


async def _measure(desk: "Desk", tickets: int, worker: "Popen[str]", database: Path) -> Report:
    empty = _bytes_of(database)
    first_rate = await desk.open_a_thousand()
    first = await desk.act()
    early_memory = _megabytes(worker.pid)
    rates = [await desk.open_a_thousand() for _ in range(tickets // THOUSAND - 1)]
    last = await desk.act()
    return {
        "tickets": len(desk.numbers),
        "first_thousand_per_second": round(first_rate, 1),
        "last_thousand_per_second": round(rates[-1], 1),
        "slowest_thousand_per_second": round(min(rates), 1),
        "last_rate_by_first": round(rates[-1] / first_rate, 2),
        "action_p50_after_first": first[0],
        "action_p99_after_first": first[1],
        "action_p50_after_last": last[0],
        "action_p99_after_last": last[1],
        "action_p50_by_first": round(last[0] / first[0], 2),
        "worker_megabytes_after_first": early_memory,
        "worker_megabytes": _megabytes(worker.pid),
        "database_bytes_per_ticket": round((_bytes_of(database) - empty) / len(desk.numbers)),
        **{
            f"rows_per_ticket_{name}": round(rows / len(desk.numbers), 2)
            for name, rows in _rows_of(database)
        },
    }


class Desk:
    """Opens tickets and acts on them."""

    def __init__(self, client: Client) -> None:
        self.numbers: list[str] = []
        self._tickets = Tickets(client)
        self._opening = contently_life.prepare(datetime.now(UTC)).opening
        self._count = count(1)
        self._random = random.Random(SEED)

    async def open_a_thousand(self) -> float:
        """Opens them, so many at once; how many a second that were."""
        openings = iter([self._next() for _ in range(THOUSAND)])

        async def one_after_the_other() -> None:
            for opening in openings:
                await self._tickets.open(opening)
                self.numbers.append(opening.number)

        began = perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        return THOUSAND / (perf_counter() - began)

    async def act(self) -> tuple[float, float]:
        """Assigns tickets picked at random, one after the other; p50 and p99 in milliseconds."""
        took = []
        for number in self._random.sample(self.numbers, ACTIONS):
            began = perf_counter()
            await self._tickets.act(number, Action.ASSIGN, _assignment())
            took.append((perf_counter() - began) * 1_000)
        took.sort()
        return round(took[len(took) // 2], 1), round(took[int(len(took) * 0.99)], 1)

    def _next(self) -> Opening:
        digits = f"{next(self._count):012d}"
        number = "-".join((digits[:4], digits[4:8], digits[8:]))
        return self._opening.model_copy(update={"number": number, "fingerprint": number})


def _assignment() -> Act[Content]:
    assignee = {"id": "ada", "name": "Ada Agent", "email": "ada@contently.example"}
    content = CONTENTS[Action.ASSIGN].model_validate({"assignee": assignee})
    return Act[Content](id=f"assign-{random.getrandbits(64)}", actor=ADA, content=content)


@asynccontextmanager
async def _server(database: Path) -> AsyncIterator[WorkflowEnvironment]:
    words = ["--db-filename", str(database)]
    for pragma in FAST_AND_SAFE:
        words += ["--sqlite-pragma", pragma]
    with unheard():
        server = await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(server_binary()),
            data_converter=DATA_CONVERTER,
            search_attributes=list(SEARCH_ATTRIBUTES),
            dev_server_log_level="error",
            dev_server_extra_args=words + dynamic_config(ONE_PARTITION),
        )
    async with server:
        yield server


def _megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return round(int(resident.split()[1]) / 1024, 1)


def _bytes_of(database: Path) -> int:
    return sum(file.stat().st_size for file in database.parent.iterdir())


def _rows_of(database: Path) -> Iterator[tuple[str, int]]:
    """The tables that grow with the tickets, and their rows."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in sorted(tables):
            [rows] = opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            if rows >= THOUSAND:
                yield name, rows


def table(report: Report) -> Table:
    """The figures for people."""
    shown = Table("figure", "value", "target")
    for name, value in report.items():
        shown.add_row(name.replace("_", " "), f"{value:,}", TARGETS.get(name, ""))
    return shown


def _leave() -> Any:
    # The threads of Temporal's core outlive the loop, and can abort an interpreter that shuts down.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
    _leave()
