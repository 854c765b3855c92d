"""`desk announce` starts an announcement, watches it, and reports who was not told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_files import ContractFiles
from bootstrap.exit_codes import Failure
from bootstrap.senders import senders
from commands.announce import announced_by
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.announcements import announcement_of
from tests.commands.announcements.announce_command import SILENT, announced, told
from tests.harness import IDENTITY, temporal_variables
from tests.workflows.announcement.announcing import QUEUE, Mailer, revision
from tests.workflows.announcement.policy_files import write_desk
from worker import make_worker
from workflows.client.announcements import AnnouncementClient


@pytest.fixture
def day() -> date:
    return revision()


@pytest.fixture
def desk(tmp_path: Path, day: date) -> dict[str, str]:
    """Settings of a desk with an upcoming revision."""
    return write_desk(tmp_path, day)


@pytest.fixture
def on_server(desk: dict[str, str], env: WorkflowEnvironment, tmp_path: Path) -> dict[str, str]:
    """The same, with the server of the tests and an audit log."""
    return desk | {
        **temporal_variables(env.client),
        "DESK_TASK_QUEUE": QUEUE,
        "DESK_AUDIT_LOG": str(tmp_path / "audit.jsonl"),
    }


@asynccontextmanager
async def worker(
    env: WorkflowEnvironment, desk: dict[str, str], mailer: Mailer
) -> AsyncIterator[None]:
    async with make_worker(
        env.client,
        senders=senders(mailer, IDENTITY),
        contracts=ContractFiles(Path(desk["DESK_CONTRACTS"])),
        catalog=PolicyCatalog.load(desk["DESK_POLICIES"]),
        task_queue=QUEUE,
    ):
        yield


def audited(desk: dict[str, str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(desk["DESK_AUDIT_LOG"]).read_text().splitlines()]


@pytest.mark.clause("cention/changes")
async def test_everybody_is_notified_and_a_second_command_shows_the_first_announcement(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    mailer = Mailer()
    async with worker(env, on_server, mailer):
        first = await announced(on_server, day, "--json")
    second = await announced(on_server, day, "--json")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    report = json.loads(first.stdout)
    assert report == json.loads(second.stdout)
    assert (report["status"], report["told"], report["accounts"]) == ("completed", 2, 1)
    assert [(c["clause"], c["kind"]) for c in report["changes"]] == [
        ("hotline", "added"),
        ("changes", "changed"),
    ]
    assert mailer.sent == {"saga@cention.example": 1, "nils@nordic.example": 1}
    [entry] = audited(on_server)
    assert (entry["operation"], entry["subject"]) == ("announce_revision", f"cention/{day}")


async def test_who_was_not_notified_is_listed_with_address_and_reason(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    (Path(on_server["DESK_CONTRACTS"]) / "silent.yaml").write_text(SILENT)
    async with worker(env, on_server, Mailer(refused={"nils@nordic.example"})):
        result = await announced(on_server, day)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "nordic: nils@nordic.example failed: 550 (address): no such user" in lines
    assert "silent: no addressee" in lines
    assert lines[-1] == "completed: 1 notified, 1 failed, 0 skipped, 0 not yet; 2 accounts"


async def test_an_announcement_goes_on_without_the_command_and_can_be_cancelled(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    mailer = Mailer(holds_after=1)
    async with worker(env, on_server, mailer):
        begun = await announced(on_server, day, "--no-wait")
        assert begun.stdout.startswith("It has begun.")
        await mailer.is_held.wait()
        shown = await announced(on_server, day, "--no-wait")
        assert shown.stdout.splitlines()[-1].startswith("running: ")
        cancelled = await announced(on_server, day, "--cancel")
        assert cancelled.stdout.splitlines()[-1].startswith("cancelled: 1 notified")
        again = await announced(on_server, day, "--cancel")
        mailer.go_on.set()
        resumed = await announced(on_server, day, "--resume")
    assert [each.exit_code for each in (begun, shown, cancelled, resumed)] == [0, 0, 0, 0]
    assert isinstance(again.exception, Failure)
    assert resumed.stdout.splitlines()[-1].startswith("completed: 2 notified, 0 failed")
    operations = [entry["operation"] for entry in audited(on_server)]
    assert operations == ["announce_revision", "cancel_announcement", "announce_revision"]


async def test_one_account_can_be_notified(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    async with worker(env, on_server, Mailer()):
        result = await announced(on_server, day, "--account", "nordic")
    assert result.exit_code == 0, result.output
    assert [entry["account"] for entry in audited(on_server)] == ["nordic"]


async def test_a_command_that_does_not_wait_prints_json_as_well(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    del env
    begun = await announced(on_server, day, "--no-wait", "--json")
    cancelled = await announced(on_server, day, "--cancel", "--no-wait", "--json")
    for result, status in ((begun, "running"), (cancelled, "cancelling")):
        expected = {"policy": "cention", "revision": str(day), "status": status}
        assert json.loads(result.stdout) == expected


async def test_nobody_is_told_to_repeat_what_notifies_an_account_again(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    del env
    result = await announced(on_server, day, "--account", "nordic", "--no-wait")
    assert "this command without other options begins it again" in told(result)
    assert "shows" not in told(result)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
@pytest.mark.parametrize(
    ("account", "message"), [("nobody", "no account 'nobody'"), ("harbour", "under contently")]
)
async def test_an_account_that_is_not_under_the_policy_is_a_usage_error(
    on_server: dict[str, str], day: date, account: str, message: str, options: tuple[str, ...]
) -> None:
    result = await announced(on_server, day, "--account", account, *options)
    assert result.exit_code == 2
    assert message in told(result)


def takes_effect_today(desk: dict[str, str], day: date) -> date:
    policy = Path(desk["DESK_POLICIES"]) / "cention-next.yaml"
    today = datetime.now(UTC).date()
    policy.write_text(policy.read_text().replace(str(day), str(today)))
    return today


@pytest.mark.parametrize("options", [(), ("--account", "nordic"), ("--dry-run",)])
@pytest.mark.clause("cention/changes")
async def test_a_revision_that_is_in_force_is_not_announced(
    on_server: dict[str, str], day: date, options: tuple[str, ...]
) -> None:
    today = takes_effect_today(on_server, day)
    result = await announced(on_server, today, *options)
    assert result.exit_code == 2
    assert "already in force" in told(result)


async def test_an_account_is_not_notified_again_of_a_revision_that_is_in_force_by_then(
    env: WorkflowEnvironment, on_server: dict[str, str], day: date
) -> None:
    today = takes_effect_today(on_server, day)
    revision_of_today = announced_by(
        announcement_of(PolicyCatalog.load(on_server["DESK_POLICIES"]), "cention", today)
    )
    mailer = Mailer()
    async with worker(env, on_server, mailer):
        await AnnouncementClient(env.client, revision_of_today, "nordic", QUEUE).begin()
        result = await announced(on_server, today, "--account", "nordic")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith("completed: 2 notified")
    assert mailer.sent.total() == 2


async def test_what_never_began_is_neither_cancelled_nor_continued(
    on_server: dict[str, str], day: date
) -> None:
    for option, message in (("--cancel", "no such announcement"), ("--resume", "never began")):
        result = await announced(on_server, day, option)
        assert isinstance(result.exception, Failure)
        assert message in str(result.exception)
