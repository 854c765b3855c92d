"""A cluster: starts its processes in order, keeps them running, and stops them in order."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx

from bootstrap.exit_codes import ExitCode, Failure
from commands.processes.supervised_process import SupervisedProcess, keep_running
from deploy.cluster.addresses import LOOPBACK, TEMPORAL_SERVICES
from deploy.cluster.postgres import Postgres
from deploy.cluster.processes import Processes
from deploy.cluster.temporal_programs import TemporalPrograms

LONGEST_START = 180.0
"""Seconds for one step. A machine may be busy."""
LONGEST_SETUP = 180.0
LONGEST_STOP = 30.0
POLL_SECONDS = 0.2
Report = Callable[[str], None]


@dataclass
class Cluster:
    """The processes of a running cluster."""

    processes: Processes
    programs: TemporalPrograms
    report: Report
    postgres: Postgres
    temporal: dict[str, tuple[SupervisedProcess, ...]]
    workers: tuple[SupervisedProcess, ...]
    apis: tuple[SupervisedProcess, ...]
    proxy: SupervisedProcess
    kept: list[SupervisedProcess] = field(default_factory=list)
    """Those that are restarted when they end."""

    @classmethod
    @asynccontextmanager
    async def running(
        cls, processes: Processes, programs: TemporalPrograms, report: Report
    ) -> AsyncIterator["Cluster"]:
        """A cluster that is ready. It stops on exit."""
        cluster = cls(
            processes,
            programs,
            report,
            processes.postgres(),
            processes.temporal(programs),
            processes.workers(),
            processes.apis(),
            processes.proxy(),
        )
        supervisor = asyncio.create_task(keep_running(cluster.kept))
        try:
            await cluster._start()
            yield cluster
        finally:
            supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await supervisor
            await cluster._stop()

    @property
    def url(self) -> str:
        """The API behind the proxy."""
        return f"https://localhost:{self.processes.addresses.proxy}"

    async def _start(self) -> None:
        self.report("PostgreSQL")
        await asyncio.to_thread(self.postgres.prepare)
        await self._keep(self.postgres)
        await self._until(self.postgres.takes_connections, self.postgres)
        self.report("Schemas of Temporal")
        await self.run_once(self.processes.schema(self.programs), attempts=5)
        names = ", ".join(f"{len(each)} {name}" for name, each in self.temporal.items())
        self.report(f"Temporal {self.programs.version}: {names}")
        await self.start_temporal()
        self.report("Namespace and search attributes")
        await self.run_once(self.processes.setup(), attempts=10)
        self.report(f"{len(self.workers)} workers, {len(self.apis)} APIs, and the proxy")
        for process in (*self.workers, *self.apis, self.proxy):
            await self._keep(process)
        await self.until_ready()

    async def start_temporal(self) -> None:
        """Starts every service of Temporal; returns once they listen."""
        for service in TEMPORAL_SERVICES:
            for process in self.temporal[service]:
                await self._keep(process)
        for service, replicas in self.temporal.items():
            for replica, process in enumerate(replicas, 1):
                await self.until_listening(service, replica, process)

    async def until_listening(self, service: str, replica: int, process: SupervisedProcess) -> None:
        """Returns once this service of Temporal takes connections, as the health check of
        docker-compose.yml asks. The one that runs Temporal's own workflows takes none.
        """
        if service != "worker":
            addresses = self.processes.addresses
            host, port = addresses.host(process.name), addresses.grpc(service, replica)
            await self._until(lambda: listens(host, port), process)

    async def until_ready(self) -> None:
        """Returns once each API that was not stopped has found policies, Temporal and workers, and
        the proxy passes on requests.
        """
        reason = "no answer"
        try:
            async with asyncio.timeout(LONGEST_START):
                while (reason := await self._what_is_missing()) != "":  # noqa: ASYNC110 - no event
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise Failure(
                ExitCode.FAILED,
                f"The cluster is not ready after {LONGEST_START:.0f} s: {reason}\n"
                f"The logs are in {self.processes.state.logs}.",
            ) from None

    async def _what_is_missing(self) -> str:
        ports = self.processes.addresses
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                for replica, api in enumerate(self.apis, 1):
                    if not api.is_wanted:
                        continue
                    answer = await http.get(f"http://{LOOPBACK}:{ports.api(replica)}/readyz")
                    if answer.status_code != httpx.codes.OK:
                        return f"API {replica} says {answer.text}"
            async with self.client() as http:
                return "" if (await http.get("/healthz")).is_success else "the proxy"
        except (httpx.HTTPError, OSError) as error:
            return str(error) or type(error).__name__

    def client(self) -> httpx.AsyncClient:
        """A client that knows the authority of the proxy."""
        context = ssl.create_default_context(cafile=str(self.processes.proxy_authority))
        return httpx.AsyncClient(base_url=self.url, verify=context, trust_env=False, timeout=30)

    async def _keep(self, process: SupervisedProcess) -> None:
        await process.start()
        if process not in self.kept:
            self.kept.append(process)

    async def run_once(self, process: SupervisedProcess, attempts: int) -> None:
        """Repeats it until it succeeds, as docker-compose.yml does."""
        try:
            async with asyncio.timeout(LONGEST_SETUP):
                for _ in range(attempts):
                    await process.start()
                    while process.is_running:  # noqa: ASYNC110 - short, and once
                        await asyncio.sleep(POLL_SECONDS)
                    if process.exit_code == 0:
                        return
                    await asyncio.sleep(1)
        except TimeoutError:
            await process.kill()
        raise _failure(process)

    async def _until(self, condition: Callable[[], bool], process: SupervisedProcess) -> None:
        try:
            async with asyncio.timeout(LONGEST_START):
                while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise _failure(process) from None

    async def _stop(self) -> None:
        """The proxy first, which then takes no more requests, and the database last."""
        await self.proxy.stop()
        await asyncio.gather(*(each.stop(LONGEST_STOP) for each in (*self.apis, *self.workers)))
        of_temporal = [each for service in self.temporal.values() for each in service]
        await asyncio.gather(*(each.stop(LONGEST_STOP) for each in of_temporal))
        await self.postgres.stop(LONGEST_STOP)


def listens(host: str, port: int) -> bool:
    """Whether a connection succeeds."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def _failure(process: SupervisedProcess) -> Failure:
    lines = process.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
    tail = "\n".join(f"  {line[:300]}" for line in lines)
    return Failure(
        ExitCode.FAILED, f"{process.name} failed. The end of its log, {process.log}:\n{tail}"
    )
