"""How often a request to the API asks Temporal: once, and once more where sight is checked."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, Interceptor, OutboundInterceptor
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Caller, make_app
from tests.harness import RecordingMailer
from workflows.temporal.connection import DATA_CONVERTER

RESPONSE: dict[str, Any] = {"message": "Clear the cache.", "outcomes": ["resolution"]}


class Counting(Interceptor):
    """Counts what a client asks of Temporal."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Counted(next, self.asked)


class _Counted(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, asked: Counter[str]) -> None:
        super().__init__(next)
        self._asked = asked

    async def start_update_with_start_workflow(self, input: Any) -> Any:
        self._asked["open"] += 1
        return await super().start_update_with_start_workflow(input)

    async def start_workflow_update(self, input: Any) -> Any:
        self._asked["update"] += 1
        return await super().start_workflow_update(input)

    async def query_workflow(self, input: Any) -> Any:
        self._asked["query"] += 1
        return await super().query_workflow(input)


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest_asyncio.fixture
async def client(desk: WorkflowEnvironment, counting: Counting) -> AsyncIterator[Client]:
    yield await Client.connect(
        desk.client.service_client.config.target_host,
        data_converter=DATA_CONVERTER,
        interceptors=[counting],
    )


async def test_opening_acting_and_reading_are_one_round_trip_each(
    client: Client, counting: Counting, mailer: RecordingMailer
) -> None:
    app = make_app(client)
    service, agent = Caller(app, "service-token"), Caller(app, "agent-token")
    number = await service.opened()
    assert counting.asked == {"open": 1}
    assert (await agent.act(number, "respond", **RESPONSE)).is_success
    assert counting.asked == {"open": 1, "update": 1}
    assert (await agent.get(f"/tickets/{number}")).is_success
    assert counting.asked == {"open": 1, "update": 1, "query": 1}


async def test_whoever_sees_one_account_alone_costs_a_look_at_whose_ticket_it_is(
    client: Client, counting: Counting, mailer: RecordingMailer
) -> None:
    app = make_app(client)
    number = await Caller(app, "service-token").opened()
    requester = Caller(app, "harbour-token")
    assert (await requester.act(number, "withdraw")).is_success
    assert counting.asked == {"open": 1, "update": 1, "query": 1}
