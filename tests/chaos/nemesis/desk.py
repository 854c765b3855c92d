"""A desk of child processes: Temporal on a database file, workers, API and mail server."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from commands.processes import dev_server
from commands.processes.dev_server import LOOPBACK
from commands.processes.supervised_process import SupervisedProcess, keep_running
from commands.temporal.search_attributes import register
from tests.chaos.nemesis.agents import AGENTS
from tests.chaos.nemesis.child_processes import DeskChild
from tests.chaos.nemesis.machine.machines import Inflict
from tests.ports import free_ports
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.dev_server import MOVABLE_TIME, dynamic_config, server_binary

ROOT = Path(__file__).parents[3]
POLICIES = (ROOT / "policies" / "catalog", ROOT / "examples" / "policies")
CONTRACTS = (ROOT / "examples" / "contracts", ROOT / "tests" / "chaos" / "contracts")
EMAILS = "emails.jsonl"
"""The e-mails that the mail server accepted, in the directory of a desk."""
ROLES = ("agent", "requester", "service", "engineering", "product", "operator")
LONGEST_START = 60.0
CONTINUE_AS_NEW_AFTER = 90
"""History events after which the server suggests continue-as-new, so that tickets span runs."""


def token(role: str) -> str:
    """The bearer token of a role."""
    return f"chaos-{role}-0123456789"


@dataclass(frozen=True)
class MailFaults:
    """The percentage of e-mails that meet a fault of the mail server, and the kinds of fault."""

    percent: int = 3
    kinds: tuple[str, ...] = ("busy", "hang-up", "hang-up", "silence")


MAIL_FAULTS = MailFaults()


@dataclass(frozen=True)
class ChaosDesk:
    """The processes of one desk, with a client and the address of its API."""

    directory: Path
    api_url: str
    client: Client
    targets: Mapping[str, tuple[SupervisedProcess, ...]]
    """The processes that the nemesis can kill, by the first word of a fault."""
    authority: Path | None = None
    """The authority of the certificate of its API, if it has one of its own."""
    upgrade: Callable[[Callable[[], float]], Awaitable[None]] | None = None
    """Upgrades Temporal while the share of work done goes from 0 to 1."""
    machine_faults: Mapping[str, Inflict] = field(default_factory=dict)
    """Faults of its machines, by the last word of a kind."""

    @classmethod
    @asynccontextmanager
    async def running(
        cls, directory: Path, *, seed: str, workers: int, mail_faults: MailFaults
    ) -> AsyncIterator["ChaosDesk"]:
        """Starts all processes in this directory, with a dev server, and kills them on exit."""
        temporal, ui, web, smtp = free_ports(4)
        settings = desk_settings(directory) | {
            "DESK_API_PORT": str(web),
            "DESK_MAIL_HOST": LOOPBACK,
            "DESK_MAIL_PORT": str(smtp),
            "TEMPORAL_ADDRESS": f"{LOOPBACK}:{temporal}",
        }
        server = SupervisedProcess(
            "server", _server(temporal, ui, directory), {}, directory / "server.log"
        )
        worker_processes: tuple[SupervisedProcess, ...] = tuple(
            DeskChild(f"worker {n}", ["worker"], settings, directory / f"worker{n}.log")
            for n in range(1, workers + 1)
        )
        api = DeskChild("api", ["api"], settings, directory / "api.log")
        mail = mail_server(directory, smtp, seed, mail_faults)
        children = (server, *worker_processes, api, mail)
        targets = {
            "server": (server,),
            "worker": worker_processes,
            "api": (api,),
            "mail": (mail,),
        }
        try:
            await mail.start()
            await server.start()
            client = await _connected(f"{LOOPBACK}:{temporal}")
            await register(client)
            for child in (*worker_processes, api):
                await child.start()
            url = f"http://{LOOPBACK}:{web}"
            supervisor = asyncio.create_task(keep_running(children))
            try:
                yield cls(directory, url, client, targets)
            finally:
                supervisor.cancel()
        finally:
            for child in reversed(children):
                await child.kill()

    @property
    def workers(self) -> tuple[SupervisedProcess, ...]:
        """The workers of the desk."""
        return self.targets["worker"]

    @property
    def size_of_emails(self) -> int:
        """The size of the mail server's record, in bytes."""
        return (self.directory / EMAILS).stat().st_size

    @property
    def emails(self) -> list[dict[str, str]]:
        """The e-mails that the mail server accepted, duplicates included."""
        lines = (self.directory / EMAILS).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


def desk_settings(directory: Path) -> dict[str, str]:
    """The settings of workers and APIs of an experiment, with files in this directory."""
    contracts, policies = _contracts(directory), _policies(directory)
    return {
        "DESK_POLICIES": str(policies),
        "DESK_CONTRACTS": str(contracts),
        # The time of each ticket is moved, that of the API is not.
        "DESK_ACTION_TIME": "temporal",
        # All callers of the workload have a few tokens and one address.
        "DESK_REQUESTS_PER_SECOND": "0",
        "DESK_REQUESTS_PER_SECOND_PER_ADDRESS": "0",
        "DESK_MAX_CONNECTIONS_PER_ADDRESS": "0",
        "DESK_TOKENS": json.dumps({token(role): _actor(role, contracts) for role in ROLES}),
        "DESK_AGENTS_FILE": str(_agents(directory)),
    }


def mail_server(
    directory: Path, port: int, seed: str, faults: MailFaults, host: str = LOOPBACK
) -> SupervisedProcess:
    """A mail server that records e-mails in this directory, not yet started."""
    mail_log = directory / EMAILS
    mail_log.touch()
    command = [sys.executable, str(Path(__file__).with_name("mail_server.py"))]
    command += [host, str(port), str(mail_log), seed, str(faults.percent), *faults.kinds]
    return SupervisedProcess("mail", command, {}, directory / "mail.log")


def _agents(directory: Path) -> Path:
    """The file of those that the workload assigns."""
    file = directory / "agents.json"
    file.write_text(json.dumps({"agents": AGENTS}), encoding="utf-8")
    return file


def short_runs() -> dict[str, str]:
    """The dynamic configuration of an experiment."""
    return {
        **MOVABLE_TIME,
        "limit.historyCount.suggestContinueAsNew": str(CONTINUE_AS_NEW_AFTER),
    }


def _server(port: int, ui_port: int, directory: Path) -> list[str]:
    return [
        str(server_binary()),
        *dev_server.arguments(port, ui_port, directory / "temporal.db"),
        *dynamic_config(short_runs()),
    ]


def _actor(role: str, contracts: Path) -> dict[str, object]:
    """The actor of a role; the requester acts for everybody of every account."""
    actor: dict[str, object] = {"id": f"a-{role}", "role": role}
    if role == "requester":
        accounts = sorted(file.stem for file in contracts.rglob("*.yaml"))
        actor |= {"accounts": accounts, "scope": "account"}
    return actor


def _contracts(directory: Path) -> Path:
    merged = directory / "contracts"
    merged.mkdir()
    for source in CONTRACTS:
        for path in source.rglob("*.yaml"):
            shutil.copy(path, merged)
    return merged


def _policies(directory: Path) -> Path:
    merged = directory / "policies"
    for source in POLICIES:
        shutil.copytree(source, merged, dirs_exist_ok=True)
    return merged


async def _connected(address: str) -> Client:
    async with asyncio.timeout(LONGEST_START):
        while True:
            try:
                return await Client.connect(address, data_converter=DATA_CONVERTER)
            except RuntimeError:
                await asyncio.sleep(0.05)
