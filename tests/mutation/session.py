"""A pytest session that runs tests on mutants: it collects once, and forks for each mutant."""

import gc
import os
import pickle
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.forks import Outcome, Task, limit_cpu, run_all
from tests.mutation.functions import CoreFunctions, Hit
from tests.mutation.mutants import Mutant, core_files

ON_A_SERVER = {"env", "server", "desk", "begin", "session_mailer"}
"""Fixtures of tests that need a Temporal server: they come last."""
CPU_SECONDS_PER_MUTANT = 30.0
"""The tests for a mutant are chosen until they took so long without it. Few mutants need them all:
most are killed by the first ones.
"""
CPU_SECONDS_ON_A_SERVER = 2.0
"""The same for tests on a server, whose own time is not counted."""
WALL_SECONDS = 1_800.0
UNCHANGED_SECONDS = 3_600.0
TIME_IS_OVER = "from pytest-timeout"
"""What the failure of a test says whose time limit is over."""
SERVER_SECONDS = 20.0
"""The least time, on the clock of the wall, that a test on a server may take with a mutant, which
can make a task fail for ever. A busy machine may cause it as well, so it decides nothing. Other
tests wait for nothing, so that the limit of their CPU time is enough.
"""
OPTIONS = [
    *("-qq", "--no-summary", "-p", "no:cacheprovider", "-p", "no:logging"),
    # A shrunk example is for a reader, and a stored one would fail the next ordinary run.
    *("-p", "tests.mutation.hypothesis_profile"),
    *("-o", "timeout=0"),
]


@dataclass
class Profile:
    """What each test took and ran when nothing was changed."""

    seconds: dict[str, float] = field(default_factory=dict)
    wall_seconds: dict[str, float] = field(default_factory=dict)
    hits: dict[str, set[Hit]] = field(default_factory=dict)
    on_a_server: set[str] = field(default_factory=set)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that can notice a mutant, within the budget; likely and fast ones first.

        A mutant outside functions is run when its module is imported, so every test of the module
        can notice it, and every test of the mirrored folder, which may look at a table only.
        """
        found: list[str] = []
        if mutant.is_in_function:
            where = (mutant.file, mutant.number)
            found = [test for test, hits in self.hits.items() if where in hits]
        if not found:
            found = self._tests_of_module(mutant.file)
        found = self._in_order(found, Path(mutant.file))
        fast = [test for test in found if test not in self.on_a_server]
        slow = [test for test in found if test in self.on_a_server]
        return [
            *self._within_budget(fast, CPU_SECONDS_PER_MUTANT),
            *self._within_budget(slow, CPU_SECONDS_ON_A_SERVER),
        ]

    def _in_order(self, tests: list[str], file: Path) -> list[str]:
        """The tests of the mirrored file first. Then one case of each test function, those of the
        mirrored folder first, then another case of each: the cases of one function are alike.
        """
        folder, mirrored = f"tests/{file.parent}/", f"tests/{file.parent}/test_{file.name}::"
        cases: Counter[str] = Counter()
        order: dict[str, tuple[bool, int, bool, float]] = {}
        for test in sorted(tests, key=self.seconds.__getitem__):
            function = test.partition("[")[0]
            is_far, seconds = not test.startswith(folder), self.seconds[test]
            order[test] = not test.startswith(mirrored), cases[function], is_far, seconds
            cases[function] += 1
        return sorted(tests, key=order.__getitem__)

    def _within_budget(self, tests: list[str], budget: float) -> list[str]:
        chosen: list[str] = []
        for test in tests:
            if self.seconds[test] < budget:
                budget -= self.seconds[test]
                chosen.append(test)
        return chosen

    def _tests_of_module(self, file: str) -> list[str]:
        folder = f"tests/{Path(file).parent}/"
        return [
            test
            for test, hits in self.hits.items()
            if test.startswith(folder) or any(hit_file == file for hit_file, _ in hits)
        ]


class Session:
    """The plugin. `mutants` are those that need no new import."""

    def __init__(self, mutants: Sequence[Mutant], jobs: int, result: Path) -> None:
        self._mutants = mutants
        self._jobs = jobs
        self._result = result
        self._items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measures the tests, then runs them on each mutant."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        self._items = {item.nodeid: item for item in session.items}
        functions = CoreFunctions(core_files())
        gc.freeze()
        profile = self._profile(functions)
        tasks = [
            Task(partial(self._run, mutant, functions, profile), WALL_SECONDS)
            for mutant in self._mutants
        ]
        outcomes = run_all(tasks, self._jobs)
        self._result.write_bytes(pickle.dumps((profile, outcomes)))
        return True

    def _profile(self, functions: CoreFunctions) -> Profile:
        profile = Profile()
        with tempfile.TemporaryDirectory() as directory:
            parts = [Path(directory) / str(number) for number in range(self._jobs)]
            names = list(self._items)
            tasks = [
                Task(
                    partial(self._measure, functions, names[number :: self._jobs], part),
                    UNCHANGED_SECONDS,
                )
                for number, part in enumerate(parts)
            ]
            if set(run_all(tasks, self._jobs)) != {Outcome.SURVIVED}:
                raise RuntimeError("the tests fail without a mutant")
            for part in parts:
                found: Profile = pickle.loads(part.read_bytes())
                profile.seconds |= found.seconds
                profile.wall_seconds |= found.wall_seconds
                profile.hits |= found.hits
                profile.on_a_server |= found.on_a_server
        return profile

    def _measure(self, functions: CoreFunctions, names: list[str], result: Path) -> int:
        profile = Profile()
        hits: set[Hit] = set()
        functions.record(hits.add)
        items = [self._items[name] for name in names]
        for item, after in _with_next(items):
            hits.clear()
            began, began_at = _cpu_seconds(), time.monotonic()
            if not passes(item, after):
                print(f"{item.nodeid} fails without a mutant")
                continue
            if _needs_server(item):
                profile.on_a_server.add(item.nodeid)
            profile.seconds[item.nodeid] = _cpu_seconds() - began
            profile.wall_seconds[item.nodeid] = time.monotonic() - began_at
            profile.hits[item.nodeid] = set(hits)
        result.write_bytes(pickle.dumps(profile))
        return Outcome.SURVIVED

    def _run(self, mutant: Mutant, functions: CoreFunctions, profile: Profile) -> int:
        if not functions.replace(mutant.code()):
            return Outcome.SURVIVED
        items = [self._items[name] for name in profile.tests_of(mutant)]
        return run_until_one_fails(items, profile)


def run_until_one_fails(items: list[pytest.Item], profile: Profile) -> Outcome:
    """Runs tests on the mutant in force. One that takes far longer than usual ends the process.

    A test on a server also fails when the machine is too busy for it. So it has to fail twice, and
    its time limit on the clock of the wall leaves the mutant undecided.
    """
    found = Outcome.SURVIVED
    for item, after in _with_next(items):
        is_on_a_server = item.nodeid in profile.on_a_server
        if is_on_a_server:
            limit = SERVER_SECONDS + 10 * profile.wall_seconds[item.nodeid]
            # Only the call: `runtestprotocol` leaves out the hook around set-up and teardown.
            item.add_marker(pytest.mark.timeout(limit, func_only=True), append=False)
        run = partial(run_once, item, after, 3 + 10 * profile.seconds[item.nodeid])
        outcome = repeated(run, 2 if is_on_a_server else 1)
        if outcome is Outcome.KILLED:
            return outcome
        found = max(found, outcome)
    return found


def repeated(run: Callable[[], Outcome], times: int) -> Outcome:
    """The outcome of a test that kills a mutant only if it fails so many times."""
    outcome = run()
    is_last = outcome is not Outcome.KILLED or times == 1
    return outcome if is_last else repeated(run, times - 1)


def run_once(item: pytest.Item, after: pytest.Item | None, cpu_seconds: float) -> Outcome:
    """What one run of a test with its fixtures says: it passes or is skipped, it fails, or its
    time on the clock of the wall is over.
    """
    limit_cpu(cpu_seconds)
    reports = runtestprotocol(item, log=False, nextitem=after)
    failures = [report.longreprtext for report in reports if report.failed]
    if not failures:
        return Outcome.SURVIVED
    is_over = any(TIME_IS_OVER in failure for failure in failures)
    return Outcome.UNDECIDED if is_over else Outcome.KILLED


def passes(item: pytest.Item, after: pytest.Item | None) -> bool:
    """Whether a test passes without a mutant, or is skipped."""
    return run_once(item, after, UNCHANGED_SECONDS) is Outcome.SURVIVED


def _with_next(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each test with the next one, which may share its fixtures."""
    return zip(items, [*items[1:], None], strict=False)


def _cpu_seconds() -> float:
    """The CPU time of this process, and of the processes that tests have started and ended."""
    return sum(os.times()[:4])


def _needs_server(item: pytest.Item) -> bool:
    return not ON_A_SERVER.isdisjoint(getattr(item, "fixturenames", ()))
