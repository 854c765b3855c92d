"""Real mail servers on loopback, with scripted answers and failures."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from activities.adapters.mail_catcher import LOOPBACK
from activities.adapters.smtp import SmtpMailer, Tls

TIMEOUT = timedelta(seconds=10)
OK = "250 OK"


@dataclass
class Answers:
    """An aiosmtpd handler that answers RCPT and DATA as scripted, then with 250."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    accepted: list[bytes] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail.pop(0) if self.mail else "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt and (answer := self.rcpt.pop(0)) != OK:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data:
            return self.data.pop(0)
        self.accepted.append(envelope.original_content or b"")
        self.secured.append(session.ssl is not None)
        return "250 queued as 7F3A"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        self.logins.append(login.login)
        return AuthResult(success=login.password == b"right", handled=False)


@asynccontextmanager
async def mail_server(
    answers: Answers, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """Runs a server with these answers; yields its port. `tls` is for TLS from the start."""
    loop = asyncio.get_running_loop()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(answers, hostname="localhost", loop=loop, **options))
        return sessions[-1]

    server = await loop.create_server(session, LOOPBACK, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in sessions:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()


@asynccontextmanager
async def scripted_server(lines: dict[bytes, bytes | None], greeting: bytes) -> AsyncIterator[int]:
    """A server with fixed answers by verb. None closes the connection, no entry is silence."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while line := await reader.readline():
            answer = lines.get(line.strip().upper()[:4], b"")
            if answer is None:
                break
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def mailer(port: int, **options: Any) -> SmtpMailer:
    given: dict[str, Any] = {"tls": Tls.NONE, "timeout": TIMEOUT}
    return SmtpMailer(LOOPBACK, port, **given | options)
