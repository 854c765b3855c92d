import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.attacks import DEFAULT_LIMITS
from benchmarks.processes.api_process import Api, api_process
from benchmarks.support.http_openings import QUIET
from benchmarks.support.plain_server import plain_server
from bootstrap.senders import senders
from tests.harness import CATALOG, IDENTITY, RecordingMailer
from worker import make_worker


@pytest_asyncio.fixture(scope="session")
async def desk_in_real_time() -> AsyncIterator[Client]:
    """A server with a worker. The API takes nothing from one whose clock skips ahead."""
    async with (
        plain_server() as env,
        make_worker(
            env.client,
            senders=senders(RecordingMailer(), IDENTITY),
            contracts=InMemoryContracts([]),
            catalog=CATALOG,
        ),
    ):
        yield env.client


@pytest.fixture(scope="session")
def edge_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the API process logs."""
    return tmp_path_factory.mktemp("edge") / "api.log"


@pytest_asyncio.fixture(scope="session")
async def edge(desk_in_real_time: Client, edge_log: Path) -> AsyncIterator[Api]:
    """One API process with its default limits, for all tests of the edge."""
    address = desk_in_real_time.service_client.config.target_host
    starting = api_process(address, [QUIET], log=str(edge_log), **DEFAULT_LIMITS)
    with ExitStack() as stack:
        # In a thread: it is ready once the worker in this event loop polls.
        yield await asyncio.to_thread(stack.enter_context, starting)
