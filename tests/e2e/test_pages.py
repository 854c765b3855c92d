"""An outage under the Prismic policy pages on-call, end to end: worker, Temporal, mail, pager."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from activities.adapters.pagerduty import HttpPager
from activities.ports import Mailer
from bootstrap.senders import senders
from policies.schema.request import Requester
from policies.vocabulary import Action, Carrier, NoticeStatus
from tests.activities.adapters.pager_server import KEY, PagerServer, pager_server
from tests.harness import CATALOG, IDENTITY, Life, RecordingMailer, opening
from tests.policies.requests import contract
from worker import DeskWorker, make_worker
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE
from workflows.temporal.connection import TASK_QUEUE
from workflows.ticket.model.opening import Opening

AT = datetime(2027, 3, 6, 3, 0, tzinfo=UTC)
BO: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@prismic.example"}


@asynccontextmanager
async def outage(
    server: WorkflowEnvironment, pager: PagerServer, pager_timeout: float = 10
) -> AsyncIterator[tuple[Life, RecordingMailer]]:
    """An outage on a Saturday at three, with this pager configured."""
    mailer = RecordingMailer()
    async with desk_with(server, pager, mailer, pager_timeout):
        yield await Life.begin(server, an_outage()), mailer


def desk_with(
    server: WorkflowEnvironment,
    pager: PagerServer,
    mailer: Mailer,
    pager_timeout: float = 10,
    queue: str = TASK_QUEUE,
) -> DeskWorker:
    """A worker that sends one e-mail at a time."""
    timeout = timedelta(seconds=pager_timeout)
    return make_worker(
        server.client,
        senders=senders(mailer, IDENTITY, HttpPager(pager.url, KEY, timeout=timeout)),
        contracts=InMemoryContracts(),
        catalog=CATALOG,
        at_once={Carrier.MAIL: 1, Carrier.PAGER: 1},
        task_queue=queue,
    )


def an_outage(at: datetime = AT) -> Opening:
    return opening(
        at,
        contract=contract("alder-forge"),
        requester=Requester(name="Mia", email="mia@somewhere.example"),
        channel="phone",
        kind="api_outage",
        priority="category_1",
    )


class HangingMailer(RecordingMailer):
    """Takes each e-mail once `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting, self.go_on = asyncio.Event(), asyncio.Event()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        self.waiting.set()
        await self.go_on.wait()
        return await super().send(message, sender, recipient)


def recipients(mailer: RecordingMailer) -> list[str]:
    return [parseaddr(str(letter["To"]))[1] for letter in mailer.emails]


async def batches(life: Life) -> list[tuple[str, str]]:
    """The task queue of each activity; its notices and recipients, from its summary."""
    history = await life.handle.fetch_history()
    return [
        (
            event.activity_task_scheduled_event_attributes.task_queue.name,
            event.user_metadata.summary.data.decode().strip('"'),
        )
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]


@pytest.mark.clause("prismic/premium-outage")
async def test_an_outage_pages_on_call_and_the_page_is_resolved_with_the_ticket(
    server: WorkflowEnvironment,
) -> None:
    async with pager_server() as pager, outage(server, pager) as (life, mailer):
        await life.delivered(2)
        page = f"{life.number}/paged/1/on_call"
        assert pager.signals() == [("trigger", page)]
        assert pager.taken[0]["payload"]["custom_details"]["due_at"] == (
            (AT + timedelta(hours=1)).isoformat()
        )
        await life.act(Action.ACKNOWLEDGE)
        await life.delivered(4)
        await life.act(Action.ASSIGN, assignee=BO)
        await life.delivered(5)
        await life.act(Action.RESPOND, message="It is back.", outcomes=["resolution"])
        await life.delivered(7)
        assert pager.signals() == [("trigger", page), ("acknowledge", page), ("resolve", page)]
        assert "on-call@prismic.example" not in recipients(mailer)
        carriers = {n.template: n.carrier for n in (await life.view()).notices}
        assert carriers["paged"] is carriers["page_resolved"] is Carrier.PAGER
        assert carriers["opened"] is Carrier.MAIL
        assert await batches(life) == [
            ("desk", "opened to requester"),
            ("desk-pager", "paged to on_call"),
            ("desk", "acknowledged to requester"),
            ("desk-pager", "page_acknowledged to on_call"),
            ("desk", "assigned to assignee"),
            ("desk", "responded to requester"),
            ("desk-pager", "page_resolved to on_call"),
        ]
        replayer = THIS_CODE.replayer()
        await replayer.replay_workflow(await life.handle.fetch_history())


@pytest.mark.clause("prismic/premium-outage")
async def test_a_hanging_pager_delays_no_notice_and_gets_the_page_once_it_responds(
    server: WorkflowEnvironment,
) -> None:
    async with (
        pager_server(PagerServer(delay=30)) as pager,
        outage(server, pager, pager_timeout=0.2) as (life, mailer),
    ):
        await life.delivered(1)
        assert recipients(mailer) == ["mia@somewhere.example"]
        await life.act(Action.ACKNOWLEDGE)
        await life.delivered(2)
        pager.delay, pager.answers = 0, [(429, {"Retry-After": "60"})]
        await life.until(AT + timedelta(minutes=2))
        await life.delivered(4)
        page = f"{life.number}/paged/1/on_call"
        assert pager.signals() == [("trigger", page), ("acknowledge", page)]
        assert {event["dedup_key"] for event in pager.requests} == {page}
        assert len(pager.requests) - len(pager.taken) >= 2


async def test_every_activity_of_a_desk_with_its_own_task_queue_is_on_it_or_beside_it(
    server: WorkflowEnvironment,
) -> None:
    async with pager_server() as pager, desk_with(server, pager, RecordingMailer(), queue="second"):
        opened = an_outage(datetime.now(UTC))
        await TicketClient(server.client, "second").open(opened)
        life = Life(server, opened)
        await life.delivered(2)
    assert [queue for queue, _ in await batches(life)] == ["second", "second-pager"]


@pytest.mark.fault(77)
async def test_a_page_is_out_while_a_hanging_mail_server_takes_every_slot_for_mail(
    server: WorkflowEnvironment,
) -> None:
    mailer = HangingMailer()
    async with pager_server() as pager, desk_with(server, pager, mailer):
        quiet = await Life.begin(server, opening(AT))
        await mailer.waiting.wait()
        life = await Life.begin(server, an_outage())
        await life.delivered(1)
        assert pager.signals() == [("trigger", f"{life.number}/paged/1/on_call")]
        mailer.go_on.set()
        await life.delivered(2)
        await quiet.delivered(1)


@pytest.mark.clause("prismic/premium-outage")
async def test_a_rejected_key_is_reported_to_the_team_lead_by_email(
    server: WorkflowEnvironment,
) -> None:
    rejecting = PagerServer(answers=[(403, {})])
    async with pager_server(rejecting) as pager, outage(server, pager) as (life, mailer):
        await life.delivered(3)
        [page] = [n for n in (await life.view()).notices if n.template == "paged"]
        assert page.status is NoticeStatus.UNDELIVERABLE
        assert "the pager answered 403" in str(page.error)
        assert "DESK_PAGER_KEY" in str(page.error)
        [notice] = [n for n in (await life.view()).notices if n.template == "notice_undeliverable"]
        assert notice.to == "support-lead@prismic.example"
        assert recipients(mailer) == ["mia@somewhere.example", "support-lead@prismic.example"]
        assert KEY not in str(mailer.emails[1])
