"""Chaos: a desk under fire, and whether it kept every promise all the same.

    python tests/chaos/run_chaos.py [--seed S ...] [--tickets N] [--kills K] [--directory DIR]

A whole desk of real processes is started: Temporal on a database file, two workers, the API and a
mail server. A seeded crowd opens tickets under all five policies, with the contracts that ship and
with harder ones (contracts/), and does what it should and what it should not, over HTTP;
the time of tickets is moved by minutes, hours and days. Meanwhile workers, server, API and mail
server are killed, frozen and started again, letters are accepted without anybody hearing of it, and
activities time out half done. In the end a reference in plain Python (model/) that saw the
same actions has to agree with every ticket: stage, clocks, timeline, notices and letters once each,
credits, lists.

The exit code is 1 when there is a difference. A seed chooses what everybody does; who is faster is
up to the machine, so a seed that failed may have to be run more than once.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.console import Console
from rich.table import Table

from tests.chaos.nemesis.faults import Heat
from tests.chaos.nemesis.run import Outcome, Plan, run

SEEDS, TICKETS, KILLS = ("1",), 500, 50
SHOWN = 40
"""Differences shown to people; JSON has all of them."""


def main() -> int:
    """Run once for each seed, then print; the exit code."""
    wanted = _arguments()
    outcomes = [_one(wanted, seed) for seed in wanted.seed or SEEDS]
    if wanted.json:
        print(json.dumps([_report(outcome) for outcome in outcomes], indent=2))
    return 1 if any(outcome.differences for outcome in outcomes) else 0


def _one(wanted: argparse.Namespace, seed: str) -> Outcome:
    console = Console(stderr=wanted.json, highlight=False)
    console.print(f"Seed {seed}: {wanted.tickets} tickets, {wanted.kills} kills ...")
    plan = Plan(seed, wanted.tickets, Heat(wanted.kills))
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        directory = wanted.directory / seed if wanted.directory else Path(temporary)
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
    parser.add_argument("--seed", action="append", help="may be repeated (1)")
    parser.add_argument("--tickets", type=int, default=TICKETS, help=f"({TICKETS})")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"({KILLS})")
    parser.add_argument("--directory", type=Path, help="keep database, logs and letters there")
    parser.add_argument("--json", action="store_true", help="print a list of JSON objects")
    wanted = parser.parse_args()
    if wanted.tickets < 1 or wanted.kills < 0:
        parser.error("--tickets is 1 or more, --kills 0 or more")
    return wanted


def _report(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.plan.seed,
        "tickets": outcome.plan.tickets,
        "seconds": round(outcome.seconds, 1),
        "kills": dict(sorted(outcome.kills.items())),
        "counts": dict(sorted(outcome.counts.items())),
        "differences": [
            {name: str(value) for name, value in difference._asdict().items()}
            for difference in outcome.differences
        ],
    }


def _table(outcome: Outcome) -> Table:
    shown = Table(f"seed {outcome.plan.seed}", "count", title_justify="left")
    for name, count in sorted(outcome.counts.items()):
        shown.add_row(name, f"{count:,}")
    shown.add_section()
    for name, count in sorted(outcome.kills.items()):
        shown.add_row(name, f"{count:,}")
    shown.add_section()
    shown.add_row("seconds", f"{outcome.seconds:,.0f}")
    shown.add_row("differences", f"{len(outcome.differences):,}", style="bold")
    return shown


if __name__ == "__main__":
    code = main()
    # The threads of Temporal's core outlive the loop, and can abort an interpreter that shuts down.
    sys.stdout.flush()
    os._exit(code)
