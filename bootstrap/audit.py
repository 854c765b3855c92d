"""Opens the audit log that is configured."""

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from temporalio.common import MetricMeter

    from api.audit.log import AuditLog
    from settings import Settings

STANDARD_OUTPUT = "-"
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
        whole = b"\n" + line if self._is_torn else line
        written = os.write(self._descriptor, whole)
        self._is_torn = written < len(whole)
        if self._is_torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def audit_log(settings: "Settings", meter: "MetricMeter") -> "AuditLog":
    """The audit log of the API. Several processes can append to one file.

    Raises Failure if the file cannot be opened.
    """
    from api.audit.log import AuditLog

    is_standard = str(settings.audit_log) == STANDARD_OUTPUT
    descriptor = sys.stdout.fileno() if is_standard else _opened(settings.audit_log)
    return AuditLog(WholeLines(descriptor), meter)


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
    return AuditLog(WholeLines(_opened(file)))


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _ONLY_OWNER)
    except OSError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS, f"DESK_AUDIT_LOG: cannot append to {file}: {error.strerror}"
        ) from None
