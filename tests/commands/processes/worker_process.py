"""`desk worker` as a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from activities.adapters.mail_catcher import LOOPBACK
from tests.commands.processes.desk_process import DESK, environment

AT_MOST = 30.0
HERE = "Polling the task queue"


@dataclass
class RunningWorker:
    """The process, and what it has said."""

    process: asyncio.subprocess.Process
    output: Path

    async def says(self, words: str) -> None:
        """Returns once it has said so."""
        async with asyncio.timeout(AT_MOST):
            while words not in self.output.read_text():
                assert self.process.returncode is None, self.output.read_text()
                await asyncio.sleep(0.02)

    async def ends(self) -> int:
        """Its exit code."""
        return await asyncio.wait_for(self.process.wait(), AT_MOST)


@asynccontextmanager
async def worker_process(
    server: WorkflowEnvironment, mail_port: int, output: Path, *options: str, **given: str
) -> AsyncIterator[RunningWorker]:
    """A worker that is at work, with these options and this environment; killed when left."""
    with output.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(DESK), "worker", *options),
            env=environment(
                TEMPORAL_ADDRESS=server.client.service_client.config.target_host,
                DESK_MAIL_HOST=LOOPBACK,
                DESK_MAIL_PORT=str(mail_port),
                **given,
            ),
            stdout=said,
            stderr=said,
        )
    running = RunningWorker(process, output)
    try:
        await running.says(HERE)
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
