"""`desk worker` as a process: a stopped worker finishes running activities and loses nothing."""

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from bootstrap.senders import senders
from policies.vocabulary import NoticeStatus
from tests.activities.adapters.mail_servers import Answers, mail_server, mailer
from tests.commands.processes.worker_process import AT_MOST, worker_process
from tests.harness import CATALOG, HARBOUR, IDENTITY, Life, opening
from worker import DeskWorker, make_worker
from workflows.client.tickets import TicketClient

LONGER_THAN_A_PAUSE = timedelta(minutes=1)


@dataclass
class SlowAnswers(Answers):
    """Holds each e-mail until `go_on` is set."""

    received: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.received.set()
        await self.go_on.wait()
        return await super().handle_DATA(server, session, envelope)


async def open_one(server: WorkflowEnvironment) -> Life:
    opened = opening(datetime.now(UTC))
    await TicketClient(server.client).open(opened)
    return Life(server, opened)


def another_worker(server: WorkflowEnvironment, port: int) -> DeskWorker:
    return make_worker(
        server.client,
        senders=senders(mailer(port), IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
    )


async def finished_by_another(server: WorkflowEnvironment, life: Life, port: int) -> None:
    """Starts another worker and advances time past the next attempt."""
    async with another_worker(server, port):
        await server.fast_forward(life.handle, LONGER_THAN_A_PAUSE)
        await life.delivered(1)
        [notice] = (await life.view()).notices
        assert notice.status is NoticeStatus.SENT


async def attempts(life: Life) -> list[int]:
    history = await life.handle.fetch_history()
    return [
        event.activity_task_started_event_attributes.attempt
        for event in history.events
        if event.event_type == HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_STARTED
    ]


async def test_an_email_in_progress_at_the_stop_is_sent_once_and_recorded(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    answers = SlowAnswers()
    async with mail_server(answers) as port:
        async with worker_process(server, port, tmp_path / "output.txt") as worker:
            life = await open_one(server)
            await asyncio.wait_for(answers.received.wait(), AT_MOST)
            worker.process.send_signal(signal.SIGTERM)
            await worker.has_logged("Stopping")
            answers.go_on.set()
            assert await worker.ends() == 0
        assert len(answers.accepted) == 1
        await finished_by_another(server, life, port)
    assert len(answers.accepted) == 1
    assert await attempts(life) == [1]


async def test_an_activity_that_outlasts_the_grace_period_is_retried_by_another_worker(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    answers = SlowAnswers()
    async with mail_server(answers) as port:
        output = tmp_path / "output.txt"
        async with worker_process(server, port, output, DESK_GRACE_SECONDS="1") as worker:
            life = await open_one(server)
            await asyncio.wait_for(answers.received.wait(), AT_MOST)
            worker.process.send_signal(signal.SIGTERM)
            assert await worker.ends() == 0
        assert answers.accepted == []
        answers.go_on.set()
        await finished_by_another(server, life, port)
    assert len(answers.accepted) == 1
    assert await attempts(life) == [1, 1]
