"""docs/temporal-clients.md: its TypeScript clients run as they are. One of them has no keys, and
encrypts and reads by the codec endpoint.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.codec.app import create_codec_app
from benchmarks.support.plain_server import plain_server
from bootstrap.senders import senders
from encryption.client_options import client_options
from encryption.codec import EncryptionCodec
from policies.loading.loader import load_contract
from settings import ROOT
from tests.activities.adapters.http_servers import serving
from tests.api.caller import authenticator
from tests.docs.temporal.test_temporal_clients import OUTPUT, block, opens_acts_and_reads, run
from tests.encryption.keys import ring
from tests.harness import CATALOG, IDENTITY, RecordingMailer
from tests.tools import node_modules, tool
from worker import make_worker
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import connect, ticket_workflow_id

LINE = "const client = new Client({ connection: await Connection.connect({ address }) });"
ENDPOINT = "'http://127.0.0.1:8234'"
COMPILE = "--strict --module commonjs --target es2022 --lib es2022 --types node --skipLibCheck"
TEXTS = ("kim@harbour-media.example", "Nothing but a logo", "We look into it")


Program: TypeAlias = Callable[[str], Awaitable[str]]
"""Runs the client with this token of an operator, and returns what it prints."""


@dataclass
class Scene:
    address: str
    clear: Client
    encrypted: Client
    endpoint: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A server, a worker with keys, and a codec endpoint with the same ones."""
    keys = ring(tmp_path_factory.mktemp("keys"))
    contract = load_contract(ROOT / "examples" / "contracts" / "harbour-media.yaml")
    app = create_codec_app(EncryptionCodec(keys), authenticator())
    async with plain_server() as env, serving(app) as endpoint:
        address = env.client.service_client.config.target_host
        client = await connect(address, **client_options(keys))
        worker = make_worker(
            client,
            senders=senders(RecordingMailer(), IDENTITY),
            contracts=InMemoryContracts([contract]),
            catalog=CATALOG,
        )
        async with worker:
            yield Scene(address, env.client, client, endpoint)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with both clients of the page, compiled: `clear` and `encrypted`. The compiler
    reads the types of the libraries once for both.
    """
    directory = tmp_path_factory.mktemp("clients")
    node, modules = tool("node", "nodejs"), node_modules()
    (directory / "node_modules").symlink_to(modules)
    client, codec, change = (block("typescript", place) for place in range(3))
    assert client.count(LINE) == 1
    head, _, body = change.partition("\n\n")
    sources = {
        "clear/client.ts": client,
        "encrypted/client.ts": f"{head}\n{client.replace(LINE, body)}",
        "encrypted/codec.ts": codec,
    }
    for name, source in sources.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(source)
    compiler = modules / "typescript" / "bin" / "tsc"
    await run(node, compiler, *COMPILE.split(), *sources, directory=directory)
    return directory


@pytest.fixture(scope="module")
def program(scene: Scene, compiled: Path) -> Program:
    """The client with the codec of the page, at the codec endpoint of the scene."""
    directory = compiled / "encrypted"
    client = directory / "client.js"
    text = client.read_text()
    assert text.count(ENDPOINT) == 1
    client.write_text(text.replace(ENDPOINT, f"'{scene.endpoint}'"))

    def run_with(token: str) -> Awaitable[str]:
        node = tool("node", "nodejs")
        return run(node, client, address=scene.address, directory=directory, OPERATOR=token)

    return run_with


@pytest.mark.usefixtures("media")
async def test_the_typescript_client_opens_acts_on_and_reads_a_ticket(
    desk: WorkflowEnvironment, compiled: Path
) -> None:
    directory = compiled / "clear"
    program = (tool("node", "nodejs"), directory / "client.js")
    await opens_acts_and_reads(desk, *program, directory=directory)


@pytest.mark.fault(65)
async def test_the_typescript_client_opens_acts_on_and_reads_an_encrypted_ticket(
    scene: Scene, program: Program
) -> None:
    printed = OUTPUT.fullmatch(await program("operator-token"))
    assert printed
    events = await TicketClient(scene.encrypted).timeline(printed[1])
    assert [event.type for event in events] == ["opened", "responded", "escalated"]
    handle = scene.clear.get_workflow_handle(ticket_workflow_id(printed[1]))
    recorded = str((await handle.fetch_history()).events)
    assert "encryption-key-id" in recorded
    assert [text for text in TEXTS if text in recorded] == []


async def test_without_the_token_of_an_operator_it_starts_nothing(program: Program) -> None:
    with pytest.raises(AssertionError, match="codec endpoint: 403"):
        await asyncio.wait_for(program("agent-token"), 60)
