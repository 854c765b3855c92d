"""`desk announce --dry-run`: whom an announcement would reach."""

import json
from datetime import date
from pathlib import Path

import pytest

from bootstrap.exit_codes import Failure
from tests.activities.adapters.directory_server import SECRET, Directory, running
from tests.commands.announcements.announce_command import SILENT, announced, run, told
from tests.workflows.announcement.announcing import revision
from tests.workflows.announcement.policy_files import write_desk


@pytest.fixture
def day() -> date:
    return revision()


@pytest.fixture
def desk(tmp_path: Path, day: date) -> dict[str, str]:
    """Settings of a desk with an upcoming revision."""
    return write_desk(tmp_path, day)


def test_a_dry_run_sends_nothing_and_lists_the_addressees(desk: dict[str, str], day: date) -> None:
    result = run(desk, "cention", "--revision", day, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "nordic: nils@nordic.example would be notified" in result.stdout
    assert "changed  changes" in result.stdout
    assert "harbour" not in result.stdout


def test_a_dry_run_for_one_account_lists_its_addressees_only(
    desk: dict[str, str], day: date
) -> None:
    (Path(desk["DESK_CONTRACTS"]) / "silent.yaml").write_text(SILENT)
    result = run(desk, "cention", "--revision", day, "--dry-run", "--account", "nordic")
    assert result.exit_code == 0, result.output
    assert "nordic: nils@nordic.example would be notified" in result.stdout
    assert "silent" not in result.stdout


def test_a_policy_without_accounts_is_a_problem(desk: dict[str, str], day: date) -> None:
    (Path(desk["DESK_CONTRACTS"]) / "nordic.yaml").unlink()
    result = run(desk, "cention", "--revision", day, "--dry-run")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (
        1,
        "no account is under this policy",
    )


def test_an_account_without_an_addressee_is_listed(desk: dict[str, str], day: date) -> None:
    (Path(desk["DESK_CONTRACTS"]) / "silent.yaml").write_text(SILENT)
    result = run(desk, "cention", "--revision", day, "--dry-run")
    assert result.exit_code == 1
    assert "silent: no addressee" in result.stdout


@pytest.mark.parametrize(
    ("policy", "revision", "message"),
    [
        ("cention", "soon", "'--revision': 'soon' is not a date"),
        ("cention", "2199-01-01", "'--revision': \"cention\" has no revision of"),
        ("nobodys", "2199-01-01", "'POLICY': there is no policy"),
    ],
)
def test_an_unknown_policy_or_revision_is_a_usage_error(
    desk: dict[str, str], policy: str, revision: str, message: str
) -> None:
    result = run(desk, policy, "--revision", revision, "--dry-run")
    assert result.exit_code == 2
    assert message in told(result)


def test_the_first_revision_of_a_policy_is_not_announced(desk: dict[str, str], day: date) -> None:
    (Path(desk["DESK_POLICIES"]) / "cention.yaml").unlink()
    result = run(desk, "cention", "--revision", day)
    assert result.exit_code == 2
    assert "first revision of cention" in told(result)


def test_options_that_exclude_each_other_are_a_usage_error(desk: dict[str, str], day: date) -> None:
    result = run(desk, "cention", "--revision", day, "--dry-run", "--cancel")
    assert result.exit_code == 2


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
async def test_the_accounts_of_a_directory_over_http_would_be_notified(
    desk: dict[str, str], day: date
) -> None:
    listed = ["bergen", "oslo", "riga"]
    async with running(Directory(contract=NORDIC_OVER_HTTP, listed=listed)) as directory:
        result = await announced(over_http(desk, directory), day, "--dry-run", "--json")
    found = json.loads(result.stdout)["would_be_told"]
    assert [each["account"] for each in found] == listed
    assert len({each["message_id"] for each in found}) == 3


@pytest.mark.parametrize("statuses", [[404], [500] * 3, [200, 403]])
async def test_an_unreliable_directory_is_reported(
    desk: dict[str, str], day: date, statuses: list[int]
) -> None:
    listed = Directory(contract=NORDIC_OVER_HTTP, listed=["oslo"], statuses=statuses)
    async with running(listed) as directory:
        result = await announced(over_http(desk, directory), day, "--dry-run")
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert "is unusable: " in str(result.exception)
    assert SECRET not in str(result.exception)
