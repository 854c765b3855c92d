"""`desk worker` as a process: told to stop, it finishes what it is at, and loses nothing."""

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from policies.vocabulary import NoticeStatus
from tests.activities.adapters.mail_servers import Answers, mail_server, mailer
from tests.commands.processes.worker_process import AT_MOST, worker_process
from tests.harness import CATALOGUE, HARBOUR, IDENTITY, Life, opening
from worker import make_worker
from workflows.client.tickets import TicketClient

LONGER_THAN_A_PAUSE = timedelta(minutes=1)


@dataclass
class SlowAnswers(Answers):
    """Takes its time over a mail until it is told to go on."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.asked.set()
        await self.go_on.wait()
        return await super().handle_DATA(server, session, envelope)


async def open_one(server: WorkflowEnvironment) -> Life:
    opened = opening(datetime.now(UTC))
    await TicketClient(server.client).open(opened)
    return Life(server, opened)


async def finished_by_another(server: WorkflowEnvironment, life: Life, port: int) -> None:
    """Another worker takes over, and time passes until the next attempt."""
    async with make_worker(
        server.client,
        mailer=mailer(port),
        identity=IDENTITY,
        contracts=InMemoryContracts([HARBOUR]),
        catalogue=CATALOGUE,
    ):
        await server.fast_forward(life.handle, LONGER_THAN_A_PAUSE)
        await life.delivered(1)
        [told] = (await life.view()).notices
        assert told.status is NoticeStatus.SENT


async def attempts(life: Life) -> list[int]:
    history = await life.handle.fetch_history()
    return [
        event.activity_task_started_event_attributes.attempt
        for event in history.events
        if event.event_type == HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_STARTED
    ]


async def test_a_mail_that_is_on_its_way_when_it_is_told_to_stop_is_sent_once_and_recorded(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    answers = SlowAnswers()
    async with mail_server(answers) as port:
        async with worker_process(server, port, tmp_path / "said.txt") as worker:
            life = await open_one(server)
            await asyncio.wait_for(answers.asked.wait(), AT_MOST)
            worker.process.send_signal(signal.SIGTERM)
            await worker.says("Stopping")
            answers.go_on.set()
            assert await worker.ends() == 0
        assert len(answers.accepted) == 1
        await finished_by_another(server, life, port)
    assert len(answers.accepted) == 1
    assert await attempts(life) == [1]


async def test_what_does_not_end_within_the_grace_period_is_left_to_another_worker(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    answers = SlowAnswers()
    async with mail_server(answers) as port:
        said = tmp_path / "said.txt"
        async with worker_process(server, port, said, DESK_GRACE_SECONDS="1") as worker:
            life = await open_one(server)
            await asyncio.wait_for(answers.asked.wait(), AT_MOST)
            worker.process.send_signal(signal.SIGTERM)
            assert await worker.ends() == 0
        assert answers.accepted == []
        answers.go_on.set()
        await finished_by_another(server, life, port)
    assert len(answers.accepted) == 1
    assert await attempts(life) == [1, 1]
