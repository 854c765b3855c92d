"""Child processes that can be killed, stopped, frozen and restarted, each by its own id."""

import asyncio
import os
import signal
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from commands.processes.child_process import end_with_parent

LONGEST_SHUTDOWN = 15.0
"""Seconds until a process that does not end is killed."""


class Running(Protocol):
    """A running process, as `asyncio.subprocess.Process` is."""

    @property
    def returncode(self) -> int | None:
        """The exit code, or None while it runs."""

    def send_signal(self, signal: signal.Signals) -> None:
        """Sends it a signal."""

    def kill(self) -> None:
        """Sends it SIGKILL."""

    async def wait(self) -> int:
        """The exit code, once it has ended."""


class SupervisedProcess:
    """One process. Its output goes to the end of a file."""

    stop_signal = signal.SIGTERM
    """By which it finishes its work in progress."""

    def __init__(
        self,
        name: str,
        command: list[str],
        settings: Mapping[str, str],
        log: Path,
        user: str | None = None,
    ) -> None:
        """It runs as this user, or as that of its parent."""
        self.name = name
        self.log = log
        self.command = command
        self.environment = ambient() | dict(settings)
        self._user = user
        self._process: Running | None = None
        self._pid: int | None = None
        self._is_wanted = False
        self._changing = asyncio.Lock()
        """Held while it starts or ends, so that a restart by two at once is one."""

    @property
    def is_running(self) -> bool:
        """Whether the process exists and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The id of the running process."""
        return self._pid if self.is_running else None

    @property
    def is_wanted(self) -> bool:
        """Whether it was started and not stopped since. It may have ended by itself."""
        return self._is_wanted

    @property
    def exit_code(self) -> int | None:
        """That of its last run; None while it runs, or if it never did."""
        return None if self._process is None else self._process.returncode

    async def start(self) -> None:
        """Starts or restarts it, unless it is running, and appends its output to the log."""
        self._is_wanted = True
        async with self._changing:
            if not self.is_running:
                self._process = await self._spawn()

    async def kill(self) -> None:
        """SIGKILL."""
        await self._end(signal.SIGKILL)

    async def stop(self, within: float = LONGEST_SHUTDOWN) -> None:
        """Lets it finish its work in progress, and kills it if it has not ended in time."""
        await self._end(self.stop_signal, within)

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

    async def _end(self, how: signal.Signals, within: float = LONGEST_SHUTDOWN) -> None:
        self._is_wanted = False
        async with self._changing:
            if self._process is None or not self.is_running:
                return
            self._process.send_signal(how)
            try:
                await asyncio.wait_for(self._process.wait(), within)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _spawn(self) -> Running:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                user=self._user,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=end_with_parent(),
            )
        self._pid = process.pid
        return process


async def keep_running(processes: Collection[SupervisedProcess], pause: float = 1.0) -> None:
    """Restarts each process that ends by itself, such as a worker that found no server. Runs until
    cancelled; the processes may become more.
    """
    while True:
        await asyncio.sleep(pause)
        for process in tuple(processes):
            await process.revive()


def ambient() -> dict[str, str]:
    """This environment without variables that configure a desk."""
    prefixes = ("DESK_", "TEMPORAL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
