"""The activity that sends notices.

A notice has an identity, its `key`, from which its letter's Message-ID follows. Sending it
again after a crash is therefore the same mail to whoever receives it, never a second one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.delivery_meter import measured
from activities.notices import Delivery, Failure, Notice, Receipt
from activities.ports import Mailer, MailServerUnavailable, RecipientRefused


class TemplateFailed(Exception):
    """Our own template could not be made into a letter; only a change of it mends that."""


class LetterWriter(Protocol):
    """Turns notices into letters."""

    @property
    def sender(self) -> str:
        """The address that letters come from, and that bounces go to."""

    def write(self, notice: Notice) -> EmailMessage:
        """The letter of `notice`. Raises TemplateFailed or RecipientRefused."""


def _now() -> datetime:
    return datetime.now(UTC)


class Notifications:
    """The activities that send notices."""

    def __init__(
        self, mailer: Mailer, letters: LetterWriter, now: Callable[[], datetime] = _now
    ) -> None:
        self._mailer = mailer
        self._letters = letters
        self._now = now

    @activity.defn
    async def send_notices(self, notices: list[Notice]) -> Delivery:
        """Send the notices that became owed together, each on its own: one that fails holds up
        no other.

        Fails only when nothing at all came of it, with type `MailServerUnavailable`: an attempt
        that is made again repeats no mail that was accepted.
        """
        receipts, failures, waiting = [], [], None
        for notice in notices:
            try:
                with measured(notice, self._now):
                    receipts.append(await self.send_notice(notice))
            except ApplicationError as error:
                if error.non_retryable:
                    failures.append(Failure(key=notice.key, error=error.message))
                else:
                    waiting = error
            except Exception as error:  # of one notice; the others are not to suffer for it
                activity.logger.exception("Notice %s cannot be sent", notice.key)
                failures.append(Failure(key=notice.key, error=repr(error)))
        if waiting is not None and not receipts and not failures:
            raise waiting
        return Delivery(receipts=tuple(receipts), failures=tuple(failures))

    async def send_notice(self, notice: Notice) -> Receipt:
        """Send one notice; returns once a mail server has accepted responsibility for it.

        Fails for good with type `TemplateFailed` or `RecipientRefused`, and for now with type
        `MailServerUnavailable`.
        """
        letter = self._write(notice)
        answer = await self._hand_over(letter, notice)
        activity.logger.info(
            "Ticket %s: notice %s accepted: %s", notice.ticket.number, notice.key, answer or "ok"
        )
        return Receipt(key=notice.key, message_id=letter["Message-ID"], accepted_at=self._now())

    def _write(self, notice: Notice) -> EmailMessage:
        try:
            return self._letters.write(notice)
        except (TemplateFailed, RecipientRefused) as error:
            raise _for_good(error, notice) from error

    async def _hand_over(self, letter: EmailMessage, notice: Notice) -> str | None:
        recipient = letter["To"].addresses[0].addr_spec
        try:
            return await self._mailer.send(letter, self._letters.sender, recipient)
        except RecipientRefused as error:
            raise _for_good(error, notice) from error
        except MailServerUnavailable as error:
            raise _for_now(error, notice) from error


def _for_good(error: TemplateFailed | RecipientRefused, notice: Notice) -> ApplicationError:
    activity.logger.error("Ticket %s: notice %s: %s", notice.ticket.number, notice.key, error)
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)


def _for_now(error: MailServerUnavailable, notice: Notice) -> ApplicationError:
    activity.logger.warning("Ticket %s: notice %s: %s", notice.ticket.number, notice.key, error)
    return ApplicationError(
        str(error), type=type(error).__name__, next_retry_delay=error.retry_after
    )
