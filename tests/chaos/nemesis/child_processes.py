"""Processes of `desk`, forked as for the tests of commands."""

import asyncio
from signal import Signals

from commands.processes.supervised_process import Running, SupervisedProcess
from tests.commands.processes.forked_desk import DeskProcess, start_desk

POLL_SECONDS = 0.01


class DeskChild(SupervisedProcess):
    """A command of `desk`; `command` is its arguments."""

    async def _spawn(self) -> Running:
        return _PolledDesk(start_desk(self.command, self.environment, self.log))


class _PolledDesk:
    """A process of `desk` whose end is awaited by polling: its own `wait` blocks the loop."""

    def __init__(self, desk: DeskProcess) -> None:
        self._desk = desk

    @property
    def returncode(self) -> int | None:
        return self._desk.poll()

    def send_signal(self, signal: Signals) -> None:
        self._desk.send_signal(signal)

    def kill(self) -> None:
        self._desk.kill()

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(POLL_SECONDS)
        return code
