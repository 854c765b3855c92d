"""SMTP (RFC 5321) by aiosmtplib, with one connection per e-mail, so that none can go stale.

The kind of failure decides whether the notice is retried:

- 5yz on RCPT or DATA is about this recipient or this e-mail, and final. Exceptions are 50z (syntax)
  and 53z (authentication, RFC 4954), which are about the client.
- Everything else is temporary: 4yz, no connection, a hanging or broken server, a wrong password, a
  bad certificate, a refused sender.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage
from enum import StrEnum
from functools import partial

import aiosmtplib

from activities.ports import MailServerUnavailable, RecipientRefused
from activities.rendering.sanitizing import one_line

logger = logging.getLogger(__name__)
_ABOUT_THE_CLIENT = (50, 53)
_LONGEST_WAIT = timedelta(hours=1)
_QUIT_TIMEOUT = 2.0
# Otherwise aiosmtplib looks up the host name, which takes seconds if DNS is slow.
_CLIENT_NAME = "localhost"
_WAIT = re.compile(
    r"\b(?:again|retry|back)\b\D*\b(?:in|after)\s+"
    r"(?:(?P<clock>\d\d:\d\d:\d\d)|(?P<seconds>\d{1,6})\s*s|(?P<minutes>\d{1,4})\s*m)",
    re.IGNORECASE,
)


class Tls(StrEnum):
    """The security of the connection: none, STARTTLS (RFC 3207), or TLS from the start.

    `OPPORTUNISTIC` is STARTTLS where the server offers it, without a check of its certificate
    (RFC 7435): it protects from listeners, not from a server in between.
    """

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    STARTTLS = "starttls"
    TLS = "tls"


_START_TLS = {Tls.NONE: False, Tls.OPPORTUNISTIC: None, Tls.STARTTLS: True, Tls.TLS: False}
"""As aiosmtplib has it: None upgrades the connection if the server offers it."""


class SmtpMailer:
    """Sends e-mails to one SMTP server."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str | None = None,
        password: str | None = None,
        tls: Tls = Tls.STARTTLS,
        timeout: timedelta = timedelta(seconds=30),
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """`timeout` covers the session; `tls_context` is for a private certificate authority."""
        self._timeout = timeout.total_seconds()
        self._server = f"{host}:{port}"
        self._warns_of_clear_text = tls is Tls.OPPORTUNISTIC
        if tls is Tls.OPPORTUNISTIC and tls_context is None:
            tls_context = _without_verification()
        self._client = partial(
            aiosmtplib.SMTP,
            hostname=host,
            port=port,
            username=username,
            password=password,
            timeout=self._timeout,
            use_tls=tls is Tls.TLS,
            start_tls=_START_TLS[tls],
            tls_context=tls_context,
            local_hostname=_CLIENT_NAME,
        )

    async def check(self) -> None:
        """Connects and disconnects; raises what `send` raises for a server that takes no mail."""
        client = self._client()
        try:
            with _translated_errors():
                async with asyncio.timeout(self._timeout):
                    await self._connect(client)
            await _quit(client)
        finally:
            client.close()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str | None:
        """Sends the message; returns the server's answer on acceptance."""
        client = self._client()
        try:
            with _translated_errors():
                async with asyncio.timeout(self._timeout):
                    await self._connect(client)
                    _, answer = await client.send_message(
                        message, sender=sender, recipients=[recipient]
                    )
            await _quit(client)
            return one_line(answer)
        finally:
            client.close()

    async def _connect(self, client: aiosmtplib.SMTP) -> None:
        await client.connect()
        if self._warns_of_clear_text and client.get_transport_info("sslcontext") is None:
            # Once, since it is the same for every e-mail.
            self._warns_of_clear_text = False
            logger.warning(
                "the mail server %s offers no STARTTLS, so e-mails cross the network unencrypted; "
                "DESK_MAIL_TLS=none accepts that, starttls or tls refuses it",
                self._server,
            )


def _without_verification() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _quit(client: aiosmtplib.SMTP) -> None:
    """Sends QUIT. The e-mail is accepted already, so that an error here must not count."""
    with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        await client.quit(timeout=_QUIT_TIMEOUT)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Translates errors of a session into those of the port."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refusal(error.recipients[0]) from error
    except aiosmtplib.SMTPDataError as error:
        raise _refusal(error) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _unavailable(error) from error
    except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
        raise MailServerUnavailable(_reason(error)) from error


def _refusal(
    error: aiosmtplib.SMTPResponseException,
) -> RecipientRefused | MailServerUnavailable:
    if error.code < 500 or error.code // 10 in _ABOUT_THE_CLIENT:
        return _unavailable(error)
    return RecipientRefused(_reason(error))


def _unavailable(error: aiosmtplib.SMTPResponseException) -> MailServerUnavailable:
    return MailServerUnavailable(_reason(error), retry_after(error.message))


def _reason(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return one_line(f"{error.code} {error.message}")
    return one_line(str(error)) or "the mail server did not answer in time"


def retry_after(answer: str) -> timedelta | None:
    """The pause that a server asks for, as with greylisting: `try again in 300 seconds`.

    SMTP has no field for it, only text. The pause is at most an hour.
    """
    found = _WAIT.search(answer)
    if found is None:
        return None
    hours, minutes, seconds = (int(part) for part in (found["clock"] or "0:0:0").split(":"))
    pause = timedelta(
        hours=hours,
        minutes=minutes + int(found["minutes"] or 0),
        seconds=seconds + int(found["seconds"] or 0),
    )
    return min(pause, _LONGEST_WAIT)
