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
from bootstrap.exit_codes import Failure
from commands.announce import announce
from policies.loading.policy_catalog import SHIPPED
from tests.activities.adapters.directory_server import SECRET, Directory, running

app = typer.Typer(rich_markup_mode="rich")
app.command()(announce)

COMING = datetime.now(UTC).date() + timedelta(days=60)
OLD_TEXT = "Customers hear of important changes to the policy before they hold."
NEW_TEXT = "Customers hear of all changes to the policy a month before they hold."
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
    """Settings with the policy of Cention, an upcoming revision of it, and two accounts."""
    policies, contracts = tmp_path / "policies", tmp_path / "contracts"
    policies.mkdir()
    contracts.mkdir()
    current = (SHIPPED / "cention.yaml").read_text()
    assert OLD_TEXT in current
    (line,) = [line for line in current.splitlines() if line.startswith("revision:")]
    (policies / "cention.yaml").write_text(current)
    new = current.replace(line, f"revision: {COMING}").replace(OLD_TEXT, NEW_TEXT)
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
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


async def sent(
    desk: dict[str, str], *arguments: object, times: int = 1
) -> tuple[list[EmailMessage], Result]:
    async with MailCatcher() as catcher:
        server = {"DESK_MAIL_HOST": LOOPBACK, "DESK_MAIL_PORT": str(catcher.port)}
        for _ in range(times):
            result = await asyncio.to_thread(
                run, desk | server, "cention", "--revision", COMING, "--json", *arguments
            )
        return list(catcher.messages), result


def text_of(email: EmailMessage) -> str:
    body = email.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.clause("cention/changes")
async def test_every_account_under_the_policy_is_notified_of_the_changes_and_their_date(
    desk: dict[str, str],
) -> None:
    emails, result = await sent(desk)
    assert [email["To"].addresses[0].addr_spec for email in emails] == [
        "saga@cention.example",
        "nils@nordic.example",
    ]
    text = text_of(emails[0])
    assert f"New (added): There is a hotline. - Policy Updates (changed): {NEW_TEXT}" in text
    assert f"Previously: {OLD_TEXT}" in text
    assert str(COMING.year) in emails[0]["Subject"]
    data = report(result)
    assert {(each["account"], each["fate"]) for each in data["told"]} == {("nordic", "told")}
    assert [(c["clause"], c["kind"]) for c in data["changes"]] == [
        ("hotline", "added"),
        ("changes", "changed"),
    ]


@pytest.mark.clause("cention/changes")
async def test_a_second_run_sends_the_same_emails(desk: dict[str, str]) -> None:
    emails, _ = await sent(desk, times=2)
    ids = [email["Message-ID"] for email in emails]
    assert len(ids) == 4
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_a_dry_run_sends_nothing_and_lists_the_addressees(desk: dict[str, str]) -> None:
    result = run(desk, "cention", "--revision", COMING, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "nordic: nils@nordic.example would be notified" in result.stdout
    assert "changed  changes" in result.stdout
    assert "harbour" not in result.stdout


def test_without_a_mail_server_the_failed_addressees_are_listed(desk: dict[str, str]) -> None:
    server = {"DESK_MAIL_HOST": LOOPBACK, "DESK_MAIL_PORT": "1"}
    result = run(desk | server, "cention", "--revision", COMING)
    assert result.exit_code == 1
    assert "nordic: nils@nordic.example failed: " in result.stdout


def test_an_account_without_an_addressee_is_listed(desk: dict[str, str]) -> None:
    (Path(desk["DESK_CONTRACTS"]) / "silent.yaml").write_text(SILENT)
    result = run(desk, "cention", "--revision", COMING, "--dry-run")
    assert result.exit_code == 1
    assert "silent: no addressee" in result.stdout


@pytest.mark.clause("cention/changes")
def test_a_revision_that_is_in_force_is_not_announced(desk: dict[str, str]) -> None:
    policy = Path(desk["DESK_POLICIES"]) / "cention-next.yaml"
    today = datetime.now(UTC).date()
    policy.write_text(policy.read_text().replace(str(COMING), str(today)))
    result = run(desk, "cention", "--revision", today, "--dry-run")
    assert result.exit_code == 2
    assert "already in force" in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("policy", "revision", "message"),
    [
        ("cention", "soon", "is not a date"),
        ("cention", "2199-01-01", "has no revision of"),
        ("nobodys", "2199-01-01", "there is no policy"),
    ],
)
def test_an_unknown_policy_or_revision_is_a_usage_error(
    desk: dict[str, str], policy: str, revision: str, message: str
) -> None:
    result = run(desk, policy, "--revision", revision, "--dry-run")
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_without_a_mail_server_the_setting_is_named(desk: dict[str, str]) -> None:
    result = run(desk, "cention", "--revision", COMING)
    assert isinstance(result.exception, Failure)
    assert "DESK_MAIL_HOST" in str(result.exception)


# --- in the language of each account --------------------------------------------------------------


FRENCH = """\
account: lumiere
name: Lumière
policy: cention
plan: enterprise
locale: fr-FR
contacts: {owner: {name: Odile, email: odile@lumiere.example}}
"""


def announcing(desk: dict[str, str], line: str) -> None:
    """Adds an announcement to the upcoming revision."""
    policy = Path(desk["DESK_POLICIES"]) / "cention-next.yaml"
    policy.write_text(policy.read_text().replace("clauses:\n", f"{line}\nclauses:\n", 1))
    (Path(desk["DESK_CONTRACTS"]) / "lumiere.yaml").write_text(FRENCH)


@pytest.mark.clause("cention/changes")
async def test_each_account_reads_the_announcement_in_its_own_language(
    desk: dict[str, str],
) -> None:
    announcing(desk, "announcement: {en: There is a hotline now., fr: Une ligne directe ouvre.}")
    emails, result = await sent(desk)
    assert result.exit_code == 0, result.output
    french, english = text_of(emails[0]), text_of(emails[1])
    assert emails[0]["To"].addresses[0].addr_spec == "odile@lumiere.example"
    assert "Une ligne directe ouvre." in french
    assert "There is a hotline now." not in french
    assert "New (ajoutée) : " in french
    for word in ("added", "changed", "Previously"):
        assert word not in french
    assert "There is a hotline now." in english


async def test_without_the_language_of_an_account_the_announcement_is_in_that_of_the_policy(
    desk: dict[str, str],
) -> None:
    announcing(desk, "announcement: There is a hotline now.")
    emails, _ = await sent(desk)
    assert emails[0]["To"].addresses[0].addr_spec == "odile@lumiere.example"
    assert emails[0]["Content-Language"] == "en"
    assert "There is a hotline now." in text_of(emails[0])


async def test_without_an_announcement_the_changes_are_listed(
    desk: dict[str, str],
) -> None:
    policy = Path(desk["DESK_POLICIES"])
    current = (policy / "cention.yaml").read_text()
    (line,) = [line for line in current.splitlines() if line.startswith("revision:")]
    (policy / "cention-next.yaml").write_text(current.replace(line, f"revision: {COMING}"))
    (Path(desk["DESK_CONTRACTS"]) / "lumiere.yaml").write_text(FRENCH)
    emails, result = await sent(desk)
    assert report(result)["changes"] == []
    assert "Le texte des clauses reste le même" in text_of(emails[0])
    assert "The wording of the clauses stays the same" in text_of(emails[1])


# --- no duplicates --------------------------------------------------------------------------------


@pytest.mark.clause("cention/changes")
async def test_addressees_of_an_earlier_run_are_skipped(
    desk: dict[str, str], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    _, result = await sent(desk)
    data = report(result)
    data["told"][0]["fate"] = "failed"
    first.write_text(json.dumps(data))
    emails, result = await sent(desk, "--told", first)
    assert [email["Message-ID"] for email in emails] == [data["told"][0]["message_id"]]
    assert [each["fate"] for each in report(result)["told"]] == ["told", "told before"]
    second.write_text(result.stdout)
    emails, result = await sent(desk, "--told", second)
    assert emails == []
    assert {each["fate"] for each in report(result)["told"]} == {"told before"}


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "cannot read"), ("{}", "is not the JSON report of an earlier run")],
)
def test_an_invalid_report_is_a_usage_error(
    desk: dict[str, str], tmp_path: Path, text: str | None, message: str
) -> None:
    file = tmp_path / "report.json"
    if text is not None:
        file.write_text(text)
    result = run(desk, "cention", "--revision", COMING, "--dry-run", "--told", file)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


# --- accounts of a directory over HTTP ------------------------------------------------------------


NORDIC_OVER_HTTP = {
    "name": "Nordic",
    "policy": "cention",
    "plan": "enterprise",
    "contacts": {"owner": {"name": "Nils", "email": "nils@nordic.example"}},
}


def over_http(desk: dict[str, str], directory: Directory) -> dict[str, str]:
    return desk | {
        "DESK_CONTRACTS": "/nowhere",
        "DESK_CONTRACTS_URL": directory.url,
        "DESK_CONTRACTS_SECRET": SECRET,
    }


@pytest.mark.clause("cention/changes")
async def test_the_accounts_of_a_directory_over_http_are_notified(desk: dict[str, str]) -> None:
    listed = ["bergen", "oslo", "riga"]
    async with running(Directory(contract=NORDIC_OVER_HTTP, listed=listed)) as directory:
        emails, result = await sent(over_http(desk, directory))
    assert [each["account"] for each in report(result)["told"]] == listed
    assert len({email["Message-ID"] for email in emails}) == 3
    assert directory.requests[0] == "/contracts?policy=cention"


@pytest.mark.parametrize("statuses", [[404], [500] * 3, [200, 403]])
async def test_an_unreliable_directory_notifies_nobody(
    desk: dict[str, str], statuses: list[int]
) -> None:
    listed = Directory(contract=NORDIC_OVER_HTTP, listed=["oslo"], statuses=statuses)
    async with running(listed) as directory:
        emails, result = await sent(over_http(desk, directory))
    assert emails == []
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert "is unusable: " in str(result.exception)
    assert SECRET not in str(result.exception)
