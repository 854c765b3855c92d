"""A process of `desk` that is forked from one which has imported everything.

Imports take a second of processor time, and the tests start a hundred such processes. The standard
library's fork server pays for them once. What is tested is the same: a process with an id, an
environment, a working directory, output and an exit code of its own.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TypeAlias

from desk import COMMANDS, main
from settings import ROOT

_IMPORTED_LATE = (
    "worker",
    "api.app",
    "commands.processes.local_desk",
    "commands.processes.api_process",
    "commands.reports.process_page",
    "bootstrap.replays.history_replay",
    "commands.temporal.search_attributes",
    "commands.temporal.worker_deployment",
    "bootstrap.metrics",
)
"""Modules that commands import when they run."""
_WARM_CACHES = "tests.commands.processes.warm_caches"

DeskProcess: TypeAlias = "ForkedDesk | subprocess.Popen[bytes]"

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [*(entry.module for entry in COMMANDS), *_IMPORTED_LATE, _WARM_CACHES]
)


def share_fork_server() -> None:
    """Starts the fork server now, for all forks of this process. It imports beside what follows."""
    forkserver.ensure_running()
    # Forks would ask whether their child still runs, which it is not.
    vars(forkserver._forkserver)["ensure_running"] = resource_tracker.ensure_running


def start_desk(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    errors: Path | None = None,
    directory: Path | None = None,
) -> DeskProcess:
    """Starts a command, whose output goes to the end of a file, with its errors unless these have
    a file of their own. A new interpreter runs it if it has variables that Python reads at its
    start, such as PYTHONPATH.
    """
    if any(environment[name] != os.environ.get(name) for name in environment if _is_read(name)):
        with output.open("ab") as file, (errors or output).open("ab") as error_file:
            return subprocess.Popen(
                [sys.executable, str(ROOT / "desk.py"), *arguments],
                env=dict(environment),
                cwd=directory,
                stdout=file,
                stderr=error_file,
            )
    return ForkedDesk(arguments, environment, output, errors or output, directory or Path.cwd())


def _is_read(name: str) -> bool:
    return name.startswith("PYTHON") and name != "PYTHONUNBUFFERED"


class ForkedDesk:
    """A running command, with the methods of `subprocess.Popen` that tests use."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        errors: Path,
        directory: Path,
    ) -> None:
        """Starts it."""
        self._process: ForkServerProcess = _FORKS.Process(
            target=_run,
            args=(list(arguments), dict(environment), output, errors, directory),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, or None while it runs; minus the number of the signal that killed it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended; `subprocess.TimeoutExpired` if it has not by then."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("desk", timeout or 0)
        return self.returncode

    def send_signal(self, signal_: signal.Signals) -> None:
        """Sends it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, signal_)

    def kill(self) -> None:
        """SIGKILL, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def _run(
    arguments: list[str], environment: dict[str, str], output: Path, errors: Path, directory: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    for descriptor, path in ((1, output), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, descriptor)
        os.close(file)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, TextIOWrapper)
        stream.reconfigure(line_buffering=True)
    sys.argv = ["desk", *arguments]

    main()
