"""Child processes that can be killed, stopped, frozen and restarted, each by its own id."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from commands.processes.child_process import end_with_parent
from tests.commands.processes.forked_desk import DeskProcess, start_desk

LONGEST_SHUTDOWN = 15.0
POLL_SECONDS = 0.01


class _Process(Protocol):
    @property
    def returncode(self) -> int | None: ...

    def send_signal(self, signal: signal.Signals) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


class Child:
    """One process of the desk. Its output goes to a file."""

    def __init__(
        self, name: str, command: list[str], settings: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self._command = command
        self._environment = _ambient() | dict(settings)
        self._log = log
        self._process: _Process | None = None
        self._is_wanted = False
        self._changing = asyncio.Lock()
        """Held while it starts or ends, so that a restart by two at once is one."""

    @property
    def is_running(self) -> bool:
        """Whether the process exists and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Starts or restarts it, unless it is running, and appends its output to the log."""
        self._is_wanted = True
        async with self._changing:
            if not self.is_running:
                self._process = await self._spawn()

    async def kill(self) -> None:
        """SIGKILL."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: it finishes its work in progress."""
        await self._end(signal.SIGTERM)

    async def freeze(self, seconds: float) -> None:
        """SIGSTOP, then SIGCONT after this time."""
        process = self._process
        if process is None or not self.is_running:
            return
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        # It can have been killed in the meantime.
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)

    async def revive(self) -> None:
        """Restarts it if it ended by itself, as a process supervisor does."""
        if self._is_wanted and not self.is_running:
            await self.start()

    async def _end(self, how: signal.Signals) -> None:
        self._is_wanted = False
        async with self._changing:
            if self._process is None or not self.is_running:
                return
            self._process.send_signal(how)
            try:
                await asyncio.wait_for(self._process.wait(), LONGEST_SHUTDOWN)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _spawn(self) -> _Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=end_with_parent(),
            )


class DeskChild(Child):
    """A command of `desk`, forked as for the tests of commands; `command` is its arguments."""

    async def _spawn(self) -> _Process:
        return _PolledDesk(start_desk(self._command, self._environment, self._log))


class _PolledDesk:
    """A process of `desk` whose end is awaited by polling: its own `wait` blocks the loop."""

    def __init__(self, desk: DeskProcess) -> None:
        self._desk = desk
        self.send_signal = desk.send_signal
        self.kill = desk.kill

    @property
    def returncode(self) -> int | None:
        return self._desk.poll()

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(POLL_SECONDS)
        return code


def _ambient() -> dict[str, str]:
    """This environment without variables that configure a desk."""
    prefixes = ("DESK_", "TEMPORAL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
