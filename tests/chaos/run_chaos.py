"""A chaos test: faults in every process of a desk, and a check of every ticket afterwards.

    python tests/chaos/run_chaos.py [--seed S ...] [--tickets N] [--kills K] [--directory DIR] \
        [--cluster [--faults KIND ...] [--database-delay MS] [--upgrade-from VERSION]]

The parts are named as in Jepsen:

workload   Seeded random requests over HTTP, valid and invalid: tickets under all policies of the
           catalog and of the examples, with the example contracts and harder ones (contracts/).
           The time of each ticket is moved by minutes, hours and days.
nemesis    Kills, freezes and restarts the workers, the Temporal server, the API and the mail
           server. The mail server accepts e-mails without confirming them, and activities time
           out half done. On a cluster also cuts between hosts, fills the disk of PostgreSQL, and
           moves the clocks of workers, APIs and PostgreSQL.
model      A reference in plain Python that takes the same actions.
checker    Compares every ticket and account of the desk with the model: stage, clocks, timeline,
           credits, service levels, lists, and each notice and e-mail once.

The exit code is 1 if there is a difference. The seed determines the requests and the faults but not
their timing, so a failure may take several runs to reproduce.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.console import Console
from rich.table import Table

from commands.console.error_reporting import exit_code_of, flush_and_exit
from tests.chaos.experiment import Outcome, Plan, run
from tests.chaos.nemesis.cluster_desk import ClusterPlan
from tests.chaos.nemesis.faults import GROUPS, KINDS, FaultPlan
from tests.chaos.nemesis.machine.own_namespaces import enter_own_namespaces

SEEDS, TICKETS, KILLS = ("1",), 500, 50
SHOWN = 40
"""Differences printed; JSON has all of them."""


def main() -> int:
    """Runs once for each seed and prints the results; returns the exit code."""
    options = _arguments()
    if {"cuts", "disk", "clocks"} & {*options.faults}:
        enter_own_namespaces()
    outcomes = [_run_seed(options, seed) for seed in options.seed or SEEDS]
    if options.json:
        print(json.dumps([_report(outcome) for outcome in outcomes], indent=2))
    return 1 if any(outcome.differences for outcome in outcomes) else 0


def _run_seed(options: argparse.Namespace, seed: str) -> Outcome:
    console = Console(stderr=options.json, highlight=False)
    console.print(f"Seed {seed}: {options.tickets} tickets, {options.kills} kills ...")
    kinds = _kinds(options)
    plan = Plan(
        seed,
        options.tickets,
        FaultPlan(options.kills, kinds),
        cluster=ClusterPlan(options.database_delay / 1000, options.upgrade_from, kinds)
        if options.cluster
        else None,
    )
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        directory = options.directory / seed if options.directory else Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        outcome: Outcome = asyncio.run(run(plan, directory))
    console.print(_table(outcome))
    for difference in outcome.differences[:SHOWN]:
        console.print(f"{difference.ticket} {difference.field}", style="bold", markup=False)
        console.print(
            f"  expected {difference.expected}\n  found    {difference.found}", markup=False
        )
    return outcome


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", action="append", help="may be repeated (default: 1)")
    parser.add_argument("--tickets", type=int, default=TICKETS, help=f"(default: {TICKETS})")
    parser.add_argument(
        "--kills", type=int, default=KILLS, help=f"number of faults (default: {KILLS})"
    )
    parser.add_argument("--directory", type=Path, help="keep database, logs and e-mails there")
    parser.add_argument(
        "--cluster", action="store_true", help="on Temporal as `make cluster` runs it"
    )
    parser.add_argument(
        "--faults",
        nargs="+",
        choices=[*GROUPS],
        default=["kills"],
        metavar="KIND",
        help=f"of a cluster: any of {', '.join(GROUPS)} (default: kills)",
    )
    parser.add_argument(
        "--database-delay",
        type=float,
        default=0.0,
        metavar="MS",
        help="of each message between Temporal and PostgreSQL of a cluster, each way",
    )
    parser.add_argument(
        "--upgrade-from",
        metavar="VERSION",
        help="of Temporal, which is upgraded under load to that of docker-compose.yml",
    )
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")
    options = parser.parse_args()
    if options.tickets < 1 or options.kills < 0:
        parser.error("--tickets must be at least 1 and --kills at least 0")
    if (options.database_delay or options.upgrade_from) and not options.cluster:
        parser.error("--database-delay and --upgrade-from need --cluster")
    if options.faults != ["kills"] and not options.cluster:
        parser.error("--faults needs --cluster")
    if options.database_delay and "cuts" in options.faults:
        parser.error("--database-delay has a link on loopback, and cuts have hosts")
    return options


def _kinds(options: argparse.Namespace) -> Mapping[str, int]:
    if not options.cluster:
        return KINDS
    return {kind: share for group in options.faults for kind, share in GROUPS[group].items()}


def _report(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.plan.seed,
        "tickets": outcome.plan.tickets,
        "seconds": round(outcome.seconds, 1),
        "kills": dict(sorted(outcome.faults.items())),
        "counts": dict(sorted(outcome.counts.items())),
        "differences": [
            {name: str(value) for name, value in difference._asdict().items()}
            for difference in outcome.differences
        ],
    }


def _table(outcome: Outcome) -> Table:
    table = Table(f"seed {outcome.plan.seed}", "count", title_justify="left")
    for name, count in sorted(outcome.counts.items()):
        table.add_row(name, f"{count:,}")
    table.add_section()
    for name, count in sorted(outcome.faults.items()):
        table.add_row(name, f"{count:,}")
    table.add_section()
    table.add_row("seconds", f"{outcome.seconds:,.0f}")
    table.add_row("differences", f"{len(outcome.differences):,}", style="bold")
    return table


if __name__ == "__main__":
    try:
        exit_code = main()
    except BaseException as error:
        exit_code = exit_code_of(error)
    flush_and_exit(exit_code)
