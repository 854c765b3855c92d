"""`desk worker` as a process that is killed: another one sends what is left."""

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.testing import WorkflowEnvironment

from activities.notices import Delivery
from policies.vocabulary import Action
from tests.activities.adapters.mail_servers import Answers, mail_server
from tests.commands.processes.worker_process import AT_MOST, worker_process
from tests.commands.test_worker import SlowAnswers, another_worker, open_one
from tests.harness import Life
from tests.polling import eventually
from workflows.shared.deliveries import ALIVE_WITHIN
from workflows.temporal.connection import DATA_CONVERTER


@dataclass
class HangsAfter(SlowAnswers):
    """Accepts this many e-mails, then holds each until `go_on` is set."""

    accepts: int = 0
    told: list[str] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        letter = message_from_bytes(envelope.original_content or b"")
        self.told.append(letter["Message-ID"])
        if len(self.told) <= self.accepts:
            return await Answers.handle_DATA(self, server, session, envelope)
        return await super().handle_DATA(server, session, envelope)


async def receipts_told(life: Life) -> int:
    """The receipts in the last heartbeat of the delivery that is running."""
    pending = (await life.handle.describe()).raw_description.pending_activities
    details = [d for activity in pending for d in activity.heartbeat_details.payloads]
    told = await DATA_CONVERTER.decode(details, [Delivery for _ in details])
    return sum(len(delivery.receipts) for delivery in told)


@pytest.mark.fault(73)
async def test_after_a_kill_all_is_out_within_a_minute_and_what_was_told_is_not_sent_again(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    # The opening is one e-mail. The escalation is a batch of several, of which one is accepted.
    answers = HangsAfter(accepts=2)
    async with mail_server(answers) as port:
        async with worker_process(server, port, tmp_path / "output.txt") as worker:
            life = await open_one(server)
            await life.delivered(1)
            await life.act(Action.RESPOND, message="We look into it.", outcomes=["escalation"])
            await asyncio.wait_for(answers.received.wait(), AT_MOST)
            await eventually(lambda: receipts_told(life), lambda count: count == 1)
            worker.process.kill()
            assert await worker.ends() == -signal.SIGKILL
        answers.go_on.set()
        killed_at = await server.get_current_time(life.handle)
        async with another_worker(server, port):
            await server.fast_forward(life.handle, ALIVE_WITHIN + timedelta(seconds=1))
            await life.delivered(len((await life.view()).notices))
            owed = len((await life.view()).notices)
        assert await server.get_current_time(life.handle) - killed_at < timedelta(minutes=1)
    sent = Counter(answers.told)
    # Only the e-mail that was being sent is sent again.
    assert sorted(sent.values()) == [*(1 for _ in range(owed - 1)), 2]
