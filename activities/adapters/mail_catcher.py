"""A mail server for local use: it accepts every e-mail, stores it, and reports it.

It runs in the event loop that starts it, and listens on loopback only.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.rendering.sanitizing import one_line

LOOPBACK = "127.0.0.1"
_MOST_MESSAGES = 1_000
_NUMBERED = re.compile(r"(\d+)-.*\.eml")


class MailCatcher:
    """Catches e-mails: the latest in `messages`, and all as .eml files under `directory`."""

    def __init__(
        self,
        port: int = 0,
        directory: Path | None = None,
        on_message: Callable[[str], None] | None = None,
    ) -> None:
        """Port 0 is any free port. `on_message` gets one printable line per e-mail."""
        self.messages: list[EmailMessage] = []
        self._port = port
        self._directory = directory
        self._on_message = on_message or (lambda line: None)
        self._server: asyncio.Server | None = None
        self._sessions: WeakSet[SMTP] = WeakSet()
        self._arrivals = asyncio.Condition()

    @property
    def port(self) -> int:
        """The port, known once the server has started."""
        if self._server is None:
            return self._port
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Starts to listen. OSError if the port is taken or the directory cannot be created."""
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)
        # At INFO, aiosmtpd logs every SMTP command.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, LOOPBACK, self._port)

    async def stop(self) -> None:
        """Stops to listen, and closes open connections."""
        if self._server is None:
            return
        self._server.close()
        for session in list(self._sessions):
            if session.transport is not None:
                session.transport.close()
        await self._server.wait_closed()
        self._server = None

    async def wait_for(self, count: int) -> list[EmailMessage]:
        """Waits for at least `count` messages, and returns them."""
        async with self._arrivals:
            await self._arrivals.wait_for(lambda: len(self.messages) >= count)
        return self.messages

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Stores one e-mail; called by aiosmtpd."""
        content = envelope.original_content or b""
        message = message_from_bytes(content, _class=EmailMessage, policy=MAIL)
        self._store(content, message)
        async with self._arrivals:
            self.messages.append(message)
            del self.messages[:-_MOST_MESSAGES]
            self._arrivals.notify_all()
        self._on_message(_line(message, envelope.rcpt_tos))
        return "250 OK"

    def _session(self) -> SMTP:
        loop = asyncio.get_running_loop()
        session = SMTP(self, hostname="localhost", ident="Durable Desk catcher", loop=loop)
        self._sessions.add(session)
        return session

    def _store(self, content: bytes, message: EmailMessage) -> None:
        if self._directory is None:
            return
        words = re.sub("[^a-z0-9]+", "-", one_line(str(message["Subject"])).lower())
        name = f"{self._next_number():05d}-{words[:60].strip('-')}.eml"
        (self._directory / name).write_bytes(content)

    def _next_number(self) -> int:
        """One more than the highest number in the directory, so that a restart continues."""
        assert self._directory is not None
        names = (_NUMBERED.fullmatch(path.name) for path in self._directory.iterdir())
        return 1 + max((int(found[1]) for found in names if found), default=0)


def _line(message: EmailMessage, recipients: list[str]) -> str:
    return one_line(f"Mail to {', '.join(recipients)}: {message['Subject']}")
