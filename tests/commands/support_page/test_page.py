"""`desk page` writes a page to read, and `desk check --page` compares one with its policy."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import Failure
from commands.check import check
from commands.support_page.page import page
from tests.policies.sample_documents import broken

app = typer.Typer(rich_markup_mode="rich")
app.command()(page)
app.command()(check)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_page_is_written_in_the_form_of_its_name(tmp_path: Path) -> None:
    for name, begins in (("page.html", "<!doctype html>"), ("page.md", "# Cention support")):
        assert run("page", "cention", "--out", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_html_is_printed_unless_markdown_is_asked_for() -> None:
    assert run("page", "prismic").output.startswith("<!doctype html>")
    assert run("page", "prismic", "--md").output.startswith("# Prismic support")


def test_the_language_and_the_year_can_be_chosen() -> None:
    french = run("page", "contentsquare", "--md").output
    assert "48 heures ouvrées" in french.replace("\u00a0", " ")
    english = run("page", "contentsquare", "--locale", "en-GB", "--md").output
    assert "48 business hours" in english.replace("\u00a0", " ")
    assert "Monday 25 December" in run("page", "cention", "--year", 2028, "--md").output.replace(
        "\u00a0", " "
    )


def test_a_language_without_texts_is_refused_with_those_that_exist() -> None:
    result = run("page", "cention", "--locale", "fr")
    assert result.exit_code == 2
    assert 'cention has no page in "fr"' in result.output


def test_a_policy_with_errors_and_a_file_that_cannot_be_written_fail(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(broken("within: 2 days", "within: 2 dais"))
    for arguments in ((bad,), ("cention", "--out", tmp_path / "missing" / "page.html")):
        assert isinstance(run("page", *arguments).exception, Failure)


@pytest.fixture
def support_page(tmp_path: Path) -> Path:
    path = tmp_path / "support.md"
    run("page", "cention", "--out", path)
    return path


def test_differences_are_warnings_with_the_places_of_both_sides(support_page: Path) -> None:
    text = support_page.read_text().replace("24\u00a0business hours", "20 business hours")
    support_page.write_text(text)
    result = run("check", "cention", "--page", support_page)
    assert result.exit_code == 0
    line = text.splitlines().index(next(x for x in text.splitlines() if "20 business" in x)) + 1
    assert f'warning {support_page}:{line}:1 only the page has "20 business hours"' in result.output
    assert 'cells.minor.foundation: only the policy has "24 business hours"' in result.output
    assert run("check", "cention", "--page", support_page, "--strict").exit_code == 1


def test_a_page_of_its_policy_adds_no_warning(support_page: Path) -> None:
    data = json.loads(run("check", "cention", "--page", support_page, "--json").output)
    assert [each for each in data["warnings"] if "only the" in each["wrong"]] == []
    assert data["files"] == 2


def test_a_file_that_is_no_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "support.pdf"
    path.write_bytes(b"%PDF-1.7")
    for file, problem in ((path, "is a PDF"), (tmp_path / "none.md", "No such file")):
        result = run("check", "cention", "--page", file)
        assert result.exit_code == 2
        assert problem in result.output


def test_a_page_is_compared_with_one_policy(support_page: Path) -> None:
    result = run("check", "cention", "contently", "--page", support_page)
    assert result.exit_code == 2
    assert "one policy" in result.output
