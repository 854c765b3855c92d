"""Whole logs: nothing is lost, nothing counts twice, whatever the number of processes."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backtest.log.unreadable import Reason
from backtest.results.backtest_report import Note
from backtest.runs.judged_bucket import Summary
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from policies.terms.overrides import OverridesRefused
from settings import ROOT
from tests.backtest.made_up_logs import (
    EXAMPLES,
    NOW,
    incident,
    incidents,
    judged,
    mapping_of,
    policy_of,
)

STATES = ("New", "Active", "Awaiting User Info", "Resolved", "Closed", "-100")
PRIORITIES = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low")
BEGIN = datetime(2016, 3, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def random_rows(tickets: int, seed: int = 0) -> list[str]:
    rng, rows = random.Random(seed), []
    for number in range(tickets):
        at = BEGIN + timedelta(minutes=rng.randrange(60 * 24 * 60))
        opened = f"{at:%d/%m/%Y %H:%M}"
        for count in range(rng.randint(1, 8)):
            state, priority = rng.choice(STATES), rng.choice(PRIORITIES)
            rows.append(f"INC{number}|{state}|{count}|{opened}|{at:%d/%m/%Y %H:%M}|{priority}")
            at += timedelta(minutes=rng.randrange(60 * 48))
    return rows


def log_of(directory: Path, rows: list[str]) -> Path:
    path = directory / "log.csv"
    path.write_text(incidents(*rows))
    return path


def test_processes_change_neither_results_nor_report(tmp_path: Path) -> None:
    log = log_of(tmp_path, random_rows(40))
    alone, results = judged("servicenow", log, processes=1)
    together, same = judged("servicenow", log, processes=3)
    assert results == same
    assert alone.totals.cells == together.totals.cells
    assert alone.worst == together.worst
    assert alone.explanations == together.explanations


def test_the_order_of_the_file_changes_no_result(tmp_path: Path) -> None:
    rows = random_rows(30)
    _, results = judged("servicenow", log_of(tmp_path, rows))
    random.Random(1).shuffle(rows)
    _, shuffled = judged("servicenow", log_of(tmp_path, rows))
    assert [r._replace(place=0) for r in shuffled] == [r._replace(place=0) for r in results]


def test_every_ticket_counts_once_in_every_total(tmp_path: Path) -> None:
    report, results = judged("servicenow", log_of(tmp_path, random_rows(30)))
    assert report.tickets == 30
    assert len(results) == 2 * 30
    assert [(r.ticket, r.clock) for r in results] == sorted((r.ticket, r.clock) for r in results)
    for tallies in (report.totals.by_clock(), report.totals.by_priority()):
        assert sum(tally.tickets for tally in tallies.values()) == 2 * 30
    assert sum(tally.tickets for tally in report.totals.by_month().values()) == 2 * 30


def test_the_worst_come_first_each_with_its_explanation(tmp_path: Path) -> None:
    report, results = judged("servicenow", log_of(tmp_path, random_rows(40)))
    late = sorted((r.overdue_seconds for r in results if r.breached_at), reverse=True)
    assert [result.overdue_seconds for result in report.worst] == late
    worst = report.worst[0]
    steps = report.explanations[worst.ticket, worst.clock]
    assert (steps[0].at, steps[0].events) == (worst.started, ("opened",))
    assert worst.breached_at in {s.at for s in steps if s.events == ("clock_breached",)}


def test_what_cannot_be_read_takes_its_ticket_out_and_is_reported(tmp_path: Path) -> None:
    rows = [
        *incident("INC1", "4 - Low", "1/3/2016 09:00", "New @ 1/3/2016 09:00", "Active @ soon"),
        *incident("INC2", "5 - None", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
        *incident("INC3", "4 - Low", "1/3/2016 09:00", "New @ 1/3/2036 09:00"),
        *incident("INC4", "4 - Low", "1/3/2016 09:00", "New @ ?"),
        *incident("INC5", "4 - Low", "?", "New @ 1/3/2016 09:00"),
        *incident("INC6", "?", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
        *incident("?", "4 - Low", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
        *incident("INC7", "4 - Low", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
    ]
    report, results = judged("servicenow", log_of(tmp_path, rows))
    assert {result.ticket for result in results} == {"INC7"}
    assert dict(report.left_out.records) == {Reason.NO_TICKET: 1}
    assert dict(report.left_out.tickets) == {
        Reason.BAD_TIME: 2,
        Reason.UNKNOWN_VALUE: 1,
        Reason.FUTURE: 1,
        Reason.NO_TIME: 1,
        Reason.REFUSED: 1,
    }
    [unknown] = report.left_out.examples[Reason.UNKNOWN_VALUE]
    assert (unknown.ticket, unknown.text) == (
        "INC2",
        'the priority "5 - None" is not in the mapping',
    )
    assert report.tickets == len(report.left_out.tickets) + 2


def test_a_row_that_comes_twice_is_played_once_and_counted(tmp_path: Path) -> None:
    rows = random_rows(30)
    _, expected = judged("servicenow", log_of(tmp_path, rows))
    report, results = judged("servicenow", log_of(tmp_path, [*rows, *rows[:20], rows[0]]))
    assert [r._replace(place=0) for r in results] == [r._replace(place=0) for r in expected]
    assert report.notes[Note.REPEATED_ROWS] == 21
    assert report.records == len(rows) + 21


def test_events_that_differ_in_any_column_are_two_events(tmp_path: Path) -> None:
    """Also in a column that the mapping does not read."""
    lines = (EXAMPLES / "csv" / "events.csv").read_text().splitlines()
    log = tmp_path / "events.csv"
    log.write_text("\n".join([f"{lines[0]},by", *(f"{line},x" for line in lines[1:])]))
    once, _ = judged("csv", log, now=LATER)
    assert Note.REPEATED_ROWS not in once.notes
    log.write_text(log.read_text() + f"\n{lines[1]},x\n{lines[1]},y\n")
    again, _ = judged("csv", log, now=LATER)
    assert again.notes[Note.REPEATED_ROWS] == 1


def test_what_a_log_quotes_is_shown_in_one_line_and_not_obeyed(tmp_path: Path) -> None:
    hostile = "INC\x1b[2J\u202e\0"
    rows = [
        *incident(hostile, "4 - Low", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
        *incident("INC2", "4\x9b2J", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
        *incident("I" * 201, "4 - Low", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
    ]
    report, results = judged("servicenow", log_of(tmp_path, rows))
    assert {result.ticket for result in results} == {r"INC\u001b[2J\u202e\u0000"}
    [unknown] = report.left_out.examples[Reason.UNKNOWN_VALUE]
    assert unknown.text == r'the priority "4\u009b2J" is not in the mapping'
    [too_long] = report.left_out.examples[Reason.BROKEN]
    assert too_long.text == 'the number in the column "number" has 201 characters'
    assert dict(report.left_out.records) == {Reason.BROKEN: 1}


def test_a_log_of_which_nothing_can_be_read_says_so_ticket_by_ticket(tmp_path: Path) -> None:
    rows = [row.replace("2016", "MMXVI") for row in random_rows(5)]
    report, results = judged("servicenow", log_of(tmp_path, rows))
    assert (report.tickets, report.until, results) == (5, None, [])
    assert dict(report.left_out.tickets) == {Reason.BAD_TIME: 5}


def test_an_empty_log_has_an_empty_report(tmp_path: Path) -> None:
    report, results = judged("servicenow", log_of(tmp_path, []))
    assert (report.tickets, report.until, results) == (0, None, [])


def test_an_interrupted_run_keeps_what_is_judged(tmp_path: Path) -> None:
    log = log_of(tmp_path, random_rows(40))

    def interrupt(done: int, _: int) -> None:
        if done == 100:
            raise KeyboardInterrupt

    whole, results = judged("servicenow", log)
    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        run = Run(spool, policy_of("servicenow"))
        run.judge_all(1, interrupt)
        report, judged_by_then = run.report(), [*run.results()]
    assert report.is_partial
    assert 0 < report.share < 1
    assert 0 < report.tickets < whole.tickets
    assert len(judged_by_then) == 2 * report.tickets
    assert set(judged_by_then) < set(results)


def test_the_processes_that_judge_end_with_the_one_that_needs_them() -> None:
    program = (
        "import os, time, multiprocessing\n"
        "from backtest.runs.run import watch_parent\n"
        "context = multiprocessing.get_context('fork')\n"
        "def work():\n"
        "    watch_parent()\n"
        "    time.sleep(60)\n"
        "workers = [context.Process(target=work) for _ in range(2)]\n"
        "for each in workers:\n"
        "    each.start()\n"
        "print(*(each.pid for each in workers), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        # The workers hold the pipe too: it ends when the last of them has.
        output = run.stdout.read()
    assert len(output.split()) == 2


def test_overrides_change_the_promise(tmp_path: Path) -> None:
    rows = incident(
        *("INC1", "1 - Critical", "1/3/2016 09:00"),
        *("New @ 1/3/2016 09:00", "Resolved @ 1/3/2016 11:00"),
    )
    with spooled(log_of(tmp_path, rows), mapping_of("servicenow"), NOW) as spool:
        for name, within, state in (("a", "1 business hour", "breached"), ("b", "3 hours", "met")):
            run = Run(
                spool, policy_of("servicenow"), {"clocks.first_response.within": within}, name
            )
            run.judge_all(1)
            assert next(run.results()).state.value == state
        with pytest.raises(OverridesRefused):
            Run(spool, policy_of("servicenow"), {"clocks.nothing": "1 hour"}, "c")


def test_summaries_can_be_added_in_any_order(tmp_path: Path) -> None:
    _, results = judged("servicenow", log_of(tmp_path, random_rows(40)))
    parts = [Summary(tickets=1) for _ in results]
    for part, result in zip(parts, results, strict=True):
        part.add(result)
    forward, backward = Summary(), Summary()
    for part in parts:
        forward.merge(part)
    for part in reversed(parts):
        backward.merge(part)
    assert forward.totals.cells == backward.totals.cells
    assert forward.worst == backward.worst
