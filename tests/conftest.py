"""One real Temporal server with movable time, and one worker, for all tests of a process."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import settings
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from bootstrap.senders import senders
from tests.harness import CATALOG, HARBOUR, IDENTITY, Life, RecordingMailer, opening
from worker import make_worker
from workflows.temporal.dev_server import start_time_skipping_server

Begin = Callable[..., Awaitable[Life]]
# Tests start more than a hundred processes. Without bytecode files, each compiles all modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Thousands of collected tests stay alive; traversing them takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)


# A machine may be busy: how long an example takes says nothing.
settings.register_profile("desk", deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("desk")


def pytest_collection_finish() -> None:
    """Collected tests stay alive until the end."""
    gc.freeze()


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
