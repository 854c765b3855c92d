"""`desk check` shows every problem of every file, and its exit code can be relied on."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from commands.check import check
from policies.loading.policy_catalog import SHIPPED
from tests.policies.sample_documents import CONTRACT, POLICY, broken

EXAMPLES = Path(__file__).parents[2] / "examples" / "contracts"

app = typer.Typer(rich_markup_mode="rich")
app.command()(check)


def line_of(file: Path, text: str) -> int:
    lines = file.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(POLICY)
    return path


def test_the_shipped_policies_and_example_contracts_pass() -> None:
    result = run(*SHIPPED.glob("*.yaml"), *EXAMPLES.glob("*.yaml"))
    assert result.exit_code == 0
    assert " 0 errors" in result.output


def test_all_errors_of_all_files_are_shown_with_their_places(tmp_path: Path, good: Path) -> None:
    bad, empty = tmp_path / "bad.yaml", tmp_path / "empty.yaml"
    bad.write_text(broken("within: 2 days", "within: 2 dais").replace("[escalated]", "[escalatd]"))
    empty.write_text("")
    result = run(good, bad, empty)
    assert result.exit_code == 1
    line = line_of(bad, "[escalatd]")
    assert f"error {bad}:{line}:14 clocks.triage.starts[0]: " in result.output
    line = line_of(bad, "2 dais")
    assert f'error {bad}:{line}:13 clocks.triage.within: "2 dais" is not' in result.output
    assert f"error {empty}:1:1 the file is empty" in result.output
    assert result.output.splitlines()[-1] == "3 files, 3 errors, 0 warnings"


def test_warnings_name_their_clause_and_fail_only_a_strict_check(good: Path) -> None:
    good.write_text(broken("gold: {urgent: 2 business hours,", "gold: {urgent: 5 business hours,"))
    result = run(good)
    assert result.exit_code == 0
    assert "warning " in result.output
    assert "(clause response)" in result.output
    assert result.output.splitlines()[-1] == "1 file, 0 errors, 1 warning"
    assert run(good, "--strict").exit_code == 1


@pytest.mark.parametrize("name", ["none.yaml", ""])
def test_a_file_that_cannot_be_read_is_exit_code_2(tmp_path: Path, name: str, good: Path) -> None:
    result = run(good, tmp_path / name)
    assert result.exit_code == 2
    assert "cannot read" in result.output
    assert "1 unreadable" in result.output


def test_a_contract_is_checked_against_its_policy_among_the_files(
    tmp_path: Path, good: Path
) -> None:
    contract = tmp_path / "harbour.yaml"
    contract.write_text(CONTRACT)
    assert run(contract, good).exit_code == 0
    contract.write_text(broken("plan: gold", "plan: goold", CONTRACT))
    result = run(contract, good)
    assert result.exit_code == 1
    assert f'{contract}:4:7 plan: "goold" is not a plan of acme; did you mean "gold"?' in (
        result.output
    )


def test_a_contract_alone_is_checked_against_the_policies_that_ship(tmp_path: Path) -> None:
    contract = tmp_path / "harbour.yaml"
    contract.write_text(broken("policy: acme", "policy: contentley", CONTRACT))
    result = run(contract)
    assert result.exit_code == 1
    assert 'there is no policy "contentley"; did you mean "contently"?' in result.output
    assert "(or give the file of the policy as well)" in result.output


def test_a_contract_waits_until_its_policy_has_no_errors(
    tmp_path: Path,
) -> None:
    contract, bad = tmp_path / "harbour.yaml", tmp_path / "bad.yaml"
    contract.write_text(CONTRACT)
    bad.write_text(broken("within: 2 days", "within: 2 dais"))
    result = run(bad, contract)
    assert result.exit_code == 1
    assert 'the policy "acme" has errors, so the contract is not compared with it' in result.output
    assert "there is no policy" not in result.output


def test_json_has_the_same_findings(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(broken("within: 2 days", "within: 2 dais"))
    result = run(bad, "--json")
    assert result.exit_code == 1
    report = json.loads(result.output)
    [error] = report["errors"]
    assert (error["file"], error["line"], error["column"]) == (str(bad), line_of(bad, "2 dais"), 13)
    assert error["path"] == "clocks.triage.within"
    assert error["right"] == 'write for example "2 days"'
    assert (report["files"], report["warnings"], report["unreadable"]) == (1, [], [])


def test_text_of_a_file_is_not_markup(good: Path) -> None:
    good.write_text(broken("title: Acme support", 'title: Acme\n"[bold]x[/bold]": x'))
    assert 'the key "[bold]x[/bold]" is unknown' in run(good).output


def test_the_help_explains_the_exit_codes() -> None:
    assert "Exit codes: 0 no errors" in run("--help").output


def overriding(*lines: str) -> str:
    return CONTRACT + "\n".join(["overrides:", *(f"  {line}" for line in lines)]) + "\n"


@pytest.mark.clause("prismic/contract-prevails")
def test_invalid_overrides_are_errors_at_their_lines(tmp_path: Path, good: Path) -> None:
    contract = tmp_path / "harbour.yaml"
    contract.write_text(overriding("clocks.triag.within: 3 days", "revision: 2027-01-01"))
    result = run(contract, good)
    assert result.exit_code == 1
    first = CONTRACT.count("\n") + 2
    assert (
        f'error {contract}:{first}:3 overrides.clocks.triag.within: "clocks" has no "triag"; '
        'did you mean "triage"?'
    ) in result.output
    assert f'error {contract}:{first + 1}:3 overrides.revision: "revision" cannot be' in (
        result.output
    )


def test_a_wrong_value_of_an_override_is_pointed_at(tmp_path: Path, good: Path) -> None:
    contract = tmp_path / "harbour.yaml"
    contract.write_text(overriding("calendars.office.zone: Europe/Stokholm"))
    result = run(contract, good)
    line = CONTRACT.count("\n") + 2
    assert f'{contract}:{line}:26 overrides.calendars.office.zone: "Europe/Stokholm"' in (
        result.output
    )


def test_an_override_that_changes_nothing_is_a_warning(tmp_path: Path, good: Path) -> None:
    contract = tmp_path / "harbour.yaml"
    contract.write_text(overriding("clocks.triage.within: 2 days"))
    result = run(contract, good)
    assert result.exit_code == 0
    assert 'the policy has the same value, "2 days"; remove the override (clause escalation)' in (
        result.output
    )
    assert run(contract, good, "--strict").exit_code == 1
