"""`desk verify` says what does not follow, in words that no file can abuse."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from commands.proofs.verify import verify
from policies.vocabulary import Role
from tests.proof.proofs import (
    KEY,
    asked_and_answered,
    changed,
    claim_of,
    forged,
    proof_of,
    proof_of_scenario,
)

app = typer.Typer(rich_markup_mode="rich")
app.command()(verify)


def ran(file: Path, *arguments: object, key: str | None = KEY.public.text, **more: Any) -> Result:
    trusted = ["--key", key] if key is not None else []
    return CliRunner().invoke(app, [str(file), *trusted, *map(str, arguments)], **more)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    path.write_bytes(proof_of_scenario() + b"\n")
    return path


def test_a_proof_that_holds_is_told_part_by_part(file: Path) -> None:
    done = ran(file)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("Ticket CORE-0000-0001 as of 2031-06-03T11:00:00Z")
    assert lines[1] == f"Signed by {KEY.public.text} (the key you gave)."
    assert lines[2:5] == [
        "  follows  clock first_response",
        "  follows  clock resolution",
        "  follows  clock resolution (credits)",
    ]
    assert lines[-1] == "The proof holds: what it claims follows from what it states."


def test_what_is_claimed_and_what_follows_stand_side_by_side(file: Path) -> None:
    file.write_bytes(
        forged(
            proof_of_scenario(),
            lambda proof: claim_of(proof, "resolution").update(due_at="2031-06-09T10:00:00Z"),
        )
    )
    done = ran(file)
    assert done.exit_code == 1
    assert done.output.splitlines()[-4:] == [
        "  WRONG    clock resolution: due_at does not follow",
        '             claimed  "2031-06-09T10:00:00Z"',
        '             follows  "2031-06-02T10:00:00Z"',
        "The proof does NOT hold: 1 finding.",
    ]


def test_without_a_key_a_proof_does_not_hold_whatever_follows(file: Path) -> None:
    done = ran(file, key=None)
    assert done.exit_code == 1
    assert "(NOT a key you gave)" in done.output
    assert "nobody vouches for it" in done.output


def test_the_result_is_data_for_programs(file: Path) -> None:
    data = json.loads(ran(file, "--json").output)
    assert (data["holds"], data["number"], data["findings"]) == (True, "CORE-0000-0001", [])
    assert "clock resolution" in data["recomputed"]


def test_a_proof_is_read_from_standard_input(file: Path) -> None:
    assert ran(Path("-"), input=file.read_bytes()).exit_code == 0


def test_hidden_events_are_counted_and_an_earlier_proof_is_compared(tmp_path: Path) -> None:
    driver = asked_and_answered()
    earlier, later = tmp_path / "earlier.json", tmp_path / "later.json"
    earlier.write_bytes(proof_of(driver, Role.REQUESTER))
    driver.act("post_update", message="We are on it.")  # type: ignore[arg-type]
    later.write_bytes(proof_of(driver, Role.REQUESTER))
    done = ran(later, "--earlier", earlier)
    assert done.exit_code == 0, done.output
    assert "of them hidden" in done.output
    assert ran(earlier, "--earlier", later).exit_code == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\x00\xff" * 100,
        b"[" * 100_000,
        b'{"format":"durable-desk-proof/1"}',
        b'{"format":"\x1b]0;owned\x07"}',
        '{"format":"\u202edesrever"}'.encode(),
        b" " * (33 * 1024 * 1024),
    ],
    ids=["empty", "object", "binary", "deep", "nothing in it", "escape", "reversed", "huge"],
)
def test_a_file_that_is_none_is_answered_in_a_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(content)
    done = ran(path)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert done.output.isascii()
    assert "\x1b" not in done.output
    assert len(done.output) < 1_000


def test_texts_of_a_file_are_printed_without_what_a_terminal_obeys(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(
        changed(
            proof_of_scenario(),
            lambda proof: claim_of(proof, "resolution").update(clock="\x1b[2Jresolution\u202e"),
        )
    )
    done = ran(path)
    assert done.exit_code == 1
    assert done.output.isascii()
    assert "\x1b" not in done.output


def test_a_file_that_is_not_there_and_a_key_that_is_none_are_mistakes_of_usage(
    tmp_path: Path, file: Path
) -> None:
    assert ran(tmp_path / "none.json").exit_code != 0
    assert ran(tmp_path).exit_code != 0
    wrong = ran(file, key="nonsense")
    assert wrong.exit_code == 2
    assert "base64" in wrong.output
