"""A slow mail server is told from a dead worker by the heartbeats of a delivery."""

import asyncio
import dataclasses
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.notifications import Notifications
from tests.activities.rendering.sample_notices import notice
from tests.activities.test_notifications import by_mail


class PatientMailer:
    """Accepts an e-mail once something has happened."""

    def __init__(self) -> None:
        self.happened = asyncio.Event()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        del message, sender, recipient
        await self.happened.wait()
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


async def test_heartbeats_end_with_the_delivery() -> None:
    env, _ = environment(timedelta(hours=1))
    mailer = PatientMailer()
    mailer.happened.set()
    before = asyncio.all_tasks()
    await env.run(Notifications(by_mail(mailer)).send_notices, [notice()])
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
