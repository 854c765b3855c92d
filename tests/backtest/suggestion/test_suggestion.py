"""A suggested mapping loads, and says what it is unsure of."""

from pathlib import Path

import pytest

from backtest.mapping.document import LogMapping
from backtest.mapping.loading import load_mapping
from backtest.readers.log_file import LogError
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from backtest.suggestion.sample import HEAD
from backtest.suggestion.suggestion import suggestion
from commands.backtest.csv_file import write_csv
from tests.backtest.damaged_logs import NOW
from tests.backtest.made_up_logs import EXAMPLES, mapping_of, policy_of


def suggested(tmp_path: Path, log: Path, example: str | None = None) -> tuple[LogMapping, str]:
    text = suggestion(log)
    path = tmp_path / "suggested.yaml"
    path.write_text(text)
    return load_mapping(path, policy_of(example) if example else None), text


def written(tmp_path: Path, example: str, log: Path, mapping: LogMapping) -> str:
    with spooled(log, mapping, NOW) as spool:
        run = Run(spool, policy_of(example))
        run.judge_all(1)
        path = write_csv(tmp_path / "out.csv", run.results(), is_partial=False)
        return path.read_text()


@pytest.mark.parametrize(
    ("example", "log"),
    [
        ("servicenow", "incidents.csv"),
        ("volvo", "incidents.xes"),
        ("csv", "events.csv"),
        ("jira", "issues.json"),
        ("zendesk", "audits.json"),
    ],
)
def test_the_suggestion_for_an_example_has_the_results_of_its_mapping(
    tmp_path: Path, example: str, log: str
) -> None:
    path = EXAMPLES / example / log
    mapping, text = suggested(tmp_path, path, example)
    if example == "csv":
        # The zone of times without an offset is nowhere in a log.
        assert "unsure: the times have no offset" in text
        time = mapping_of(example).time
        mapping = mapping.model_copy(update={"time": time})
    same = written(tmp_path, example, path, mapping_of(example))
    assert written(tmp_path, example, path, mapping) == same


def test_the_suggestion_for_events_of_a_help_desk_loads(tmp_path: Path) -> None:
    mapping, text = suggested(tmp_path, EXAMPLES / "helpdesk" / "tickets.xes")
    assert mapping.states["Resolve ticket"].events == ("resolved",)
    assert mapping.states["Wait"].waits == "information"
    assert "unsure: a wait: is it for the requester?" in text


HEADER = "ticket,changed,status,finished\n"


def test_days_that_could_be_months_are_named(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [
        f"T{n},0{n}/0{n + 1}/2026 1{hour}:00,{status},0{n}/0{n + 1}/2026 19:00"
        for n in range(1, 6)
        for hour, status in enumerate(("New", "Pending customer", "Solved"))
    ]
    log.write_text(HEADER + "\n".join(rows))
    mapping, text = suggested(tmp_path, log)
    assert mapping.time.format == "D/M/YYYY HH:mm"
    assert "# unsure: all times are also M/D/YYYY HH:mm" in text
    assert mapping.leaks == {"finished": "In 100% of the rows it is later than the row itself."}
    assert mapping.states["Pending customer"].waits == "information"


def test_a_month_above_twelve_decides(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "ticket;changed;status\n1;1/31/2026 10:00;New\n1;2/1/2026 10:00;Done\n2;2/2/2026 9:00;New\n"
    )
    mapping, text = suggested(tmp_path, log)
    assert mapping.time.format == "M/D/YYYY H:mm"
    assert "all times are also" not in text
    assert mapping.csv.delimiter == ";"


def test_statistics_before_the_traces_of_an_xes_log_do_not_hide_its_columns(
    tmp_path: Path,
) -> None:
    path = EXAMPLES / "volvo" / "incidents.xes"
    log = tmp_path / "log.xes"
    statistics = '<float key="of a resource" value="0.012"/>\n' * (2 * HEAD // 40)
    log.write_text(path.read_text().replace("<trace>", statistics + "<trace>", 1))
    mapping, _ = suggested(tmp_path, log)
    expected, _ = suggested(tmp_path, path)
    assert mapping.model_copy(update={"mapping": expected.mapping}) == expected


def test_states_in_which_few_tickets_begin_do_not_make_all_others_responses(tmp_path: Path) -> None:
    rows = [
        f"T{n},2026-02-0{n}T1{hour}:00Z,{status},x"
        for n in range(1, 9)
        for hour, status in enumerate(("Assign seriousness", "Take in charge", "Solved"))
    ]
    log = tmp_path / "log.csv"
    log.write_text(HEADER + "\n".join([*rows, "T8,2026-02-09T10:00Z,Create anomaly,x"]))
    mapping, text = suggested(tmp_path, log)
    assert mapping.states["Assign seriousness"].events == ()
    assert "# unsure: its meaning is unknown" in text
    assert mapping.states["Take in charge"].events == ("responded",)


def test_two_waits_for_the_requester_are_unsure(tmp_path: Path) -> None:
    rows = [
        f"T{n},2026-02-0{n}T1{hour}:00Z,{status},x"
        for n in range(1, 9)
        for hour, status in enumerate(("New", "Wait - User", "Wait - Customer", "Solved"))
    ]
    log = tmp_path / "log.csv"
    log.write_text(HEADER + "\n".join(rows))
    _, text = suggested(tmp_path, log)
    assert "# unsure: a wait, and so is Wait - Customer: are all of them for the requester?" in text


def test_a_value_of_the_log_writes_no_lines_of_the_suggestion(tmp_path: Path) -> None:
    evil = '"Wait - User\nleaks: {x: y}\x1b[2J"'
    rows = [
        f"T{n},2026-02-0{n}T1{hour}:00Z,{status},x"
        for n in range(1, 9)
        for hour, status in enumerate(("New", evil, "Wait - Customer", "Solved"))
    ]
    log = tmp_path / "log.csv"
    log.write_text(HEADER + "\n".join(rows))
    mapping, text = suggested(tmp_path, log)
    assert "x" not in mapping.leaks
    assert "\x1b" not in text
    assert mapping.states["Wait - User\nleaks: {x: y}\x1b[2J"].waits == "information"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", "the log is empty"),
        ("a,b\n1,2\n", "looks like the number of a ticket"),
        ("<log/>", "the XML has no traces"),
    ],
)
def test_a_log_without_tickets_is_refused(tmp_path: Path, content: str, wrong: str) -> None:
    log = tmp_path / "log"
    log.write_text(content)
    with pytest.raises(LogError, match=wrong):
        suggestion(log)
