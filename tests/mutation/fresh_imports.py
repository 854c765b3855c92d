"""Mutants in code that runs when its module is imported: tables, constants, default values, models.

Whoever imported them has the old value, so each of these mutants needs a process that imports the
project anew.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutation.forks import Outcome, limit_cpu
from tests.mutation.mutants import ROOT, Mutant
from tests.mutation.session import OPTIONS, Profile, run_until_one_fails

IMPORT_SECONDS = 60.0
"""CPU seconds in which the project is imported and the tests are collected."""
PRELOADED = ("celpy", "fastapi", "hypothesis", "pendulum", "pydantic", "temporalio.worker")
"""Libraries that the first process imports once for all of these mutants."""


def preload() -> None:
    """Imports the libraries."""
    for name in PRELOADED:
        importlib.import_module(name)


def run_with_fresh_imports(mutant: Mutant, profile: Profile) -> Outcome:
    """Imports the project with the mutant in it, and runs the tests that can notice it."""
    limit_cpu(IMPORT_SECONDS)
    sys.meta_path.insert(0, _Finder(mutant))
    tests = profile.tests_of(mutant)
    files = sorted({test.partition("::")[0] for test in tests})
    plugin = _InOrder(tests, profile)
    # A mutant that cannot be imported would print its error into the report.
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        pytest.main([*OPTIONS, *files], plugins=[plugin])
    return plugin.outcome


class _InOrder:
    """The plugin: the given tests in the given order, until one fails."""

    def __init__(self, tests: list[str], profile: Profile) -> None:
        self._tests = tests
        self._profile = profile
        # Without a loop of tests, the project could not even be imported.
        self.outcome = Outcome.KILLED

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs the tests; a test that cannot be collected notices the mutant, too."""
        items = {item.nodeid: item for item in session.items}
        if not session.testsfailed and items.keys() >= set(self._tests):
            chosen = [items[test] for test in self._tests]
            self.outcome = run_until_one_fails(chosen, self._profile)
        return True


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the module of the mutant, with its code."""

    def __init__(self, mutant: Mutant) -> None:
        name = mutant.file.removesuffix(".py").removesuffix("/__init__")
        self._module = name.replace("/", ".")
        self._path = str(ROOT / mutant.file)
        self._code = mutant.code()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
        /,
    ) -> importlib.machinery.ModuleSpec | None:
        """The specification of that module only."""
        if fullname != self._module:
            return None
        loader = _Loader(fullname, self._path, self._code)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code
