"""What the activities need from outside, and how it may fail. One adapter each in `adapters/`."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Protocol

from policies.contract import Contract


class RecipientRefused(Exception):
    """A message that can never reach its recipient; trying again changes nothing."""


class MailServerUnavailable(Exception):
    """The mail could not be handed over now. `retry_after` only where the server named a time."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


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


class ContractDirectory(Protocol):
    """Knows the contract of each account."""

    async def find(self, account: str) -> Contract:
        """The contract of `account` as it stands now.

        Raises UnknownAccount or ContractUnavailable.
        """
