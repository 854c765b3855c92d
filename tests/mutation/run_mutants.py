"""Mutation testing of the functional core: small changes of the code, which tests must notice.

    python tests/mutation/run_mutants.py [--mutants N] [--seed S] [--of FILE[:LINE]] [--jobs J]
        [--json]

A sample of all mutants is drawn by the seed, without those of `equivalent.yaml`. A mutant is
killed when a test fails, or computes for far longer than usual. One that waits until the limit of
the wall clock, as on a busy machine, is undecided and does not count as killed. Survivors are
listed. The exit code is 1 if fewer than 97 % are killed.
"""

import argparse
import json
import os
import pickle
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import pytest

from tests.mutation.equivalents import without_equivalents
from tests.mutation.forks import Outcome, Task, run_all
from tests.mutation.fresh_imports import preload, run_with_fresh_imports
from tests.mutation.mutants import ROOT, Mutant, core_files, mutants
from tests.mutation.session import OPTIONS, WALL_SECONDS, Profile, Session

MUTANTS = 200
LEAST_KILLED = 0.97
SESSION_SECONDS = 4 * 3_600.0
TESTS = (
    "tests/policies",
    "tests/workflows/account",
    "tests/workflows/shared",
    "tests/workflows/ticket",
    "tests/activities/rendering",
    "tests/activities/test_account_reports.py",
    "tests/api/tickets",
    "tests/api/accounts/test_routes.py",
    "tests/backtest/judging",
    "tests/proof",
)
"""The tests that call the core, without those of whole processes."""


@dataclass(frozen=True)
class Report:
    """The outcome for each mutant of a sample."""

    outcomes: dict[Mutant, Outcome]
    seconds: float

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that no test noticed, or that nothing has decided."""
        kept = Outcome.SURVIVED, Outcome.UNDECIDED
        return [m for m, outcome in self.outcomes.items() if outcome in kept]

    @property
    def killed(self) -> float:
        """The killed part of the mutants."""
        return 1 - len(self.survivors) / len(self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 if enough of them are killed."""
        return 0 if self.killed >= LEAST_KILLED else 1


def main() -> int:
    """Runs the sample and prints the report; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutants", type=int, default=MUTANTS, help=f"default: {MUTANTS}")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    of = "only mutants of this file, or of the statement at a line of it; may be repeated"
    parser.add_argument("--of", action="append", metavar="FILE[:LINE]", help=of)
    parser.add_argument("--tests", action="append", help="only these tests; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    # As an error, so that the processes of mutants are ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    chosen = sample(options.of or core_files(), options.mutants, options.seed)
    report = run(chosen, options.tests or TESTS, options.jobs)
    print(_as_json(report) if options.json else _as_text(report, options.seed))
    return report.exit_code


def sample(places: list[str], size: int, seed: int) -> list[Mutant]:
    """Mutants of these files or lines, the same for the same seed and code."""
    found = without_equivalents([mutant for place in places for mutant in _mutants_at(place)])
    return random.Random(seed).sample(found, min(size, len(found)))


def _mutants_at(place: str) -> list[Mutant]:
    """The mutants of a file, or of the statement at one line of it: `FILE:LINE`."""
    file, _, line = place.partition(":")
    return [mutant for mutant in mutants(file) if not line or mutant.number == int(line)]


def run(chosen: list[Mutant], tests: list[str] | tuple[str, ...], jobs: int) -> Report:
    """Runs tests on each mutant. What survives in place is tried again with fresh imports."""
    began = time.monotonic()
    os.chdir(ROOT)
    preload()
    in_place = [mutant for mutant in chosen if mutant.is_in_function]
    profile, outcomes = _run_in_place(in_place, tests, jobs)
    found = dict(zip(in_place, outcomes, strict=True))
    again = [mutant for mutant in chosen if found.get(mutant) in (None, Outcome.SURVIVED)]
    tasks = [
        Task(partial(run_with_fresh_imports, mutant, profile), WALL_SECONDS) for mutant in again
    ]
    found |= dict(zip(again, run_all(tasks, jobs), strict=True))
    return Report({mutant: found[mutant] for mutant in chosen}, time.monotonic() - began)


def _run_in_place(
    chosen: list[Mutant], tests: list[str] | tuple[str, ...], jobs: int
) -> tuple[Profile, list[Outcome]]:
    """In a process of its own, because it imports the project without a mutant."""
    with tempfile.TemporaryDirectory() as directory:
        result = Path(directory) / "result"

        def session() -> int:
            pytest.main([*OPTIONS, *tests], plugins=[Session(chosen, jobs, result)])
            return Outcome.SURVIVED

        run_all([Task(session, SESSION_SECONDS)], 1)
        if not result.exists():
            raise RuntimeError("the tests do not run without a mutant, see above")
        profile, outcomes = pickle.loads(result.read_bytes())
        return profile, outcomes


def _as_text(report: Report, seed: int) -> str:
    counts = Counter(report.outcomes.values())
    lines = [f"{report.outcomes[m].name.lower()}: {m}\n" for m in report.survivors]
    lines.append(
        f"{len(report.outcomes)} mutants (seed {seed}) in {report.seconds:.0f} s: "
        f"{counts[Outcome.KILLED]} killed, {counts[Outcome.TIMED_OUT]} ended by their time limit, "
        f"{counts[Outcome.SURVIVED]} survived, {counts[Outcome.UNDECIDED]} undecided: "
        f"{report.killed:.1%} killed, "
        f"at least {LEAST_KILLED:.0%} needed"
    )
    return "\n".join(lines)


def _as_json(report: Report) -> str:
    figures = {
        "mutants": len(report.outcomes),
        "killed": report.killed,
        "seconds": round(report.seconds, 1),
        "survivors": [mutant.identity for mutant in report.survivors],
    }
    return json.dumps(figures, indent=2)


if __name__ == "__main__":
    sys.exit(main())
