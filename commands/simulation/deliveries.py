"""What has arrived: notices whose mail is there, and the patience to wait for them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from email.message import EmailMessage

from policies.vocabulary import NoticeStatus
from workflows.shared.notice_view import NoticeView

PAUSES = (*(0.01 * 2**n for n in range(10)), 10.0)
"""Seconds of real time between looks for what is under way; it arrives in the first."""


async def wait_until_delivered(notices: Callable[[], Awaitable[Iterable[NoticeView]]]) -> None:
    """Returns when every notice that is owed by now was delivered or given up."""
    for pause in PAUSES:
        if all(notice.status is not NoticeStatus.OWED for notice in await notices()):
            return
        await asyncio.sleep(pause)
    raise TimeoutError


def arrived(notices: Iterable[NoticeView], mails: Iterable[EmailMessage]) -> Iterator[NoticeView]:
    """The notices whose mail is there: by recipient, and by the instant they are about."""
    seen = {(mail["To"].addresses[0].addr_spec, mail["Date"].datetime) for mail in mails}
    for notice in notices:
        if (notice.to, notice.at.replace(microsecond=0)) in seen:
            yield notice
