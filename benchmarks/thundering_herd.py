"""A thundering herd: many clocks with the same due time.

All tickets are due at once, a tenth of them critical. Measured is how late the breach notice of
each reaches the mailer. For comparison, on the same server with the same worker settings: as many
bare timers that fire at once, each followed by an empty activity; the same with an upsert of a
search attribute before the activity, as for a breached ticket; and a sweep every five minutes over
the same tickets in an SQL table (SQLite in memory, indexed by due time), with the due time anywhere
between two sweeps. The server is a dev server, or with --cluster one of `make cluster` that is
started for it.
"""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from temporalio.client import Client
from temporalio.common import Priority

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.bare_timer import BareTimer, note
from benchmarks.support.bare_worker import bare_worker
from benchmarks.support.concurrency import run_concurrently
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import (
    Report,
    at_most,
    command_line,
    leave,
    percentile,
    progress,
    show,
)
from benchmarks.support.sample_policy import CATALOG, TimedMailer, opening
from benchmarks.support.worker_overrides import WorkerOverrides
from bootstrap.senders import senders
from commands.simulation.simulated_desk import IDENTITY
from deploy.cluster.connection import connected
from deploy.cluster.namespaces import new_namespace
from deploy.cluster.temporary import throwaway_cluster
from worker import STICKY_TIMEOUT, make_worker
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.dev_server import ONE_WRITER
from workflows.ticket.model.opening import Opening

HERD = 1_000
TRIED_FIRST = 100
"""Openings by whose rate the common due time is chosen. They are due an hour later."""
CAREFUL = 0.7
"""The share of that rate that the others are expected to keep."""
MARGIN = 20
"""Seconds between the last opening and the common due time."""
CRITICAL_ONE_IN = 10
CONCURRENCY = 20
HOUR = timedelta(hours=1)
SWEEP_EVERY = 300
BARE_QUEUE = "bare-timers"
[WRITERS] = ONE_WRITER
"""The server setting for concurrent writers to visibility."""
TARGETS = {
    ("ratio", "p99"): at_most(1.5),
    ("tickets", "critical_done_within"): at_most(0.2),
}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--clocks", type=int, default=HERD, help=f"how many are due (default: {HERD})"
    )
    default = STICKY_TIMEOUT.total_seconds()
    parser.add_argument(
        "--sticky-seconds",
        type=float,
        default=default,
        help=f"sticky timeout of workflow tasks (default: {default:g})",
    )
    writers = int(ONE_WRITER[WRITERS])
    parser.add_argument(
        "--visibility-writers",
        type=int,
        default=writers,
        help=f"concurrent writers of the server to visibility (default: {writers})",
    )
    parser.add_argument(
        "--cluster", action="store_true", help="on a cluster, without searchable timers"
    )
    options = parser.parse_args()
    if options.clocks < CRITICAL_ONE_IN:
        parser.error(f"--clocks must be at least {CRITICAL_ONE_IN}")
    overrides = WorkerOverrides(
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=options.sticky_seconds)
    )
    if options.cluster:
        server = _on_cluster(overrides)
    else:
        server = _on_dev_server(overrides, options.visibility_writers)
    herd = Herd(options.clocks)
    report = asyncio.run(measure(server, herd, with_searchable=not options.cluster))
    return show(report, TARGETS, as_json=options.json)


@asynccontextmanager
async def _on_dev_server(overrides: WorkerOverrides, writers: int) -> AsyncIterator[Client]:
    with TemporaryDirectory() as directory:
        database = Path(directory) / "herd.db"
        async with plain_server(database, writers={WRITERS: str(writers)}) as env:
            address = env.client.service_client.config.target_host
            yield await Client.connect(address, data_converter=DATA_CONVERTER, plugins=[overrides])


@asynccontextmanager
async def _on_cluster(overrides: WorkerOverrides) -> AsyncIterator[Client]:
    async with throwaway_cluster(report=progress) as cluster:
        variables = cluster.processes.client_settings()
        namespace = (await new_namespace(variables)).namespace
        yield await connected(variables, namespace, plugins=[overrides])


async def measure(
    server: AbstractAsyncContextManager[Client], herd: "Herd", *, with_searchable: bool
) -> Report:
    """All figures; lateness in seconds."""
    async with server as client:
        tickets = await herd.tickets(client)
        progress(f"tickets: {tickets}")
        bare = await herd.timers(client, is_searchable=False)
        report: Report = {"tickets": tickets, "bare_timers": bare, "ratio": _ratio(tickets, bare)}
        if with_searchable:
            searchable = await herd.timers(client, is_searchable=True)
            report["searchable_timers"] = searchable
            report["ratio_to_searchable"] = _ratio(tickets, searchable)
    return {**report, "sweep": sweep(herd.clocks)}


def _ratio(ours: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: round(ours[name] / other[name], 2) for name in ("p50", "p99", "max")}


class Herd:
    """Clocks with one due time, which follows from their number and the rate of openings."""

    def __init__(self, clocks: int) -> None:
        self.clocks = clocks

    async def tickets(self, client: Client) -> dict[str, float]:
        """The lateness of the breach notices of tickets."""
        mailer = TimedMailer(self.clocks)
        desk = TicketClient(client)
        worker = make_worker(
            client,
            senders=senders(mailer, IDENTITY),
            contracts=InMemoryContracts(),
            catalog=CATALOG,
        )
        async with worker:
            due = await self._common_due_time(
                lambda number: desk.open(_opening(number, datetime.now(UTC)))
            )
            openings = [_opening(number, due - HOUR) for number in range(self.clocks)]
            critical = {opened.number for opened in openings if opened.terms.priority == "critical"}
            await run_concurrently(openings, desk.open, CONCURRENCY)
            _exit_if_over(due)
            await mailer.is_full.wait()
            # The results of the last activities are still being recorded.
            await asyncio.sleep(1)
        late = [at - due.timestamp() for at, _ in mailer.emails]
        is_critical = [
            any(number in subject for number in critical) for _, subject in mailer.emails
        ]
        last = max(position for position, found in enumerate(is_critical, 1) if found)
        return _percentiles(late) | {"critical_done_within": round(last / self.clocks, 3)}

    async def timers(self, client: Client, *, is_searchable: bool) -> dict[str, float]:
        """The lateness of the activities of bare timers."""
        async with bare_worker(client, BARE_QUEUE, BareTimer, note):

            async def start(number: int, due: datetime) -> Any:
                return await client.start_workflow(
                    BareTimer.run,
                    args=[due.timestamp(), is_searchable],
                    id=f"bare/{is_searchable}/{due.timestamp()}/{number}",
                    task_queue=BARE_QUEUE,
                    priority=Priority(priority_key=1 if number % CRITICAL_ONE_IN == 0 else 3),
                )

            due = await self._common_due_time(lambda n: start(n, datetime.now(UTC) + HOUR))
            handles = await run_concurrently(
                range(self.clocks), lambda number: start(number, due), CONCURRENCY
            )
            _exit_if_over(due)
            # A frontend refuses more than some hundred waiting calls of a namespace.
            late = await run_concurrently(handles, lambda each: each.result(), CONCURRENCY)
        return _percentiles(late)

    async def _common_due_time(self, open_one: Callable[[int], Awaitable[object]]) -> datetime:
        began = perf_counter()
        await run_concurrently(range(TRIED_FIRST), open_one, CONCURRENCY)
        per_second = CAREFUL * TRIED_FIRST / (perf_counter() - began)
        progress(f"at least {per_second:.0f} a second are opened")
        whole = datetime.now(UTC).replace(microsecond=0)
        return whole + timedelta(seconds=self.clocks / per_second + MARGIN)


def _opening(number: int, received_at: datetime) -> Opening:
    is_critical = number % CRITICAL_ONE_IN == 0
    return opening(received_at, "critical" if is_critical else "normal")


def sweep(clocks: int) -> dict[str, float]:
    """The lateness of a sweep every five minutes, over all positions of the due time between two
    sweeps, including the duration of the sweep.
    """
    table = sqlite3.connect(":memory:")
    table.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, due_at REAL, breached INTEGER)")
    table.execute("CREATE INDEX due ON tickets (breached, due_at)")
    table.executemany("INSERT INTO tickets VALUES (?, 0, 0)", ((n,) for n in range(clocks)))
    began, found_at = perf_counter(), []
    due = table.execute("SELECT id FROM tickets WHERE breached = 0 AND due_at <= 1").fetchall()
    for (found,) in due:
        table.execute("UPDATE tickets SET breached = 1 WHERE id = ?", (found,))
        found_at.append(perf_counter() - began)
    return _percentiles([wait + at for wait in range(SWEEP_EVERY) for at in found_at])


def _exit_if_over(due: datetime) -> None:
    if datetime.now(UTC) >= due:
        sys.exit("Opening took longer than expected, so nothing was measured. Try fewer --clocks.")


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    found = {"p50": percentile(ordered, 0.5), "p99": percentile(ordered, 0.99), "max": ordered[-1]}
    return {name: round(value, 3) for name, value in found.items()}


if __name__ == "__main__":
    leave(main())
