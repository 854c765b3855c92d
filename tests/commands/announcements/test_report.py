"""The report of an announcement says what no history has."""

from datetime import UTC, date, datetime
from pathlib import Path

from activities.adapters.contract_files import ContractFiles
from activities.announcements import UNREADABLE
from commands.announcements.report import lines_of, report_of
from policies.reports.announcements import announcement_of
from tests.workflows.announcement.announcing import catalog
from workflows.announcement.state import AnnouncementState, Waiting
from workflows.client.announcements import AnnouncementView, Status

DAY = date(2190, 1, 1)
ANNOUNCEMENT = announcement_of(catalog(DAY), "cention", DAY)


async def test_an_announcement_to_no_account_is_not_complete(tmp_path: Path) -> None:
    view = AnnouncementView(Status.COMPLETED, AnnouncementState(is_listed=True))
    report = await report_of(ANNOUNCEMENT, view, ContractFiles(tmp_path))
    assert not report.is_complete
    assert "no account is under this policy" in [*lines_of(report)]


async def test_why_a_contract_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "nordic.yaml").write_text("account: nordic\nname: []\npolicy: cention\nplan: {}\n")
    waiting = Waiting(since=datetime(2189, 12, 1, tzinfo=UTC), error=UNREADABLE)
    state = AnnouncementState(accounts=1, is_listed=True, waiting={"nordic": waiting})
    view = AnnouncementView(Status.RUNNING, state)
    report = await report_of(ANNOUNCEMENT, view, ContractFiles(tmp_path))
    [line] = [line for line in lines_of(report) if line.startswith("nordic: ")]
    assert " name: " in line
    assert " plan: " in line
    assert "\n" not in line
