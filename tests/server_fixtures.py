"""One real Temporal server with movable time, and one worker, for all tests of a process."""

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


@pytest_asyncio.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_time_skipping_server() as server:
        yield server


@pytest_asyncio.fixture
async def server() -> AsyncIterator[WorkflowEnvironment]:
    """A server without workers, for one test."""
    async with await start_time_skipping_server() as env:
        yield env


@pytest_asyncio.fixture(scope="session")
async def session_mailer() -> RecordingMailer:
    return RecordingMailer()


@pytest_asyncio.fixture(scope="session")
async def session_contracts() -> InMemoryContracts:
    return InMemoryContracts([HARBOUR])


@pytest.fixture
def contracts(session_contracts: InMemoryContracts) -> InMemoryContracts:
    """The contract directory of the worker, reset for each test."""
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
    session_mailer.reset()
    return session_mailer


@pytest.fixture
def begin(desk: WorkflowEnvironment, mailer: RecordingMailer) -> Begin:
    """Opens a ticket with this time of receipt on the server."""

    async def begin_life(received_at: datetime, **facts: Any) -> Life:
        return await Life.begin(desk, opening(received_at, **facts))

    return begin_life
