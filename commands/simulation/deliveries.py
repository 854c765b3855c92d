"""Deliveries of notices: waiting for them, and matching notices with the e-mails that arrived."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from email.message import EmailMessage

from policies.vocabulary import NoticeStatus
from workflows.shared.notice_view import NoticeView

POLL_PAUSES = (*(0.01 * 2**n for n in range(10)), 10.0)
"""Seconds of real time between polls; normally the first few suffice."""


async def wait_until_delivered(notices: Callable[[], Awaitable[Iterable[NoticeView]]]) -> None:
    """Returns once every notice so far was delivered or given up."""
    for pause in POLL_PAUSES:
        if all(notice.status is not NoticeStatus.OWED for notice in await notices()):
            return
        await asyncio.sleep(pause)
    raise TimeoutError


def arrived(notices: Iterable[NoticeView], emails: Iterable[EmailMessage]) -> Iterator[NoticeView]:
    """The notices whose e-mail arrived, matched by recipient and time."""
    received = {(email["To"].addresses[0].addr_spec, email["Date"].datetime) for email in emails}
    for notice in notices:
        if (notice.to, notice.at.replace(microsecond=0)) in received:
            yield notice
