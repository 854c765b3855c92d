"""docs/temporal-clients.md: a client without keys encrypts and reads by the codec endpoint."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest
import pytest_asyncio
from temporalio.client import Client

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
from tests.docs.temporal.test_temporal_clients import COMPILE, OUTPUT, block, run
from tests.encryption.keys import ring
from tests.harness import CATALOG, IDENTITY, RecordingMailer
from tests.tools import node_modules, tool
from worker import make_worker
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import connect, ticket_workflow_id

LINE = "const client = new Client({ connection: await Connection.connect({ address }) });"
ENDPOINT = "'http://127.0.0.1:8234'"
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
async def program(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The client of the page with the codec of the page, compiled."""
    directory = tmp_path_factory.mktemp("client")
    node, modules = tool("node", "nodejs"), node_modules()
    (directory / "node_modules").symlink_to(modules)
    client, codec, change = (block("typescript", place) for place in range(3))
    assert client.count(LINE) == 1
    assert change.count(ENDPOINT) == 1
    change = change.replace(ENDPOINT, f"'{scene.endpoint}'")
    head, _, body = change.partition("\n\n")
    (directory / "codec.ts").write_text(codec)
    (directory / "client.ts").write_text(f"{head}\n{client.replace(LINE, body)}")
    compiler = modules / "typescript" / "bin" / "tsc"
    sources = (directory / "client.ts", directory / "codec.ts")
    await run(node, compiler, *COMPILE.split(), *sources, directory=directory)

    def run_with(token: str) -> Awaitable[str]:
        compiled = directory / "client.js"
        return run(node, compiled, address=scene.address, directory=directory, OPERATOR=token)

    return run_with


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
