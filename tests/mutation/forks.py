"""Tasks in forked processes, several at a time. A process that takes too long is ended."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from enum import IntEnum
from typing import NamedTuple

POLL_SECONDS = 0.005
GRACE_SECONDS = 0.5
CRASHED = 70
"""The exit code of a task that raised an error."""


class Outcome(IntEnum):
    """What became of a mutant; the first two are exit codes of its process.

    `TIMED_OUT` has computed for too long. `UNDECIDED` has reached its limit on the clock of the
    wall, which a busy machine may cause as well.
    """

    SURVIVED = 0
    KILLED = 1
    TIMED_OUT = 2
    UNDECIDED = 3


class Task(NamedTuple):
    """Work for a process of its own; the result is its exit code."""

    run: Callable[[], int]
    seconds: float
    """The time after which the process is ended, on the clock of the wall."""


def run_all(tasks: Sequence[Task], jobs: int) -> list[Outcome]:
    """Runs the tasks, at most `jobs` at a time; the outcomes are in their order."""
    outcomes = dict.fromkeys(range(len(tasks)), Outcome.SURVIVED)
    waiting = list(reversed(list(enumerate(tasks))))
    running: dict[int, tuple[int, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                index, task = waiting.pop()
                running[_fork(task.run)] = index, time.monotonic() + task.seconds
            for pid, (index, ends_at) in list(running.items()):
                if time.monotonic() > ends_at:
                    os.killpg(pid, signal.SIGKILL)
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    del running[pid]
                    _end_group(pid)
                    outcomes[index] = _outcome(status)
            time.sleep(POLL_SECONDS)
    finally:
        _end(running)
    return list(outcomes.values())


def limit_cpu(seconds: float) -> None:
    """Ends this process once it has computed for so long; a mutant can loop for ever."""
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def _fork(run: Callable[[], int]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)
        return pid
    os.setpgid(0, 0)
    code = CRASHED
    try:
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        code = run()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end(running: Collection[int]) -> None:
    """Ends what still runs when this process is interrupted; a session ends its own processes."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        for pid in running:
            with suppress(ProcessLookupError):
                os.killpg(pid, ending)
        time.sleep(GRACE_SECONDS if running else 0)


def _end_group(pid: int) -> None:
    """Ends the servers that a task has left behind."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _outcome(status: int) -> Outcome:
    if os.WIFSIGNALED(status):
        is_by_wall = os.WTERMSIG(status) == signal.SIGKILL
        return Outcome.UNDECIDED if is_by_wall else Outcome.TIMED_OUT
    if os.WEXITSTATUS(status) == CRASHED:
        raise RuntimeError("a process failed by itself, see its error above")
    return Outcome(os.WEXITSTATUS(status))
