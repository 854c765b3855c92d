"""The activity that sends notices.

A notice has an identity, its `key`, from which its letter's Message-ID follows, or its page's
dedup key. Sending it again after a crash is therefore the same mail or page to whoever receives it,
never a second one. Each goes by one carrier: pages by the pager where there is one, else by mail.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.delivery_metrics import measured
from activities.email_message import Email
from activities.notices import (
    PAGE_ACKNOWLEDGED,
    PAGE_RESOLVED,
    PAGED,
    Delivery,
    Failure,
    Notice,
    Receipt,
)
from activities.ports import (
    Alert,
    Mailer,
    MailServerUnavailable,
    Pager,
    PagerRefused,
    PagerUnavailable,
    RecipientRefused,
    TemplateFailed,
)
from policies.vocabulary import Carrier

PAGE_GIVEN_UP_AFTER = timedelta(minutes=30)
"""A page that no pager took for so long is undeliverable: the desk has to hear of it while
somebody can still be called.
"""


class EmailWriter(Protocol):
    """Turns notices into letters."""

    @property
    def sender(self) -> str:
        """The address that letters come from, and that bounces go to."""

    def write(self, notice: Notice) -> Email:
        """The letter of `notice`. Raises TemplateFailed or RecipientRefused."""


class AlertWriter(Protocol):
    """Turns pages into alerts."""

    def write(self, notice: Notice) -> Alert:
        """The alert of `notice`. Raises TemplateFailed."""


class OnCall(NamedTuple):
    """The pager of whoever is on call, and who writes for it."""

    pager: Pager
    alerts: AlertWriter


Outcome = Receipt | Failure | ApplicationError
"""What came of one notice; an error where it is still to be sent."""


def _now() -> datetime:
    return datetime.now(UTC)


class Notifications:
    """The activities that send notices."""

    def __init__(
        self,
        mailer: Mailer,
        letters: EmailWriter,
        on_call: OnCall | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._mailer = mailer
        self._letters = letters
        self._on_call = on_call
        self._now = now

    @activity.defn
    async def send_notices(self, notices: list[Notice]) -> Delivery:
        """Send the notices that became owed together, each on its own: one that fails holds up
        no other. Neither carrier waits for the other.

        Fails only when nothing at all came of it, with type `MailServerUnavailable` or
        `PagerUnavailable`: an attempt that is made again repeats nothing that was accepted. A
        worker that is told to stop finishes the notice it is at, and leaves the others, unreported,
        to another worker.
        """
        pages = [notice for notice in notices if self._is_for_the_pager(notice)]
        mails = [notice for notice in notices if notice not in pages]
        outcomes: list[Outcome] = []
        try:
            await asyncio.gather(self._send_each(pages, outcomes), self._send_each(mails, outcomes))
        except asyncio.CancelledError:
            # The time to stop is up: what was accepted until now is still reported.
            if not outcomes:
                raise
        receipts = tuple(o for o in outcomes if isinstance(o, Receipt))
        failures = tuple(o for o in outcomes if isinstance(o, Failure))
        waiting = [o for o in outcomes if isinstance(o, ApplicationError)]
        if waiting and not receipts and not failures:
            raise min(waiting, key=_patience)
        return Delivery(receipts=receipts, failures=failures)

    async def _send_each(self, notices: Sequence[Notice], outcomes: list[Outcome]) -> None:
        for notice in notices:
            if outcomes and activity.is_worker_shutdown():
                break
            outcomes.append(await self._outcome(notice))

    async def _outcome(self, notice: Notice) -> Outcome:
        """What became of one notice; an ApplicationError when that is open."""
        try:
            with measured(notice, self._now):
                return await self.send_notice(notice)
        except ApplicationError as error:
            is_over = error.non_retryable or self._is_given_up(notice)
            return Failure(key=notice.key, error=error.message) if is_over else error
        except Exception as error:  # of one notice; the others are not to suffer for it
            activity.logger.exception("Notice %s cannot be sent", notice.key)
            return Failure(key=notice.key, error=repr(error))

    def _is_for_the_pager(self, notice: Notice) -> bool:
        follows_up = notice.template in (PAGE_ACKNOWLEDGED, PAGE_RESOLVED)
        return follows_up or (notice.template == PAGED and self._on_call is not None)

    def _is_given_up(self, notice: Notice) -> bool:
        is_page = notice.template == PAGED and self._is_for_the_pager(notice)
        return is_page and self._now() - activity.info().scheduled_time >= PAGE_GIVEN_UP_AFTER

    async def send_notice(self, notice: Notice) -> Receipt:
        """Send one notice; returns once a mail server or the pager has accepted responsibility.

        Fails for good with type `TemplateFailed`, `RecipientRefused` or `PagerRefused`, and for
        now with type `MailServerUnavailable` or `PagerUnavailable`.
        """
        if self._is_for_the_pager(notice):
            return await self._page(notice)
        letter = self._write(notice)
        answer = await self._hand_over(letter, notice)
        return self._receipt(notice, letter.message_id, Carrier.MAIL, answer)

    async def _page(self, notice: Notice) -> Receipt:
        if self._on_call is None:
            raise _for_good(PagerRefused("there is no pager here: set DESK_PAGER_URL"), notice)
        try:
            alert = self._on_call.alerts.write(notice)
            answer = await self._on_call.pager.send(alert)
        except (TemplateFailed, PagerRefused) as error:
            raise _for_good(error, notice) from error
        except PagerUnavailable as error:
            raise _for_now(error, notice) from error
        return self._receipt(notice, alert.key, Carrier.PAGER, answer)

    def _receipt(
        self, notice: Notice, message_id: str, carrier: Carrier, answer: str | None
    ) -> Receipt:
        activity.logger.info(
            "%s: notice %s accepted: %s", notice.ticket.shown, notice.key, answer or "ok"
        )
        return Receipt(
            key=notice.key, message_id=message_id, accepted_at=self._now(), carrier=carrier
        )

    def _write(self, notice: Notice) -> Email:
        try:
            return self._letters.write(notice)
        except (TemplateFailed, RecipientRefused) as error:
            raise _for_good(error, notice) from error

    async def _hand_over(self, letter: Email, notice: Notice) -> str | None:
        try:
            return await self._mailer.send(letter, self._letters.sender, letter.address)
        except RecipientRefused as error:
            raise _for_good(error, notice) from error
        except MailServerUnavailable as error:
            raise _for_now(error, notice) from error


def _patience(error: ApplicationError) -> timedelta:
    """How long may be waited with another attempt; without a word, as long as the retry policy
    has it, which is sooner than most servers ask for.
    """
    return error.next_retry_delay or timedelta(0)


def _for_good(
    error: TemplateFailed | RecipientRefused | PagerRefused, notice: Notice
) -> ApplicationError:
    activity.logger.error("%s: notice %s: %s", notice.ticket.shown, notice.key, error)
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)


def _for_now(error: MailServerUnavailable | PagerUnavailable, notice: Notice) -> ApplicationError:
    activity.logger.warning("%s: notice %s: %s", notice.ticket.shown, notice.key, error)
    return ApplicationError(
        str(error), type=type(error).__name__, next_retry_delay=error.retry_after
    )
