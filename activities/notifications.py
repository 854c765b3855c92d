"""The activity that sends notices.

A notice has an identity, its `key`, from which its Message-ID or the key of its alert follows.
Sending it again after a crash is therefore the same e-mail or alert to its receiver. Each notice
goes by one carrier: the first of its route that is configured (see `carriers.py`).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.carriers import BY_MAIL, CONFIGURED_BY, ROUTES, Sender
from activities.delivery_metrics import measured
from activities.notices import Delivery, Failure, Notice, Receipt
from activities.ports import CarrierUnavailable, Undeliverable
from policies.vocabulary import Carrier

Outcome = Receipt | Failure | ApplicationError
"""The result for one notice; an error where it is still to be sent."""


class NoSuchCarrier(Undeliverable):
    """No carrier that the notice may take is configured on this worker."""


def _now() -> datetime:
    return datetime.now(UTC)


class Notifications:
    """The activities that send notices, by the senders that are configured."""

    def __init__(
        self, senders: Mapping[Carrier, Sender], now: Callable[[], datetime] = _now
    ) -> None:
        self._senders = senders
        self._now = now

    @activity.defn
    async def send_notices(self, notices: list[Notice]) -> Delivery:
        """Sends the notices that became owed together, each on its own: one that fails holds up
        no other, and no carrier waits for another.

        Fails only when no notice was accepted or refused, with the type of a CarrierUnavailable:
        a retry then repeats nothing that was accepted. A worker that is told to stop finishes the
        notice it is at, and leaves the others, unreported, to another worker.
        """
        by_carrier: dict[Carrier, list[Notice]] = {}
        for notice in notices:
            by_carrier.setdefault(self._carrier(notice), []).append(notice)
        outcomes: list[Outcome] = []
        try:
            await asyncio.gather(*(self._send_each(n, outcomes) for n in by_carrier.values()))
        except asyncio.CancelledError:
            # The time to stop is over: report what was accepted until now.
            if not outcomes:
                raise
        receipts = tuple(o for o in outcomes if isinstance(o, Receipt))
        failures = tuple(o for o in outcomes if isinstance(o, Failure))
        waiting = [o for o in outcomes if isinstance(o, ApplicationError)]
        if waiting and not receipts and not failures:
            raise min(waiting, key=_retry_delay)
        return Delivery(receipts=receipts, failures=failures)

    async def send_notice(self, notice: Notice) -> Receipt:
        """Sends one notice; returns once its carrier has accepted it.

        Raises ApplicationError: not retryable for an Undeliverable notice, retryable for a
        CarrierUnavailable, with the name of that class as its type.
        """
        carrier = self._carrier(notice)
        try:
            if carrier not in self._senders:
                raise NoSuchCarrier(
                    f"no {carrier} is configured here: set {CONFIGURED_BY[carrier]}"
                )
            sent = await self._senders[carrier].send(notice)
        except Undeliverable as error:
            activity.logger.error("%s: notice %s: %s", notice.ticket.shown, notice.key, error)
            raise ApplicationError(
                str(error), type=type(error).__name__, non_retryable=True
            ) from error
        except CarrierUnavailable as error:
            activity.logger.warning("%s: notice %s: %s", notice.ticket.shown, notice.key, error)
            raise ApplicationError(
                str(error), type=type(error).__name__, next_retry_delay=error.retry_after
            ) from error
        activity.logger.info(
            "%s: notice %s accepted: %s", notice.ticket.shown, notice.key, sent.answer or "ok"
        )
        return Receipt(
            key=notice.key, message_id=sent.message_id, accepted_at=self._now(), carrier=carrier
        )

    def _carrier(self, notice: Notice) -> Carrier:
        """The first carrier of the notice's route that is configured, else the preferred one."""
        carriers = ROUTES.get(notice.template, BY_MAIL).carriers
        return next((c for c in carriers if c in self._senders), carriers[0])

    async def _send_each(self, notices: Sequence[Notice], outcomes: list[Outcome]) -> None:
        for notice in notices:
            if outcomes and activity.is_worker_shutdown():
                break
            outcomes.append(await self._outcome(notice))

    async def _outcome(self, notice: Notice) -> Outcome:
        try:
            with measured(notice, self._now):
                return await self.send_notice(notice)
        except ApplicationError as error:
            is_over = error.non_retryable or self._is_given_up(notice)
            return Failure(key=notice.key, error=error.message) if is_over else error
        except Exception as error:  # a defect with one notice must not hold up the others
            activity.logger.exception("Notice %s cannot be sent", notice.key)
            return Failure(key=notice.key, error=repr(error))

    def _is_given_up(self, notice: Notice) -> bool:
        limits = ROUTES.get(notice.template, BY_MAIL).give_up_after
        limit = limits.get(self._carrier(notice))
        return limit is not None and self._now() - activity.info().scheduled_time >= limit


def _retry_delay(error: ApplicationError) -> timedelta:
    """The time until another attempt. Without one, the retry policy decides, which is sooner than
    most servers ask for.
    """
    return error.next_retry_delay or timedelta(0)
