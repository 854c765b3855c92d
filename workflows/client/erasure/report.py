"""The report about an erasure: what is gone, what stays and why, and what failed.

It has no address. The caller knows whom it is about, and a report is kept.
"""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field

from workflows.client.found_ticket import FoundTicket


class Outcome(StrEnum):
    """How an erasure ended. One that is `incomplete` is to be repeated."""

    RUNNING = "running"
    ERASED = "erased"
    NOTHING_LEFT = "nothing_left"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    PLANNED = "planned"


class OpenTicket(BaseModel):
    """A ticket whose workflow has not ended."""

    number: str = Field(examples=["7K2M-93QF-0D1T"])
    account: str = Field(examples=["harbour-media"])
    stage: str = Field(
        description="Stage of the ticket. A closed one still has notices to deliver, or can be "
        "contested.",
        examples=["in_progress"],
    )

    @classmethod
    def of(cls, ticket: FoundTicket) -> Self:
        """The entry of a ticket in the report."""
        return cls(number=ticket.number, account=ticket.account, stage=ticket.stage)


class Item(BaseModel):
    """Something that stays, waits or failed, and why."""

    what: str = Field(examples=["ticket 7K2M-93QF-0D1T"])
    why: str = Field(examples=["the request was merged into it"])


class ErasureReport(BaseModel):
    """What an erasure did, or would do."""

    id: str = Field(description="Id of the erasure, as in the audit log.")
    outcome: Outcome = Outcome.RUNNING
    encrypted: bool = Field(
        default=False, description="Whether data keys were destroyed as well as histories deleted."
    )
    tickets: list[str] = Field(default_factory=list, description="Tickets that were erased.")
    closed: list[str] = Field(
        default_factory=list, description="Those of them that were open, and were closed first."
    )
    open: list[OpenTicket] = Field(
        default_factory=list, description="Open tickets, because of which nothing was erased."
    )
    accounts: list[str] = Field(
        default_factory=list, description="Accounts that the person was removed from."
    )
    account_runs: int = Field(
        default=0, description="Earlier runs of accounts that were deleted with their histories."
    )
    keys: list[str] = Field(
        default_factory=list, description="API keys that were revoked, and lost name and address."
    )
    mails: int = Field(default=0, description="E-mails deleted from the mail catcher.")
    opened_meanwhile: list[str] = Field(
        default_factory=list, description="Tickets that the person opened during the erasure."
    )
    waiting: list[Item] = Field(
        default_factory=list, description="What was not finished in time: repeat the erasure."
    )
    failed: list[Item] = Field(default_factory=list, description="What could not be erased.")
    stays: list[Item] = Field(default_factory=list, description="What stays, and why.")

    @property
    def has_effect(self) -> bool:
        """Whether anything is erased, or would be."""
        return any((self.tickets, self.accounts, self.account_runs, self.keys, self.mails))

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return not any((self.open, self.opened_meanwhile, self.waiting, self.failed))

    def finish(self) -> None:
        """Sets the outcome of an erasure that has come to its end."""
        if not self.is_complete:
            self.outcome = Outcome.INCOMPLETE
        else:
            self.outcome = Outcome.ERASED if self.has_effect else Outcome.NOTHING_LEFT
