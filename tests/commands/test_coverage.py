"""`desk coverage` shows the verdict that a ticket would get, and reports invalid facts."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import Failure
from commands.coverage import coverage
from tests.policies.sample_documents import POLICY

app = typer.Typer(rich_markup_mode="rich")
app.command()(coverage)


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    return tmp_path / "facts.yaml"


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(POLICY)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def report(policy: object, facts: Path, text: str) -> dict[str, Any]:
    facts.write_text(text)
    result = run(policy, facts, "--json")
    assert result.exit_code == 0, result.output
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def error_message(policy: object, facts: Path, text: str) -> str:
    facts.write_text(text)
    result = run(policy, facts)
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    return str(result.exception)


def test_a_refusal_has_its_clause_its_text_and_the_facts_used(facts: Path) -> None:
    data = report("contently", facts, "active_publication: true\ncause: third_party\n")
    assert (data["verdict"], data["closed_as"]) == ("not_covered", "not_covered")
    assert data["clauses"] == ["limitation"]
    assert data["used"] == {"cause": "third_party"}
    assert data["missing"] == []
    assert "third-party" in data["says"]


def test_a_missing_required_fact_is_named_instead_of_a_refusal(facts: Path) -> None:
    data = report("contently", facts, "cause: platform\n")
    assert data["verdict"] == "needs_facts"
    assert data["missing"] == ["active_publication"]
    output = run("contently", facts).output
    assert "needs facts" in output
    assert "Do you belong to an active publication?" in output


def test_a_request_that_no_rule_excludes_is_covered(facts: Path) -> None:
    assert report("contently", facts, "active_publication: true\n")["verdict"] == "covered"


@pytest.mark.clause("contensive/user-support")
def test_a_policy_without_clocks_gives_verdicts(facts: Path) -> None:
    text = "kind: how_to\nuser_support: true\ncustom_programming: true\n"
    data = report("contensive", facts, text)
    assert (data["verdict"], data["clauses"]) == ("not_covered", ["user-support"])


@pytest.mark.clause("contensive/feature-requirements")
@pytest.mark.parametrize(
    ("day", "verdict"), [("2026-04-01", "covered"), ("2026-04-02", "not_covered")]
)
def test_a_day_of_receipt_can_be_given(facts: Path, day: str, verdict: str) -> None:
    text = (
        "kind: custom_feature\nfeature_warranty: true\nthird_party: false\nscenario: requirements\n"
        "original_requirement: true\nrequirement_status: communicated\n"
        f"signed_off: 2026-01-01\nfirst_used: 2026-01-01\nreceived_on: {day}\n"
    )
    assert report("contensive", facts, text)["verdict"] == verdict


def test_a_policy_can_be_a_file(acme: Path, facts: Path) -> None:
    data = report(acme, facts, "beta: true\nplan: gold\n")
    assert (data["policy"], data["verdict"]) == ("acme", "not_covered")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plan: gold\nbetta: true\n", '2:1 betta: "betta" is not a fact of acme; did'),
        ("plan: goold\n", '1:7 plan: "goold" is not a plan of acme; did you mean "gold"?'),
        (
            "plan: gold\nbeta: 'true'\n",
            'beta: "true" is not of the type bool; write true or false',
        ),
        ("plan: gold\nusers: 1.5\n", "2:8 users: 1.5 is not of the type int; write a whole number"),
        ("plan: gold\nload: x\n", '2:7 load: "x" is not of the type double'),
        (
            "plan: gold\nsigned_off: 2026-02-30\n",
            'signed_off: "2026-02-30" is not of the type date',
        ),
        ("plan: gold\nreceived_on: today\n", '2:14 received_on: "today" is not of the type date'),
        ("plan: gold\ncause: [plugin]\n", '2:1 cause: ["plugin"] is not of the type string'),
        ("plan: gold\ncause:\n", "2:1 cause: null is not of the type string"),
        ("beta: true\n", '1:1 the key "plan" is missing; add it; allowed: silver, gold'),
        ("plan: gold\nplan: gold\n", "given twice"),
        ("- plan\n", "not a mapping of keys"),
        ("", "the file is empty"),
    ],
)
def test_invalid_facts_are_reported_with_their_place(
    acme: Path, facts: Path, text: str, message: str
) -> None:
    assert f"{facts}:" in error_message(acme, facts, text)
    assert message in error_message(acme, facts, text)


def test_all_errors_are_reported_at_once(acme: Path, facts: Path) -> None:
    assert error_message(acme, facts, "plan: x\nbeta: 1\nother: 2\n").count("\n") == 2


def test_a_fact_has_one_of_its_choices(facts: Path) -> None:
    message = error_message("contensive", facts, "kind: custom_feature\nscenario: corection\n")
    assert 'did you mean "correction"?' in message


@pytest.mark.parametrize(
    "names", [("contently", "none.yaml"), ("none.yaml", "none.yaml"), ("contentl", "none.yaml")]
)
def test_an_unreadable_file_is_a_usage_error(names: tuple[str, str]) -> None:
    result = run(*names)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
