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

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.plain_server import plain_server
from bootstrap.senders import senders
from encryption.client_options import client_options
from encryption.errors import DataKeyUnknown
from encryption.key_ring import KeyRing
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Role
from tests.api.caller import Caller, make_app, problem
from tests.encryption.keys import ring
from tests.harness import CATALOG, HARBOUR, IDENTITY, RecordingMailer
from tests.policies.accounts.sample_accounts import WITH_LETTERS, lateness
from tests.polling import eventually
from tests.workflows.account.account_driver import request_for
from worker import DeskWorker, make_worker
from workflows.account.model.action_inputs import AccountAction
from workflows.client.accounts import AccountClient
from workflows.client.erasure.erasure import Erasure, Order
from workflows.client.erasure.ports import Credential, NoCredentials
from workflows.client.erasure.report import ErasureReport, Outcome
from workflows.client.requester_tickets import tickets_of
from workflows.shared.action_request import Actor
from workflows.temporal.connection import (
    account_workflow_id,
    connect,
    ticket_workflow_id,
)
from workflows.temporal.payload_converter import PayloadEncrypted

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


in_both_modes = pytest.mark.parametrize("desk", ["clear", "encrypted"], indirect=True)


@pytest_asyncio.fixture(scope="module")
async def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    directory = tmp_path_factory.mktemp("erasure")
    async with plain_server(directory / "temporal.db", SOON) as env:
        is_clear = getattr(request, "param", "encrypted") == "clear"
        keys = None if is_clear else ring(directory)
        address = env.client.service_client.config.target_host
        client = await connect(address, **client_options(keys)) if keys else env.client
        mailer = RecordingMailer()
        async with desk_worker(client, mailer):
            yield Desk(client, env.client, keys, mailer, directory / "temporal.db")


def desk_worker(client: Client, mailer: RecordingMailer) -> DeskWorker:
    return make_worker(
        client,
        senders=senders(mailer, IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
    )


@in_both_modes
async def test_ended_tickets_are_gone_from_histories_and_lists(desk: Desk) -> None:
    address = "mia.ended@harbour.example"
    other = await desk.open("Leo", "leo@harbour.example")
    number = await desk.closed("Mia Ended", address.upper())
    plan = await desk.plan(address)
    assert (plan.outcome, plan.tickets) == (Outcome.PLANNED, [number])
    report = await desk.erase(address)
    assert (report.outcome, report.tickets, report.closed) == (Outcome.ERASED, [number], [])
    assert await desk.histories(ticket_workflow_id(number)) == ""
    answer = await desk.agent.get(f"/tickets/{number}")
    if desk.keys:
        problem(answer, 410, "ticket-erased")
        assert await desk.keys.is_destroyed(ticket_workflow_id(number))
    else:
        problem(answer, 404, "ticket-unknown")
    assert (await desk.agent.get(f"/tickets/{other}")).is_success
    again = await desk.erase(address)
    assert (again.outcome, again.tickets) == (Outcome.NOTHING_LEFT, [])


@in_both_modes
async def test_open_tickets_prevent_an_erasure_unless_they_are_to_be_closed(desk: Desk) -> None:
    address = "mia.open@harbour.example"
    ended, number = await desk.closed("Mia", address), await desk.open("Mia", address)
    report = await desk.erase(address)
    assert (report.outcome, report.tickets) == (Outcome.REFUSED, [])
    assert [(each.number, each.stage) for each in report.open] == [(number, "received")]
    for kept in (ended, number):
        assert (await desk.agent.get(f"/tickets/{kept}")).is_success
    report = await desk.erase(address, close_open=True)
    assert (report.outcome, report.closed) == (Outcome.ERASED, [number])
    assert sorted(report.tickets) == sorted([ended, number])
    sent = {str(each["To"]) for each in desk.mailer.emails}
    assert any(address in to for to in sent)
    assert await desk.histories(ticket_workflow_id(number)) == ""


async def test_a_ticket_whose_notices_are_not_delivered_waits(desk: Desk) -> None:
    address = "mia.undelivered@harbour.example"
    number = await desk.open("Mia", address)
    desk.mailer.is_down = True
    report = await desk.erase(address, close_open=True, wait=0.5)
    assert (report.outcome, report.tickets) == (Outcome.INCOMPLETE, [])
    assert [each.what for each in report.waiting] == [f"ticket {number}"]
    assert (await desk.agent.get(f"/tickets/{number}")).json()["stage"] == "closed"
    desk.mailer.is_down = False


async def test_a_ticket_without_a_key_that_was_not_closed_is_ended(desk: Desk) -> None:
    """Otherwise its worker would fail a task for ever."""
    assert desk.keys is not None
    address = "mia.looping@harbour.example"
    number = await desk.open("Mia", address)
    await desk.keys.destroy(ticket_workflow_id(number))
    report = await desk.erase(address, close_open=True)
    assert (report.outcome, report.tickets) == (Outcome.ERASED, [number])
    assert await desk.histories(ticket_workflow_id(number)) == ""


class Killed(BaseException):
    """Ends everything."""


@dataclass
class InterruptedKeys:
    """Data keys whose process is killed when the second ticket loses its keys."""

    keys: KeyRing | None
    destroyed: list[str]

    async def destroy(self, scope: str) -> int:
        if self.destroyed:
            raise Killed
        self.destroyed.append(scope)
        return await self.keys.destroy(scope) if self.keys else 0

    async def is_destroyed(self, scope: str) -> bool:
        return await self.keys.is_destroyed(scope) if self.keys else False


async def test_an_interrupted_erasure_is_completed_by_the_next_one(desk: Desk) -> None:
    address = "mia.interrupted@harbour.example"
    numbers = [await desk.closed("Mia", address) for _ in range(3)]
    interrupted = InterruptedKeys(desk.keys, [])
    with pytest.raises(BaseExceptionGroup):
        await Erasure(desk.client, Order(address), interrupted).run()
    assert len(interrupted.destroyed) == 1
    report = await desk.erase(address)
    assert report.outcome is Outcome.ERASED
    for number in numbers:
        assert await desk.histories(ticket_workflow_id(number)) == ""
    assert (await desk.erase(address)).outcome is Outcome.NOTHING_LEFT


async def test_a_ticket_that_was_opened_meanwhile_is_named(desk: Desk) -> None:
    address = "mia.meanwhile@harbour.example"
    await desk.closed("Mia", address)
    opened: list[str] = []

    class OpensMeanwhile(NoCredentials):
        async def of(self, address: str) -> list[Credential]:
            opened.append(await desk.open("Mia", address))
            return []

    erasure = Erasure(desk.client, Order(address), desk.keys, OpensMeanwhile())
    report = await erasure.run()
    assert (report.outcome, report.opened_meanwhile) == (Outcome.INCOMPLETE, opened)


@in_both_modes
async def test_an_account_forgets_the_person_and_loses_its_earlier_runs(desk: Desk) -> None:
    mark, address = "quincemarm", "mia.quincemarm@harbour.example"
    person = Recipient(name="Mia Quincemarm", email=address)
    actor = Actor(id="sub-quincemarm", role=Role.REQUESTER, name="Mia Quincemarm")
    terms = WITH_LETTERS.model_copy(update={"account": HARBOUR.account})
    accounts = AccountClient(desk.client)

    async def act(action: AccountAction, id: str, by: Actor | None = None, **said: Any) -> str:
        reply = await accounts.act(terms, action, request_for(action, id, by, **said))
        assert reply.entry is not None
        return reply.entry

    late = lateness(NOW - 2 * HOUR, NOW, ticket="AAAA-BBBB-CCCC", requester=person)
    late = late.model_copy(update={"account": HARBOUR.account})
    credit = await act(AccountAction.REPORT_LATENESS, late.id, lateness=late)
    statement = f"We claim it. Mia Quincemarm, {address}"
    claim = await act(
        AccountAction.CLAIM_CREDITS, "claim", actor, credits=[credit], statement=statement
    )
    account = account_workflow_id(HARBOUR.account)
    if desk.keys is None:
        assert mark in await desk.histories(account)
    # No ticket of the person is left: the account is found all the same.
    plan = await desk.plan(address)
    assert plan.accounts == [HARBOUR.account]
    report = await desk.erase(address)
    assert (report.outcome, report.accounts) == (Outcome.ERASED, [HARBOUR.account])
    assert report.account_runs >= 1
    assert mark not in await eventually(
        lambda: desk.histories(account), lambda text: text != "" and mark not in text
    )
    view = await accounts.view(terms, NOW)
    assert mark not in view.model_dump_json().lower()
    assert [(each.id, each.days) for each in view.claims] == [(claim, 1)]
    # Runs that were deleted can be listed for a moment.
    await eventually(
        lambda: desk.erase(address), lambda report: report.outcome is Outcome.NOTHING_LEFT
    )


async def test_an_account_that_somebody_ended_waits_if_it_names_the_person(desk: Desk) -> None:
    person = Recipient(name="Mia", email="mia.ended.account@harbour.example")
    terms = WITH_LETTERS.model_copy(update={"account": "ended"})
    late = lateness(NOW - 2 * HOUR, NOW, requester=person).model_copy(update={"account": "ended"})
    request = request_for(AccountAction.REPORT_LATENESS, late.id, lateness=late)
    await AccountClient(desk.client).act(terms, AccountAction.REPORT_LATENESS, request)
    handle = desk.client.get_workflow_handle(account_workflow_id("ended"))
    await handle.terminate()
    report = await desk.erase(person.email)
    assert (report.outcome, report.accounts) == (Outcome.INCOMPLETE, [])
    [waiting] = report.waiting
    assert (waiting.what, "must reset it" in waiting.why) == ("account ended", True)
    assert (await desk.erase("somebody.else@harbour.example")).is_complete


async def test_without_the_right_keys_nothing_is_erased(desk: Desk, tmp_path: Path) -> None:
    assert desk.keys is not None
    address = "mia.wrongkeys@harbour.example"
    number = await desk.closed("Mia", address)
    with pytest.raises(PayloadEncrypted):
        await Erasure(desk.clear, Order(address)).run()
    other = ring(tmp_path)
    server = desk.client.service_client.config.target_host
    elsewhere = await connect(server, **client_options(other))
    with pytest.raises(DataKeyUnknown):
        await Erasure(elsewhere, Order(address), other).run()
    assert (await desk.agent.get(f"/tickets/{number}")).is_success


async def test_the_ticket_that_a_request_was_merged_into_is_named(desk: Desk) -> None:
    address = "mia.merged@harbour.example"
    survivor = await desk.open("Leo", "leo.survivor@harbour.example")
    number = await desk.open("Mia", address)
    merged = await desk.agent.act(number, "merge", into=survivor, reason="The same.")
    assert merged.is_success, merged.text
    report = await desk.erase(address, close_open=True)
    assert report.outcome is Outcome.ERASED
    [named] = [each for each in report.stays if each.what == f"ticket {survivor}"]
    assert number in named.why


@in_both_modes
async def test_no_workflow_task_of_an_erased_ticket_is_left(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Of all tickets that the tests of this file have erased."""
    running = "WorkflowType = 'Ticket' AND ExecutionStatus = 'Running'"
    async for each in desk.clear.list_workflows(running):
        description = await desk.clear.get_workflow_handle(each.id).describe()
        pending = description.raw_description.pending_workflow_task
        assert pending.attempt <= 1, each.id
        if desk.keys is not None:
            assert not await desk.keys.is_destroyed(each.id)
    assert not [each for each in caplog.records if "was destroyed" in each.getMessage()]
