"""What the activities need from outside, and how it may fail. One adapter each in `adapters/`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from policies.schema.contract import Contract


class Undeliverable(Exception):
    """A notice that can never be delivered; a retry changes nothing. The text holds no secret."""


class CarrierUnavailable(Exception):
    """A carrier that accepts nothing now. `retry_after` only where it named a time."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class TemplateFailed(Undeliverable):
    """A template of ours that cannot be rendered; only a change of it helps."""


class RecipientRefused(Undeliverable):
    """A recipient that the mail server refuses, or an address that is none."""


class MailServerUnavailable(CarrierUnavailable):
    """The mail server accepts nothing now."""


class PagerRefused(Undeliverable):
    """An alert that the pager refuses."""


class PagerUnavailable(CarrierUnavailable):
    """The pager accepts nothing now."""


class UnknownAccount(Exception):
    """There is no contract for this account."""


class ContractUnavailable(Exception):
    """There is a contract for this account, but it cannot be read as one."""


class Mailer(Protocol):
    """Hands mails to a mail server."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str | None:
        """Send `message`; the server's words on accepting it, if any.

        Raises RecipientRefused or MailServerUnavailable.
        """


class Signal(StrEnum):
    """What a pager is told of an alert: it began, somebody is on it, or it is over."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


@dataclass(frozen=True)
class Alert:
    """What a pager is told. All that is about one page bears the same `key`, however often it is
    sent; only a trigger says more.
    """

    signal: Signal
    key: str
    at: datetime
    summary: str = ""
    source: str = ""
    details: dict[str, JsonValue] = field(default_factory=dict)


class Pager(Protocol):
    """Wakes whoever is on call."""

    async def send(self, alert: Alert) -> str:
        """Hand the alert over; the pager's words on accepting it.

        Raises PagerRefused or PagerUnavailable.
        """


class ContractDirectory(Protocol):
    """Knows the contract of each account."""

    async def find(self, account: str) -> Contract:
        """The contract of `account` as it stands now.

        Raises UnknownAccount or ContractUnavailable.
        """


class ContractRegister(ContractDirectory, Protocol):
    """Knows the contract of each account, and which accounts there are."""

    async def under(self, policy: str) -> tuple[Contract, ...]:
        """Every contract under `policy`, by account.

        Raises ContractUnavailable: one that cannot be read might be under it.
        """
