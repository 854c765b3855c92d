"""Response models of lists of tickets."""

from datetime import datetime

from pydantic import BaseModel, Field

from policies.vocabulary import Stage, WaitingOn


class ListedTicket(BaseModel):
    """A ticket in a list, from its search attributes and memo."""

    number: str = Field(examples=["7K2M-0QXW-9HTE"])
    headline: str = Field(examples=["contently: The editor stays blank (Harbour Media)"])
    opened_at: datetime
    stage: Stage
    waiting_on: WaitingOn
    account: str
    policy: str
    plan: str | None = None
    priority: str | None = None
    assignee: str | None = None
    next_due: datetime | None = None
    breached: tuple[str, ...] = ()


class TicketPage(BaseModel):
    """One page of a list of tickets."""

    tickets: tuple[ListedTicket, ...]
    next_cursor: str | None = Field(
        default=None, description="Value of `cursor` for the next page; absent on the last page."
    )
