"""SMTP (RFC 5321) by aiosmtplib: one connection per mail, so that no idle one can go stale.

What a failure means decides whether anybody tries again:

- 5yz on RCPT or DATA is about this recipient or this mail: refused, for good. Except 50z (we
  spoke nonsense) and 53z (we have to log in, RFC 4954), which are about us.
- everything else (4yz, a dead port, a hanging or broken server, a wrong password, a bad
  certificate, a refused sender) is mended by somebody, some time: unavailable, for now.
"""

import asyncio
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

_ABOUT_US = (50, 53)
_LONGEST_WAIT = timedelta(hours=1)
_LONGEST_GOODBYE = 2.0
# What aiosmtplib would look up instead can take seconds where DNS is slow.
_CLIENT_NAME = "localhost"
_WAIT = re.compile(
    r"\b(?:again|retry|back)\b\D*\b(?:in|after)\s+"
    r"(?:(?P<clock>\d\d:\d\d:\d\d)|(?P<seconds>\d{1,6})\s*s|(?P<minutes>\d{1,4})\s*m)",
    re.IGNORECASE,
)


class Tls(StrEnum):
    """How the connection is secured: not, by STARTTLS (RFC 3207), or from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class SmtpMailer:
    """Hands mails to one SMTP server."""

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
        """`timeout` is for the whole conversation; `tls_context` trusts a private authority."""
        self._timeout = timeout.total_seconds()
        self._client = partial(
            aiosmtplib.SMTP,
            hostname=host,
            port=port,
            username=username,
            password=password,
            timeout=self._timeout,
            use_tls=tls is Tls.TLS,
            start_tls=tls is Tls.STARTTLS,
            tls_context=tls_context,
            local_hostname=_CLIENT_NAME,
        )

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str | None:
        """Send `message`; the server's words on accepting it."""
        client = self._client()
        try:
            with _understood():
                async with asyncio.timeout(self._timeout):
                    await client.connect()
                    _, answer = await client.send_message(
                        message, sender=sender, recipients=[recipient]
                    )
            await _take_leave(client)
            return one_line(answer)
        finally:
            client.close()


async def _take_leave(client: aiosmtplib.SMTP) -> None:
    """QUIT. The mail is accepted by now: nothing that fails here may make it look unsent."""
    with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        await client.quit(timeout=_LONGEST_GOODBYE)


@contextmanager
def _understood() -> Iterator[None]:
    """Translate the failures of a conversation into what they mean to us."""
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
    if error.code < 500 or error.code // 10 in _ABOUT_US:
        return _unavailable(error)
    return RecipientRefused(_reason(error))


def _unavailable(error: aiosmtplib.SMTPResponseException) -> MailServerUnavailable:
    return MailServerUnavailable(_reason(error), retry_after(error.message))


def _reason(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return one_line(f"{error.code} {error.message}")
    return one_line(str(error)) or "the mail server did not answer in time"


def retry_after(answer: str) -> timedelta | None:
    """The time a server asks us to wait, as grey-listing ones do: `try again in 300 seconds`.

    SMTP has no field for it, only prose. A server cannot put a mail off for more than an hour.
    """
    found = _WAIT.search(answer)
    if found is None:
        return None
    hours, minutes, seconds = (int(part) for part in (found["clock"] or "0:0:0").split(":"))
    asked = timedelta(
        hours=hours,
        minutes=minutes + int(found["minutes"] or 0),
        seconds=seconds + int(found["seconds"] or 0),
    )
    return min(asked, _LONGEST_WAIT)
