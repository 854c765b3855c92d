"""A program that is missing, a port that is taken, a folder that cannot be used: each is said."""

import os
import socket
from pathlib import Path

import pytest

from bootstrap.exit_codes import ExitCode, Failure
from deploy.cluster.addresses import LOOPBACK, Addresses
from deploy.cluster.programs import require
from deploy.cluster.state import State
from deploy.cluster.temporal_programs import TemporalPrograms
from deploy.cluster.temporary import free_addresses


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without these programs."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("nothing")
def test_all_missing_programs_are_named_with_what_installs_them() -> None:
    with pytest.raises(Failure) as caught:
        require("go", "caddy")
    assert caught.value.code is ExitCode.BAD_SETTINGS
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("go is missing. Install Go")
    assert lines[1].startswith("caddy is missing. On Debian: apt-get install caddy")


@pytest.mark.usefixtures("nothing")
def test_without_go_the_server_is_not_built_and_the_reason_is_said(tmp_path: Path) -> None:
    built = TemporalPrograms("1.32.0", tmp_path / "tools")
    with pytest.raises(Failure, match="go is missing"):
        built.build()
    assert not built.are_built


def test_what_is_built_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = TemporalPrograms("1.32.0", tmp_path)
    built.folder.mkdir()
    monkeypatch.setenv("PATH", "")
    built.build()


def test_a_build_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").write_text("#!/bin/sh\nexit 3\n")
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    built = TemporalPrograms("1.32.0", tmp_path / "tools")
    with pytest.raises(Failure, match=r"go mod download .*@v1\.32\.0 failed"):
        built.build()
    assert list(built.tools.iterdir()) == []


def test_ports_that_are_taken_are_listed() -> None:
    addresses = free_addresses()
    with socket.socket() as one, socket.socket() as other:
        for taken, port in ((one, addresses.postgres), (other, addresses.api(2))):
            taken.bind((LOOPBACK, port))
            taken.listen()
        with pytest.raises(Failure) as caught:
            addresses.require_free()
    assert f"{addresses.postgres}, {addresses.api(2)}" in str(caught.value)
    assert "--first-port" in str(caught.value)


def test_two_clusters_do_not_share_a_folder(tmp_path: Path) -> None:
    state = State(tmp_path)
    with (
        state.locked(),
        pytest.raises(Failure, match="another cluster runs on it"),
        state.locked(),
    ):
        pass
    with state.locked():
        pass


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.make()
    secrets = state.secrets
    first = (secrets.password, secrets.token("agent"), secrets.master_keys.read_text())
    state.make()
    assert first == (secrets.password, secrets.token("agent"), secrets.master_keys.read_text())
    assert secrets.directory.stat().st_mode & 0o777 == 0o700
    # PostgreSQL enters the folder, and lists nothing.
    assert state.directory.stat().st_mode & 0o777 == 0o711


def test_the_default_ports_are_below_those_that_the_system_assigns() -> None:
    assert max(Addresses().all) < 32_768
