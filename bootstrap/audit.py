"""Opens the audit log that is configured."""

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


def audit_log(settings: "Settings", meter: "MetricMeter") -> "AuditLog":
    """The audit log of the API. Several processes can append to one file.

    Raises Failure if the file cannot be opened.
    """
    from api.audit.log import AuditLog

    is_standard = str(settings.audit_log) == STANDARD_OUTPUT
    descriptor = sys.stdout.fileno() if is_standard else _opened(settings.audit_log)
    # One write a line: with O_APPEND, lines of several processes do not mix.
    return AuditLog(lambda line: os.write(descriptor, line), meter)


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
    descriptor = _opened(file)
    return AuditLog(lambda line: os.write(descriptor, line))


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _ONLY_OWNER)
    except OSError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS, f"DESK_AUDIT_LOG: cannot append to {file}: {error.strerror}"
        ) from None
