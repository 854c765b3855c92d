"""Notices with all their facts, and the parts of the resulting e-mails, for tests."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Any

from activities.notices import Notice, TicketRef
from activities.rendering.email_composer import EmailComposer, Identity
from activities.templates.sample_facts import DUE, FULL_FACTS, NUMBER
from policies.terms.model.recipient import Recipient

__all__ = ["DUE", "FULL_FACTS", "NUMBER"]
AT = datetime(2027, 1, 13, 15, 30, tzinfo=UTC)
IDENTITY = Identity("support@desk.example")
COMPOSER = EmailComposer(IDENTITY)
_MAIL = SMTP.clone(header_factory=lru_cache(maxsize=1024)(SMTP.header_factory))
"""The parser parses `Content-Type` twenty times for each e-mail, which is most of its time."""

TICKET = TicketRef(
    number=NUMBER,
    subject="The export stays empty",
    account="acme",
    account_name="Acme Media",
    policy_title="Contently product support",
    requester_name="Mia Chen",
)
MIA = Recipient(name="Mia Chen", email="mia@acme.example", zone="America/New_York")


def notice(template: str = "escalated", audience: str = "requester", **changes: Any) -> Notice:
    """A notice with full facts; `changes` replaces fields of it."""
    given: dict[str, Any] = {
        "key": f"{template}/7/{audience}",
        "template": template,
        "audience": audience,
        "contact": MIA,
        "ticket": TICKET,
        "facts": FULL_FACTS.get(template, {}),
        "at": AT,
    }
    return Notice.model_validate(given | changes)


def with_facts(template: str, audience: str = "requester", **facts: Any) -> Notice:
    """A notice with some of its full facts replaced."""
    return notice(template, audience, facts=FULL_FACTS[template] | facts)


def received(message: EmailMessage) -> EmailMessage:
    """The e-mail as its recipient's side parses it."""
    return message_from_bytes(message.as_bytes(), _class=EmailMessage, policy=_MAIL)


def write(written: Notice) -> EmailMessage:
    """The e-mail of a notice, as received."""
    return received(COMPOSER.write(written))


def text_of(message: EmailMessage) -> str:
    return _part(message, "plain")


def html_of(message: EmailMessage) -> str:
    return _part(message, "html")


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")
