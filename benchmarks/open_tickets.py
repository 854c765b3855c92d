"""The cost of a ticket while thousands are open, for the first and the last of them.

Tickets of the Contently policy are opened in thousands on a dev server with a database file, and
stay open. After the second and after the last thousand, agents assign tickets picked at random:
some in the worker's cache, and some long evicted, whose history is replayed first. The worker is a
separate process with a cache of a thousand tickets by default; its memory is the resident set.
"""

import asyncio
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from temporalio.client import Client

from benchmarks.processes.worker_process import worker_process
from benchmarks.support.concurrency import Numbers, run_concurrently
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
from commands.simulation import contently_demo
from commands.simulation.contently_demo import ADA
from policies.vocabulary import Action
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.ticket.actions.assignment import Assign
from workflows.ticket.model.opening import Opening

TICKETS = 20_000
CACHE = 1_000
THOUSAND = 1_000
ACTIONS = 100
CONCURRENCY = 20
SEED = 7
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
                return await _measure(Desk(env.client), tickets, worker, database)


async def _measure(desk: "Desk", tickets: int, worker: "Popen[str]", database: Path) -> Report:
    empty, megabytes_at_first = _bytes_of(database), _megabytes(worker.pid)
    rates = [await desk.open_a_thousand() for _ in range(2)]
    in_memory, replayed = await desk.act_on_the_newest(), await desk.act_on_the_oldest()
    early_megabytes = _megabytes(worker.pid)
    rates += [await desk.open_a_thousand() for _ in range(tickets // THOUSAND - 2)]
    opened, megabytes = len(desk.numbers), _megabytes(worker.pid)
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


class Desk:
    """Opens tickets and acts on them."""

    def __init__(self, client: Client) -> None:
        self.numbers: list[str] = []
        self._tickets = TicketClient(client)
        self._opening = contently_demo.prepare(datetime.now(UTC)).opening
        self._new = Numbers()
        self._random = random.Random(SEED)

    async def open_a_thousand(self) -> float:
        """Opens a thousand tickets concurrently; returns the rate per second."""

        async def one(opening: Opening) -> None:
            await self._tickets.open(opening)
            self.numbers.append(opening.number)

        openings = [self._next() for _ in range(THOUSAND)]
        began = perf_counter()
        await run_concurrently(openings, one, CONCURRENCY)
        return THOUSAND / (perf_counter() - began)

    async def act_on_the_newest(self) -> list[float]:
        """Assigns tickets in the worker's cache; returns sorted milliseconds."""
        return await self._assign(self.numbers[-THOUSAND // 2 :])

    async def act_on_the_oldest(self) -> list[float]:
        """Assigns tickets evicted from the worker's cache; returns sorted milliseconds."""
        return await self._assign(self.numbers[: THOUSAND // 2])

    async def _assign(self, numbers: list[str]) -> list[float]:
        took = []
        for number in self._random.sample(numbers, ACTIONS):
            began = perf_counter()
            await self._tickets.act(number, Action.ASSIGN, _assignment())
            took.append((perf_counter() - began) * 1_000)
        return sorted(took)

    def _next(self) -> Opening:
        number = self._new.next()
        return self._opening.model_copy(update={"number": number, "fingerprint": number})


def _assignment() -> ActionRequest[ActionInput]:
    assignee = {"id": "ada", "name": "Ada Agent", "email": "ada@contently.example"}
    content = Assign.model_validate({"assignee": assignee})
    return ActionRequest[ActionInput](
        id=f"assign-{random.getrandbits(64)}", actor=ADA, content=content
    )


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
