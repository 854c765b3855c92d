"""One real Temporal server with movable time, and one worker, for all tests of a process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from bootstrap.senders import senders
from deploy.cluster.environment import new_environment, variables_of
from tests.harness import (
    CATALOG,
    HARBOUR,
    IDENTITY,
    Life,
    RecordingMailer,
    opening,
    temporal_variables,
)
from worker import make_worker
from workflows.temporal.dev_server import start_time_skipping_server

Begin = Callable[..., Awaitable[Life]]


@pytest_asyncio.fixture(scope="session")
async def env(request: pytest.FixtureRequest) -> AsyncIterator[WorkflowEnvironment]:
    """A dev server, or a namespace of the server that --temporal names."""
    given = request.config.getoption("--temporal")
    opened = new_environment(variables_of(given)) if given else start_time_skipping_server()
    async with await opened as environment:
        yield environment


@pytest_asyncio.fixture
async def server(
    request: pytest.FixtureRequest, env: WorkflowEnvironment
) -> AsyncIterator[WorkflowEnvironment]:
    """A namespace of that server for one test, without workers."""
    given = request.config.getoption("--temporal")
    variables = variables_of(given) if given else temporal_variables(env.client)
    async with await new_environment(variables) as environment:
        yield environment


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
