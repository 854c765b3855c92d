"""What a ticket tells the one that it is merged into."""

from typing import Annotated

from pydantic import Field

from policies.schema.contract import OneLine
from policies.terms.model.recipient import Recipient
from workflows.shared.action_request import Actor, Message
from workflows.shared.callers_message import CallersMessage
from workflows.shared.payload import Payload
from workflows.ticket.model.fields import TicketNumber


class Duplicate(Payload):
    """A ticket that was merged into another, and its requester."""

    number: TicketNumber
    requester: Recipient


class MergeNews(CallersMessage):
    """The request of a ticket to be merged into the one that receives it.

    The first of `duplicates` is the merged ticket. The others were merged into that one before.
    """

    account: str
    by: Actor
    subject: OneLine
    description: Message
    reason: str = ""
    duplicates: Annotated[tuple[Duplicate, ...], Field(min_length=1)]
