"""`desk announce` tells the accounts under a policy before a revision holds."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from activities.adapters.mail_catcher import LOOPBACK, MailCatcher
from commands.announce import announce
from commands.failure import Failure
from policies.catalogue import SHIPPED

app = typer.Typer(rich_markup_mode="rich")
app.command()(announce)

COMING = datetime.now(UTC).date() + timedelta(days=60)
SAID = "Customers hear of important changes to the policy before they hold."
SAYS = "Customers hear of all changes to the policy a month before they hold."
NORDIC = """\
account: nordic
name: Nordic
policy: cention
plan: enterprise
contacts:
  account_manager: {name: Saga, email: saga@cention.example}
designated: [nils@nordic.example, SAGA@cention.example, "*@it.nordic.example"]
"""
SILENT = "{account: silent, name: Silent, policy: cention, plan: enterprise}\n"
OTHER = """\
account: harbour
name: Harbour
policy: contently
contacts: {owner: {name: Mia, email: mia@harbour.example}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> dict[str, str]:
    """Settings of a desk with Cention's policy, a coming revision of it, and two accounts."""
    policies, contracts = tmp_path / "policies", tmp_path / "contracts"
    policies.mkdir()
    contracts.mkdir()
    now_so = (SHIPPED / "cention.yaml").read_text()
    assert SAID in now_so
    (line,) = [line for line in now_so.splitlines() if line.startswith("revision:")]
    (policies / "cention.yaml").write_text(now_so)
    new = now_so.replace(line, f"revision: {COMING}").replace(SAID, SAYS)
    new = new.replace(
        "clauses:\n", "clauses:\n  hotline: {says: There is a hotline., at: New}\n", 1
    )
    reading = "readings:\n  - {clause: hotline, reading: It is outside the desk.}\n"
    new = new.replace("readings:\n", reading, 1)
    (policies / "cention-next.yaml").write_text(new)
    (contracts / "nordic.yaml").write_text(NORDIC)
    (contracts / "harbour.yaml").write_text(OTHER)
    return {
        "DESK_POLICIES": str(policies),
        "DESK_CONTRACTS": str(contracts),
        "TERMINAL_WIDTH": "200",
    }


def run(desk: dict[str, str], *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=desk)


def report(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


async def sent(desk: dict[str, str], times: int = 1) -> tuple[list[EmailMessage], Result]:
    async with MailCatcher() as catcher:
        server = {"DESK_MAIL_HOST": LOOPBACK, "DESK_MAIL_PORT": str(catcher.port)}
        for _ in range(times):
            result = await asyncio.to_thread(
                run, desk | server, "cention", "--revision", COMING, "--json"
            )
        return list(catcher.messages), result


@pytest.mark.clause("cention/changes")
async def test_every_account_under_the_policy_is_told_what_changes_and_from_when(
    desk: dict[str, str],
) -> None:
    letters, result = await sent(desk)
    assert [letter["To"].addresses[0].addr_spec for letter in letters] == [
        "saga@cention.example",
        "nils@nordic.example",
    ]
    body = letters[0].get_body(("plain",))
    assert body is not None
    text = " ".join(str(body.get_content()).split())
    assert f"hotline (added): There is a hotline. - changes (changed): {SAYS}" in text
    assert f"Before: {SAID}" in text
    assert str(COMING.year) in letters[0]["Subject"]
    told = report(result)
    assert {(each["account"], each["fate"]) for each in told["told"]} == {("nordic", "told")}
    assert [(c["clause"], c["kind"]) for c in told["changes"]] == [
        ("hotline", "added"),
        ("changes", "changed"),
    ]


@pytest.mark.clause("cention/changes")
async def test_repeating_it_sends_the_same_letters(desk: dict[str, str]) -> None:
    letters, _ = await sent(desk, times=2)
    ids = [letter["Message-ID"] for letter in letters]
    assert len(ids) == 4
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_a_dry_run_sends_nothing_and_says_to_whom(desk: dict[str, str]) -> None:
    result = run(desk, "cention", "--revision", COMING, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "nordic: nils@nordic.example would be told" in result.stdout
    assert "changed  changes" in result.stdout
    assert "harbour" not in result.stdout


def test_a_mail_server_that_is_down_fails_and_names_whom_it_concerns(desk: dict[str, str]) -> None:
    server = {"DESK_MAIL_HOST": LOOPBACK, "DESK_MAIL_PORT": "1"}
    result = run(desk | server, "cention", "--revision", COMING)
    assert result.exit_code == 1
    assert "nordic: nils@nordic.example failed: " in result.stdout


def test_an_account_that_names_nobody_is_named(desk: dict[str, str]) -> None:
    (Path(desk["DESK_CONTRACTS"]) / "silent.yaml").write_text(SILENT)
    result = run(desk, "cention", "--revision", COMING, "--dry-run")
    assert result.exit_code == 1
    assert "silent: names nobody" in result.stdout


@pytest.mark.clause("cention/changes")
def test_a_revision_that_is_in_force_is_not_announced(desk: dict[str, str]) -> None:
    policy = Path(desk["DESK_POLICIES"]) / "cention-next.yaml"
    today = datetime.now(UTC).date()
    policy.write_text(policy.read_text().replace(str(COMING), str(today)))
    result = run(desk, "cention", "--revision", today, "--dry-run")
    assert result.exit_code == 2
    assert "in force already" in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("policy", "revision", "says"),
    [
        ("cention", "soon", "is no date"),
        ("cention", "2199-01-01", "has no revision of"),
        ("nobodys", "2199-01-01", "there is no policy"),
    ],
)
def test_what_there_is_not_is_a_usage_error(
    desk: dict[str, str], policy: str, revision: str, says: str
) -> None:
    result = run(desk, policy, "--revision", revision, "--dry-run")
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("│", " ").split())


def test_without_a_mail_server_it_says_what_to_set(desk: dict[str, str]) -> None:
    result = run(desk, "cention", "--revision", COMING)
    assert isinstance(result.exception, Failure)
    assert "DESK_MAIL_HOST" in str(result.exception)
