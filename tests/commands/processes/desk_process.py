"""The `desk` command as people run it: a process of its own, in an environment of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from tests.ports import free_ports

DESK = Path(__file__).parents[3] / "desk.py"
STARTING_TAKES_AT_MOST = 30.0
STOPPING_TAKES_AT_MOST = 20.0
LOOKS_EVERY = 0.05


def environment(**given: str) -> dict[str, str]:
    """This environment without what would configure a desk, and with what is given."""
    ambient = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DESK_", "TEMPORAL_"))
    }
    return {**ambient, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **given}


def run_desk(*arguments: object, **given: str) -> subprocess.CompletedProcess[str]:
    """Runs a short command to its end."""
    return subprocess.run(
        [sys.executable, str(DESK), *map(str, arguments)],
        env=environment(**given),
        capture_output=True,
        text=True,
        check=False,
        timeout=STARTING_TAKES_AT_MOST,
    )


def is_alive(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(process: int) -> None:
    """Returns when there is no such process any more."""
    until = time.monotonic() + STOPPING_TAKES_AT_MOST
    while is_alive(process):
        assert time.monotonic() < until, f"process {process} is still there"
        time.sleep(LOOKS_EVERY)


def is_ready(port: int) -> bool:
    """Whether an API on this machine says that it is ready."""
    try:
        # Certificates are not read for a look without TLS: that takes longer than the look.
        url = f"http://127.0.0.1:{port}/readyz"
        return httpx.get(url, trust_env=False, verify=False).is_success
    except httpx.TransportError:
        return False


class RunningDesk:
    """`desk up` on ports of its own, in a state directory of the test."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.state = directory / "state"
        self.port, self.ui_port, self.temporal_port = free_ports(3)
        self._options = options
        self._output = directory / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

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
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process

    @property
    def output(self) -> str:
        """What it has printed since its last start."""
        return self._output.read_text()

    @property
    def server(self) -> int:
        """The id of its Temporal server."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        [child] = children.read_text().split()
        return int(child)

    def start(self) -> None:
        """Starts it, and waits until it is ready."""
        arguments: list[object] = ["up", *self._options, "--state-dir", self.state]
        arguments += ["--port", self.port, "--ui-port", self.ui_port]
        arguments += ["--temporal-port", self.temporal_port]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(DESK), *map(str, arguments)],
                env=environment(),
                stdout=output,
                stderr=output,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Returns when it answers that it is ready."""
        until = time.monotonic() + STARTING_TAKES_AT_MOST
        while not self._is_ready():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < until, self.output
            time.sleep(LOOKS_EVERY)

    def wait_for_output(self, pattern: str) -> None:
        """Returns when it has printed this."""
        until = time.monotonic() + STARTING_TAKES_AT_MOST
        while not re.search(pattern, self.output):
            assert time.monotonic() < until, self.output
            time.sleep(LOOKS_EVERY)

    def stop(self, how: signal.Signals) -> int:
        """Sends a signal and waits for the end; the exit code."""
        self.process.send_signal(how)
        return self.process.wait(STOPPING_TAKES_AT_MOST)

    def request(self, method: str, path: str, role: str = "agent", **said: Any) -> Any:
        """One request in a role; the answer, which has to be a good one."""
        tokens = json.loads((self.state / "tokens.json").read_text())
        token = next(token for token, actor in tokens.items() if actor["role"] == role)
        answer = httpx.request(
            method,
            f"http://127.0.0.1:{self.port}{path}",
            headers={"Authorization": f"Bearer {token}"},
            json=said or None,
            trust_env=False,
            verify=False,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def _is_ready(self) -> bool:
        return is_ready(self.port)
