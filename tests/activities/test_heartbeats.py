"""A slow mail server is told from a dead worker by the heartbeats of a delivery."""

import asyncio
import dataclasses
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.notifications import Notifications
from tests.activities.rendering.sample_notices import notice
from tests.activities.test_notifications import by_mail


class PatientMailer:
    """Accepts an e-mail once something has happened."""

    def __init__(self, accepts_at_once: int = 0) -> None:
        self.happened = asyncio.Event()
        self.accepts_at_once = accepts_at_once
        self.taken = 0

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        del message, sender, recipient
        if self.taken >= self.accepts_at_once:
            await self.happened.wait()
        self.taken += 1
        return "250 OK"


def environment(heartbeat_timeout: timedelta | None) -> tuple[ActivityEnvironment, list[Any]]:
    env = ActivityEnvironment()
    env.info = dataclasses.replace(env.info, heartbeat_timeout=heartbeat_timeout)
    heartbeats: list[Any] = []
    env.on_heartbeat = heartbeats.append
    return env, heartbeats


async def test_a_delivery_that_waits_for_a_mail_server_sends_heartbeats() -> None:
    env, _ = environment(timedelta(milliseconds=3))
    mailer = PatientMailer()
    env.on_heartbeat = lambda *_: mailer.happened.set()
    done = await env.run(Notifications(by_mail(mailer)).send_notices, [notice()])
    assert [receipt.key for receipt in done.receipts] == [notice().key]


async def test_a_delivery_that_nobody_watches_sends_no_heartbeat() -> None:
    env, heartbeats = environment(None)
    mailer = PatientMailer()
    mailer.happened.set()
    await env.run(Notifications(by_mail(mailer)).send_notices, [notice()])
    assert heartbeats == []


@pytest.mark.fault(73)
async def test_a_heartbeat_has_the_receipts_so_far_and_the_next_attempt_sends_only_the_rest() -> (
    None
):
    env, heartbeats = environment(timedelta(milliseconds=20))
    first, second = notice(key="escalated/7/requester"), notice(key="escalated/7/team")
    mailer = PatientMailer(accepts_at_once=1)
    told = asyncio.Event()

    def on_heartbeat(delivery: Any) -> None:
        heartbeats.append(delivery)
        told.set()

    env.on_heartbeat = on_heartbeat
    running = asyncio.create_task(
        env.run(Notifications(by_mail(mailer)).send_notices, [first, second])
    )
    await told.wait()
    running.cancel()
    [receipt] = heartbeats[0].receipts
    assert receipt.key == first.key

    env, _ = environment(None)
    details = [heartbeats[0].model_dump(mode="json")]
    env.info = dataclasses.replace(env.info, heartbeat_details=details)
    mailer = PatientMailer(accepts_at_once=1)
    done = await env.run(Notifications(by_mail(mailer)).send_notices, [first, second])
    assert [each.key for each in done.receipts] == [first.key, second.key]
    assert mailer.taken == 1


async def test_heartbeats_end_with_the_delivery() -> None:
    env, _ = environment(timedelta(hours=1))
    mailer = PatientMailer()
    mailer.happened.set()
    before = asyncio.all_tasks()
    await env.run(Notifications(by_mail(mailer)).send_notices, [notice()])
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
