"""The activity that sends notices.

The `key` of a notice determines its Message-ID or alert key, so that a receiver can recognise a
notice that is sent again after a crash. Each notice goes by one carrier: the first of its route
that is configured (see `carriers.py`).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.carriers import BY_MAIL, CONFIGURED_BY, ROUTES, Sender, Sent
from activities.delivery_metrics import measured
from activities.notices import Delivery, Failure, Notice, Receipt
from activities.ports import CarrierUnavailable, TemplateMissing, Undeliverable
from policies.vocabulary import Carrier

TEMPLATE_AWAITED = timedelta(hours=1)
"""How long a notice waits for a worker that has its template. A deploy is over by then, and a
template that was removed too early can be put back: the logs name it meanwhile.
"""
BEATS, TICKS = 4, 5
"""Heartbeats within a heartbeat timeout, and how often before each a delivery looks for results."""
_ADDRESS = re.compile(r"[^\s<>\"',;:()][^\s<>\",;:()]*@[^\s<>\"',;:()]+")
Outcome = Receipt | Failure | ApplicationError
"""The result for one notice; an error means that it is still pending."""


class NoSuchCarrier(Undeliverable):
    """No carrier on the route of the notice is configured on this worker."""


def without_addresses(answer: object) -> str:
    """An answer of a carrier without addresses, which mail servers like to repeat."""
    return _ADDRESS.sub("(address)", str(answer))


def _now() -> datetime:
    return datetime.now(UTC)


class Notifications:
    """Sends notices by the senders that are configured."""

    def __init__(
        self, senders: Mapping[Carrier, Sender], now: Callable[[], datetime] = _now
    ) -> None:
        self._senders = senders
        self._now = now

    @activity.defn
    async def send_notices(self, notices: list[Notice]) -> Delivery:
        """Sends a batch of notices. A notice that fails delays no other one, and neither does a
        slow carrier delay another carrier.

        The activity fails only if no notice was accepted or refused, so that a retry repeats
        nothing. A worker that is stopping finishes the current notice; the others stay pending.
        Heartbeats tell a slow mail server from a dead worker. They have the results so far, so that
        the attempt after a dead worker sends only the rest.
        """
        outcomes = reported()
        done = {outcome.key for outcome in _results(outcomes)}
        by_carrier: dict[Carrier, list[Notice]] = {}
        for notice in notices:
            if notice.key not in done:
                by_carrier.setdefault(self._carrier(notice), []).append(notice)
        try:
            async with heartbeats(outcomes):
                await asyncio.gather(*(self._send_each(n, outcomes) for n in by_carrier.values()))
        except asyncio.CancelledError:
            # The grace period of the worker is over, or nobody waits any longer: return the results
            # so far.
            if not outcomes:
                raise
        waiting = [o for o in outcomes if isinstance(o, ApplicationError)]
        if waiting and not _results(outcomes):
            raise min(waiting, key=_retry_delay)
        return _delivery(outcomes)

    async def send_notice(self, notice: Notice) -> Receipt:
        """Sends one notice; returns when its carrier has accepted it.

        Raises ApplicationError, of the type of the cause: not retryable for Undeliverable,
        retryable for CarrierUnavailable.
        """
        carrier = self._carrier(notice)
        try:
            if carrier not in self._senders:
                raise NoSuchCarrier(
                    f"no {carrier} is configured here: set {CONFIGURED_BY[carrier]}"
                )
            sent = await self._sent(self._senders[carrier], notice)
        except TemplateMissing as error:
            activity.logger.warning(
                "%s: notice %s: %s", notice.ticket.label, notice.key, without_addresses(error)
            )
            raise ApplicationError(str(error), type=type(error).__name__) from error
        except Undeliverable as error:
            activity.logger.error(
                "%s: notice %s: %s", notice.ticket.label, notice.key, without_addresses(error)
            )
            raise ApplicationError(
                str(error), type=type(error).__name__, non_retryable=True
            ) from error
        except CarrierUnavailable as error:
            activity.logger.warning(
                "%s: notice %s: %s", notice.ticket.label, notice.key, without_addresses(error)
            )
            raise ApplicationError(
                str(error), type=type(error).__name__, next_retry_delay=error.retry_after
            ) from error
        activity.logger.info(
            "%s: notice %s accepted: %s",
            notice.ticket.label,
            notice.key,
            without_addresses(sent.answer or "ok"),
        )
        return Receipt(
            key=notice.key, message_id=sent.message_id, accepted_at=self._now(), carrier=carrier
        )

    async def _sent(self, sender: Sender, notice: Notice) -> Sent:
        """Sends a notice. If no worker has its template for `TEMPLATE_AWAITED`, it is sent with the
        one of its event.
        """
        try:
            return await sender.send(notice)
        except TemplateMissing as error:
            if not notice.standard or _waited() < TEMPLATE_AWAITED:
                raise
            activity.logger.warning(
                "%s: notice %s is sent as %s: %s",
                notice.ticket.label,
                notice.key,
                notice.standard,
                error,
            )
            return await sender.send(notice.with_standard_template)

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
        return limit is not None and _waited() >= limit


def _waited() -> timedelta:
    """How long the notices have waited for this attempt, by the clock of the Temporal server: that
    of a worker can be wrong.
    """
    info = activity.info()
    return info.started_time - info.scheduled_time


@asynccontextmanager
async def heartbeats(outcomes: Sequence[Outcome]) -> AsyncIterator[None]:
    """Sends heartbeats with the results so far while the block runs. A short block sends none,
    which costs nothing.
    """
    timeout = activity.info().heartbeat_timeout
    beating = asyncio.create_task(_beat(outcomes, timeout)) if timeout else None
    try:
        yield
    finally:
        if beating is not None:
            beating.cancel()


async def _beat(outcomes: Sequence[Outcome], alive_within: timedelta) -> None:
    """Beats soon after each result, and else four times within the timeout.

    The interval is also how soon a delivery learns that it is cancelled.
    """
    told, beats = len(outcomes), count(1)
    while True:
        await asyncio.sleep((alive_within / BEATS / TICKS).total_seconds())
        if len(outcomes) > told or next(beats) % TICKS == 0:
            told = len(outcomes)
            activity.heartbeat(_delivery(outcomes))


def reported() -> list[Outcome]:
    """The results of attempts before this one, whose workers died."""
    details = activity.info().heartbeat_details
    if not details:
        return []
    told = Delivery.model_validate(details[0])
    return [*told.receipts, *told.failures]


def _results(outcomes: Sequence[Outcome]) -> list[Receipt | Failure]:
    return [outcome for outcome in outcomes if not isinstance(outcome, ApplicationError)]


def _delivery(outcomes: Sequence[Outcome]) -> Delivery:
    return Delivery(
        receipts=tuple(o for o in outcomes if isinstance(o, Receipt)),
        failures=tuple(o for o in outcomes if isinstance(o, Failure)),
    )


def _retry_delay(error: ApplicationError) -> timedelta:
    """The pause that the receiver asks for. Zero leaves the pause to the retry policy, which is
    usually shorter.
    """
    return error.next_retry_delay or timedelta(0)
