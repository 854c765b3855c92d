"""The `desk` command: fast help, error messages and exit codes."""

import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

import pytest

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.error_reporting import exit_code_of
from commands.console.lazy_group import CommandEntry
from desk import COMMANDS
from settings import ROOT
from tests.commands.processes.desk_process import run_desk
from tests.ports import free_port

NO_SERVER = {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}


def test_help_lists_every_command_with_examples() -> None:
    done = run_desk("--help")
    assert done.returncode == 0
    for entry in COMMANDS:
        assert re.search(rf"\b{entry.name}\b", done.stdout)
    assert "desk check policies/catalog/*.yaml" in done.stdout


def test_commands_are_imported_only_when_they_run() -> None:
    heavy = {"temporalio", "fastapi", "jinja2", "cel", "holidays", "aiosmtplib"}
    program = "import desk, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert not heavy & set(done.stdout.split())


def test_help_lists_every_exit_code_but_plain_failure() -> None:
    help_text = run_desk("--help").stdout
    for code in set(ExitCode) - {ExitCode.FAILED}:
        assert re.search(rf"\b{code.value}\b", help_text)


def test_help_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", str(ROOT / "desk.py"), "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    imported = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.MULTILINE))
    assert "typer" in imported
    assert not imported & {"temporalio", "fastapi", "pydantic", "holidays", "yaml"}


def test_without_arguments_it_shows_the_help() -> None:
    assert "Getting started" in run_desk().stdout


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: str(entry.name))
def test_the_help_of_every_command_has_an_example_or_exit_codes(entry: CommandEntry) -> None:
    function = getattr(import_module(entry.module), entry.name.replace("-", "_"))
    assert re.search("Examples?:|Exit code", function.__doc__)


def test_the_version_is_that_of_the_package() -> None:
    try:
        expected = f"desk {version('durable-desk')}\n"
    except PackageNotFoundError:
        expected = "desk (run from source, not installed)\n"
    assert run_desk("--version").stdout == expected


def test_an_unknown_command_is_a_usage_error() -> None:
    done = run_desk("chek")
    assert done.returncode == 2
    assert "Did you mean 'check'" in done.stderr


@pytest.mark.parametrize("command", ["setup", "worker", "api"])
def test_no_server_is_a_message_with_the_address_and_exit_code_69(command: str) -> None:
    done = run_desk(command, DESK_MAIL_HOST="localhost", **NO_SERVER)
    assert done.returncode == ExitCode.NO_SERVER
    assert f"no Temporal server answers at {NO_SERVER['TEMPORAL_ADDRESS']}" in done.stderr
    assert "TEMPORAL_ADDRESS" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["up", "worker", "api"])
def test_an_invalid_setting_is_named_with_exit_code_78(command: str) -> None:
    done = run_desk(command, DESK_API_PORT="eighty")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "DESK_API_PORT: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["up", "api"])
def test_outside_loopback_nothing_starts_without_configured_tokens(command: str) -> None:
    done = run_desk(command, DESK_API_HOST="0.0.0.0")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "DESK_TOKENS" in done.stderr


def test_a_worker_without_a_mail_server_names_the_missing_setting() -> None:
    done = run_desk("worker", **NO_SERVER)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert done.stderr.startswith("DESK_MAIL_HOST: ")


def test_a_missing_temporal_profile_is_an_invalid_setting() -> None:
    done = run_desk("setup", TEMPORAL_PROFILE="nowhere")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "Profile 'nowhere' not found" in done.stderr


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        (SystemExit(None), 0),
        (SystemExit(3), 3),
        (SystemExit("no"), 1),
        (KeyboardInterrupt(), 130),
        (Failure(ExitCode.PORT_TAKEN, "Port 1 is taken"), 71),
        (RuntimeError("a bug"), 1),
    ],
)
def test_every_way_to_end_has_an_exit_code(
    ended: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(ended) == code
    stderr = capsys.readouterr().err
    assert ("Traceback" in stderr or "RuntimeError" in stderr) == isinstance(ended, RuntimeError)


@pytest.mark.fault(93)
@pytest.mark.parametrize(
    "command",
    [("simulate",), ("check",), ("explain",), ("replay",), ("coverage", "contently")],
    ids=lambda command: str(command[0]),
)
def test_a_missing_file_is_exit_code_2_in_every_command(command: tuple[str, ...]) -> None:
    done = run_desk(*command, "missing.yaml")
    assert done.returncode == ExitCode.USAGE
    assert "cannot read missing.yaml" in " ".join((done.stdout + done.stderr).split())
