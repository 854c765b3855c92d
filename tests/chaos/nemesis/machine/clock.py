"""Clocks of single processes that jump: libfaketime answers when a program asks for the time.

Only the time of day jumps, as when somebody sets the clock of a host; what measures durations goes
on. It works for programs that ask the C library: Python, the core of Temporal's SDK, PostgreSQL. A
Go program such as the Temporal server asks the kernel, so its clock cannot be moved by this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure

LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
_SECONDS = 1
"""How long a program can take to see a jump."""


class ProcessClock:
    """The clock of one process, with a file that says how far it is off."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._set(timedelta(0))

    @property
    def wrapper(self) -> tuple[str, ...]:
        """The words that start a command with this clock."""
        return (
            "env",
            f"LD_PRELOAD={library()}",
            f"FAKETIME_TIMESTAMP_FILE={self._file}",
            f"FAKETIME_CACHE_DURATION={_SECONDS}",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        )

    @contextmanager
    def off_by(self, jump: timedelta) -> Iterator[None]:
        """The clock jumps, and jumps back at the end."""
        self._set(jump)
        try:
            yield
        finally:
            self._set(timedelta(0))

    def _set(self, jump: timedelta) -> None:
        # In one step: a process can read it at any time.
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{jump.total_seconds():+.0f}\n", encoding="utf-8")
        draft.chmod(0o644)
        draft.replace(self._file)


def library() -> Path:
    """The library; a Failure that says how to get it."""
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern[1:])]
    if not found:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "libfaketime is missing. On Debian: apt-get install faketime.",
        )
    return found[0]
