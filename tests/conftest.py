"""What holds for all tests: fixtures, bytecode, garbage collection, Hypothesis."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis.strategies import integers

# Tests start more than a hundred processes. Without bytecode files, each compiles all modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Temporal servers, written in Go, live for seconds here: they need not collect garbage often.
os.environ.setdefault("GOGC", "400")
# Thousands of collected tests stay alive; traversing them takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)
gc.disable()

pytest_plugins = ["tests.server_fixtures"]
WAITING = (
    *("tests/benchmarks/", "tests/chaos/", "tests/commands/", "tests/deploy/", "tests/docs/"),
    *("tests/security/", "tests/e2e/", "tests/encryption/", "tests/workflows/announcement/"),
)
COMPUTING = ("tests/policies/", "tests/activities/rendering/", "tests/backtest/", "tests/proof/")

# A machine may be busy: how long an example takes says nothing. Each run has other examples.
settings.register_profile("desk", deadline=None, max_examples=40)
if settings.get_current_profile_name() == "default":
    settings.load_profile("desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the server of the tests."""
    parser.addoption(
        "--temporal",
        type=Path,
        metavar="FILE",
        help="run on this server instead of a dev server: TEMPORAL_* variables, as `make cluster` "
        "writes them",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """If all tests run in forks, they share one server for `desk` processes."""
    config = session.config
    is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if is_whole and config.getoption("processes") and not config.getoption("collectonly"):
        from tests.commands.processes.forked_desk import share_fork_server

        share_fork_server()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait for processes come first and those that only compute last, so that all
    processes of the session end at about the same time.
    """
    items.sort(key=lambda item: item.nodeid.startswith(COMPUTING) - item.nodeid.startswith(WAITING))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collected tests stay alive until the end."""
    if session.config.getoption("processes"):
        _read_constants()
    gc.freeze()
    gc.enable()


@settings(max_examples=200, database=None, phases=[Phase.generate])
@given(integers())
def _read_constants(_number: int) -> None:
    """Makes Hypothesis read the constants of all modules, which it tries as examples. Otherwise
    each fork reads them, for two seconds each on a new clone.
    """
