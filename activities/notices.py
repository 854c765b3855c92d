"""Notices as plain data: a message to one recipient, and the receipt for it."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from policies.terms.ticket_terms import Recipient
from policies.vocabulary import Carrier

PAGED = "paged"
"""The template of a notice to whoever is on call."""
PAGE_ACKNOWLEDGED, PAGE_RESOLVED = "page_acknowledged", "page_resolved"
"""What a pager is told later of a page that it took, which the fact `page` names."""


class Persisted(BaseModel):
    """A model kept in histories: newer fields are ignored, so that a roll-back can read it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TicketRef(Persisted):
    """What every letter may say of its ticket. `subject` is the requester's own words.

    A letter to an account about no ticket has no `number`, no `subject` and no `requester_name`.
    """

    number: str
    subject: str
    account: str
    account_name: str
    policy_title: str
    requester_name: str

    @classmethod
    def to_account(cls, account: str, name: str, policy_title: str) -> Self:
        """What a letter to an account about no ticket may say."""
        return cls(
            number="",
            subject="",
            account=account,
            account_name=name,
            policy_title=policy_title,
            requester_name="",
        )

    @property
    def shown(self) -> str:
        """What a letter is about, for logs."""
        return f"Ticket {self.number}" if self.number else f"Account {self.account}"


class Notice(Persisted):
    """A message to one recipient about something that became true `at` an instant (UTC).

    `key` is its identity within the ticket or account; `facts` is what its template may say,
    instants as ISO 8601 texts in UTC and dates as ISO dates.
    """

    key: str
    template: str
    audience: str
    contact: Recipient
    ticket: TicketRef
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    at: AwareDatetime


class Receipt(Persisted):
    """A mail server took the letter of the notice `key`, or a pager the page.

    `message_id` is what it is known by there: the letter's Message-ID, or the page's dedup key.
    """

    key: str
    message_id: str
    accepted_at: AwareDatetime
    carrier: Carrier = Carrier.MAIL


class Failure(Persisted):
    """The notice `key` cannot be delivered, ever, and why."""

    key: str
    error: str


class Delivery(Persisted):
    """What became of some notices. One that is in neither list is still to be sent."""

    receipts: tuple[Receipt, ...] = ()
    failures: tuple[Failure, ...] = ()
