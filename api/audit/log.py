"""The audit log: one JSON object a line, appended to standard output or to a file."""

import logging
from collections.abc import Callable
from typing import TypeAlias

from temporalio.common import MetricMeter

from api.audit.entry import AuditEntry
from api.gate.quiet_log import QuietLog

ENTRIES = "desk_audit_entries"
FAILURES = "desk_audit_failures"
logger = logging.getLogger(__name__)

Append: TypeAlias = Callable[[bytes], object]
"""Appends a line, at once and whole. Raises OSError if it cannot."""


def discard(line: bytes) -> None:
    """Appends nothing: for an app without an audit log."""
    del line


class AuditLog:
    """Appends entries.

    An entry that cannot be written is counted and reported, and the request is answered all the
    same: a full disk would otherwise stop support.
    """

    def __init__(self, append: Append = discard, meter: MetricMeter = MetricMeter.noop) -> None:
        self._append = append
        self._entries = meter.create_counter(ENTRIES, "Entries of the audit log")
        self._failures = meter.create_counter(FAILURES, "Audit entries that were not written")
        # Without a first value, Prometheus would not see the first failure as an increase.
        self._failures.add(0)
        self._complaint = QuietLog(logger, "the audit log cannot be written")

    def write(self, entry: AuditEntry) -> None:
        """Appends one entry."""
        self._entries.add(1, {"operation": entry.operation, "outcome": entry.outcome})
        try:
            self._append(f"{entry.to_line()}\n".encode())
        except OSError as error:
            self._failures.add(1)
            self._complaint.note(error.strerror)
