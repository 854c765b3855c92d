"""The directory in which `desk up` keeps what is to survive a restart, and its lock.

Two Temporal servers on one database file would run, and spoil it without a word. So whoever
uses the directory holds a lock on a file in it. The lock belongs to the open file, and the
server inherits that: as long as either of us lives, nobody else gets in, and when both are
gone, however they went, the lock is gone too.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure


class StateDir:
    """Where things are under the directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "temporal.db"
        self.mail = path / "mail"
        self.tokens = path / "tokens.json"

    def server_log(self, ephemeral: bool) -> Path:
        """Where the server writes what troubles it."""
        return self.path / ("temporal-ephemeral.log" if ephemeral else "temporal.log")

    def make(self) -> None:
        """Makes the directory: for us alone, because tickets and tokens are in it."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from None

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Holds the lock meanwhile; the file descriptor that has it, to be inherited."""
        descriptor = self._open_lock()
        try:
            self._take(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holders = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            raise self._in_use(holders) from None
        os.ftruncate(descriptor, 0)
        note_holder(descriptor, "desk up", os.getpid())

    def _open_lock(self) -> int:
        try:
            return os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> Failure:
        return Failure(
            ExitCode.BAD_SETTINGS,
            f"DESK_STATE_DIR: {self.path} cannot be used as a directory of ours: {error.strerror}",
        )

    def _in_use(self, holders: str) -> Failure:
        who = f" ({', '.join(holders.splitlines())})" if holders else ""
        return Failure(
            ExitCode.STATE_IN_USE,
            f"{self.path} is in use{who}: another `desk up` runs on it, or the server of one "
            "that was killed is still ending. Stop it first, or keep this one apart with "
            "--state-dir (DESK_STATE_DIR) or --ephemeral.",
        )


def note_holder(descriptor: int, what: str, process: int) -> None:
    """Writes down who holds the lock, for the message that others get."""
    os.lseek(descriptor, 0, os.SEEK_END)
    os.write(descriptor, f"{what}: process {process}\n".encode())
