"""Mutation testing: its changes, how it names them, and that it finds what is untested."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.equivalents import equivalents
from tests.mutation.forks import Outcome, Task, limit_cpu, run_all
from tests.mutation.mutants import ROOT, core_files, mutants
from tests.mutation.run_mutants import Report, sample
from tests.mutation.session import repeated

Identity = tuple[str, str, str, str, int]
CHANGES: dict[str, list[str]] = {
    "x = a < b": ["a < b -> a <= b"],
    "x = a is None": ["a is None -> a is not None"],
    "x = a and b": ["a and b -> a or b", "a and b -> b", "a and b -> a"],
    "x = not a": ["not a -> a"],
    "x = a + 1": ["a + 1 -> a - 1", "1 -> 2"],
    "x = {A, B}": ["without A", "without B"],
    "x = (A, B)": ["without A", "without B"],
    "x = [n for n in names if n]": ["without n"],
    "x = [n for n in names if n is not None if isinstance(n, str)]": ["n is not None -> n is None"],
    "x = min(a, b)": ["min(a, b) -> max(a, b)"],
    "x = rule(is_final=True)": ["True -> False"],
    "x = rule(description=True)": [],
    "def f(a: int = 1) -> None: ...": ["1 -> 2"],
    "def f(): return g()": ["return g() -> return None"],
    "def f(): return ()": [],
    "def __repr__(self): return f'{self.x}'": [],
    "def f(): return frozenset()": [],
    "def f():\n    if a: g()": ["if a -> if not a", "g() -> pass"],
    "def f():\n    raise Wrong(1 + 1)": ["raise Wrong(1 + 1) -> pass"],
    'def f():\n    """What 1 < 2 says."""': [],
    "from policies import terms": [],
}


def changes_of(path: Path, source: str) -> list[str]:
    path.write_text(source, encoding="utf-8")
    return [mutant.change for mutant in mutants(str(path))]


@pytest.mark.parametrize("source", CHANGES)
def test_each_change_is_small_and_is_named_by_its_text(source: str, tmp_path: Path) -> None:
    assert changes_of(tmp_path / "module.py", source) == CHANGES[source]


def test_a_mutant_keeps_its_identity_when_other_lines_change(tmp_path: Path) -> None:
    function = "def is_due(at, now):\n    return at <= now\n"
    path, moved = tmp_path / "module.py", tmp_path / "moved" / "module.py"
    moved.parent.mkdir()
    path.write_text(function, encoding="utf-8")
    moved.write_text(f"LIMIT = 1\n\n\n{function}", encoding="utf-8")
    before = {mutant.identity[1:] for mutant in mutants(str(path))}
    assert before < {mutant.identity[1:] for mutant in mutants(str(moved))}


@pytest.fixture(scope="module")
def identities() -> list[Identity]:
    """All mutants of the core."""
    return [mutant.identity for file in core_files() for mutant in mutants(file)]


def test_all_mutants_of_the_core_differ_in_their_identity(identities: list[Identity]) -> None:
    assert len(identities) == len(set(identities)) > 3_000


def test_each_equivalent_mutant_exists_and_has_a_reason(identities: list[Identity]) -> None:
    found = set(identities)
    assert [entry for entry in equivalents() if entry.identity not in found] == []
    assert all(entry.reason for entry in equivalents())


def test_the_mutants_of_one_statement_can_be_chosen() -> None:
    file = "policies/business_time/spans.py"
    whole, statement = sample([file], 1_000, 0), sample([f"{file}:28"], 1_000, 0)
    assert {mutant.number for mutant in statement} == {28}
    assert set(statement) == {mutant for mutant in whole if mutant.number == 28}


def _computes_for_ever() -> int:
    limit_cpu(0.05)
    while True:
        pass


def _waits_for_ever() -> int:
    signal.pause()
    return Outcome.SURVIVED


def test_what_computes_for_ever_is_killed_and_what_only_waits_is_undecided() -> None:
    tasks = [Task(_computes_for_ever, 60), Task(_waits_for_ever, 0.1)]
    assert run_all(tasks, jobs=2) == [Outcome.TIMED_OUT, Outcome.UNDECIDED]


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        ([Outcome.KILLED, Outcome.KILLED], Outcome.KILLED),
        ([Outcome.KILLED, Outcome.SURVIVED], Outcome.SURVIVED),
        ([Outcome.KILLED, Outcome.UNDECIDED], Outcome.UNDECIDED),
        ([Outcome.UNDECIDED], Outcome.UNDECIDED),
    ],
)
def test_a_test_that_a_busy_machine_can_fail_has_to_fail_twice(
    outcomes: list[Outcome], found: Outcome
) -> None:
    assert repeated(iter(outcomes).__next__, 2) is found


def test_an_undecided_mutant_does_not_count_as_killed() -> None:
    chosen = mutants("policies/business_time/spans.py")[:4]
    outcomes = [Outcome.KILLED, Outcome.TIMED_OUT, Outcome.SURVIVED, Outcome.UNDECIDED]
    report = Report(dict(zip(chosen, outcomes, strict=True)), 1.0)
    assert (report.survivors, report.killed) == (chosen[2:], 0.5)


TESTED = "workflows/ticket/actions/stated_facts.py"
UNTESTED = "policies/terms/model/recipient.py"


@pytest.fixture(scope="module")
def done() -> subprocess.CompletedProcess[str]:
    """All mutants of two files, with the tests of one of them."""
    program = ROOT / "tests" / "mutation" / "run_mutants.py"
    tests = "tests/workflows/ticket/actions/test_stated_facts.py"
    options = ("--of", TESTED, "--of", UNTESTED, "--tests", tests, "--jobs", "1")
    return subprocess.run(
        [sys.executable, str(program), "--json", *options],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def survivors(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The file of each survivor."""
    report = json.loads(done.stdout[done.stdout.index("{") :])
    assert report["mutants"] == len(mutants(TESTED)) + len(mutants(UNTESTED))
    return [file for file, *_ in report["survivors"]]


def test_the_mutants_of_a_tested_file_are_killed(survivors: list[str]) -> None:
    assert TESTED not in survivors


def test_mutants_survive_where_tests_do_not_look(
    done: subprocess.CompletedProcess[str], survivors: list[str]
) -> None:
    assert done.returncode == 1
    assert survivors == [UNTESTED] * len(mutants(UNTESTED))


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.KILLED, 0), (Outcome.TIMED_OUT, 0), (Outcome.SURVIVED, 1)]
)
def test_the_exit_code_tells_whether_enough_mutants_are_killed(outcome: Outcome, code: int) -> None:
    first, *others = mutants("policies/business_time/spans.py")
    outcomes = dict.fromkeys(others, Outcome.KILLED) | {first: outcome}
    assert Report(outcomes, 1.0).exit_code == code
