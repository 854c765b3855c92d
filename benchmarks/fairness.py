"""The effect on other accounts of one account that opens thousands of tickets at once.

The first part goes through the API, which limits the rate of each account (see
support/paced_flood.py), and through an API without the limit (`DESK_OPENINGS_PER_SECOND=0`).

The second part bypasses the API: one account starts a backlog of tickets, and a worker process
works through it. Meanwhile another account opens tickets in sequence, and the time until each
answer is measured. For comparison: a desk without the backlog, one whose backlog comes from three
hundred accounts, and a server without fairness (`matching.enableFairness`, see
deploy/dynamic-config.yaml). A backlog of any origin keeps this machine's CPUs busy, so it is also
measured on a second desk on the same machine.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from benchmarks.processes.worker_process import worker_process
from benchmarks.support.concurrency import run_concurrently
from benchmarks.support.http_openings import LOUD, QUIET
from benchmarks.support.paced_flood import measure_during_flood
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import Report, at_most, command_line, leave, percentile, show
from benchmarks.support.sample_policy import POLICIES, opening
from workflows.client.calls import DeskUnavailable
from workflows.client.ticket_start import start_options
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import TASK_QUEUE
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

FLOOD = 5_000
MEASURED = 100
WITHOUT_RATE_LIMIT = 60
ACCOUNTS = 300
CONCURRENCY = 50
UNFAIR = {"matching.enableFairness": "false"}
PRIORITY = "normal"
TARGETS = {("by_the_api", "p50_by_alone"): at_most(1.2)}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--flood", type=int, default=FLOOD, help=f"tickets of the backlog (default: {FLOOD})"
    )
    options = parser.parse_args()
    report = asyncio.run(measure(options.flood))
    return show(report, TARGETS, as_json=options.json)


async def measure(flood: int) -> Report:
    """All figures: milliseconds until the quiet account gets an answer."""
    report = {
        "alone": await opened_alone(),
        "one_account_on_another_desk": await opened_apart_from([LOUD] * flood),
        "many_accounts": await opened_with(
            [f"account-{number % ACCOUNTS}" for number in range(flood)]
        ),
        "one_account": await opened_with([LOUD] * flood),
        "one_account_unfair": await opened_with([LOUD] * flood, UNFAIR),
    }
    apart = report["one_account_on_another_desk"]
    for name, figures in report.items():
        if name != "alone":
            figures["p50_by_apart"] = round(figures["p50"] / apart["p50"], 2)
            figures["p99_by_apart"] = round(figures["p99"] / apart["p99"], 2)
    return {
        "by_the_api": await measure_during_flood(),
        "by_an_api_without_rate_limit": await measure_during_flood(
            WITHOUT_RATE_LIMIT, DESK_OPENINGS_PER_SECOND="0"
        ),
        **report,
    }


async def opened_alone() -> dict[str, float]:
    """The time of each opening on an otherwise idle desk."""
    async with _desk() as client:
        return _percentiles([await _opened_in(client) for _ in range(MEASURED)])


async def opened_with(
    flood: list[str], settings: Mapping[str, str] | None = None
) -> dict[str, float]:
    """The same with a backlog of these accounts on the same desk."""
    async with _desk(flood, settings) as client:
        return await _opened_until_done(client, client)


async def opened_apart_from(flood: list[str]) -> dict[str, float]:
    """The same with the backlog on another desk, with its own server and worker."""
    async with _desk() as client, _desk(flood) as other:
        return await _opened_until_done(client, other)


@asynccontextmanager
async def _desk(
    flood: list[str] | None = None, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Client]:
    async with plain_server(settings=settings) as env:
        await _flood(env.client, flood or [])
        with worker_process(env.client.service_client.config.target_host, POLICIES):
            yield env.client


async def _opened_until_done(client: Client, flooded: Client) -> dict[str, float]:
    """In sequence, until enough are measured or the backlog is done."""
    took: list[float] = []
    while len(took) < MEASURED and (not took or await _backlog(flooded)):
        took.append(await _opened_in(client))
    return _percentiles(took)


def _percentiles(took: list[float]) -> dict[str, float]:
    took = sorted(took)
    return {
        "tickets": len(took),
        "p50": round(percentile(took, 0.5), 1),
        "p99": round(percentile(took, 0.99), 1),
    }


async def _flood(client: Client, accounts: list[str]) -> None:
    """Starts one ticket for each account without waiting for answers."""

    async def start(account: str) -> None:
        opened = opening(datetime.now(UTC), PRIORITY, account)
        await client.start_workflow(
            TicketWorkflow.run, Start(opening=opened), **start_options(opened)
        )

    await run_concurrently(accounts, start, CONCURRENCY)


async def _opened_in(client: Client) -> float:
    """Milliseconds until a ticket is open, through all retries."""
    desk, opened = TicketClient(client), opening(datetime.now(UTC), PRIORITY, QUIET)
    began = perf_counter()
    while True:
        try:
            await desk.open(opened)
        except DeskUnavailable:
            continue
        return (perf_counter() - began) * 1_000


async def _backlog(client: Client) -> int:
    """The approximate number of workflow tasks that wait for a worker."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        report_stats=True,
    )
    answer = await client.workflow_service.describe_task_queue(request)
    return answer.stats.approximate_backlog_count


if __name__ == "__main__":
    leave(main())
