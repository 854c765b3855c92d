"""`desk export` writes a whole file or none, says what is missing, and is in the audit log."""

import asyncio
import json
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import ExitCode, Failure
from commands.personal_data.export import _destination, export
from settings import ROOT
from tests.api.caller import Caller, make_app
from tests.harness import temporal_variables
from tests.polling import eventually
from workflows.client.requester_tickets import tickets_of

app = typer.Typer(rich_markup_mode="rich")
app.command()(export)
ADDRESS = "mia@one-command.example"


async def ran(desk: WorkflowEnvironment, *arguments: object, **given: Any) -> Result:
    """The command in a thread, as it has a loop of its own."""
    variables = {
        **temporal_variables(desk.client),
        "DESK_CONTRACTS": str(ROOT / "examples" / "contracts"),
        **given,
    }
    words = ["--requester", *(str(argument) for argument in arguments)]
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=variables)


@pytest.fixture
async def number(desk: WorkflowEnvironment, mailer: object) -> str:
    del mailer
    requester = {"name": "Mia", "email": ADDRESS}
    opened = await Caller(make_app(desk.client), "service-token").opened(requester=requester)

    async def found() -> list[str]:
        return [each.id async for each in tickets_of(desk.client, ADDRESS)]

    await eventually(found, lambda ids: f"ticket/{opened}" in ids)
    return opened


async def test_an_export_is_a_file_for_its_owner_and_an_audit_entry(
    desk: WorkflowEnvironment, number: str, tmp_path: Path, broken_contracts: Path
) -> None:
    out, log = tmp_path / "mia.json", tmp_path / "audit.jsonl"
    done = await ran(desk, ADDRESS, "--out", out, "--audit-log", log)
    assert done.exit_code == 0, (done.output, done.exception)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    document = json.loads(out.read_text())
    assert number in [each["ticket"]["number"] for each in document["tickets"]]
    [entry] = map(json.loads, log.read_text().splitlines())
    assert (entry["operation"], entry["outcome"]) == ("export_personal_data", "accepted")
    assert entry["count"] == len(document["tickets"])
    assert entry["actor"]["credential"].startswith("os:")
    assert ADDRESS not in log.read_text() + done.stderr


async def test_without_a_file_the_export_is_on_standard_output(
    desk: WorkflowEnvironment, number: str
) -> None:
    done = await ran(desk, ADDRESS, "--format", "html")
    assert done.exit_code == 0, (done.output, done.exception)
    assert done.stdout.startswith("<!doctype html>")
    assert number in done.stdout


@pytest.fixture
def broken_contracts(tmp_path: Path) -> Path:
    directory = tmp_path / "contracts"
    directory.mkdir()
    (directory / "broken.yaml").write_text("account: [")
    return directory


def files_in(directory: Path) -> set[str]:
    return {each.name for each in directory.iterdir()}


async def test_an_incomplete_export_fails_and_leaves_no_file_unless_it_is_wanted(
    desk: WorkflowEnvironment, number: str, tmp_path: Path, broken_contracts: Path
) -> None:
    out, log = tmp_path / "mia.json", tmp_path / "audit"
    given = {"DESK_CONTRACTS": str(broken_contracts)}
    options = (ADDRESS, "--out", out, "--audit-log", log)
    done = await ran(desk, *options, **given)
    assert isinstance(done.exception, Failure)
    assert done.exception.code is ExitCode.FAILED
    assert "contract broken: unavailable" in done.stderr
    assert files_in(tmp_path) == {log.name, broken_contracts.name}
    done = await ran(desk, *options, "--incomplete", **given)
    assert isinstance(done.exception, Failure)
    document = json.loads(out.read_text())
    assert document["complete"] is False
    assert number in [each["ticket"]["number"] for each in document["tickets"]]
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert [entry["outcome"] for entry in entries] == ["failed", "failed"]


def test_a_wrong_address_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["--requester", "mia"]).exit_code == 2


async def test_without_a_server_there_is_a_failed_entry_and_no_file(tmp_path: Path) -> None:
    out, log = tmp_path / "mia.json", tmp_path / "audit"
    words = ["--requester", ADDRESS, "--out", str(out), "--audit-log", str(log)]
    given = {"TEMPORAL_ADDRESS": "127.0.0.1:9"}
    done = await asyncio.to_thread(CliRunner().invoke, app, words, env=given)
    assert done.exit_code != 0
    assert files_in(tmp_path) == {log.name}
    assert json.loads(log.read_text())["outcome"] == "failed"


def test_a_full_disk_behind_standard_output_is_a_failure_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def write() -> None:
        with _destination(None) as stream:
            stream.write("an export")

    with suppress(OSError), open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(Failure, match="cannot write standard output: No space left") as caught:
            write()
    assert caught.value.code is ExitCode.USAGE
