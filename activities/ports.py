"""Ports of the activities, with their errors. The adapters are in `adapters/`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import NamedTuple, Protocol

from pydantic import JsonValue

from policies.schema.contract import Contract


class Undeliverable(Exception):
    """A notice that cannot be delivered, however often it is tried. The message has no secret."""


class CarrierUnavailable(Exception):
    """A carrier that accepts nothing now. `retry_after` is the pause it asks for, if any."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class TemplateFailed(Undeliverable):
    """A template that cannot be rendered with the facts of the notice."""


class TemplateMissing(TemplateFailed):
    """A template that this process has not loaded. A worker with newer files may have it."""


class RecipientRefused(Undeliverable):
    """A recipient that the mail server refuses, or an invalid address."""


class MailServerUnavailable(CarrierUnavailable):
    """The mail server accepts nothing now."""


class PagerRefused(Undeliverable):
    """An alert that the pager refuses."""


class PagerUnavailable(CarrierUnavailable):
    """The pager accepts nothing now."""


class UnknownAccount(Exception):
    """The account has no contract."""


class ContractUnavailable(Exception):
    """The contract of the account cannot be read, or is invalid."""


class Mailer(Protocol):
    """Sends e-mails."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str | None:
        """Hands the message to a mail server; returns its answer on acceptance, if any.

        Raises RecipientRefused or MailServerUnavailable.
        """


class Signal(StrEnum):
    """The kinds of message about an alert."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


@dataclass(frozen=True)
class Alert:
    """A message to a pager. All messages about one page have the same `key`; only a trigger has a
    summary, a source and details.
    """

    signal: Signal
    key: str
    at: datetime
    summary: str = ""
    source: str = ""
    details: dict[str, JsonValue] = field(default_factory=dict)


class Pager(Protocol):
    """Alerts the person on call."""

    async def send(self, alert: Alert) -> str:
        """Sends the alert; returns the pager's answer on acceptance.

        Raises PagerRefused or PagerUnavailable.
        """


class ContractDirectory(Protocol):
    """Finds the contract of an account."""

    async def find(self, account: str) -> Contract:
        """The present contract of the account.

        Raises UnknownAccount or ContractUnavailable.
        """


class AccountDirectory(ContractDirectory, Protocol):
    """Finds the contract of an account, and lists the accounts."""

    async def accounts(self, policies: Iterable[str]) -> tuple[str, ...]:
        """The ids of the accounts under these policies, in order, and of others whose policy is not
        known before their contract is read. Raises ContractUnavailable.
        """


class AccountPage(NamedTuple):
    """Some accounts under a policy, in order. The next page begins after `after`; None if this is
    the last one. A page can be empty, and not be the last one.
    """

    accounts: tuple[str, ...]
    after: str | None


class PagedDirectory(ContractDirectory, Protocol):
    """Finds the contract of an account, and lists the accounts under a policy in pages."""

    async def page_under(self, policy: str, after: str | None, most: int) -> AccountPage:
        """At most this many accounts under the policy, and those whose contract cannot be read.
        Raises ContractUnavailable.
        """


class ContractRegister(AccountDirectory, PagedDirectory, Protocol):
    """Finds the contract of an account, and lists all contracts under a policy."""

    async def under(self, policy: str) -> tuple[Contract, ...]:
        """Every contract under the policy, by account.

        Raises ContractUnavailable for any contract that cannot be read, since it might be one of
        them.
        """
