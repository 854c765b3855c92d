"""Notices, and the results of their delivery, as plain data."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from policies.terms.model.recipient import Recipient
from policies.vocabulary import Carrier

PAGED = "paged"
"""The template of a page: a notice to the person on call."""
REMINDER = "reminder"
"""The template that reminds of a question without an answer."""
DIGEST = "digest"
"""The template of the one e-mail that stands for those above the quota."""
PAGE_ACKNOWLEDGED, PAGE_RESOLVED = "page_acknowledged", "page_resolved"
"""The templates of follow-ups to a page. Their fact `page` is the alert key of the page."""


class Persisted(BaseModel):
    """Recorded: immutable; ignores unknown fields, so that an older release can read it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TicketRef(Persisted):
    """The ticket of a notice, for templates. `subject` is text of the requester; `policy` has the
    own templates, and is empty in older notices and without terms.

    `number`, `subject` and `requester_name` are empty in a notice to an account.
    """

    number: str
    subject: str
    account: str
    account_name: str
    policy_title: str
    requester_name: str
    policy: str = ""

    @classmethod
    def to_account(cls, account: str, name: str, policy_title: str, policy: str = "") -> Self:
        """The reference of a notice to an account."""
        return cls(
            number="",
            subject="",
            account=account,
            account_name=name,
            policy_title=policy_title,
            requester_name="",
            policy=policy,
        )

    @property
    def label(self) -> str:
        """The ticket or account, for logs."""
        return f"Ticket {self.number}" if self.number else f"Account {self.account}"


class Notice(Persisted):
    """A notification of one recipient about an event `at` a time (UTC).

    `key` is its identity within the ticket or account. `facts` are the values for its template:
    times as ISO 8601 texts in UTC, dates as ISO dates. `standard` is the template of the event
    itself, where the policy names another one: it is sent if that one cannot be found.
    """

    key: str
    template: str
    audience: str
    contact: Recipient
    ticket: TicketRef
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    at: AwareDatetime
    standard: str = ""

    @property
    def with_standard_template(self) -> Self:
        """The same notice with the template of its event."""
        return self.model_copy(update={"template": self.standard, "standard": ""})


class Receipt(Persisted):
    """A mail server or a pager has accepted the notice `key`.

    `message_id` is its id there: the Message-ID of an e-mail, or the key of an alert.
    """

    key: str
    message_id: str
    accepted_at: AwareDatetime
    carrier: Carrier = Carrier.MAIL


class Failure(Persisted):
    """The notice `key` is undeliverable because of `error`."""

    key: str
    error: str


class Delivery(Persisted):
    """The results for a batch of notices. A notice in neither list is still pending."""

    receipts: tuple[Receipt, ...] = ()
    failures: tuple[Failure, ...] = ()
