"""A run that is long goes on sending letters, and ends all the same."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from operator import lt

import pytest

from policies.vocabulary import Action
from tests.harness import Life, RecordingMailer, desk_with_short_runs, opening
from tests.polling import eventually

AT = datetime(2027, 3, 3, 15, tzinfo=UTC)
EVENTS = 40


class HangingOnce(RecordingMailer):
    """Holds the first e-mail, until that is given up."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: list[str] = []

    async def count(self) -> int:
        """The accepted e-mails."""
        return len(self.emails)

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        self.attempts.append(message["Message-ID"])
        if len(self.attempts) == 1:
            await asyncio.Event().wait()
        return await super().send(message, sender, recipient)


@pytest.mark.fault(73)
async def test_letters_of_later_actions_do_not_wait_for_a_hanging_one_and_the_run_ends() -> None:
    mailer = HangingOnce()
    async with desk_with_short_runs(EVENTS, mailer) as env:
        life = await Life.begin(env, opening(AT))
        first = (await life.handle.describe()).run_id
        await life.act(Action.RESPOND, message="We look into it.", outcomes=["escalation"])
        for number in range(7):
            sent = len(mailer.emails)
            await life.act(Action.POST_UPDATE, message=f"Update {number}.")
            await eventually(mailer.count, partial(lt, sent))
        await life.delivered(len((await life.view()).notices))
        assert (await life.handle.describe()).run_id != first
    times = Counter(mailer.attempts)
    assert times.pop(mailer.attempts[0]) == 2
    assert set(times.values()) == {1}
