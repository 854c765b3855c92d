"""`desk proof` writes a proof for one reader, or the key that verifies it."""

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest
import typer
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import ExitCode, Failure
from commands.proofs.proof import proof
from proof.verification import verify
from tests.api.caller import Caller, make_app
from tests.harness import temporal_variables
from tests.proof.proofs import KEY, KEY_TEXT

app = typer.Typer(rich_markup_mode="rich")
app.command()(proof)


async def ran(desk: WorkflowEnvironment, *arguments: object, **given: Any) -> Result:
    """The command in a thread, as it has a loop of its own."""
    variables = {
        **temporal_variables(desk.client),
        "DESK_PROOF_KEY": KEY_TEXT,
        **given,
    }
    words = [str(argument) for argument in arguments]
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=variables)


async def test_a_proof_is_a_file_for_its_owner(
    desk: WorkflowEnvironment, mailer: object, tmp_path: Path
) -> None:
    del mailer
    number = await Caller(make_app(desk.client), "service-token").opened()
    out = tmp_path / "proof.json"
    done = await ran(desk, number.lower().replace("-", ""), "--out", out)
    assert done.exit_code == 0, (done.output, done.exception)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    report = verify(out.read_bytes(), KEY.public)
    assert (report.holds, report.reader) == (True, "requester"), report.findings
    staff = tmp_path / "staff.json"
    done = await ran(desk, number, "--for", "staff", "--out", staff)
    assert done.exit_code == 0, (done.output, done.exception)
    report = verify(staff.read_bytes(), KEY.public, out.read_bytes())
    assert (report.holds, report.reader) == (True, "staff"), report.findings


async def test_a_ticket_that_does_not_exist_has_none(desk: WorkflowEnvironment) -> None:
    done = await ran(desk, "ZZZZ-ZZZZ-ZZZZ")
    assert isinstance(done.exception, Failure)
    assert done.exception.code is ExitCode.FAILED
    assert "there is no ticket ZZZZ-ZZZZ-ZZZZ" in str(done.exception)


def test_the_public_key_is_printed_without_a_server() -> None:
    done = CliRunner().invoke(app, ["--public-key"], env={"DESK_PROOF_KEY": KEY_TEXT})
    assert done.output == f"{KEY.public.text}\n"


@pytest.mark.parametrize("number", [(), ("nonsense",)])
def test_a_number_is_needed(number: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*number], env={"DESK_PROOF_KEY": KEY_TEXT})
    assert done.exit_code == 2
    assert "is not the number of a ticket" in done.output


def test_without_a_key_there_are_no_proofs() -> None:
    done = CliRunner().invoke(app, ["--public-key"], env={"DESK_PROOF_KEY": ""})
    assert isinstance(done.exception, Failure)
    assert "openssl rand -base64 32" in str(done.exception)
