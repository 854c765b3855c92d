"""Two `desk api` processes with the same files: what is revoked is refused by both."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from api.identity.static_tokens import hashed
from commands.credentials.keys import app
from tests.commands.processes.desk_process import POLL_INTERVAL, START_TIMEOUT, environment
from tests.commands.processes.forked_desk import start_desk
from tests.ports import free_ports

SECONDS_TO_TAKE_EFFECT = 5
STATIC = "a-static-token-of-enough-characters"


class Files:
    """The files that the processes share."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.keys, self.tokens = directory / "keys.db", directory / "tokens.json"
        self.agents, self.audit = directory / "agents.yaml", directory / "audit.jsonl"
        self.tokens.write_text(json.dumps({hashed(STATIC): {"id": "ada", "role": "agent"}}))
        self.agents.write_text("agents: [{id: ada, name: Ada, email: ada@desk.example}]")

    def desk_keys(self, *arguments: str) -> str:
        """The output of `desk keys` in this process."""
        done = CliRunner().invoke(app, arguments, env={"DESK_KEYS_FILE": str(self.keys)})
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    @property
    def variables(self) -> dict[str, str]:
        return {
            "DESK_KEYS_FILE": str(self.keys),
            "DESK_TOKENS_FILE": str(self.tokens),
            "DESK_AGENTS_FILE": str(self.agents),
            "DESK_AUDIT_LOG": str(self.audit),
        }


@contextmanager
def running(files: Files, port: int, target: str) -> Iterator[httpx.Client]:
    """`desk api` on this port; yields a client of it once it answers."""
    variables = files.variables | {"TEMPORAL_ADDRESS": target, "DESK_API_PORT": str(port)}
    output = files.directory / f"{port}.txt"
    process = start_desk(["api"], environment(**variables), output)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            until_true(lambda: is_alive(client), START_TIMEOUT, output)
            yield client
    finally:
        process.kill()
        process.wait()


def is_alive(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False


def until_true(holds: Callable[[], bool], seconds: float, output: Path | None = None) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, output.read_text() if output else "not in time"
        time.sleep(POLL_INTERVAL)


def status(client: httpx.Client, token: str) -> int:
    return client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code


def is_refused(client: httpx.Client, token: str) -> bool:
    return status(client, token) == 401


def knows_nobody(client: httpx.Client, token: str) -> bool:
    return agents(client, token) == []


def agents(client: httpx.Client, token: str) -> list[str]:
    found = client.get("/agents", headers={"Authorization": f"Bearer {token}"}).json()
    return [agent["id"] for agent in found["agents"]]


def check(files: Files, target: str) -> None:
    """Starts two processes, and takes away a key, a static token, an agent and the audit log."""
    key = files.desk_keys("create", "bot", "--role", "agent", "--all-accounts")
    other = files.desk_keys("create", "other", "--role", "agent", "--all-accounts")
    with ExitStack() as stack:
        apis = [stack.enter_context(running(files, port, target)) for port in free_ports(2)]
        for api in apis:
            assert [status(api, token) for token in (key, other, STATIC)] == [200] * 3
            assert agents(api, other) == ["ada"]
        files.audit.rename(files.audit.with_suffix(".1"))
        files.tokens.write_text("{}")
        files.agents.write_text("agents: []")
        files.desk_keys("revoke", key)
        until = time.monotonic() + SECONDS_TO_TAKE_EFFECT
        for api in apis:
            for holds in (
                partial(is_refused, api, key),
                partial(is_refused, api, STATIC),
                partial(knows_nobody, api, other),
            ):
                until_true(holds, until - time.monotonic())
            assert status(api, other) == 200
    audited = [json.loads(line) for line in files.audit.read_text().splitlines()]
    assert [each["reason"] for each in audited if "reason" in each] == ["revoked", "unknown"] * 2


@pytest.mark.fault(60)
async def test_a_revocation_reaches_every_api_process_within_five_seconds(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    target = env.client.service_client.config.target_host
    await asyncio.to_thread(check, Files(tmp_path), target)
