"""`desk clauses` lays open which clauses no rule keeps and no test shows."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from commands.development.clauses import clauses
from commands.reports.clause_citations import citations_in
from tests.policies.sample_documents import POLICY, broken

app = typer.Typer(rich_markup_mode="rich")
app.command()(clauses)

TESTS = """\
import pytest

pytestmark = pytest.mark.clause("acme/hours")


@pytest.mark.clause("acme/response", "acme/scope")
async def test_one() -> None: ...


class TestMore:
    @pytest.mark.clause("acme/escalation")
    def test_two(self) -> None: ...


@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("acme/credit"))])
def test_three(x: int) -> None: ...
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    directory = tmp_path / "catalog"
    directory.mkdir()
    (directory / "acme.yaml").write_text(POLICY)
    return directory


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    directory = tmp_path / "tests"
    (directory / "deep").mkdir(parents=True)
    (directory / "deep" / "test_acme.py").write_text(TESTS)
    return directory


def run(policies: Path, tests: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["--policies", str(policies), "--tests", str(tests), *more])


def test_citations_are_found_on_modules_classes_functions_and_parameters(tests: Path) -> None:
    found = {citation.clause: (citation.test, citation.line) for citation in citations_in(tests)}
    file = "tests/deep/test_acme.py"
    assert found == {
        "acme/hours": (file, 3),
        "acme/response": (f"{file}::test_one", 6),
        "acme/scope": (f"{file}::test_one", 6),
        "acme/escalation": (f"{file}::TestMore::test_two", 11),
        "acme/credit": (f"{file}::test_three", 15),
    }


def test_a_policy_with_rules_and_tests_for_all_clauses_has_no_gaps(
    policies: Path, tests: Path
) -> None:
    result = run(policies, tests)
    assert result.exit_code == 0
    assert "5 clauses, no gaps" in result.output
    assert "clocks.first_response" in result.output
    assert "deep/test_acme.py::test_one" in result.output


def test_a_clause_without_a_test_is_a_gap(policies: Path, tests: Path) -> None:
    (tests / "deep" / "test_acme.py").write_text(TESTS.replace(', "acme/scope"', ""))
    result = run(policies, tests)
    assert result.exit_code == 1
    assert "none" in result.output
    assert "1 gap(s)" in result.output


def test_a_citation_of_an_unknown_clause_is_a_gap(policies: Path, tests: Path) -> None:
    (tests / "test_typo.py").write_text(TESTS.replace('"acme/hours"', '"acme/houers"'))
    result = run(policies, tests)
    assert result.exit_code == 1
    assert 'cites the unknown clause "acme/houers"; did you mean "acme/hours"?' in result.output


def test_json_has_each_clause_with_its_rules_tests_and_gaps(policies: Path, tests: Path) -> None:
    (tests / "deep" / "test_acme.py").write_text(TESTS.replace(', "acme/scope"', ""))
    report = json.loads(run(policies, tests, "--json").output)
    by_clause = {use["clause"]: use for use in report["clauses"]}
    assert by_clause["scope"]["gaps"] == ["a test"]
    assert "pauses.information" in by_clause["response"]["used"]
    assert by_clause["credit"]["tests"] == ["tests/deep/test_acme.py::test_three"]
    assert report["unknown_citations"] == []


@pytest.mark.fault(93)
def test_policies_with_errors_are_exit_code_1(policies: Path, tests: Path) -> None:
    (policies / "acme.yaml").write_text(broken("title: Acme support", "title: 1"))
    assert run(policies, tests).exit_code == 1


def test_only_the_policies_that_are_named_are_shown(policies: Path, tests: Path) -> None:
    other = POLICY.replace("policy: acme", "policy: other", 1)
    (policies / "other.yaml").write_text(other)
    shown = run(policies, tests, "acme", "--json").output
    assert {use["policy"] for use in json.loads(shown)["clauses"]} == {"acme"}


def test_a_policy_that_is_not_there_is_named_with_those_that_are(
    policies: Path, tests: Path
) -> None:
    result = run(policies, tests, "amce")
    assert (result.exit_code, "no policy amce; known: acme" in result.output) == (2, True)
