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
from bootstrap.audit import actor_of_command, audit_log_of_command


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


class TestRotation:
    def test_lines_follow_the_name_of_the_file_and_none_is_lost(self, tmp_path: Path) -> None:
        file, moved = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
        first, second = audit_log_of_command(file), audit_log_of_command(file)
        first.write(entry("before"))
        file.rename(moved)
        for log, operation in ((first, "after"), (second, "other-process"), (first, "last")):
            log.write(entry(operation))
        assert operations(moved) == ["before"]
        assert operations(file) == ["after", "other-process", "last"]
        assert file.stat().st_mode & 0o777 == 0o600

    def test_a_file_that_logrotate_has_created_is_used(self, tmp_path: Path) -> None:
        file, moved = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
        log = audit_log_of_command(file)
        log.write(entry("before"))
        file.rename(moved)
        file.touch(0o640)
        log.write(entry("after"))
        assert (operations(moved), operations(file)) == (["before"], ["after"])

    def test_a_file_that_is_copied_and_truncated_is_continued(self, tmp_path: Path) -> None:
        file = tmp_path / "audit.jsonl"
        log = audit_log_of_command(file)
        log.write(entry("before"))
        os.truncate(file, 0)
        log.write(entry("after"))
        assert operations(file) == ["after"]

    def test_without_a_new_file_lines_go_on_into_the_old_one(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        directory, moved = tmp_path / "log", tmp_path / "moved"
        directory.mkdir()
        log = audit_log_of_command(directory / "audit.jsonl")
        log.write(entry("before"))
        directory.rename(moved)
        log.write(entry("after"))
        assert operations(moved / "audit.jsonl") == ["before", "after"]
        assert "was moved and cannot be created again" in caplog.text
        directory.mkdir()
        log.write(entry("new"))
        assert operations(directory / "audit.jsonl") == ["new"]

    def test_a_pipe_is_kept(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        log = audit_log_of_command(pipe)
        for operation in ("first", "second"):
            log.write(entry(operation))
        lines = os.read(reader, 10_000).decode().splitlines()
        assert [readable(line) for line in lines] == ["first", "second"]
        os.close(reader)


def operations(file: Path) -> list[str | None]:
    return [readable(line) for line in file.read_text().splitlines()]


def test_no_variable_changes_who_runs_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    actor = actor_of_command()
    assert actor.credential == f"os:{actor.id}"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert actor_of_command() == actor
