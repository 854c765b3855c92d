"""The directory in which `desk up` keeps its state across restarts, and its lock.

Two Temporal servers on one database file would corrupt it silently, so each `desk up` locks a file
in the directory. The lock belongs to the open file, which the server inherits: it is held while
either process lives, and released when both have ended, however they end.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure


class StateDir:
    """The files in the directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "temporal.db"
        self.mail = path / "mail"
        self.tokens = path / "tokens.json"
        self.proof_key = path / "proof-key"
        self.audit_log = path / "audit.jsonl"

    def server_log(self, ephemeral: bool) -> Path:
        """The error log of the Temporal server."""
        return self.path / ("temporal-ephemeral.log" if ephemeral else "temporal.log")

    def make(self) -> None:
        """Creates the directory, readable by its owner only: it holds tickets and tokens."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from None

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Holds the lock, and yields its file descriptor for the server to inherit."""
        descriptor = self._open_lock()
        try:
            self._acquire(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def _acquire(self, descriptor: int) -> None:
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
            f"DESK_STATE_DIR: cannot use the directory {self.path}: {error.strerror}",
        )

    def _in_use(self, holders: str) -> Failure:
        who = f" ({', '.join(holders.splitlines())})" if holders else ""
        return Failure(
            ExitCode.STATE_IN_USE,
            f"{self.path} is in use{who}: another `desk up` runs on it, or the server of one "
            "that was killed is still stopping. Stop it first, or choose another directory with "
            "--state-dir (DESK_STATE_DIR), or use --ephemeral.",
        )


def note_holder(descriptor: int, what: str, process: int) -> None:
    """Writes the holder of the lock to its file, for the error message of others."""
    os.lseek(descriptor, 0, os.SEEK_END)
    os.write(descriptor, f"{what}: process {process}\n".encode())
