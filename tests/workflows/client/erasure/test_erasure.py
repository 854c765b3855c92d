"""Erasing a person on a real server, with and without encryption."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.plain_server import plain_server
from bootstrap.senders import senders
from encryption.client_options import client_options
from encryption.key_ring import KeyRing
from tests.api.caller import Caller, make_app, problem
from tests.encryption.keys import ring
from tests.harness import CATALOG, HARBOUR, IDENTITY, RecordingMailer
from tests.polling import eventually
from worker import make_worker
from workflows.client.erasure.erasure import Erasure, Order
from workflows.client.erasure.report import ErasureReport, Outcome
from workflows.client.requester_tickets import tickets_of
from workflows.temporal.connection import connect, ticket_workflow_id

SOON = {
    "history.transferProcessorUpdateAckInterval": '"50ms"',
    "history.visibilityProcessorUpdateAckInterval": '"50ms"',
}
"""Temporal deletes after the next checkpoint of its queues, which is a minute later by default."""
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A server, a worker and an API, of which each test erases another person."""

    client: Client
    clear: Client
    keys: KeyRing | None
    mailer: RecordingMailer
    database: Path

    @property
    def agent(self) -> Caller:
        return Caller(make_app(self.client), "agent-token")

    async def open(self, name: str, address: str, **changes: Any) -> str:
        """A ticket of this person, listed."""
        requester = {"name": name, "email": address}
        number = await self.agent.opened(requester=requester, **changes)
        await self.listed(address, number)
        return number

    async def closed(self, name: str, address: str) -> str:
        """A ticket whose workflow has ended."""
        number = await self.open(name, address)
        assert (
            await Caller(make_app(self.client), "service-token").act(number, "withdraw")
        ).is_success
        handle = self.client.get_workflow_handle(ticket_workflow_id(number))
        await eventually(
            handle.describe, lambda found: found.status is WorkflowExecutionStatus.COMPLETED
        )
        return number

    async def listed(self, address: str, number: str) -> None:
        async def numbers() -> list[str]:
            return [each.id async for each in tickets_of(self.client, address)]

        await eventually(numbers, lambda ids: ticket_workflow_id(number) in ids)

    async def erase(self, address: str, **order: Any) -> ErasureReport:
        return await Erasure(self.client, Order(address, **order), self.keys).run()

    async def plan(self, address: str, **order: Any) -> ErasureReport:
        return await Erasure(self.client, Order(address, **order), self.keys).plan()

    async def histories(self, workflow_id: str) -> str:
        """Everything that the histories of all runs of a workflow contain, in clear."""
        texts = []
        async for each in self.clear.list_workflows(f"WorkflowId = '{workflow_id}'"):
            handle = self.clear.get_workflow_handle(each.id, run_id=each.run_id)
            try:
                history = await handle.fetch_history()
            except RPCError:
                continue
            texts += [str(e) + e.SerializeToString().decode("latin-1") for e in history.events]
        return "".join(texts).lower()


@pytest_asyncio.fixture(scope="module", params=["clear", "encrypted"])
async def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    directory = tmp_path_factory.mktemp("erasure")
    async with plain_server(directory / "temporal.db", SOON) as env:
        keys = ring(directory) if request.param == "encrypted" else None
        address = env.client.service_client.config.target_host
        client = await connect(address, **client_options(keys)) if keys else env.client
        mailer = RecordingMailer()
        async with desk_worker(client, mailer):
            yield Desk(client, env.client, keys, mailer, directory / "temporal.db")


def desk_worker(client: Client, mailer: RecordingMailer) -> Worker:
    return make_worker(
        client,
        senders=senders(mailer, IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
    )


async def test_ended_tickets_are_gone_from_histories_and_lists(desk: Desk) -> None:
    address = "mia.ended@harbour.example"
    other = await desk.open("Leo", "leo@harbour.example")
    numbers = [await desk.closed("Mia Ended", address) for _ in range(2)]
    report = await desk.erase(address)
    assert report.outcome is Outcome.ERASED
    assert sorted(report.tickets) == sorted(numbers)
    for number in numbers:
        assert await desk.histories(ticket_workflow_id(number)) == ""
        answer = await desk.agent.get(f"/tickets/{number}")
        if desk.keys:
            problem(answer, 410, "ticket-erased")
        else:
            problem(answer, 404, "ticket-unknown")
    assert (await desk.agent.get(f"/tickets/{other}")).is_success
    again = await desk.erase(address)
    assert (again.outcome, again.tickets) == (Outcome.NOTHING_LEFT, [])
