"""The Temporal dev server of `desk up`, as a child process."""

import asyncio
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.tcp_ports import free_port
from commands.processes.child_process import end_with_parent
from commands.processes.hidden_address import hidden_address
from commands.temporal.search_attributes import REQUIRED, type_name
from workflows.temporal.connection import DATA_CONVERTER, RPC_TIMEOUT
from workflows.temporal.dev_server import (
    FAIR,
    ONE_PARTITION,
    dynamic_config,
    on_file,
    server_binary,
)

LOOPBACK = "127.0.0.1"
NAMESPACE = "default"
RETENTION = timedelta(days=30)
START_TIMEOUT = timedelta(seconds=30)
STOP_TIMEOUT = timedelta(seconds=10)
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class DevServer:
    """A server on loopback, with its UI; in memory unless it has a database file.

    The UI answers to every Host, so it listens where only `UiFront` finds it.
    """

    def __init__(
        self,
        port: int,
        log: Path,
        database: Path | None = None,
        client_options: Mapping[str, Any] = NO_OPTIONS,
    ) -> None:
        self.address = f"{LOOPBACK}:{port}"
        ui_host = hidden_address()
        ui_port = free_port(ui_host)
        self.hidden_ui = f"http://{ui_host}:{ui_port}"
        self._arguments = arguments(port, ui_port, database, ui_host)
        self._is_in_memory = database is None
        self._log = log
        self._client_options = client_options
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, lock: int | None = None) -> int:
        """Starts the process, which inherits `lock`, and returns its id before it is ready."""
        binary = server_binary()
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                binary,
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=() if lock is None else (lock,),
                # Ctrl-C in a terminal reaches a whole group; the server must outlive the worker.
                process_group=0,
                preexec_fn=end_with_parent(),
            )
        return self._process.pid

    async def ready(self) -> Client:
        """A client, once the server responds. The TEMPORAL_* variables are ignored."""
        try:
            async with asyncio.timeout(START_TIMEOUT.total_seconds()):
                client = await self._client()
                await _set_retention(client)
                return client
        except TimeoutError:
            raise Failure(
                ExitCode.NO_SERVER,
                f"The Temporal server does not respond at {self.address} after "
                f"{START_TIMEOUT.seconds} s. "
                f"The end of its log, {self._log}:\n{self._log_tail()}",
            ) from None

    async def watch(self) -> NoReturn:
        """Raises a Failure when the server exits by itself."""
        assert self._process is not None
        code = await self._process.wait()
        raise Failure(
            ExitCode.SERVER_ENDED,
            f"The Temporal server exited unexpectedly (code {code}), so everything stops. "
            f"The end of its log, {self._log}:\n{self._log_tail()}",
        )

    async def stop(self) -> None:
        """Terminates the process, and kills it if it does not end in time."""
        if self._process is None or self._process.returncode is not None:
            return
        if self._is_in_memory:
            # It has nothing to save, and an orderly end would take a second.
            self._process.kill()
        else:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_TIMEOUT.total_seconds())
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def kill(self) -> None:
        """Kills the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _client(self) -> Client:
        while True:
            try:
                options = {"data_converter": DATA_CONVERTER, **self._client_options}
                return await Client.connect(self.address, **options)
            except RuntimeError:
                await asyncio.sleep(0.05)

    def _log_tail(self) -> str:
        with self._log.open(encoding="utf-8", errors="replace") as log:
            lines = (f"  {line[:500].strip()}" for line in log if line.strip())
            return "\n".join(deque(lines, 5))


def arguments(port: int, ui_port: int, database: Path | None, ui_host: str = LOOPBACK) -> list[str]:
    """The command line of the server."""
    words = ["server", "start-dev", "--ip", LOOPBACK, "--log-level", "error"]
    words += ["--port", str(port), "--ui-disable-news-fetch"]
    words += ["--ui-ip", ui_host, "--ui-port", str(ui_port)]
    words += dynamic_config({**ONE_PARTITION, **FAIR})
    # Only a new database accepts these; `search_attributes.register` covers older ones.
    for name, value_type in REQUIRED.items():
        words += ["--search-attribute", f"{name}={type_name(value_type)}"]
    if database is not None:
        words += on_file(database)
    return words


async def _set_retention(client: Client) -> None:
    seconds = int(RETENTION.total_seconds())
    config = NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=seconds))
    request = UpdateNamespaceRequest(namespace=NAMESPACE, config=config)
    await client.workflow_service.update_namespace(request, timeout=RPC_TIMEOUT)
