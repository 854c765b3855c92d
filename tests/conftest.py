"""One real Temporal server with movable time, and one worker, for all tests of a process."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from bootstrap.senders import senders
from tests.harness import CATALOG, HARBOUR, IDENTITY, Life, RecordingMailer, opening
from worker import make_worker
from workflows.temporal.dev_server import start_time_skipping_server

Begin = Callable[..., Awaitable[Life]]
# Thousands of collected tests are no garbage; looking through them takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)


def pytest_collection_finish() -> None:
    """What was collected stays for good."""
    gc.freeze()


@pytest_asyncio.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_time_skipping_server() as server:
        yield server


@pytest_asyncio.fixture
async def server() -> AsyncIterator[WorkflowEnvironment]:
    """A server that has no worker but those of the test."""
    async with await start_time_skipping_server() as of_its_own:
        yield of_its_own


@pytest_asyncio.fixture(scope="session")
async def session_mailer() -> RecordingMailer:
    return RecordingMailer()


@pytest_asyncio.fixture(scope="session")
async def session_contracts() -> InMemoryContracts:
    return InMemoryContracts([HARBOUR])


@pytest.fixture
def contracts(session_contracts: InMemoryContracts) -> InMemoryContracts:
    """The directory of contracts that the worker asks."""
    session_contracts.contracts = {HARBOUR.account: HARBOUR}
    session_contracts.is_unavailable = False
    return session_contracts


@pytest_asyncio.fixture(scope="session")
async def desk(
    env: WorkflowEnvironment,
    session_mailer: RecordingMailer,
    session_contracts: InMemoryContracts,
) -> AsyncIterator[WorkflowEnvironment]:
    async with make_worker(
        env.client,
        senders=senders(session_mailer, IDENTITY),
        contracts=session_contracts,
        catalog=CATALOG,
    ):
        yield env


@pytest.fixture
def mailer(session_mailer: RecordingMailer) -> RecordingMailer:
    session_mailer.begin_anew()
    return session_mailer


@pytest.fixture
def begin(desk: WorkflowEnvironment, mailer: RecordingMailer) -> Begin:
    """Opens a ticket received at an instant, on the real server."""

    async def begin_life(received_at: datetime, **facts: Any) -> Life:
        return await Life.begin(desk, opening(received_at, **facts))

    return begin_life
