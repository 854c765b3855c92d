"""The e-mails of an announcement: what changes, from when, in the language of each account."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from activities.announcement_notices import AnnouncementNotices
from activities.email_message import Email
from activities.rendering.email_composer import EmailComposer
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.announcements import announcement_of
from tests.harness import IDENTITY
from tests.workflows.announcement.policy_files import NEW_TEXT, OLD_TEXT, write_desk

DAY = date(2190, 6, 1)
NOW = datetime(2190, 4, 1, tzinfo=UTC)
FRENCH = """\
account: lumiere
name: Lumière
policy: cention
plan: enterprise
locale: fr-FR
contacts: {owner: {name: Odile, email: odile@lumiere.example}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    write_desk(tmp_path, DAY)
    (tmp_path / "contracts" / "lumiere.yaml").write_text(FRENCH)
    return tmp_path


def emails(desk: Path, account: str) -> list[Email]:
    announcement = announcement_of(PolicyCatalog.load(desk / "policies"), "cention", DAY)
    notices = AnnouncementNotices(announcement, NOW)
    contract = load_contract(desk / "contracts" / f"{account}.yaml")
    return [EmailComposer(IDENTITY).write(notice) for _, notice in notices.to(contract)]


def announcing(desk: Path, line: str) -> None:
    """Adds an announcement to the upcoming revision."""
    policy = desk / "policies" / "cention-next.yaml"
    policy.write_text(policy.read_text().replace("clauses:\n", f"{line}\nclauses:\n", 1))


def text_of(email: Email) -> str:
    body = email.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.clause("cention/changes")
def test_everybody_whom_a_contract_names_learns_the_changes_and_their_date(desk: Path) -> None:
    saga, nils = emails(desk, "nordic")
    assert (saga.address, nils.address) == ("saga@cention.example", "nils@nordic.example")
    text = text_of(saga)
    assert f"New (added): There is a hotline. - Policy Updates (changed): {NEW_TEXT}" in text
    assert f"Previously: {OLD_TEXT}" in text
    assert str(DAY.year) in str(saga["Subject"])
    assert saga.message_id != nils.message_id
    assert [each.message_id for each in emails(desk, "nordic")] == [
        saga.message_id,
        nils.message_id,
    ]


@pytest.mark.clause("cention/changes")
def test_each_account_reads_the_announcement_in_its_own_language(desk: Path) -> None:
    announcing(desk, "announcement: {en: There is a hotline now., fr: Une ligne directe ouvre.}")
    [french], [english, _] = emails(desk, "lumiere"), emails(desk, "nordic")
    text = text_of(french)
    assert "Une ligne directe ouvre." in text
    assert "There is a hotline now." not in text
    assert "New (ajoutée) : " in text
    for word in ("added", "changed", "Previously"):
        assert word not in text
    assert "There is a hotline now." in text_of(english)


def test_without_the_language_of_an_account_the_announcement_is_in_that_of_the_policy(
    desk: Path,
) -> None:
    announcing(desk, "announcement: There is a hotline now.")
    [email] = emails(desk, "lumiere")
    assert email["Content-Language"] == "en"
    assert "There is a hotline now." in text_of(email)


def test_without_an_announcement_and_changes_the_date_is_announced(desk: Path) -> None:
    current = (desk / "policies" / "cention.yaml").read_text()
    (line,) = [line for line in current.splitlines() if line.startswith("revision:")]
    (desk / "policies" / "cention-next.yaml").write_text(current.replace(line, f"revision: {DAY}"))
    assert "Le texte des clauses reste le même" in text_of(emails(desk, "lumiere")[0])
    assert "The wording of the clauses stays the same" in text_of(emails(desk, "nordic")[0])
