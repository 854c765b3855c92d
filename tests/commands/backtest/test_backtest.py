"""`desk backtest` reads a log, prints the report, and writes a row for each ticket and clock."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import ExitCode, Failure
from commands.backtest.backtest import backtest
from commands.backtest.csv_file import write_csv
from commands.backtest.judged_log import WrittenFiles
from tests.backtest.made_up_logs import EXAMPLES, judged

app = typer.Typer(rich_markup_mode="rich")
app.command()(backtest)
SERVICENOW = EXAMPLES / "servicenow"
LOG = SERVICENOW / "incidents.csv"


def run(*arguments: object, log: Path = LOG, mapping: str = "servicenow") -> Result:
    policy = EXAMPLES / mapping / "policy.yaml"
    file = EXAMPLES / mapping / "mapping.yaml"
    words = [policy, log, "--mapping", file, "--processes", 1, *arguments]
    return CliRunner().invoke(app, [str(word) for word in words])


def document(*arguments: object, **log: Any) -> dict[str, Any]:
    result = run("--json", *arguments, **log)
    assert result.exit_code == 0, result.output
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def test_the_csv_has_a_row_for_each_ticket_and_clock(tmp_path: Path) -> None:
    result = run("--csv", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    with (tmp_path / "out.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["id", "clock", "started", "due", "completed", "state"]
    assert len(rows) == 2 * 12
    assert rows == sorted(rows)
    assert rows[0] == [
        *("INC0000000", "first_response"),
        *("2024-07-16T01:17:00Z", "2024-07-16T12:00:00Z", "2024-07-17T08:12:00Z", "breached"),
    ]


def test_the_json_has_every_total_and_the_worst_with_their_explanation() -> None:
    report = document()
    assert (report["tickets"], report["records"], report["partial"]) == (12, 74, False)
    clocks = {clock["clock"]: clock for clock in report["clocks"]}
    assert clocks["first_response"]["met"] == 11
    assert clocks["first_response"]["attainment"] == pytest.approx(11 / 12)
    [worst] = report["worst"]
    assert worst["overdue_seconds"] == 20 * 3600 + 12 * 60
    assert [step["events"] for step in worst["explanation"]] == [
        ["opened"],
        ["clock_breached"],
        ["responded"],
    ]


def test_the_text_names_what_was_left_out_and_why(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG.read_text().replace("3 - Moderate", "7 - Unheard of", 1))
    result = run(log=log)
    assert "left out: 1 ticket with a value that the mapping does not have" in result.stdout
    assert 'the priority "7 - Unheard of" is not in the mapping' in result.stdout


@pytest.mark.parametrize(
    ("mapping", "log", "met"),
    [
        ("helpdesk", "tickets.xes", {"first_response": 2, "resolution": 2}),
        ("volvo", "incidents.xes", {"resolution": 1}),
    ],
)
def test_the_examples_can_be_run(mapping: str, log: str, met: dict[str, int]) -> None:
    report = document(log=EXAMPLES / mapping / log, mapping=mapping)
    assert {clock["clock"]: clock["met"] for clock in report["clocks"]} == met


def test_credits_are_those_of_the_policy() -> None:
    file = EXAMPLES / "csv"
    words = ["contentsquare", file / "events.csv", "--mapping", file / "mapping.yaml", "--json"]
    result = CliRunner().invoke(app, [*map(str, words), "--processes", "1"])
    report = json.loads(result.stdout)
    [resolution] = [clock for clock in report["clocks"] if clock["clock"] == "resolution"]
    # Four started days of 4712, and one of 4713.
    assert (resolution["credits"], resolution["earned"]) == (5, {"days": "5"})
    assert report["left_out"]["tickets"] == {"bad_time": 1}


def test_a_partial_csv_says_so_in_its_name_and_leaves_a_complete_one(tmp_path: Path) -> None:
    _, results = judged("servicenow", LOG)
    complete = tmp_path / "out.csv"
    complete.write_text("complete")
    written = write_csv(complete, results[:3], is_partial=True)
    assert written == tmp_path / "out.csv.partial"
    assert len(written.read_text().splitlines()) == 4
    assert complete.read_text() == "complete"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.csv.partial"]


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        ("a,b\n1,2\n", ExitCode.USAGE, 'the log has no column "number", "sys_updated_at"'),
        ("", ExitCode.USAGE, "the log is empty"),
    ],
)
def test_what_is_no_such_log_is_an_error(
    tmp_path: Path, content: str, code: ExitCode, message: str
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(content)
    failure = run(log=log).exception
    assert isinstance(failure, Failure)
    assert failure.code == code
    assert message in str(failure)


def test_a_log_that_is_missing_is_an_error(tmp_path: Path) -> None:
    failure = run(log=tmp_path / "none.csv").exception
    assert isinstance(failure, Failure)
    assert str(failure) == f"cannot read or write {tmp_path}/none.csv: No such file or directory"


def test_errors_of_a_mapping_are_printed_with_their_place(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text((SERVICENOW / "mapping.yaml").read_text().replace("zone: UTC", "zone: UTCC"))
    words = [SERVICENOW / "policy.yaml", LOG, "--mapping", mapping]
    failure = CliRunner().invoke(app, [*map(str, words)]).exception
    assert isinstance(failure, Failure)
    assert failure.code == ExitCode.FAILED
    assert f"{mapping}:9:38 time.zone: unknown time zone 'UTCC'" in str(failure)


def test_the_html_report_is_written_and_named(tmp_path: Path) -> None:
    result = run("--html", tmp_path / "report.html")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    assert "wrote" in result.stderr


def test_another_value_is_compared_with_the_policy(tmp_path: Path) -> None:
    what_if = "clocks.first_response.within=1 business hour"
    report = document("--what-if", what_if, "--html", tmp_path / "compared.html")
    [worse] = [change for change in report["changes"] if change["way"] == "worse"]
    assert (worse["before"], worse["after"], worse["number"]) == ("met", "breached", 1)
    assert [reason["clause"] for reason in worse["why"]] == ["response"]
    assert [each["ticket"] for each in worse["examples"]] == ["INC0000007"]
    assert "91.6%" in (tmp_path / "compared.html").read_text()


def test_a_comparison_is_readable_in_a_terminal() -> None:
    result = run("--what-if", "clocks.first_response.within=1 business hour")
    assert "first_response: met → breached" in result.stdout
    assert "INC0000007: due 2024-04-18 12:46Z → 2024-04-17 15:46Z" in result.stdout


def test_a_sweep_names_the_target_that_is_kept() -> None:
    targets = "clocks.resolution.within=20 business hours,40 business hours"
    report = document("--sweep", targets)
    assert [step["met"] for step in report["targets"]] == [8, 12]
    assert report["kept_at_95_percent"] == "40 business hours"
    assert "40 business hours is the shortest target here" in run("--sweep", targets).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--what-if", "clocks.first_response.within"], "has no value"),
        (["--what-if", "clocks.first_response.within=soon"], "soon"),
        (["--what-if", "clocks.nothing.within=1 hour"], "nothing"),
        (["--sweep", "clocks.resolution.stops"], "is not the target of a clock"),
        (["--sweep", "clocks.resolution.within=soon"], "soon"),
        (["--sweep", "clocks.resolution.within", "--csv", "out.csv"], "has no CSV"),
    ],
)
def test_wrong_values_of_comparisons_are_usage_errors(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("│", " ").split())


def test_a_clock_that_no_state_or_event_completes_is_named(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    text = (SERVICENOW / "mapping.yaml").read_text()
    mapping.write_text(text.replace("responded, ", "").replace("[responded]", "[]"))
    words = [SERVICENOW / "policy.yaml", LOG, "--mapping", mapping, "--processes", 1]
    result = CliRunner().invoke(app, [*map(str, words)])
    assert result.exit_code == 0
    assert result.stderr == (
        'warning: nothing in the mapping completes the clock "first_response": no state or event '
        "is responded\n"
    )


def test_a_csv_that_cannot_be_written_is_known_before_the_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (Path("/dev/null"), tmp_path, tmp_path / "link"):
        failure = run("--csv", path).exception
        assert isinstance(failure, Failure)
        assert str(failure) == f"cannot write {path}: it is there and not a regular file"


def test_a_file_that_cannot_be_written_loses_no_report(capsys: pytest.CaptureFixture[str]) -> None:
    files = WrittenFiles()

    def full() -> Path:
        raise Failure(ExitCode.USAGE, "cannot write out.csv: No space left on device")

    files.write(full)
    files.write(lambda: Path("report.html"))
    with pytest.raises(Failure, match="No space left"), files.named():
        print("report")
    assert capsys.readouterr() == ("report\n", "wrote report.html\n")
    with pytest.raises(Failure, match="No space left"), files.named():
        raise BrokenPipeError


def test_a_pipe_is_refused_as_a_log(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    keeper = os.open(pipe, os.O_RDWR)
    try:
        failure = run(log=pipe).exception
    finally:
        os.close(keeper)
    assert isinstance(failure, Failure)
    assert str(failure) == f"{pipe} is a pipe; write the log into a file first"


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--sweep", "clocks.resolution.within=1 hour, soon", '"soon" is not a duration'),
        ("--sweep", "clocks.resolution", "is not the target of a clock"),
        ("--what-if", "clocks.resolution.within=soon", '"soon" is not a duration'),
        ("--what-if", "clocks.resolution.within=", "has no value"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_before_the_log_is_read(
    option: str, value: str, says: str, tmp_path: Path
) -> None:
    result = run(option, value, log=tmp_path / "none.csv")
    assert result.exit_code == ExitCode.USAGE
    shown = " ".join(line.strip("│ ") for line in result.stderr.splitlines())
    assert f"Invalid value for '{option}'" in shown
    assert says in shown


def test_a_year_that_no_calendar_counts_leaves_its_ticket_out(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG.read_text().replace("/2024 ", "/0001 "))
    report = document(log=log)
    assert report["left_out"]["tickets"] == {"out_of_range": 5}
    assert report["tickets"] == 12
