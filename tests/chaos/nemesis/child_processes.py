"""Child processes that are started, killed, frozen and started again, each by its own id."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from commands.processes.child_process import end_with_parent

ENDING_TAKES_AT_MOST = 15.0


class Child:
    """One process of the desk, and what it says in a file."""

    def __init__(self, name: str, words: list[str], given: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._words = words
        self._environment = _ambient() | dict(given)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._is_wanted = False

    @property
    def is_running(self) -> bool:
        """Whether there is such a process now."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Starts it, anew if need be; what it says is added to its log."""
        self._is_wanted = True
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._words,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=end_with_parent(),
            )

    async def kill(self) -> None:
        """SIGKILL: it can finish nothing."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: it finishes what is in hand."""
        await self._end(signal.SIGTERM)

    async def freeze(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT when its tasks have long been given to somebody else."""
        process = self._process
        if process is None or not self.is_running:
            return
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        # Somebody may have killed it while it was frozen.
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)

    async def revive(self) -> None:
        """Starts it anew when it ended by itself, as whatever looks after a deployment does."""
        if self._is_wanted and not self.is_running:
            await self.start()

    async def _end(self, how: signal.Signals) -> None:
        self._is_wanted = False
        if self._process is None or not self.is_running:
            return
        self._process.send_signal(how)
        try:
            await asyncio.wait_for(self._process.wait(), ENDING_TAKES_AT_MOST)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def _ambient() -> dict[str, str]:
    """This environment without what would configure a desk."""
    prefixes = ("DESK_", "TEMPORAL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
