"""The mappings that ship for Jira, Zendesk and a plain CSV: the results of their small logs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backtest.log.unreadable import Reason
from backtest.results.backtest_report import BacktestReport
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from commands.backtest.csv_file import write_csv
from tests.backtest.made_up_logs import EXAMPLES, mapping_of, policy_of

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def written(example: str, log: Path, directory: Path) -> tuple[BacktestReport, str]:
    """The report of an example, and its CSV."""
    with spooled(log, mapping_of(example), NOW) as spool:
        run = Run(spool, policy_of(example))
        run.judge_all(1)
        path = write_csv(directory / "out.csv", run.results(), is_partial=False)
        return run.report(), path.read_text()


@pytest.mark.parametrize(
    ("example", "log", "left_out"),
    [
        ("csv", "events.csv", {Reason.BAD_TIME: 1}),
        ("jira", "issues.json", {}),
        ("zendesk", "audits.json", {}),
    ],
)
def test_the_results_are_those_counted_by_hand(
    example: str, log: str, left_out: dict[Reason, int], tmp_path: Path
) -> None:
    report, csv = written(example, EXAMPLES / example / log, tmp_path)
    assert csv == (EXAMPLES / example / "expected.csv").read_text()
    assert dict(report.left_out.tickets) == left_out
    assert not report.left_out.records


def test_one_issue_a_line_has_the_results_of_pages(tmp_path: Path) -> None:
    pages = (EXAMPLES / "jira" / "issues.json").read_text().splitlines()
    issues = [line.removesuffix(",") for line in pages if line.startswith('{"expand"')]
    log = tmp_path / "issues.jsonl"
    log.write_text("\n".join(issues))
    _, csv = written("jira", log, tmp_path)
    assert csv == (EXAMPLES / "jira" / "expected.csv").read_text()


def test_an_issue_on_two_pages_counts_once(tmp_path: Path) -> None:
    content = (EXAMPLES / "jira" / "issues.json").read_text()
    log = tmp_path / "issues.json"
    log.write_text(content + content)
    report, csv = written("jira", log, tmp_path)
    assert csv == (EXAMPLES / "jira" / "expected.csv").read_text()
    assert report.tickets == 4
