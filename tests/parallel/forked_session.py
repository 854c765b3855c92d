"""`-n 5`: the tests are collected once, and run by forks of this process, one file at a time.

Every process that collects for itself spends seconds on imports and on ten thousand tests.
"""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, partial
from itertools import groupby
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any, TypeAlias

import pytest

Location: TypeAlias = "tuple[str, int | None, str]"

_FORKS = get_context("fork")
_INDEX_BYTES = 2
_GRACE_SECONDS = 30.0
"""For the fixtures of a process that is told to stop."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the number of processes."""
    # The public method leaves short names to pytest.
    parser.getgroup("forks")._addoption(
        "-n", dest="processes", type=int, default=0, help="run the tests in so many processes"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Runs the collected tests, in forks if there are to be some."""
    processes = session.config.getoption("processes")
    if not processes or session.testsfailed or session.config.getoption("collectonly"):
        return None
    # The name of a file stands before its results; those of several files come mixed.
    terminal: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    terminal.showfspath = False
    forks = _start(session, processes)
    try:
        _report(session, forks)
    finally:
        _stop(forks)
    return True


class _Fork:
    """A running process, and what it runs."""

    def __init__(self, process: ForkProcess) -> None:
        self.process = process
        self.running: tuple[str, Location] | None = None


Forks: TypeAlias = "dict[Connection, _Fork]"


def _start(session: pytest.Session, number: int) -> Forks:
    files = [list(items) for _, items in groupby(session.items, key=lambda item: item.path)]
    # A pipe is the queue: it holds the index of each file, and whoever is free reads the next one.
    queue, filled = os.pipe()
    os.write(filled, b"".join(index.to_bytes(_INDEX_BYTES) for index in range(len(files))))
    os.close(filled)
    # Otherwise each process would make a folder of its own, and delete older ones.
    temporary: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    forks: Forks = {}
    for name in range(number):
        receiver, sender = _FORKS.Pipe(duplex=False)
        process = _FORKS.Process(
            target=_run, args=(session, files, queue, sender, temporary / f"process{name}")
        )
        process.start()
        sender.close()
        forks[receiver] = _Fork(process)
    os.close(queue)
    return forks


def _report(session: pytest.Session, forks: Forks) -> None:
    """Passes on what the processes report, until the last one ends, or the session is to end."""
    running = dict(forks)
    while running:
        for receiver in wait(list(running)):
            assert isinstance(receiver, Connection)
            fork = running[receiver]
            try:
                events = receiver.recv()
            except EOFError:
                del running[receiver]
                _check_end(session, fork)
                continue
            for event, *values in events:
                _pass_on(session, fork, event, values)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)


def _pass_on(session: pytest.Session, fork: _Fork, event: str, values: list[Any]) -> None:
    hook = session.config.hook
    if event == "start":
        fork.running = (values[0], values[1])
        hook.pytest_runtest_logstart(nodeid=values[0], location=values[1])
    elif event == "finish":
        fork.running = None
        hook.pytest_runtest_logfinish(nodeid=values[0], location=values[1])
    else:
        report = hook.pytest_report_from_serializable(config=session.config, data=values[0])
        hook.pytest_runtest_logreport(report=report)


def _check_end(session: pytest.Session, fork: _Fork) -> None:
    """A process that ended by itself fails the test that it ran; those after it are lost."""
    fork.process.join()
    if fork.running is None and not fork.process.exitcode:
        return
    nodeid, location = fork.running or ("between two tests", ("", None, ""))
    crash = f"the process ended with exit code {fork.process.exitcode}: {nodeid}"
    report = pytest.TestReport(nodeid, location, {}, "failed", crash, "call")
    session.config.hook.pytest_runtest_logreport(report=report)


def _stop(forks: Forks) -> None:
    """Ends the processes that still run, as Ctrl-C does: their fixtures stop their servers."""
    for fork in forks.values():
        if fork.process.is_alive() and fork.process.pid:
            os.kill(fork.process.pid, signal.SIGINT)
    for fork in forks.values():
        fork.process.join(_GRACE_SECONDS)
        fork.process.kill()


class _Sender:
    """The plugin that sends what happens in a fork to the process that prints it.

    The results of a test go with the start of the next one: most tests are shorter than a message.
    Warnings are errors, so that there are none to send.
    """

    def __init__(self, config: pytest.Config, sender: Connection) -> None:
        self._config = config
        self._sender = sender
        # Fixtures that pass are of interest only to who asks how long they take.
        self._durations = config.getoption("durations") is not None
        self._events: list[tuple[object, ...]] = []

    def pytest_runtest_logstart(self, nodeid: str, location: Location) -> None:
        self._events.append(("start", nodeid, location))
        self.flush()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when != "call" and not self._durations:
            return
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._events.append(("report", data))

    def pytest_runtest_logfinish(self, nodeid: str, location: Location) -> None:
        self._events.append(("finish", nodeid, location))

    def flush(self) -> None:
        """Sends what was not sent yet."""
        self._sender.send(self._events)
        self._events = []


def _run(
    session: pytest.Session,
    files: list[list[pytest.Item]],
    queue: int,
    sender: Connection,
    temporary: Path,
) -> None:
    try:
        results = _Sender(session.config, sender)
        _prepare(session, results, temporary)
        _run_items(_items(files, queue))
        results.flush()
    except KeyboardInterrupt:
        with suppress(KeyboardInterrupt):
            session._setupstate.teardown_exact(None)


def _prepare(session: pytest.Session, results: _Sender, temporary: Path) -> None:
    """Gives a fork what it must not share with the others."""
    plugins = session.config.pluginmanager
    plugins.unregister(plugins.get_plugin("terminalreporter"))
    plugins.register(results)
    # Its files of captured output were opened before the fork.
    capture: Any = plugins.get_plugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    temporary.mkdir()
    session.config._tmp_path_factory._basetemp = temporary  # type: ignore[attr-defined]
    random.seed()


def _items(files: list[list[pytest.Item]], queue: int) -> Iterator[pytest.Item]:
    for index in iter(partial(os.read, queue, _INDEX_BYTES), b""):
        yield from files[int.from_bytes(index)]


class _Next:
    """The test after another one, which may share its fixtures. It is taken from the queue when
    the fixtures of the other one end, so that no file waits for a process that is busy.
    """

    def __init__(self, items: Iterator[pytest.Item]) -> None:
        self._items = items

    @cached_property
    def item(self) -> pytest.Item | None:
        return next(self._items, None)

    def listchain(self) -> list[Any]:
        """Whatever keeps its fixtures."""
        return self.item.listchain() if self.item else []


def _run_items(items: Iterator[pytest.Item]) -> None:
    item = next(items, None)
    while item is not None:
        after = _Next(items)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        item = after.item
