"""E-mails: a notice as a message (RFC 5322), the same bytes each time.

Headers are ASCII with encoded words (RFC 2047) and bodies quoted-printable (RFC 2045), which every
server accepts. An address outside ASCII would need SMTPUTF8 (RFC 6531) on every server on the way.
It is refused here, so that the ticket can report it.
"""

import quopri
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from activities.email_message import EMAIL_POLICY, Email
from activities.notices import Notice, TicketRef
from activities.ports import RecipientRefused
from activities.rendering.sanitizing import cleaned, header_text, one_line
from activities.rendering.template_renderer import RenderedMessage, TemplateRenderer
from activities.templates.manifest import PROSE
from policies.email_addresses import email_address
from policies.terms.model.recipient import Recipient

_SUBJECT_LIMIT = 160
_TICKET_SUBJECT_LIMIT = 120
_NAME_LIMIT = 80


@dataclass(frozen=True)
class Identity:
    """The sender of e-mails.

    `domain` is for Message-IDs and defaults to the domain of the address; `name` defaults to the
    title of the ticket's policy.
    """

    address: str
    domain: str = ""
    name: str = ""

    @property
    def message_domain(self) -> str:
        """The domain in which Message-IDs are unique (RFC 5322 section 3.6.4)."""
        return self.domain or self.address.rpartition("@")[2]


class EmailComposer:
    """Composes e-mails from one sender."""

    def __init__(self, identity: Identity, renderer: TemplateRenderer | None = None) -> None:
        _mailbox("", identity.address)
        self._identity = identity
        self._renderer = renderer or TemplateRenderer()

    @property
    def sender(self) -> str:
        """The address that e-mails come from and bounces go to."""
        return self._identity.address

    def write(self, notice: Notice) -> Email:
        """The e-mail for a notice. Raises TemplateFailed or RecipientRefused."""
        recipient = _recipient(notice.contact)
        message = rendered(notice, self._renderer)
        thread = _thread(notice.ticket)
        domain = self._identity.message_domain
        email = Email(recipient.addr_spec, f"<{thread}.{_digest(notice.key)}@{domain}>")
        name = self._identity.name or notice.ticket.policy_title
        email["From"] = _mailbox(name, self._identity.address)
        email["To"] = recipient
        email["Subject"] = header_text(
            _subject_prefix(notice.ticket) + message.subject, _SUBJECT_LIMIT
        )
        email["Date"] = format_datetime(notice.at)
        email["Message-ID"] = email.message_id
        # No e-mail has the id of the thread itself; mail readers still thread by it (RFC 5322
        # section 3.6.4), in whichever order the e-mails arrive.
        email["In-Reply-To"] = email["References"] = f"<{thread}@{domain}>"
        _mark_automatic(email)
        _fill(email, message, notice.key)
        return email


def rendered(notice: Notice, renderer: TemplateRenderer) -> RenderedMessage:
    """The texts of a notice in its recipient's language and zone. Raises TemplateFailed."""
    facts = cleaned(notice.facts, PROSE)
    assert isinstance(facts, dict)
    return renderer.render(
        notice.template,
        notice.contact.locale,
        notice.contact.zone,
        facts,
        policy=notice.ticket.policy,
        ticket=_ticket_facts(notice.ticket),
        recipient={"name": one_line(notice.contact.name, _NAME_LIMIT)},
        audience=notice.audience,
        yours=notice.audience == "requester",
    )


def _thread(ticket: TicketRef) -> str:
    """The id of the thread: the ticket, or the account for an e-mail without a ticket."""
    return re.sub("[^A-Za-z0-9-]", "-", ticket.number or f"account-{ticket.account}")


def _recipient(contact: Recipient) -> Address:
    try:
        return _mailbox(contact.name, contact.email)
    except ValueError as error:
        raise RecipientRefused(one_line(str(error))) from error


@lru_cache(maxsize=1024)
def _mailbox(name: str, address: str) -> Address:
    if one_line(address, len(address) + 1) != address:
        raise ValueError(f"{address!r} has spaces or control characters")
    try:
        return Address(header_text(name, _NAME_LIMIT), addr_spec=email_address(address))
    except Exception as error:  # the standard library's parser raises anything on odd input
        raise ValueError(f"{address!r} is not a mail address: {error}") from error


def _ticket_facts(ticket: TicketRef) -> dict[str, str]:
    facts = {name: one_line(value) for name, value in ticket.model_dump(exclude={"policy"}).items()}
    return facts | {"subject": one_line(ticket.subject, _TICKET_SUBJECT_LIMIT)}


def _subject_prefix(ticket: TicketRef) -> str:
    """The ticket's number in brackets; empty without a ticket."""
    return f"[{one_line(ticket.number)}] " if ticket.number else ""


def _mark_automatic(email: EmailMessage) -> None:
    """Prevent automatic replies: by RFC 3834 section 5, and by the own header of Exchange.

    Exchange's `All` would suppress bounces too, and a lost e-mail would go unnoticed.
    """
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "OOF, AutoReply"


def _fill(email: EmailMessage, message: RenderedMessage, key: str) -> None:
    # `=_` never occurs in quoted-printable (RFC 2045 section 6.7), so no text can end a part.
    email["MIME-Version"] = "1.0"
    email["Content-Type"] = f'multipart/alternative; boundary="=_{_digest(key)}"'
    email["Content-Language"] = message.language.replace("_", "-")
    email.attach(_part("plain", message.text))
    email.attach(_part("html", message.html))


def _part(subtype: str, text: str) -> EmailMessage:
    part = EmailMessage(policy=EMAIL_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quopri.encodestring(f"{text}\n".encode()).decode("ascii"))
    return part


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:16]
