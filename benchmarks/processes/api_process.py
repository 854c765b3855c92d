"""The HTTP API as a separate process, as in a deployment."""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from os import devnull
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx

from benchmarks.support.sample_policy import POLICIES, POLICY
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "benchmark-0123456789"
LONGEST_START = 60.0


class Api(NamedTuple):
    """The address of an API and the id of its process."""

    url: str
    process: int


@contextmanager
def api_process(
    address: str, accounts: Iterable[str], log: str = devnull, **settings: str
) -> Iterator[Api]:
    """An API for these accounts under the sample policy, with these `DESK_` settings, which logs
    to a file.
    """
    port = free_port()
    with TemporaryDirectory() as directory:
        for account in accounts:
            contract = {"account": account, "name": account.title(), "policy": POLICY}
            Path(directory, f"{account}.yaml").write_text(json.dumps(contract))
        environment = os.environ | {
            "DESK_POLICIES": str(POLICIES),
            "DESK_CONTRACTS": directory,
            "DESK_API_PORT": str(port),
            "DESK_TOKENS": json.dumps({TOKEN: {"id": "widget", "role": "service"}}),
            # Benchmarks send more than a client would.
            "DESK_REQUESTS_PER_SECOND": "0",
            "DESK_REQUESTS_PER_SECOND_PER_ADDRESS": "0",
            "DESK_MAX_CONNECTIONS_PER_ADDRESS": "0",
            # Entries are written, but do not count as lines of the log.
            "DESK_AUDIT_LOG": devnull,
            "TEMPORAL_ADDRESS": address,
            **settings,
        }
        command = [sys.executable, str(ROOT / "desk.py"), "api"]
        with (
            open(log, "wb") as out,
            Popen(command, env=environment, stdout=out, stderr=out) as process,
        ):
            try:
                url = f"http://127.0.0.1:{port}"
                _wait_until_ready(url)
                yield Api(url, process.pid)
            finally:
                process.terminate()


def _wait_until_ready(url: str) -> None:
    latest = time.monotonic() + LONGEST_START
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < latest:
            try:
                if client.get(f"{url}/readyz").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    sys.exit("the API did not start")
