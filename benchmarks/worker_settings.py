"""The effect of each worker setting of Temporal on the throughput of tickets.

A worker with default settings and one with an override run the documented lifecycle (see
support/throughput.py) in turn on one plain dev server. A ratio is the median over the rounds, so
that a slower machine slows both down. The last comparison is the baseline workflow with ordinary
and with local activities.

The cache size is an option of open_tickets.py, and the sticky timeout one of thundering_herd.py.
Eager workflow start is not measured: it needs a worker in the process that opens the ticket, and a
start without the update that returns the deadlines.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, WorkerTuner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from benchmarks.support.baseline_steps import baseline_of
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import Report, command_line, leave, show
from benchmarks.support.throughput import (
    Baselines,
    Lifecycles,
    Speed,
    baseline_worker,
    history_of,
    speed,
    ticket_worker,
)
from benchmarks.support.worker_overrides import WorkerOverrides
from workflows.temporal.connection import DATA_CONVERTER, ticket_workflow_id

TICKETS = 40
ROUNDS = 5
MANY = 20
SCALES = PollerBehaviorAutoscaling()
OURS_PASSED_THROUGH = SandboxRestrictions.default.with_passthrough_modules(
    "activities", "policies", "workflows"
)
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
    "sandbox": {"workflow_runner": SandboxedWorkflowRunner(restrictions=OURS_PASSED_THROUGH)},
}
Measure = Callable[[], Awaitable[Speed]]


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--tickets", type=int, default=TICKETS, help=f"in each round (default: {TICKETS})"
    )
    options = parser.parse_args()
    return show(asyncio.run(measure(options.tickets)), {}, as_json=options.json)


async def measure(tickets: int) -> Report:
    """Speed and CPU time per ticket with an override, each divided by that with defaults."""
    async with plain_server() as env:
        report = {
            name: await _compare(_run(env.client, tickets), _run(env.client, tickets, settings))
            for name, settings in SETTINGS.items()
        }
        async with ticket_worker(env.client):
            number = await Lifecycles(env.client).one()
            baseline = baseline_of(await history_of(env.client, ticket_workflow_id(number)))
        ordinary = Baselines(env.client, baseline)
        local = Baselines(env.client, baseline._replace(is_local=True), prefix="local")
        report["local_activities_of_the_baseline"] = await _compare(
            _run_baselines(env.client, ordinary, tickets),
            _run_baselines(env.client, local, tickets),
        )
    return report


async def _compare(default: Measure, overridden: Measure) -> dict[str, float]:
    rounds = [(await default(), await overridden()) for _ in range(ROUNDS)]
    return {
        "speed_by_default": round(median(b.per_second / a.per_second for a, b in rounds), 2),
        "cpu_by_default": round(median(b.cpu_ms / a.cpu_ms for a, b in rounds), 2),
    }


def _run(client: Client, times: int, settings: dict[str, Any] | None = None) -> Measure:
    """Lifecycles with overrides for the worker only; the caller's client has defaults."""

    async def measure() -> Speed:
        address = client.service_client.config.target_host
        plugins = [WorkerOverrides(**(settings or {}))]
        worker_client = await Client.connect(
            address, data_converter=DATA_CONVERTER, plugins=plugins
        )
        async with ticket_worker(worker_client):
            return await speed(Lifecycles(client).one, times)

    return measure


def _run_baselines(client: Client, baselines: Baselines, times: int) -> Measure:
    async def measure() -> Speed:
        async with baseline_worker(client):
            return await speed(baselines.one, times)

    return measure


if __name__ == "__main__":
    leave(main())
