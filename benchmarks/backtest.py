"""The speed of a back-test: a log of 24,918 made-up incidents, and one that is ten times as long.

Beside it, in the same run, pandas answers a simpler question ticket by ticket: when both clocks are
due by CustomBusinessHour, without pauses and without changes of the priority.

With `--log`, `--policy` and `--mapping`, a given log is measured instead.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import holidays
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from backtest.mapping.loading import load_mapping
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from benchmarks.workload.made_up_log import write_log
from policies.loading.loader import load_policy
from settings import ROOT

TICKETS = 24_918
TIMES = 10
EXAMPLE = ROOT / "examples" / "backtest" / "servicenow"
RESPONSE = {"1 - Critical": 1, "2 - High": 2, "3 - Moderate": 4, "4 - Low": 8}
RESOLUTION = {"1 - Critical": 8, "2 - High": 16, "3 - Moderate": 40, "4 - Low": 80}
ENDS = frozenset({"Resolved", "Closed"})
TARGETS = {
    "seconds": 15.0,
    "megabytes": 500.0,
    "times_as_long_for_ten_times_as_many": 11.0,
}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--log", type=Path, help="a log to measure")
    parser.add_argument("--policy", type=Path, default=EXAMPLE / "policy.yaml")
    parser.add_argument("--mapping", type=Path, default=EXAMPLE / "mapping.yaml")
    parser.add_argument("--tickets", type=int, default=TICKETS, help="of the made-up log")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--once", action="store_true", help="print the figures of --log only")
    options = parser.parse_args()
    files = (options.policy, options.mapping)
    if options.once:
        print(json.dumps(run(options.log, *files, options.processes)))
        return 0
    with tempfile.TemporaryDirectory() as directory:
        report = measure(Path(directory), options, files)
    print(json.dumps(report, indent=2) if options.json else table(report))
    return 0 if all(target["met"] for target in report["targets"].values()) else 1


def measure(directory: Path, options: argparse.Namespace, files: Sequence[Path]) -> dict[str, Any]:
    """All figures: of the given log, or of the made-up ones with pandas beside them."""
    given, processes = options.log, options.processes
    log, longer = given or directory / "log.csv", directory / "longer.csv"
    if given is None:
        write_log(log, options.tickets)
        write_log(longer, TIMES * options.tickets)
    own = apart(log, files, processes)
    reached = {"seconds": own["seconds"], "megabytes": own["megabytes"]}
    report: dict[str, Any] = {"python": platform.python_version(), "back-test": own}
    if given is None:
        report["ten times as long"] = ten = apart(longer, files, processes)
        reached["times_as_long_for_ten_times_as_many"] = ten["cpu_seconds"] / own["cpu_seconds"]
        report["pandas"] = ask_pandas(log)
    report["targets"] = {
        name: {"wanted": f"at most {TARGETS[name]:g}", "reached": value, "met": value <= limit}
        for name, value in reached.items()
        for limit in [TARGETS[name]]
    }
    return report


def apart(log: Path, files: Sequence[Path], processes: int) -> dict[str, Any]:
    """The figures of one back-test in a process of its own."""
    policy, mapping = map(str, files)
    command = [sys.executable, __file__, "--once", "--log", str(log), "--policy", policy]
    command += ["--mapping", mapping, "--processes", str(processes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def run(log: Path, policy_file: Path, mapping_file: Path, processes: int) -> dict[str, Any]:
    """Reads and judges a log. Memory is that of all processes, as if they shared none of it."""
    began = perf_counter()
    policy = load_policy(policy_file)
    mapping = load_mapping(mapping_file, policy)
    with spooled(log, mapping, datetime.now(UTC)) as spool:
        read = perf_counter() - began
        judging = Run(spool, policy)
        judging.judge_all(processes)
        report = judging.report()
    seconds = perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    clocks = report.totals.by_clock()
    return {
        "tickets": report.tickets,
        "records": report.records,
        "processes": processes,
        "seconds": seconds,
        "seconds_of_reading": read,
        "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in (own, workers)),
        "megabytes": (own.ru_maxrss + processes * workers.ru_maxrss) / 1024,
        "met": {name: tally.met for name, tally in clocks.items()},
    }


def ask_pandas(log: Path) -> dict[str, Any]:
    """The due times and verdicts of both clocks by CustomBusinessHour, ticket by ticket."""
    warnings.filterwarnings("ignore", category=pd.errors.PerformanceWarning)
    began = process_time()
    columns = ["number", "incident_state", "sys_mod_count", "opened_at", "sys_updated_at"]
    rows = pd.read_csv(log, usecols=[*columns, "priority"])
    for column in ("opened_at", "sys_updated_at"):
        rows[column] = pd.to_datetime(rows[column], format="%d/%m/%Y %H:%M")
    rows = rows.sort_values(["number", "sys_updated_at", "sys_mod_count"])
    read = process_time() - began
    years = range(2022, 2028)
    closed = [np.datetime64(day) for day in holidays.country_holidays("GB", "ENG", years=years)]
    offsets = {
        hours: pd.offsets.CustomBusinessHour(n=hours, start="08:00", end="18:00", holidays=closed)
        for hours in {*RESPONSE.values(), *RESOLUTION.values()}
    }
    met = {"first_response": 0, "resolution": 0}
    for _, ticket in rows.groupby("number", sort=False):
        opened, priority = ticket["opened_at"].iloc[0], ticket["priority"].iloc[0]
        answered = ticket.loc[ticket["incident_state"] != "New", "sys_updated_at"].min()
        resolved = ticket.loc[ticket["incident_state"].isin(ENDS), "sys_updated_at"].min()
        met["first_response"] += bool(answered <= opened + offsets[RESPONSE[priority]])
        met["resolution"] += bool(resolved <= opened + offsets[RESOLUTION[priority]])
    return {"cpu_seconds": process_time() - began, "cpu_seconds_of_reading": read, "met": met}


def table(report: dict[str, Any]) -> str:
    """The report as text."""
    lines = [f"Python {report['python']}"]
    for name in ("back-test", "ten times as long", "pandas"):
        lines += ["", name] if name in report else []
        for figure, value in report.get(name, {}).items():
            text = f"{value:,.1f}" if isinstance(value, float) else str(value)
            lines.append(f"  {figure:<24}{text}")
    lines.append("")
    lines += [
        f"{'met' if goal['met'] else 'MISSED':<8}{name}: {goal['reached']:.1f} ({goal['wanted']})"
        for name, goal in report["targets"].items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
