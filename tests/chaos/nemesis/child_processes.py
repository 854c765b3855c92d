"""Child processes that can be killed, stopped, frozen and restarted, each by its own id."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from commands.processes.child_process import end_with_parent

LONGEST_SHUTDOWN = 15.0


class Child:
    """One process of the desk. Its output goes to a file."""

    def __init__(
        self, name: str, command: list[str], settings: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self._command = command
        self._environment = _ambient() | dict(settings)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
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
                await self._spawn()

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

    async def _spawn(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=end_with_parent(),
            )


def _ambient() -> dict[str, str]:
    """This environment without variables that configure a desk."""
    prefixes = ("DESK_", "TEMPORAL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
