"""A whole desk of child processes: Temporal on its database file, workers, API, mail server."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from commands.processes import dev_server
from commands.processes.dev_server import LOOPBACK
from commands.temporal.search_attributes import register
from tests.chaos.nemesis.child_processes import Child
from tests.ports import free_ports
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.dev_server import MOVABLE_TIME, dynamic_config, server_binary

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "policies" / "catalog"
CONTRACTS = (ROOT / "examples" / "contracts", ROOT / "tests" / "chaos" / "contracts")
LETTERS = "letters.jsonl"
"""What the mail server accepted, in the directory of a desk."""
ROLES = ("agent", "requester", "service", "engineering", "product", "operator")
STARTING_TAKES_AT_MOST = 60.0
CONTINUE_AS_NEW_AFTER = 90
"""Events of a history after which the server suggests another run: so that lives span several."""


def token(role: str) -> str:
    """The bearer token of a role."""
    return f"chaos-{role}-0123456789"


@dataclass(frozen=True)
class Faults:
    """How many letters in a hundred meet a fault of the mail server, and which faults it has."""

    percent: int = 3
    kinds: tuple[str, ...] = ("busy", "hang-up", "hang-up", "silence")


FAULTS = Faults()


@dataclass(frozen=True)
class ChaosDesk:
    """The processes of one desk, and how to speak to it."""

    directory: Path
    api_url: str
    client: Client
    server: Child
    workers: tuple[Child, ...]
    api: Child
    mail: Child

    @classmethod
    @asynccontextmanager
    async def running(
        cls, directory: Path, *, seed: str, workers: int, faults: Faults
    ) -> AsyncIterator["ChaosDesk"]:
        """Everything started, in a directory of its own; every process ended when left."""
        temporal, ui, web, smtp = free_ports(4)
        contracts = _contracts(directory)
        mail_log = directory / LETTERS
        settings = {
            "DESK_POLICIES": str(CATALOGUE),
            "DESK_CONTRACTS": str(contracts),
            "DESK_API_PORT": str(web),
            "DESK_MAIL_HOST": LOOPBACK,
            "DESK_MAIL_PORT": str(smtp),
            "DESK_TOKENS": json.dumps({token(r): {"id": f"a-{r}", "role": r} for r in ROLES}),
            "TEMPORAL_ADDRESS": f"{LOOPBACK}:{temporal}",
            "PYTHONPATH": str(ROOT),
        }
        server = Child("server", _server(temporal, ui, directory), {}, directory / "server.log")
        program = [sys.executable, str(ROOT / "desk.py")]
        hands = tuple(
            Child(f"worker {n}", [*program, "worker"], settings, directory / f"worker{n}.log")
            for n in range(1, workers + 1)
        )
        api = Child("api", [*program, "api"], settings, directory / "api.log")
        words = [sys.executable, str(Path(__file__).with_name("mail_server.py"))]
        words += [str(smtp), str(mail_log), seed, str(faults.percent), *faults.kinds]
        mail = Child("mail", words, settings, directory / "mail.log")
        children = (server, *hands, api, mail)
        try:
            mail_log.touch()
            await mail.start()
            await server.start()
            client = await _connected(f"{LOOPBACK}:{temporal}")
            await register(client)
            for child in (*hands, api):
                await child.start()
            url = f"http://{LOOPBACK}:{web}"
            caretaker = asyncio.create_task(_look_after(children))
            try:
                yield cls(directory, url, client, server, hands, api, mail)
            finally:
                caretaker.cancel()
        finally:
            for child in reversed(children):
                await child.kill()

    @property
    def size_of_letters(self) -> int:
        """How many bytes the mail server has written about letters."""
        return (self.directory / LETTERS).stat().st_size

    @property
    def letters(self) -> list[dict[str, str]]:
        """Every letter that the mail server accepted, as often as it did."""
        lines = (self.directory / LETTERS).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


async def _look_after(children: tuple[Child, ...]) -> None:
    """A process that ended by itself, such as a worker that found no server, is started again."""
    while True:
        await asyncio.sleep(1)
        for child in children:
            await child.revive()


def _server(port: int, ui_port: int, directory: Path) -> list[str]:
    suggested = {"limit.historyCount.suggestContinueAsNew": str(CONTINUE_AS_NEW_AFTER)}
    return [
        str(server_binary()),
        *dev_server.arguments(port, ui_port, directory / "temporal.db"),
        *dynamic_config({**MOVABLE_TIME, **suggested}),
    ]


def _contracts(directory: Path) -> Path:
    together = directory / "contracts"
    together.mkdir()
    for source in CONTRACTS:
        for path in source.glob("*.yaml"):
            shutil.copy(path, together)
    return together


async def _connected(address: str) -> Client:
    async with asyncio.timeout(STARTING_TAKES_AT_MOST):
        while True:
            try:
                return await Client.connect(address, data_converter=DATA_CONVERTER)
            except RuntimeError:
                await asyncio.sleep(0.05)
