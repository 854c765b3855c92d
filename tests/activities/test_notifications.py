"""Sending notices: one e-mail per notice, final and temporary failures, pages."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.adapters.mail_catcher import MailCatcher
from activities.adapters.pagerduty import HttpPager
from activities.carriers import PAGE_GIVEN_UP_AFTER, EmailSender, PagerSender, Sender
from activities.notices import PAGE_ACKNOWLEDGED, Delivery, Notice, Receipt
from activities.notifications import Notifications
from activities.ports import Mailer
from activities.rendering.alert_composer import AlertComposer
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Carrier
from tests.activities.adapters.mail_servers import Answers, mail_server, mailer
from tests.activities.adapters.pager_server import KEY, PagerServer, pager_server
from tests.activities.rendering.sample_notices import COMPOSER, notice, text_of, with_facts
from tests.ports import free_port

NOW = datetime(2027, 1, 13, 16, tzinfo=UTC)


def by_mail(mailer: Mailer) -> dict[Carrier, Sender]:
    return {Carrier.MAIL: EmailSender(mailer, COMPOSER)}


async def send(port: int, sent: Notice) -> Receipt:
    notifications = Notifications(by_mail(mailer(port)), now=lambda: NOW)
    return await ActivityEnvironment().run(notifications.send_notice, sent)


async def failure(port: int, sent: Notice) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        await send(port, sent)
    return caught.value


async def test_the_receipt_has_the_message_id_of_the_email() -> None:
    async with MailCatcher() as catcher:
        receipt = await send(catcher.port, notice())
    (mail,) = catcher.messages
    assert receipt == Receipt(
        key="escalated/7/requester", message_id=mail["Message-ID"], accepted_at=NOW
    )
    assert mail["To"] == "Mia Chen <mia@acme.example>"


@pytest.mark.clause("contently/escalation-update")
async def test_an_escalation_reaches_the_requester_and_the_account_manager() -> None:
    manager = Recipient(name="Ana Ruiz", email="accounts@contently.example")
    async with MailCatcher() as catcher:
        await send(catcher.port, notice("escalated", "requester"))
        await send(catcher.port, notice("escalated", "account_manager", contact=manager))
    to_requester, to_manager = catcher.messages
    assert to_requester["To"].addresses[0].addr_spec == "mia@acme.example"
    assert "your request" in text_of(to_requester)
    assert to_manager["To"].addresses[0].addr_spec == "accounts@contently.example"
    assert "your account Acme Media" in text_of(to_manager)


async def test_a_refused_recipient_is_final_and_quotes_the_server() -> None:
    async with mail_server(Answers(rcpt=["550 5.1.1 no such mailbox"])) as port:
        error = await failure(port, notice())
    assert (error.type, error.non_retryable) == ("RecipientRefused", True)
    assert error.message == "550 5.1.1 no such mailbox"


async def test_an_invalid_address_is_refused_without_a_connection() -> None:
    error = await failure(free_port(), notice(contact=Recipient(name="Mia", email="nobody")))
    assert (error.type, error.non_retryable) == ("RecipientRefused", True)


async def test_a_server_that_is_down_is_retried_by_the_retry_policy() -> None:
    error = await failure(free_port(), notice())
    assert (error.type, error.non_retryable) == ("MailServerUnavailable", False)
    assert error.next_retry_delay is None


async def test_a_server_that_names_a_pause_is_retried_after_it() -> None:
    async with mail_server(Answers(rcpt=["451 try again in 300 seconds"])) as port:
        error = await failure(port, notice())
    assert not error.non_retryable
    assert error.next_retry_delay == timedelta(minutes=5)


async def test_a_retry_sends_the_same_email() -> None:
    answers = Answers(data=["451 4.3.0 try later"])
    async with mail_server(answers) as port:
        await failure(port, notice())
        first = await send(port, notice())
        again = await send(port, notice())
    assert first.message_id == again.message_id
    assert answers.accepted[0] == answers.accepted[1]


async def test_a_failing_template_is_final_and_opens_no_connection() -> None:
    error = await failure(free_port(), with_facts("escalated", due_at="soon"))
    assert (error.type, error.non_retryable) == ("TemplateFailed", True)
    assert "escalated" in error.message


async def test_the_log_of_a_sent_notice_names_ticket_and_notice_but_no_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with MailCatcher() as catcher:
        await send(catcher.port, notice())
    assert "Ticket 4K7Q-2M9X-8TBD: notice escalated/7/requester accepted" in caplog.text
    assert "mia@acme.example" not in caplog.text


def test_a_notice_survives_a_history_of_newer_or_older_code() -> None:
    stored = json.loads(notice().model_dump_json()) | {"added_later": 1}
    stored["ticket"] |= {"added_later": 1}
    stored["contact"] |= {"added_later": 1}
    del stored["contact"]["zone"]
    read = Notice.model_validate(stored)
    assert read.key == notice().key
    assert read.contact.zone == "UTC"


def test_a_notice_needs_an_aware_time() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        notice(at="2027-01-13T15:30:00")


async def test_a_refused_recipient_delays_no_other() -> None:
    ana = Recipient(name="Ana Ruiz", email="accounts@contently.example")
    to_both = [notice("escalated", "account_manager", contact=ana), notice()]
    async with mail_server(Answers(rcpt=["550 5.1.1 no such mailbox", "250 OK"])) as port:
        notifications = Notifications(by_mail(mailer(port)), now=lambda: NOW)
        done = await ActivityEnvironment().run(notifications.send_notices, to_both)
    assert [failure.error for failure in done.failures] == ["550 5.1.1 no such mailbox"]
    assert [receipt.key for receipt in done.receipts] == [to_both[1].key]


async def test_accepted_notices_are_returned_and_only_the_rest_is_sent_again() -> None:
    ana = Recipient(name="Ana Ruiz", email="accounts@contently.example")
    to_both = [notice(), notice("escalated", "account_manager", contact=ana)]
    async with mail_server(Answers(rcpt=["250 OK", "451 try again later"])) as port:
        notifications = Notifications(by_mail(mailer(port)), now=lambda: NOW)
        done = await ActivityEnvironment().run(notifications.send_notices, to_both)
    assert [receipt.key for receipt in done.receipts] == [to_both[0].key]
    assert done.failures == ()


async def test_a_batch_fails_if_no_server_can_be_reached() -> None:
    notifications = Notifications(by_mail(mailer(free_port())), now=lambda: NOW)
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(notifications.send_notices, [notice()])
    assert caught.value.type == "MailServerUnavailable"


async def test_an_address_that_breaks_the_mail_library_fails_alone() -> None:
    odd = Recipient(name="Ana Ruiz", email="accounts@[")
    to_both = [notice("escalated", "account_manager", contact=odd), notice()]
    async with MailCatcher() as catcher:
        notifications = Notifications(by_mail(mailer(catcher.port)), now=lambda: NOW)
        done = await ActivityEnvironment().run(notifications.send_notices, to_both)
    assert [failure.key for failure in done.failures] == [to_both[0].key]
    assert [receipt.key for receipt in done.receipts] == [to_both[1].key]


# --- pages ---------------------------------------------------------------------------------------


PAGE = notice("paged", "on_call")
FOLLOW_UP = notice(PAGE_ACKNOWLEDGED, "on_call", facts={"page": f"{PAGE.ticket.number}/{PAGE.key}"})


async def send_together(
    port: int,
    notices: list[Notice],
    pager: PagerServer | None = None,
    after: timedelta = timedelta(0),
    off: timedelta = timedelta(0),
) -> Delivery:
    """The result of sending these notices, this long after the activity was scheduled, by a worker
    whose clock is `off`.
    """
    senders = by_mail(mailer(port))
    if pager:
        senders[Carrier.PAGER] = PagerSender(HttpPager(pager.url, KEY), AlertComposer())
    notifications = Notifications(senders, now=lambda: NOW + off)
    activity = ActivityEnvironment()
    activity.info = replace(activity.info, scheduled_time=NOW - after, started_time=NOW)
    return await activity.run(notifications.send_notices, notices)


@pytest.mark.clause("prismic/premium-outage")
async def test_a_page_goes_to_the_pager_and_not_by_mail() -> None:
    async with MailCatcher() as catcher, pager_server() as pager:
        done = await send_together(catcher.port, [notice(), PAGE], pager)
    assert [mail["To"].addresses[0].addr_spec for mail in catcher.messages] == ["mia@acme.example"]
    assert pager.signals() == [("trigger", "4K7Q-2M9X-8TBD/paged/7/on_call")]
    assert {(r.key, r.carrier) for r in done.receipts} == {
        (notice().key, Carrier.MAIL),
        (PAGE.key, Carrier.PAGER),
    }


async def test_without_a_pager_a_page_goes_by_mail() -> None:
    async with MailCatcher() as catcher:
        [receipt] = (await send_together(catcher.port, [PAGE])).receipts
    assert len(catcher.messages) == 1
    assert receipt.carrier is Carrier.MAIL


async def test_a_page_that_is_sent_again_is_the_same_alert() -> None:
    async with pager_server() as pager:
        for _ in range(2):
            await send_together(free_port(), [PAGE], pager)
    assert len(pager.signals()) == 2
    assert len(set(pager.signals())) == 1


async def test_a_page_does_not_wait_for_a_mail_server_that_is_down() -> None:
    async with pager_server() as pager:
        done = await send_together(free_port(), [notice(), PAGE], pager)
    assert [receipt.key for receipt in done.receipts] == [PAGE.key]
    assert done.failures == ()


async def test_emails_do_not_wait_for_a_pager_that_is_down() -> None:
    pager = PagerServer(answers=[(503, {})])
    async with MailCatcher() as catcher, pager_server(pager):
        done = await send_together(catcher.port, [PAGE, notice()], pager)
    assert [receipt.key for receipt in done.receipts] == [notice().key]
    assert done.failures == ()


async def test_a_pager_that_names_a_pause_is_retried_after_it() -> None:
    async with pager_server(PagerServer(answers=[(429, {"Retry-After": "40"})])) as pager:
        with pytest.raises(ApplicationError) as caught:
            await send_together(free_port(), [PAGE], pager)
    assert (caught.value.type, caught.value.non_retryable) == ("PagerUnavailable", False)
    assert caught.value.next_retry_delay == timedelta(seconds=40)


async def test_the_shorter_pause_of_two_carriers_decides() -> None:
    answers = Answers(rcpt=["451 try again in 3000 seconds"])
    async with (
        mail_server(answers) as port,
        pager_server(PagerServer(answers=[(500, {})])) as pager,
    ):
        with pytest.raises(ApplicationError) as caught:
            await send_together(port, [notice(), PAGE], pager)
    assert caught.value.type == "PagerUnavailable"
    assert caught.value.next_retry_delay is None


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_page_that_is_refused_is_undeliverable_at_once(status: int) -> None:
    async with pager_server(PagerServer(answers=[(status, {})])) as pager:
        [failure] = (await send_together(free_port(), [PAGE], pager)).failures
    assert failure.key == PAGE.key
    assert f"the pager answered {status}" in failure.error
    assert KEY not in failure.error


@pytest.mark.parametrize(
    ("after", "is_given_up"),
    [
        (PAGE_GIVEN_UP_AFTER - timedelta(seconds=1), False),
        (PAGE_GIVEN_UP_AFTER, True),
    ],
)
async def test_a_page_that_no_pager_accepts_is_given_up_in_time_for_a_call(
    after: timedelta, is_given_up: bool
) -> None:
    async with pager_server(PagerServer(answers=[(503, {})])) as pager:
        if is_given_up:
            [failure] = (await send_together(free_port(), [PAGE], pager, after)).failures
            assert "the pager answered 503" in failure.error
        else:
            with pytest.raises(ApplicationError):
                await send_together(free_port(), [PAGE], pager, after)


@pytest.mark.fault(67)
@pytest.mark.parametrize("off", [timedelta(days=-1), timedelta(days=1)])
async def test_when_a_page_is_given_up_does_not_depend_on_the_clock_of_the_worker(
    off: timedelta,
) -> None:
    async with pager_server(PagerServer(answers=[(503, {}), (503, {})])) as pager:
        with pytest.raises(ApplicationError):
            await send_together(free_port(), [PAGE], pager, off=off)
        late = await send_together(free_port(), [PAGE], pager, PAGE_GIVEN_UP_AFTER, off)
    assert [failure.key for failure in late.failures] == [PAGE.key]


async def test_a_page_by_mail_is_retried_as_long_as_any_email() -> None:
    with pytest.raises(ApplicationError) as caught:
        await send_together(free_port(), [PAGE], after=timedelta(days=1))
    assert caught.value.type == "MailServerUnavailable"


async def test_a_follow_up_goes_to_the_alert_that_the_page_opened() -> None:
    async with pager_server() as pager:
        [page] = (await send_together(free_port(), [PAGE], pager)).receipts
        [receipt] = (await send_together(free_port(), [FOLLOW_UP], pager)).receipts
    assert page.message_id == receipt.message_id
    assert pager.signals()[-1] == ("acknowledge", page.message_id)


async def test_a_follow_up_without_a_pager_fails_and_is_not_sent_by_mail() -> None:
    async with MailCatcher() as catcher:
        [failure] = (await send_together(catcher.port, [FOLLOW_UP])).failures
    assert catcher.messages == []
    assert "DESK_PAGER_URL" in failure.error


# --- a worker that stops --------------------------------------------------------------------------


class InterruptedMailer:
    """Accepts e-mails, and interrupts its worker during the one with this number."""

    def __init__(self, at: int, interrupt: Callable[[], None]) -> None:
        self.taken: list[str] = []
        self._at = at
        self._interrupt = interrupt

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        if len(self.taken) + 1 == self._at:
            self._interrupt()
            await asyncio.sleep(0)
        self.taken.append(recipient)
        return "250 OK"


async def test_a_worker_that_stops_finishes_the_current_notice() -> None:
    env = ActivityEnvironment()
    stopping = InterruptedMailer(1, env.worker_shutdown)
    notices = [notice(key=f"escalated/7/{number}") for number in range(3)]
    done = await env.run(Notifications(by_mail(stopping)).send_notices, notices)
    assert [receipt.key for receipt in done.receipts] == [notices[0].key]
    assert done.failures == ()
    assert len(stopping.taken) == 1


async def test_notices_accepted_within_the_grace_period_are_returned() -> None:
    env = ActivityEnvironment()
    cut_short = InterruptedMailer(2, env.cancel)
    notices = [notice(key=f"escalated/7/{number}") for number in range(3)]
    done = await env.run(Notifications(by_mail(cut_short)).send_notices, notices)
    assert [receipt.key for receipt in done.receipts] == [notices[0].key]
    assert len(cut_short.taken) == 1


async def test_a_batch_without_accepted_notices_at_the_end_of_the_grace_period_is_retried() -> None:
    env = ActivityEnvironment()
    cut_short = InterruptedMailer(1, env.cancel)
    with pytest.raises(asyncio.CancelledError):
        await env.run(Notifications(by_mail(cut_short)).send_notices, [notice()])
