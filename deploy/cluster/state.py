"""The folder in which a cluster keeps its state, and its lock."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure
from deploy.cluster.secret_files import SecretFiles
from settings import ROOT

DEFAULT = ROOT / ".cluster"


class State:
    """Databases, secrets, caught e-mails and logs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.secrets = SecretFiles(self.directory / "secrets")
        self.postgres = self.directory / "postgres"
        self.volumes = self.directory / "volumes"
        self.mail = self.directory / "mail"
        self.logs = self.directory / "logs"

    def make(self) -> None:
        """Creates what is missing. PostgreSQL has to enter the folder, and nobody else may list
        it; what is secret is in folders of their own.
        """
        try:
            self.directory.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(
                ExitCode.BAD_SETTINGS,
                f"--state-dir: cannot use the folder {self.directory}: {error.strerror}",
            ) from None
        for folder in (self.volumes, self.mail, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.secrets.make()

    def delete(self) -> None:
        """Deletes everything."""
        shutil.rmtree(self.directory)

    def volume(self, name: str) -> Path:
        """The folder of a volume."""
        folder = self.volumes / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the lock: two servers on one data directory are refused."""
        descriptor = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise Failure(
                ExitCode.STATE_IN_USE,
                f"{self.directory} is in use: another cluster runs on it. Stop it first, or choose "
                "another folder with --state-dir.",
            ) from None
        finally:
            os.close(descriptor)
