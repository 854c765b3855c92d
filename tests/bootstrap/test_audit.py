"""The audit log in a file: whole lines, whatever the disk takes."""

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.audit.entry import AuditEntry, Outcome
from bootstrap.audit import audit_log_of_command


def entry(operation: str) -> AuditEntry:
    at = datetime(2031, 1, 6, tzinfo=UTC)
    return AuditEntry(at=at, operation=operation, outcome=Outcome.ACCEPTED)


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """Files of this process cannot grow beyond this size, in bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def readable(line: str) -> str | None:
    try:
        return str(json.loads(line)["operation"])
    except json.JSONDecodeError:
        return None


def test_a_line_that_a_full_disk_has_torn_takes_no_other_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "audit.jsonl"
    log = audit_log_of_command(file)
    log.write(entry("first"))
    with disk_full_after(file.stat().st_size + 10):
        log.write(entry("torn"))
        log.write(entry("lost"))
    log.write(entry("next"))
    log.write(entry("last"))
    lines = file.read_text().splitlines()
    assert [readable(line) for line in lines] == ["first", None, "next", "last"]
    assert f"the audit log cannot be written: {os.strerror(28)}" in caplog.text
