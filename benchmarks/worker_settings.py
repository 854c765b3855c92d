"""What each setting that Temporal offers a worker does to the speed of tickets.

The documented life is lived (see throughput.py) by a worker as it is shipped and by one that has a
setting otherwise, in turns on one plain dev server; a ratio is the median of the rounds', so that a
machine that gets slower does so for both. At last a bare workflow that does as much, with ordinary
activities and with local ones.

How many tickets a worker remembers is an option of open_tickets.py, and how long a task waits for
it one of herd.py. Eager starts of workflows are not among them: they need a worker in the process
that opens the ticket, and a start without the update whose answer has the deadlines.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, WorkerTuner

from benchmarks.support.baseline_steps import course_of
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import Report, command_line, leave, show
from benchmarks.support.worker_overrides import WorkerOverrides
from benchmarks.throughput import (
    Floors,
    Lives,
    Speed,
    floor_worker,
    history_of,
    speed,
    ticket_worker,
)
from workflows.temporal.connection import DATA_CONVERTER, ticket_workflow_id

LIVES = 40
ROUNDS = 5
MANY = 20
SCALES = PollerBehaviorAutoscaling()
SETTINGS: dict[str, dict[str, Any]] = {
    "no_eager_activities": {"disable_eager_activity_execution": True},
    "twenty_pollers": {
        "max_concurrent_workflow_task_polls": MANY,
        "max_concurrent_activity_task_polls": MANY,
    },
    "pollers_that_scale": {
        "workflow_task_poller_behavior": SCALES,
        "activity_task_poller_behavior": SCALES,
    },
    "resource_tuner": {
        "tuner": WorkerTuner.create_resource_based(target_memory_usage=0.8, target_cpu_usage=0.9)
    },
    "no_sandbox": {"workflow_runner": UnsandboxedWorkflowRunner()},
}
Living = Callable[[], Awaitable[Speed]]


def main() -> int:
    """Measure, then print a table or JSON; the exit code."""
    parser = command_line(__doc__)
    parser.add_argument("--lives", type=int, default=LIVES, help=f"in each round ({LIVES})")
    wanted = parser.parse_args()
    return show(asyncio.run(measure(wanted.lives)), {}, as_json=wanted.json)


async def measure(lives: int) -> Report:
    """Speed by speed as shipped; and processor time for each life by that as shipped."""
    async with plain_server() as env:
        report = {
            name: await _next_to(_lived(env.client, lives), _lived(env.client, lives, settings))
            for name, settings in SETTINGS.items()
        }
        async with ticket_worker(env.client):
            life = await history_of(env.client, ticket_workflow_id(await Lives(env.client).one()))
        ordinary = Floors(env.client, course_of(life))
        local = Floors(env.client, course_of(life)._replace(is_local=True), prefix="local")
        report["local_activities_of_a_bare_workflow"] = await _next_to(
            _floors(env.client, ordinary, lives), _floors(env.client, local, lives)
        )
    return report


async def _next_to(shipped: Living, otherwise: Living) -> dict[str, float]:
    rounds = [(await shipped(), await otherwise()) for _ in range(ROUNDS)]
    return {
        "speed_by_shipped": round(median(b.per_second / a.per_second for a, b in rounds), 2),
        "cpu_by_shipped": round(median(b.cpu_ms / a.cpu_ms for a, b in rounds), 2),
    }


def _lived(client: Client, times: int, settings: dict[str, Any] | None = None) -> Living:
    """So many lives with a worker that has these settings; the client of the crowd stays as is."""

    async def living() -> Speed:
        address = client.service_client.config.target_host
        plugins = [WorkerOverrides(**(settings or {}))]
        of_worker = await Client.connect(address, data_converter=DATA_CONVERTER, plugins=plugins)
        async with ticket_worker(of_worker):
            return await speed(Lives(client).one, times)

    return living


def _floors(client: Client, floors: Floors, times: int) -> Living:
    async def living() -> Speed:
        async with floor_worker(client):
            return await speed(floors.one, times)

    return living


if __name__ == "__main__":
    leave(main())
