"""A file of personal data is whole or not there, and only its owner can read it."""

import os
import stat
from pathlib import Path

import pytest

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.whole_file import whole_file


def test_a_file_has_its_name_once_it_is_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "mia.json"
    with whole_file(file) as stream:
        stream.write("whole")
        assert not file.exists()
    assert file.read_text(encoding="utf-8") == "whole"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def write_half(file: Path) -> None:
    with whole_file(file) as stream:
        stream.write("half")
        raise KeyboardInterrupt


def test_an_error_leaves_the_file_that_was_there_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "mia.json"
    file.write_text("earlier")
    with pytest.raises(KeyboardInterrupt):
        write_half(file)
    assert file.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [file]


def test_a_directory_that_is_not_there_is_a_failure_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"cannot write .*mia\.json") as caught:
        write_half(tmp_path / "none" / "mia.json")
    assert caught.value.code is ExitCode.USAGE


def test_a_link_a_pipe_and_a_directory_stay_what_they_are(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("of somebody else")
    link.symlink_to(target)
    os.mkfifo(pipe)
    for file in (link, pipe, tmp_path):
        with pytest.raises(Failure, match="not a regular file") as caught:
            write_half(file)
        assert caught.value.code is ExitCode.USAGE
    assert link.is_symlink()
    assert target.read_text() == "of somebody else"
    assert pipe.is_fifo()
    assert sorted(tmp_path.iterdir()) == [link, pipe, target]
