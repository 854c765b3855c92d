"""Opens the audit log that is configured."""

import os
import sys
from typing import TYPE_CHECKING

from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from temporalio.common import MetricMeter

    from api.audit.log import AuditLog
    from settings import Settings

STANDARD_OUTPUT = "-"
_ONLY_OWNER = 0o600


def audit_log(settings: "Settings", meter: "MetricMeter") -> "AuditLog":
    """The audit log. Several processes can append to one file.

    Raises Failure if the file cannot be opened.
    """
    from api.audit.log import AuditLog

    file = settings.audit_log
    try:
        descriptor = (
            sys.stdout.fileno()
            if str(file) == STANDARD_OUTPUT
            else os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _ONLY_OWNER)
        )
    except OSError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS, f"DESK_AUDIT_LOG: cannot append to {file}: {error.strerror}"
        ) from None
    # One write a line: with O_APPEND, lines of several processes do not mix.
    return AuditLog(lambda line: os.write(descriptor, line), meter)
