"""A missing template costs no notice: another worker has it, or the standard one is sent.

A worker lacks a template of the policy's own during a deploy, or when somebody removed a template
that the terms of an open ticket name.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.carriers import EmailSender
from activities.notices import Delivery, Notice
from activities.notifications import TEMPLATE_AWAITED, Notifications
from activities.rendering.email_composer import EmailComposer
from activities.rendering.template_renderer import TemplateRenderer
from activities.templates.own_templates import OwnTemplates, Source
from activities.templates.sample_facts import FULL_FACTS
from policies.vocabulary import Carrier
from tests.activities.rendering.sample_notices import IDENTITY, TICKET, notice, text_of
from tests.harness import RecordingMailer

SCHEDULED = datetime(2027, 1, 13, 16, tzinfo=UTC)
OWN = notice(
    "our_escalation",
    facts=FULL_FACTS["escalated"],
    standard="escalated",
    ticket=TICKET.model_copy(update={"policy": "acme"}),
)
STANDARD_TEXT = "your request"


def own(text: str, name: str = "our_escalation") -> OwnTemplates:
    """The own templates of a policy: one, in its three parts."""
    parts = {"subject": "Escalated", "txt": text, "html": f"<p>{text}</p>"}
    sources = {f"{name}.{part}.j2": Source(part, body) for part, body in parts.items()}
    return {"acme": {"en": sources}}


class Worker:
    """A worker with some own templates, and what it has sent."""

    def __init__(self, templates: OwnTemplates | None = None) -> None:
        self.mailer = RecordingMailer()
        composer = EmailComposer(IDENTITY, TemplateRenderer(own=templates))
        self._senders = {Carrier.MAIL: EmailSender(self.mailer, composer)}

    async def send(self, *notices: Notice, after: timedelta = timedelta(0)) -> Delivery:
        """Sends a batch this long after it was scheduled."""
        environment = ActivityEnvironment()
        scheduled = environment.info.scheduled_time
        environment.info = replace(environment.info, started_time=scheduled + after)
        notifications = Notifications(self._senders)
        return await environment.run(notifications.send_notices, list(notices))

    @property
    def texts(self) -> list[str]:
        """The texts of its e-mails."""
        return [text_of(email) for email in self.mailer.emails]


async def test_a_notice_waits_for_a_worker_that_has_its_template() -> None:
    old, new = Worker(), Worker(own("We have raised it."))
    with pytest.raises(ApplicationError) as missing:
        await old.send(OWN)
    assert (missing.value.type, missing.value.non_retryable) == ("TemplateMissing", False)
    delivery = await new.send(OWN)
    assert (old.texts, len(delivery.receipts)) == ([], 1)
    assert new.texts[0].startswith("We have raised it.")


@pytest.mark.parametrize(
    ("after", "is_sent"),
    [(TEMPLATE_AWAITED - timedelta(seconds=1), False), (TEMPLATE_AWAITED, True)],
)
async def test_after_an_hour_the_email_of_the_event_is_sent_under_the_same_id(
    after: timedelta, is_sent: bool
) -> None:
    worker, other = Worker(), Worker(own("We have raised it."))
    if not is_sent:
        with pytest.raises(ApplicationError):
            await worker.send(OWN, after=after)
        return
    delivery = await worker.send(OWN, after=after)
    [text] = worker.texts
    assert STANDARD_TEXT in text
    [expected] = (await other.send(OWN)).receipts
    assert delivery.receipts[0].message_id == expected.message_id
    assert delivery.receipts[0].key == OWN.key


async def test_a_missing_template_delays_no_other_notice() -> None:
    delivery = await Worker().send(OWN, notice())
    assert [receipt.key for receipt in delivery.receipts] == [notice().key]
    assert delivery.failures == ()


async def test_a_notice_without_a_standard_template_waits_as_long_as_any() -> None:
    with pytest.raises(ApplicationError) as missing:
        await Worker().send(OWN.model_copy(update={"standard": ""}), after=timedelta(days=1))
    assert not missing.value.non_retryable


async def test_a_retry_after_a_deploy_has_the_new_text_under_the_same_id() -> None:
    before, after = Worker(own("First text.")), Worker(own("Second text."))
    first, second = await before.send(OWN), await after.send(OWN)
    assert first.receipts[0].message_id == second.receipts[0].message_id
    assert (before.texts[0][:11], after.texts[0][:12]) == ("First text.", "Second text.")


async def test_a_removed_replacement_of_ours_gives_ours() -> None:
    escalated = notice(ticket=TICKET.model_copy(update={"policy": "acme"}))
    with_own, without = Worker(own("Ours.", "escalated")), Worker()
    await with_own.send(escalated)
    await without.send(escalated)
    assert with_own.texts[0].startswith("Ours.")
    assert STANDARD_TEXT in without.texts[0]
