"""The senders of notices, by carrier."""

from activities.carriers import EmailSender, PagerSender, Sender
from activities.ports import Mailer, Pager
from activities.rendering.alert_composer import AlertComposer
from activities.rendering.email_composer import EmailComposer, Identity
from activities.rendering.template_renderer import TemplateRenderer
from activities.templates.own_templates import OwnTemplates
from bootstrap.mail import smtp_mailer
from bootstrap.pager import http_pager
from policies.vocabulary import Carrier
from settings import Settings


def configured_senders(
    settings: Settings, own: OwnTemplates, mailer: Mailer | None = None
) -> dict[Carrier, Sender]:
    """The configured senders, with the policies' own templates.

    Raises ValueError if there is neither a mail server nor `mailer`.
    """
    identity = Identity(settings.mail_from, settings.mail_domain)
    return senders(mailer or smtp_mailer(settings), identity, http_pager(settings), own)


def connections(settings: Settings) -> dict[Carrier, int]:
    """How many deliveries by each carrier a worker runs at the same time."""
    return {
        Carrier.MAIL: settings.mail_connections,
        Carrier.PAGER: settings.pager_connections,
    }


def senders(
    mailer: Mailer,
    identity: Identity,
    pager: Pager | None = None,
    own: OwnTemplates | None = None,
) -> dict[Carrier, Sender]:
    """The sender of each carrier; without a pager, on-call pages are sent by e-mail."""
    renderer = TemplateRenderer(own=own)
    rows: dict[Carrier, Sender] = {
        Carrier.MAIL: EmailSender(mailer, EmailComposer(identity, renderer))
    }
    if pager is not None:
        rows[Carrier.PAGER] = PagerSender(pager, AlertComposer(renderer))
    return rows
