"""Carriers: the route of each notice, and the senders that deliver it.

A new carrier needs an adapter that is its sender, a row in `ROUTES` if some notices prefer it, and
a row in `bootstrap/senders.py`; CONTRIBUTING.md has the recipe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple, Protocol

from activities.email_message import Email
from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED, Notice
from activities.ports import Alert, Mailer, Pager
from policies.vocabulary import Carrier

PAGE_GIVEN_UP_AFTER = timedelta(minutes=30)
"""A page that the pager does not accept for this long is undeliverable, so that the support team is
notified early enough to call the person on duty.
"""


@dataclass(frozen=True)
class Route:
    """The carriers of a notice in order of preference, and how long each is tried. A notice goes by
    the first one that is configured, and never by a second.

    Without a limit, a notice is tried until the workflow gives it up.
    """

    carriers: tuple[Carrier, ...]
    give_up_after: Mapping[Carrier, timedelta] = field(default_factory=dict)


BY_MAIL = Route((Carrier.MAIL,))
ROUTES = {
    PAGED: Route((Carrier.PAGER, Carrier.MAIL), {Carrier.PAGER: PAGE_GIVEN_UP_AFTER}),
    PAGE_ACKNOWLEDGED: Route((Carrier.PAGER,)),
    PAGE_RESOLVED: Route((Carrier.PAGER,)),
}
"""The routes by template. All other notices go by mail."""
CONFIGURED_BY = {Carrier.MAIL: "DESK_MAIL_HOST", Carrier.PAGER: "DESK_PAGER_URL"}
"""The setting that configures a carrier, for the error if it is missing."""


def preferred_carrier(template: str) -> Carrier:
    """The carrier of a notice wherever that one is configured."""
    return ROUTES.get(template, BY_MAIL).carriers[0]


class Sent(NamedTuple):
    """An accepted notice: its id at the receiver, and the receiver's answer, if any."""

    message_id: str
    answer: str | None


class Sender(Protocol):
    """Delivers a notice by one carrier."""

    async def send(self, notice: Notice) -> Sent:
        """Hands the notice over. Raises Undeliverable or CarrierUnavailable."""


class EmailWriter(Protocol):
    """Composes e-mails."""

    @property
    def sender(self) -> str:
        """The sender address, which receives bounces."""

    def write(self, notice: Notice) -> Email:
        """The e-mail of `notice`. Raises TemplateFailed or RecipientRefused."""


class AlertWriter(Protocol):
    """Composes alerts."""

    def write(self, notice: Notice) -> Alert:
        """The alert of `notice`. Raises TemplateFailed."""


class EmailSender:
    """Sends notices as e-mails. The Message-ID is derived from the notice."""

    def __init__(self, mailer: Mailer, emails: EmailWriter) -> None:
        self._mailer = mailer
        self._emails = emails

    async def send(self, notice: Notice) -> Sent:
        """Returns once a mail server has accepted responsibility for the e-mail."""
        email = self._emails.write(notice)
        answer = await self._mailer.send(email, self._emails.sender, email.address)
        return Sent(email.message_id, answer)


class PagerSender:
    """Sends pages and their follow-ups as alerts. The alert key is derived from the notice."""

    def __init__(self, pager: Pager, alerts: AlertWriter) -> None:
        self._pager = pager
        self._alerts = alerts

    async def send(self, notice: Notice) -> Sent:
        """Returns once the pager has accepted the alert."""
        alert = self._alerts.write(notice)
        return Sent(alert.key, await self._pager.send(alert))
