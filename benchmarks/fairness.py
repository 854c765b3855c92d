"""Whether one account that opens thousands of tickets at once slows down the others.

First by the API, where each account has a pace of its own (see paced_flood.py), and by an API
without one (`DESK_OPENINGS_PER_SECOND=0`).

Then past it, as if no API had kept them out: one account has so many tickets started that nobody
has worked on yet, and a worker, a process of its own, works through them. Meanwhile another account
opens tickets one after the other: measured is how long each waits for its answer. The same is done
on a desk without such a neighbour, on one where as many tickets come from three hundred accounts,
and on a server that is not told to be fair (`matching.enableFairness`, see
deploy/dynamic-config.yaml). A flood keeps the processors of this machine busy whoever it comes
from; so it is also let loose on another desk on this machine.
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
from benchmarks.support.concurrency import in_turns
from benchmarks.support.http_openings import LOUD, QUIET
from benchmarks.support.paced_flood import beside_a_flood
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import Report, at_most, command_line, leave, percentile, show
from benchmarks.support.sample_policy import POLICIES, opening
from workflows.client.tickets import DeskUnavailable, TicketClient, start_options
from workflows.temporal.connection import TASK_QUEUE
from workflows.ticket.workflow import Start, TicketWorkflow

FLOOD = 5_000
MEASURED = 100
WITHOUT_A_PACE = 60
ACCOUNTS = 300
AT_ONCE = 50
UNFAIR = {"matching.enableFairness": "false"}
PRIORITY = "normal"
TARGETS = {("by_the_api", "p50_by_alone"): at_most(1.2)}


def main() -> int:
    """Measure, then print a table or JSON; the exit code."""
    parser = command_line(__doc__)
    parser.add_argument("--flood", type=int, default=FLOOD, help=f"how many tickets ({FLOOD})")
    wanted = parser.parse_args()
    report = asyncio.run(measure(wanted.flood))
    return show(report, TARGETS, as_json=wanted.json)


async def measure(flood: int) -> Report:
    """All figures; milliseconds until a ticket of the quiet account is answered."""
    report = {
        "alone": await opened_alone(),
        "one_account_on_another_desk": await opened_apart_from([LOUD] * flood),
        "many_accounts": await opened_beside(
            [f"account-{number % ACCOUNTS}" for number in range(flood)]
        ),
        "one_account": await opened_beside([LOUD] * flood),
        "one_account_unfair": await opened_beside([LOUD] * flood, UNFAIR),
    }
    apart = report["one_account_on_another_desk"]
    for name, figures in report.items():
        if name != "alone":
            figures["p50_by_apart"] = round(figures["p50"] / apart["p50"], 2)
            figures["p99_by_apart"] = round(figures["p99"] / apart["p99"], 2)
    return {
        "by_the_api": await beside_a_flood(),
        "by_an_api_without_a_pace": await beside_a_flood(
            WITHOUT_A_PACE, DESK_OPENINGS_PER_SECOND="0"
        ),
        **report,
    }


async def opened_alone() -> dict[str, float]:
    """How long each opening of the quiet account takes while there is nothing else to do."""
    async with _desk() as client:
        return _percentiles([await _opened_in(client) for _ in range(MEASURED)])


async def opened_beside(
    flood: list[str], settings: Mapping[str, str] | None = None
) -> dict[str, float]:
    """The same while tickets of these accounts wait on the same desk."""
    async with _desk(flood, settings) as client:
        return await _opened_until_done(client, client)


async def opened_apart_from(flood: list[str]) -> dict[str, float]:
    """The same while they wait on another desk, with a server and a worker of its own."""
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
    """One after the other, until enough are measured or the flood is over."""
    took: list[float] = []
    while len(took) < MEASURED and (not took or await _waiting(flooded)):
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
    """Starts a ticket for each, so many at once, and waits for no answer."""

    async def start(account: str) -> None:
        opened = opening(datetime.now(UTC), PRIORITY, account)
        await client.start_workflow(
            TicketWorkflow.run, Start(opening=opened), **start_options(opened)
        )

    await in_turns(accounts, start, AT_ONCE)


async def _opened_in(client: Client) -> float:
    """Milliseconds until a ticket is answered, however often it has to be asked for."""
    desk, opened = TicketClient(client), opening(datetime.now(UTC), PRIORITY, QUIET)
    began = perf_counter()
    while True:
        try:
            await desk.open(opened)
        except DeskUnavailable:
            continue
        return (perf_counter() - began) * 1_000


async def _waiting(client: Client) -> int:
    """About how many workflow tasks no worker has yet."""
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
