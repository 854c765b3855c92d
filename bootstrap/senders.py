"""The senders of notices: one row for each carrier."""

from activities.carriers import EmailSender, PagerSender, Sender
from activities.ports import Mailer, Pager
from activities.rendering.alert_composer import AlertComposer
from activities.rendering.email_composer import EmailComposer, Identity
from activities.rendering.template_renderer import TemplateRenderer
from bootstrap.mail import smtp_mailer
from bootstrap.pager import http_pager
from policies.vocabulary import Carrier
from settings import Settings


def configured_senders(settings: Settings, mailer: Mailer | None = None) -> dict[Carrier, Sender]:
    """The senders that the settings name. Raises ValueError without a mail server or `mailer`."""
    identity = Identity(settings.mail_from, settings.mail_domain)
    return senders(mailer or smtp_mailer(settings), identity, http_pager(settings))


def senders(
    mailer: Mailer, identity: Identity, pager: Pager | None = None
) -> dict[Carrier, Sender]:
    """A sender for each of these; without a pager, pages go by mail."""
    renderer = TemplateRenderer()
    rows: dict[Carrier, Sender] = {
        Carrier.MAIL: EmailSender(mailer, EmailComposer(identity, renderer))
    }
    if pager is not None:
        rows[Carrier.PAGER] = PagerSender(pager, AlertComposer(renderer))
    return rows
