"""`desk api` as a process, next to a Temporal server."""

import asyncio
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from bootstrap.exit_codes import ExitCode
from tests.commands.processes.desk_process import (
    POLL_INTERVAL,
    environment,
    is_ready,
    run_desk,
)
from tests.commands.processes.forked_desk import DeskProcess, start_desk
from tests.ports import free_port

PORT = free_port()


def address(env: WorkflowEnvironment) -> str:
    return env.client.service_client.config.target_host


@contextmanager
def running(output: Path, **variables: str) -> Iterator[DeskProcess]:
    process = start_desk(["api"], environment(**variables), output)
    try:
        wait_until_healthy(process)
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_healthy(process: DeskProcess) -> None:
    until = time.monotonic() + 30
    while not is_ready(PORT):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(POLL_INTERVAL)


@pytest.mark.parametrize(("signal_", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_it_serves_until_a_signal_stops_it(
    desk: WorkflowEnvironment, signal_: signal.Signals, code: int, tmp_path: Path
) -> None:
    variables = {"TEMPORAL_ADDRESS": address(desk), "DESK_API_PORT": str(PORT)}

    def serve_and_stop() -> int:
        with running(tmp_path / "output", **variables) as process:
            process.send_signal(signal_)
            return process.wait(20)

    # In a thread: the API is ready once the worker of this process polls.
    assert await asyncio.to_thread(serve_and_stop) == code


async def test_a_port_that_is_taken_is_named_with_its_setting(env: WorkflowEnvironment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = str(squatter.getsockname()[1])
        done = await asyncio.to_thread(
            run_desk, "api", TEMPORAL_ADDRESS=address(env), DESK_API_PORT=port
        )
    assert done.returncode == ExitCode.PORT_TAKEN
    assert f"Port {port} on 127.0.0.1 is already in use" in done.stderr
    assert "DESK_API_PORT" in done.stderr
    assert "Traceback" not in done.stderr


async def test_an_address_of_another_machine_is_named_with_its_setting(
    env: WorkflowEnvironment,
) -> None:
    done = await asyncio.to_thread(
        run_desk,
        "api",
        TEMPORAL_ADDRESS=address(env),
        DESK_API_HOST="192.0.2.1",
        DESK_TOKENS='{"token": {"id": "ada", "role": "agent"}}',
    )
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "DESK_API_HOST" in done.stderr


def test_missing_directories_are_named_with_their_settings(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    done = run_desk("api", DESK_POLICIES=str(nowhere), DESK_CONTRACTS=str(nowhere))
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert f"DESK_POLICIES: {nowhere} is not a directory" in done.stderr
    assert f"DESK_CONTRACTS: {nowhere} is not a directory" in done.stderr


async def test_errors_of_policies_are_shown(env: WorkflowEnvironment, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("policy: [")
    done = await asyncio.to_thread(
        run_desk, "api", TEMPORAL_ADDRESS=address(env), DESK_POLICIES=str(tmp_path)
    )
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "The policies are not valid" in done.stderr
    assert "broken.yaml:1" in done.stderr
