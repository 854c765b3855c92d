"""The page about proofs: its commands print what it shows, and its tables are those of the code."""

import re
import shlex
from pathlib import Path
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

from commands.proofs.verify import verify
from policies.vocabulary import Role
from proof.document import FORMAT, ProofDocument, Unproven
from settings import ROOT
from tests.docs.pages import blocks, rows_of
from tests.proof.proofs import LATE, proof_of_scenario

PAGE = ROOT / "docs" / "proof.md"
EXAMPLE = ROOT / "examples" / "proofs" / "late-resolution.proof.json"
app = typer.Typer()
app.command()(verify)


def test_the_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "proof.json").write_bytes(EXAMPLE.read_bytes())
    monkeypatch.chdir(tmp_path)
    commands = blocks(PAGE, "sh")
    outputs = iter(blocks(PAGE, "text"))
    ran = 0
    for block in commands:
        *before, last = block.text.replace("\\\n", " ").strip().splitlines()
        for line in before:
            _sed(line, tmp_path)
        words = shlex.split(last)
        if words[:2] == ["desk", "verify"]:
            done = CliRunner().invoke(app, words[2:])
            assert done.output == next(outputs).text
            ran += 1
    assert ran == 2


def _sed(line: str, directory: Path) -> None:
    """`sed s/A/B/ FILE > OTHER`, the only other command of the page."""
    [(old, new, source, target)] = re.findall(r"sed 's/(.+)/(.+)/' (\S+) > (\S+)", line)
    text = (directory / source).read_text()
    assert text.count(old) == 1
    (directory / target).write_text(text.replace(old, new))


def test_the_example_is_what_is_made_of_its_scenario() -> None:
    """Other bytes are another chain: proofs that were handed out could not be compared any more."""
    assert EXAMPLE.read_bytes() == proof_of_scenario(LATE, Role.REQUESTER) + b"\n"


def test_every_member_is_explained() -> None:
    members = [row[0].strip("`") for row in rows_of(PAGE, "Format")]
    assert sorted(members) == sorted(ProofDocument.model_fields)
    assert FORMAT in PAGE.read_text()


def test_every_reason_for_not_recomputing_is_explained() -> None:
    reasons = [row[0].strip("`") for row in rows_of(PAGE, "What is recomputed")]
    assert sorted(reasons) == sorted(get_args(Unproven.model_fields["because"].annotation))
