"""`desk preview` shows every e-mail of a policy as its recipients would get it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from commands.preview import preview
from policies.loading.policy_catalog import SHIPPED
from policies.vocabulary import ACCOUNT_EVENTS
from settings import ROOT
from tests.harness import CATALOG

NIGHTJAR = ROOT / "examples" / "policies" / "nightjar.yaml"

app = typer.Typer(rich_markup_mode="rich")
app.command()(preview)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("slug", ["contently", "contentsquare"])
def test_the_list_has_every_event_and_everyone_who_is_told(slug: str) -> None:
    policy = CATALOG.latest(slug)
    rows = [line.split() for line in run(slug).output.splitlines()]
    listed = {(row[0], row[1]) for row in rows if len(row) > 1}
    for rule in policy.notices:
        for audience in rule.tell:
            if rule.event not in ACCOUNT_EVENTS or audience != "assignee":
                assert (str(rule.event), audience) in listed
    for name, clock in policy.clocks.items():
        assert not clock.ladder or any(row[0] == name for row in rows if row)


def test_own_templates_are_marked_in_the_list() -> None:
    lines = run(NIGHTJAR).output.splitlines()
    assert [line.split()[0] for line in lines if "(own)" in line] == ["opened"]


def test_an_email_is_shown_as_its_recipient_gets_it() -> None:
    result = run(NIGHTJAR, "opened", "--plan", "fleet", "--priority", "impaired")
    assert result.exit_code == 0
    assert "To: Élise Chen <elise@acme.example>" in result.output
    assert "Subject: [4K7Q-2M9X-8TBD] Received" in result.output
    assert "by Wednesday 3 March 2027, 14:00 WET" in result.output
    assert "VHF channel 16" in result.output
    assert "Nightjar, not opened" in result.output


def test_an_email_is_shown_in_the_language_that_is_asked_for() -> None:
    result = run("contently", "responded", "--locale", "fr", "--to", "requester")
    assert "Bonjour Élise Chen" in result.output
    assert "in the language fr" in result.output


def test_a_clock_names_the_emails_of_its_rungs() -> None:
    result = run(NIGHTJAR, "first_response", "--to", "head_of_operations")
    assert "first_response at breach, to head_of_operations" in result.output


def test_html_is_printed_alone() -> None:
    output = run(NIGHTJAR, "resolved", "--html").output
    assert output.startswith("<!doctype html>")


def test_the_emails_are_written_with_an_index_that_links_each(tmp_path: Path) -> None:
    result = run(NIGHTJAR, "--out", tmp_path / "mails")
    assert result.exit_code == 0
    files = {file.name for file in (tmp_path / "mails").iterdir()} - {"index.html"}
    index = (tmp_path / "mails" / "index.html").read_text()
    assert files
    assert all(f'href="{file}"' in index for file in files)
    assert result.output.startswith(f"{len(files)} e-mails")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("opend",), 'did you mean "opened"?'),
        (("opened", "--to", "watch_leader"), "allowed: requester"),
        (("opened", "--plan", "fleat"), 'did you mean "fleet"?'),
        (("opened", "--channel", "fax"), "allowed: "),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    arguments: tuple[str, ...], error: str
) -> None:
    result = run(NIGHTJAR, *arguments)
    assert result.exit_code == 2
    assert error in " ".join(result.output.replace("│", " ").split())


def test_a_wrong_template_is_refused_with_its_place(tmp_path: Path) -> None:
    policy = tmp_path / "contently.yaml"
    policy.write_text((SHIPPED / "contently.yaml").read_text())
    folder = tmp_path / "templates" / "contently" / "en"
    folder.mkdir(parents=True)
    (folder / "opened.txt.j2").write_text("\n{{ numbr }}")
    result = run(policy)
    assert result.exit_code == 1
    assert "opened.txt.j2:2:1" in str(result.exception)
