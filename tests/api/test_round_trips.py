"""The calls to Temporal of each API request: one, and one more to check access."""

from collections import Counter
from typing import Any

import pytest
from temporalio.client import Client, Interceptor, OutboundInterceptor
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Caller, make_app
from tests.harness import RecordingMailer
from workflows.temporal.connection import DATA_CONVERTER

RESPONSE: dict[str, Any] = {"message": "Clear the cache.", "outcomes": ["resolution"]}


class Counting(Interceptor):
    """Counts the calls of a client to Temporal."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Counted(next, self.calls)


class _Counted(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, calls: Counter[str]) -> None:
        super().__init__(next)
        self._calls = calls

    async def start_update_with_start_workflow(self, input: Any) -> Any:
        self._calls["open"] += 1
        return await super().start_update_with_start_workflow(input)

    async def start_workflow_update(self, input: Any) -> Any:
        self._calls["update"] += 1
        return await super().start_workflow_update(input)

    async def query_workflow(self, input: Any) -> Any:
        self._calls["query"] += 1
        return await super().query_workflow(input)


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def client(desk: WorkflowEnvironment, counting: Counting) -> Client:
    return Client(
        desk.client.service_client,
        namespace=desk.client.namespace,
        data_converter=DATA_CONVERTER,
        interceptors=[counting],
    )


async def test_opening_acting_and_reading_are_one_round_trip_each(
    client: Client, counting: Counting, mailer: RecordingMailer
) -> None:
    app = make_app(client)
    service, agent = Caller(app, "service-token"), Caller(app, "agent-token")
    number = await service.opened()
    assert counting.calls == {"open": 1}
    assert (await agent.act(number, "respond", **RESPONSE)).is_success
    assert counting.calls == {"open": 1, "update": 1}
    assert (await agent.get(f"/tickets/{number}")).is_success
    assert counting.calls == {"open": 1, "update": 1, "query": 1}


async def test_a_token_limited_to_an_account_needs_a_query_for_the_account_of_the_ticket(
    client: Client, counting: Counting, mailer: RecordingMailer
) -> None:
    app = make_app(client)
    number = await Caller(app, "service-token").opened()
    requester = Caller(app, "harbour-token")
    assert (await requester.act(number, "withdraw")).is_success
    assert counting.calls == {"open": 1, "update": 1, "query": 1}
