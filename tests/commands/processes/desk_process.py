"""Runs the `desk` command as a process in an environment of its own."""

import json
import os
import re
import signal
import subprocess
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import httpx

from tests.commands.processes.forked_desk import DeskProcess, start_desk
from tests.ports import free_ports

START_TIMEOUT = 30.0
STOP_TIMEOUT = 20.0
POLL_INTERVAL = 0.05


def environment(**variables: str) -> dict[str, str]:
    """This environment without DESK_* and TEMPORAL_* variables, plus the given ones."""
    ambient = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DESK_", "TEMPORAL_"))
    }
    return {**ambient, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **variables}


def run_desk(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a short command to its end."""
    return run_desk_in(Path.cwd(), *arguments, **variables)


def run_desk_in(
    directory: Path, *arguments: object, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs a short command in this working directory to its end."""
    words = [str(argument) for argument in arguments]
    with TemporaryDirectory() as temporary:
        output, errors = Path(temporary, "output"), Path(temporary, "errors")
        desk = start_desk(
            words, environment(**variables), output, errors=errors, directory=directory
        )
        code = desk.wait(START_TIMEOUT)
        return subprocess.CompletedProcess(words, code, output.read_text(), errors.read_text())


def is_alive(process: int) -> bool:
    """Whether the process exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(process: int) -> None:
    """Returns once the process has ended."""
    until = time.monotonic() + STOP_TIMEOUT
    while is_alive(process):
        assert time.monotonic() < until, f"process {process} is still there"
        time.sleep(POLL_INTERVAL)


def is_ready(port: int) -> bool:
    """Whether the API on this port reports that it is ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=START_TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


class RunningDesk:
    """`desk up` on ports of its own, in a state directory of the test."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.state = directory / "state"
        self.port, self.ui_port, self.temporal_port = free_ports(3)
        self._options = options
        self._output = directory / "output.txt"
        self._process: DeskProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)

    @property
    def process(self) -> DeskProcess:
        assert self._process is not None
        return self._process

    @property
    def output(self) -> str:
        """Its output since its last start."""
        return self._output.read_text()

    @property
    def server(self) -> int:
        """The process id of its Temporal server."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        [child] = children.read_text().split()
        return int(child)

    def start(self) -> None:
        """Starts the process and waits until it is ready."""
        arguments: list[object] = ["up", *self._options, "--state-dir", self.state]
        arguments += ["--port", self.port, "--ui-port", self.ui_port]
        arguments += ["--temporal-port", self.temporal_port]
        self._output.write_bytes(b"")
        self._process = start_desk([*map(str, arguments)], environment(), self._output)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Returns once the API is ready."""
        until = time.monotonic() + START_TIMEOUT
        while not self._is_ready():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < until, self.output
            time.sleep(POLL_INTERVAL)

    def wait_for_output(self, pattern: str) -> None:
        """Returns once the output matches."""
        until = time.monotonic() + START_TIMEOUT
        while not re.search(pattern, self.output):
            assert time.monotonic() < until, self.output
            time.sleep(POLL_INTERVAL)

    def stop(self, signal_: signal.Signals) -> int:
        """Sends a signal and returns the exit code."""
        self.process.send_signal(signal_)
        return self.process.wait(STOP_TIMEOUT)

    def request(self, method: str, path: str, role: str = "agent", **body: Any) -> Any:
        """Sends a request in a role and returns the body of the successful response."""
        tokens = json.loads((self.state / "tokens.json").read_text())
        token = next(token for token, actor in tokens.items() if actor["role"] == role)
        response = httpx.request(
            method,
            f"http://127.0.0.1:{self.port}{path}",
            headers={"Authorization": f"Bearer {token}"},
            json=body or None,
            trust_env=False,
            verify=False,
        )
        assert response.is_success, response.text
        return response.json()

    def _is_ready(self) -> bool:
        return is_ready(self.port)
