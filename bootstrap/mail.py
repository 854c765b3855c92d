"""The mailer that the settings configure."""

from activities.adapters.smtp import SmtpMailer, Tls
from settings import Settings


def smtp_mailer(settings: Settings) -> SmtpMailer:
    """The mailer for DESK_MAIL_HOST; ValueError if that is not set."""
    if settings.mail_host is None:
        raise ValueError("no mail server is configured; set DESK_MAIL_HOST")
    password = settings.mail_password.get_secret_value() if settings.mail_password else None
    return SmtpMailer(
        settings.mail_host,
        settings.mail_port,
        username=settings.mail_username,
        password=password,
        tls=Tls(settings.mail_tls),
    )
