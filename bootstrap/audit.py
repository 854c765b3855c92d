"""Opens the audit log that is configured."""

import errno
import logging
import os
import pwd
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from api.gate.quiet_log import QuietLog
from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from temporalio.common import MetricMeter

    from api.audit.entry import AuditedActor
    from api.audit.log import AuditLog
    from settings import Settings

STANDARD_OUTPUT = "-"
LOG = logging.getLogger(__name__)
_ONLY_OWNER = 0o600


class WholeLines:
    """Appends lines to a descriptor, each in one write: with O_APPEND, lines of several processes
    do not mix.

    A disk that gets full takes the beginning of a line. The next line then begins a new one, so
    that only the first is lost.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_torn = False

    def __call__(self, line: bytes) -> None:
        """Appends a line. Raises OSError if it cannot, or not all of it."""
        self._append(line)

    def _append(self, line: bytes) -> None:
        whole = b"\n" + line if self._is_torn else line
        written = os.write(self._descriptor, whole)
        self._is_torn = written < len(whole)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class RotatedFile(WholeLines):
    """Appends lines to the file that has this name now.

    A file that was moved or removed, as logrotate does, is left before the next line. Nobody has to
    send a signal, and each process that shares the file does so by itself. If there can be no file
    of this name, lines go on into the one that was moved: none is lost.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(_opened(file))
        self._file = file
        self._complaint = QuietLog(LOG, "the audit log was moved and cannot be created again")

    def __call__(self, line: bytes) -> None:
        """As WholeLines."""
        if not self._is_current():
            self._open_again()
        self._append(line)

    def _is_current(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._file), os.fstat(self._descriptor))
        except OSError:
            return False

    def _open_again(self) -> None:
        try:
            opened = _open(self._file)
        except OSError as error:
            self._complaint.note(error.strerror)
            return
        os.close(self._descriptor)
        self._descriptor, self._is_torn = opened, False


def audit_log(settings: "Settings", meter: "MetricMeter") -> "AuditLog":
    """The audit log of the API. Several processes can append to one file.

    Raises Failure if the file cannot be opened.
    """
    from api.audit.log import AuditLog

    is_standard = str(settings.audit_log) == STANDARD_OUTPUT
    append = WholeLines(sys.stdout.fileno()) if is_standard else RotatedFile(settings.audit_log)
    return AuditLog(append, meter)


def audit_log_of_command(file: Path | None) -> "AuditLog":
    """The audit log of a command. Its standard output is for its results, so `-` is standard error;
    without a file there is no log.

    Raises Failure if the file cannot be opened.
    """
    from api.audit.log import AuditLog

    if file is None:
        return AuditLog()
    if str(file) == STANDARD_OUTPUT:
        return AuditLog(lambda line: sys.stderr.write(line.decode()))
    return AuditLog(RotatedFile(file))


def actor_of_command() -> "AuditedActor":
    """Who runs a command: the user of the operating system, who acts as an operator.

    The id of the process counts, and no variable that the user can set. A container may have no
    name for it.
    """
    from api.audit.entry import AuditedActor
    from policies.vocabulary import Role

    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = f"uid-{os.getuid()}"
    return AuditedActor(id=user, role=Role.OPERATOR, credential=f"os:{user}")


def _open(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _ONLY_OWNER)


def _opened(file: Path) -> int:
    try:
        return _open(file)
    except OSError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS, f"DESK_AUDIT_LOG: cannot append to {file}: {error.strerror}"
        ) from None
