"""A dev server with the settings of `desk up`, in real time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from commands.simulation.simulated_desk import silenced_stdout
from workflows.temporal.connection import DATA_CONVERTER, SEARCH_ATTRIBUTES
from workflows.temporal.dev_server import (
    FAIR,
    ONE_PARTITION,
    ONE_WRITER,
    STARTUP,
    dynamic_config,
    on_file,
    server_binary,
)


@asynccontextmanager
async def plain_server(
    database: Path | None = None,
    settings: Mapping[str, str] | None = None,
    writers: Mapping[str, str] = ONE_WRITER,
) -> AsyncIterator[WorkflowEnvironment]:
    """A server in memory, or on a database file with this number of writers. `settings` are
    additional dynamic configuration.
    """
    arguments = dynamic_config({**ONE_PARTITION, **FAIR, **(settings or {})})
    if database is not None:
        arguments += on_file(database, writers)
    with silenced_stdout():
        server = await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(server_binary()),
            data_converter=DATA_CONVERTER,
            search_attributes=list(SEARCH_ATTRIBUTES),
            dev_server_log_level="error",
            dev_server_startup_timeout=STARTUP,
            dev_server_extra_args=arguments,
        )
    async with server:
        yield server
