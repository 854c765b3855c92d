"""Runs `desk worker` as a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from activities.adapters.mail_catcher import LOOPBACK
from tests.commands.processes.desk_process import environment
from tests.commands.processes.forked_desk import DeskProcess, start_desk
from tests.harness import temporal_variables

AT_MOST = 30.0
READY = "Polling the task queue"


@dataclass
class RunningWorker:
    """The process and its output."""

    process: DeskProcess
    output: Path

    async def has_logged(self, words: str) -> None:
        """Returns once the output contains the words."""
        async with asyncio.timeout(AT_MOST):
            while words not in self.output.read_text():
                assert self.process.returncode is None, self.output.read_text()
                await asyncio.sleep(0.02)

    async def ends(self) -> int:
        """Waits for the end and returns the exit code."""
        return await asyncio.to_thread(self.process.wait, AT_MOST)


@asynccontextmanager
async def worker_process(
    server: WorkflowEnvironment, mail_port: int, output: Path, *options: str, **variables: str
) -> AsyncIterator[RunningWorker]:
    """A worker that polls, with these options and variables; killed on exit if it still runs."""
    output.touch()  # noqa: ASYNC240 - one system call
    process = start_desk(
        ["worker", *options],
        environment(
            **temporal_variables(server.client),
            DESK_MAIL_HOST=LOOPBACK,
            DESK_MAIL_PORT=str(mail_port),
            **variables,
        ),
        output,
    )
    running = RunningWorker(process, output)
    try:
        await running.has_logged(READY)
        yield running
    finally:
        process.kill()
        await asyncio.to_thread(process.wait, AT_MOST)
