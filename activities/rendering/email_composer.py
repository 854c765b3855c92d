"""Letters: a notice as a mail (RFC 5322), the same bytes each time it is written.

Headers are ASCII with encoded words (RFC 2047) and bodies quoted-printable (RFC 2045), so that
any server takes them. Addresses are ASCII too: one outside it would need SMTPUTF8 (RFC 6531) on
every server of the way, and is refused here, where the ticket can say so.
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
from policies.schema.contract import email_address
from policies.terms.ticket_terms import Recipient

_SUBJECT_LIMIT = 160
_TICKET_SUBJECT_LIMIT = 120
_NAME_LIMIT = 80


@dataclass(frozen=True)
class Identity:
    """Who letters come from.

    Without a `domain` for their Message-IDs they take that of the address; without a `name`
    they show the title of the ticket's policy.
    """

    address: str
    domain: str = ""
    name: str = ""

    @property
    def message_domain(self) -> str:
        """The domain that Message-IDs are unique in (RFC 5322 section 3.6.4)."""
        return self.domain or self.address.rpartition("@")[2]


class EmailComposer:
    """Writes letters in the name of one identity."""

    def __init__(self, identity: Identity, renderer: TemplateRenderer | None = None) -> None:
        _mailbox("", identity.address)
        self._identity = identity
        self._renderer = renderer or TemplateRenderer()

    @property
    def sender(self) -> str:
        """The address that letters come from, and that bounces go to."""
        return self._identity.address

    def write(self, notice: Notice) -> Email:
        """The letter of `notice`. Raises TemplateFailed or RecipientRefused."""
        recipient = _recipient(notice.contact)
        pages = rendered(notice, self._renderer)
        thread = _thread(notice.ticket)
        domain = self._identity.message_domain
        letter = Email(recipient.addr_spec, f"<{thread}.{_digest(notice.key)}@{domain}>")
        name = self._identity.name or notice.ticket.policy_title
        letter["From"] = _mailbox(name, self._identity.address)
        letter["To"] = recipient
        letter["Subject"] = header_text(_marked(notice.ticket) + pages.subject, _SUBJECT_LIMIT)
        letter["Date"] = format_datetime(notice.at)
        letter["Message-ID"] = letter.message_id
        # No mail has the ticket's own id; mail readers still thread by it (RFC 5322 section
        # 3.6.4), in whichever order the letters arrive.
        letter["In-Reply-To"] = letter["References"] = f"<{thread}@{domain}>"
        _mark_automatic(letter)
        _fill(letter, pages, notice.key)
        return letter


def rendered(notice: Notice, renderer: TemplateRenderer) -> RenderedMessage:
    """The words of `notice`, for its recipient. Raises TemplateFailed."""
    facts = cleaned(notice.facts, PROSE)
    assert isinstance(facts, dict)
    return renderer.render(
        notice.template,
        notice.contact.locale,
        notice.contact.zone,
        facts,
        ticket=_said_of(notice.ticket),
        recipient={"name": one_line(notice.contact.name, _NAME_LIMIT)},
        audience=notice.audience,
        yours=notice.audience == "requester",
    )


def _thread(ticket: TicketRef) -> str:
    """What a letter hangs under: its ticket, or its account when it has none."""
    return re.sub("[^A-Za-z0-9-]", "-", ticket.number or f"account-{ticket.account}")


def _recipient(contact: Recipient) -> Address:
    try:
        return _mailbox(contact.name, contact.email)
    except ValueError as error:
        raise RecipientRefused(one_line(str(error))) from error


@lru_cache(maxsize=1024)
def _mailbox(name: str, address: str) -> Address:
    if not address.isascii():
        raise ValueError(f"{address!r} is outside ASCII; a domain can be written as xn--")
    if one_line(address, len(address) + 1) != address:
        raise ValueError(f"{address!r} has spaces or control characters")
    try:
        return Address(header_text(name, _NAME_LIMIT), addr_spec=email_address(address))
    except Exception as error:  # the standard library's parser raises anything on odd input
        raise ValueError(f"{address!r} is no mail address: {error}") from error


def _said_of(ticket: TicketRef) -> dict[str, str]:
    said = {name: one_line(value) for name, value in ticket.model_dump().items()}
    return said | {"subject": one_line(ticket.subject, _TICKET_SUBJECT_LIMIT)}


def _marked(ticket: TicketRef) -> str:
    """The ticket's number as subjects bear it; nothing in letters about no ticket."""
    return f"[{one_line(ticket.number)}] " if ticket.number else ""


def _mark_automatic(letter: EmailMessage) -> None:
    """Keep robots from answering: RFC 3834 section 5, and Exchange, which does not know it.

    Exchange's `All` would suppress bounces too, and with them the news that a letter was lost.
    """
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "OOF, AutoReply"


def _fill(letter: EmailMessage, pages: RenderedMessage, key: str) -> None:
    # `=_` never occurs in quoted-printable (RFC 2045 section 6.7), so no text can end a part.
    letter["MIME-Version"] = "1.0"
    letter["Content-Type"] = f'multipart/alternative; boundary="=_{_digest(key)}"'
    letter["Content-Language"] = pages.language.replace("_", "-")
    letter.attach(_part("plain", re.sub("\n{3,}", "\n\n", pages.text)))
    letter.attach(_part("html", pages.html))


def _part(subtype: str, text: str) -> EmailMessage:
    part = EmailMessage(policy=EMAIL_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quopri.encodestring(f"{text}\n".encode()).decode("ascii"))
    return part


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:16]
