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


def words_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.clause("cention/changes")
async def test_every_account_under_the_policy_is_told_what_changes_and_from_when(
    desk: dict[str, str],
) -> None:
    letters, result = await sent(desk)
    assert [letter["To"].addresses[0].addr_spec for letter in letters] == [
        "saga@cention.example",
        "nils@nordic.example",
    ]
    text = words_of(letters[0])
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
    """Puts an announcement into the coming revision."""
    policy = Path(desk["DESK_POLICIES"]) / "cention-next.yaml"
    policy.write_text(policy.read_text().replace("clauses:\n", f"{line}\nclauses:\n", 1))
    (Path(desk["DESK_CONTRACTS"]) / "lumiere.yaml").write_text(FRENCH)


@pytest.mark.clause("cention/changes")
async def test_each_account_reads_the_announcement_in_its_own_language(
    desk: dict[str, str],
) -> None:
    announcing(desk, "announcement: {en: There is a hotline now., fr: Une ligne directe ouvre.}")
    letters, result = await sent(desk)
    assert result.exit_code == 0, result.output
    french, english = words_of(letters[0]), words_of(letters[1])
    assert letters[0]["To"].addresses[0].addr_spec == "odile@lumiere.example"
    assert "Une ligne directe ouvre." in french
    assert "There is a hotline now." not in french
    assert "hotline (ajoutée) : " in french
    for word in ("added", "changed", "Before"):
        assert word not in french
    assert "There is a hotline now." in english


async def test_an_account_whose_language_the_announcement_does_not_speak_reads_the_policys(
    desk: dict[str, str],
) -> None:
    announcing(desk, "announcement: There is a hotline now.")
    letters, _ = await sent(desk)
    assert letters[0]["To"].addresses[0].addr_spec == "odile@lumiere.example"
    assert letters[0]["Content-Language"] == "en"
    assert "There is a hotline now." in words_of(letters[0])


async def test_without_an_announcement_the_changes_speak_for_themselves(
    desk: dict[str, str],
) -> None:
    policy = Path(desk["DESK_POLICIES"])
    now_so = (policy / "cention.yaml").read_text()
    (line,) = [line for line in now_so.splitlines() if line.startswith("revision:")]
    (policy / "cention-next.yaml").write_text(now_so.replace(line, f"revision: {COMING}"))
    (Path(desk["DESK_CONTRACTS"]) / "lumiere.yaml").write_text(FRENCH)
    letters, result = await sent(desk)
    assert report(result)["changes"] == []
    assert "Les clauses disent la même chose" in words_of(letters[0])
    assert "The clauses say the same" in words_of(letters[1])


# --- nobody twice ---------------------------------------------------------------------------------


@pytest.mark.clause("cention/changes")
async def test_whoever_was_told_by_an_earlier_run_is_not_told_again(
    desk: dict[str, str], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    _, result = await sent(desk)
    told = report(result)
    told["told"][0]["fate"] = "failed"
    first.write_text(json.dumps(told))
    letters, result = await sent(desk, "--told", first)
    assert [letter["Message-ID"] for letter in letters] == [told["told"][0]["message_id"]]
    assert [each["fate"] for each in report(result)["told"]] == ["told", "told before"]
    second.write_text(result.stdout)
    letters, result = await sent(desk, "--told", second)
    assert letters == []
    assert {each["fate"] for each in report(result)["told"]} == {"told before"}


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "cannot be read: No such file"), ("{}", "is not what an earlier run printed")],
)
def test_a_report_that_is_none_is_a_usage_error(
    desk: dict[str, str], tmp_path: Path, text: str | None, says: str
) -> None:
    file = tmp_path / "report.json"
    if text is not None:
        file.write_text(text)
    result = run(desk, "cention", "--revision", COMING, "--dry-run", "--told", file)
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("│", " ").split())


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
async def test_the_accounts_of_a_directory_over_http_are_told(desk: dict[str, str]) -> None:
    listed = ["bergen", "oslo", "riga"]
    async with running(Directory(contract=NORDIC_OVER_HTTP, listed=listed)) as directory:
        letters, result = await sent(over_http(desk, directory))
    assert [each["account"] for each in report(result)["told"]] == listed
    assert len({letter["Message-ID"] for letter in letters}) == 3
    assert directory.asked[0] == "/contracts?policy=cention"


@pytest.mark.parametrize("statuses", [[404], [500] * 3, [200, 403]])
async def test_a_directory_that_cannot_be_believed_tells_nobody(
    desk: dict[str, str], statuses: list[int]
) -> None:
    listed = Directory(contract=NORDIC_OVER_HTTP, listed=["oslo"], statuses=statuses)
    async with running(listed) as directory:
        letters, result = await sent(over_http(desk, directory))
    assert letters == []
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert "is unusable: " in str(result.exception)
    assert SECRET not in str(result.exception)
