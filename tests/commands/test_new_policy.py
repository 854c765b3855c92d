"""`desk new-policy` writes a policy that `desk check` accepts, from answers on standard input."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import ExitCode, Failure
from commands.drafting.answers import Answers, slug
from commands.drafting.draft import draft
from commands.new_policy import new_policy
from policies.lint.all_warnings import warnings
from policies.loading.loader import load_policy, read_policy
from settings import ROOT

app = typer.Typer()
app.command()(new_policy)
ANSWERS = [
    "Brew & Co",
    "Europe/Lisbon",
    "mon-fri 09:00-18:00, sat 10:00-14:00",
    "PT",
    "Free, Gold",
    "urgent, normal, low",
    "1 business day, none, none",
    "1 hour, 4 business hours, 1 business day",
    "none, none, none",
    "8 hours, 2 business days, none",
    "1 business day",
    "14 days",
    "lead@brew.example",
]


def run(path: Path, answers: list[str]) -> Result:
    arguments = [str(path), "--revision", "2026-05-01"]
    return CliRunner().invoke(app, arguments, input="\n".join(answers) + "\n")


def test_the_policy_has_no_errors_and_no_warnings(tmp_path: Path) -> None:
    path = tmp_path / "brew.yaml"
    result = run(path, ANSWERS)
    assert result.exit_code == 0, result.output
    policy = load_policy(path)
    assert (policy.policy, policy.revision.isoformat()) == ("brew_co", "2026-05-01")
    assert set(policy.clocks) == {"first_response", "resolution", "next_update"}
    assert list(warnings(policy)) == []
    assert f"desk check {path}" in result.output


def test_with_defaults_only_a_company_and_a_time_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "brew.yaml"
    assert run(path, ["Brew", *[""] * 5, "1 hour, 1 day, 2 days, none", *[""] * 4]).exit_code == 0
    policy = load_policy(path)
    assert list(policy.clocks) == ["first_response"]
    assert policy.contacts["team_lead"].email == "support@brew.example"


@pytest.mark.parametrize(
    ("index", "wrong", "says"),
    [
        (0, "&", "the name needs a letter or a digit"),
        (1, "Europe/Lissabon", 'did you mean "Europe/Lisbon"?'),
        (2, "mon-fri 9-18", "09:00-17:00"),
        (3, "Portugal", "PT"),
        (6, "1 hour, 2 hours", "there are 2 times for 3 priorities"),
        (7, "1 our, none, none", '"1 our" is not a duration'),
    ],
)
def test_a_wrong_answer_is_explained_and_asked_for_again(
    index: int, wrong: str, says: str, tmp_path: Path
) -> None:
    result = run(tmp_path / "brew.yaml", [*ANSWERS[:index], wrong, *ANSWERS[index:]])
    assert result.exit_code == 0, result.output
    assert says in result.output


def test_none_is_an_answer_wherever_a_page_has_nothing(tmp_path: Path) -> None:
    path = tmp_path / "brew.yaml"
    answers = ["Brew", "", "", "none", "None", "p1, p2", "1 hour, N/A", "none, -"]
    result = run(path, [*answers, "none", "none", "lead@brew.example"])
    assert result.exit_code == 0, result.output
    policy = load_policy(path)
    assert list(policy.clocks) == ["first_response"]
    assert (dict(policy.plans), policy.process.closing) == ({}, None)
    assert not policy.calendars["desk"].places[0].country
    assert list(warnings(policy)) == []


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "brew.yaml"
    path.write_text("mine", encoding="utf-8")
    result = run(path, ANSWERS)
    assert isinstance(result.exception, Failure)
    assert path.read_text(encoding="utf-8") == "mine"


def test_no_file_is_left_if_the_answers_end_early(tmp_path: Path) -> None:
    assert run(tmp_path / "brew.yaml", ANSWERS[:5]).exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_no_half_file_is_left_if_there_is_no_room(tmp_path: Path) -> None:
    answers = ROOT / "examples" / "new-policy" / "answers.txt"
    program = f'"{sys.executable}" "{ROOT / "desk.py"}" new-policy brew.yaml < "{answers}"'
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 1; {program}"],
        cwd=tmp_path,
        # The limit would also cut the bytecode that Python caches, for all later imports.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    assert "cannot write brew.yaml: File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_any_name_of_a_company_makes_a_policy(company: str) -> None:
    answers = Answers(company=f"Brew {company}".strip(), lead="lead@brew.example")
    assert read_policy(draft(answers, "2026-05-01")).policy == slug(answers.company)
