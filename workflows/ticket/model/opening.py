"""The opening of a ticket, and the update that answers it.

Actions arrive as an `ActionRequest` (`workflows/shared/action_request.py`).
"""

from datetime import datetime
from functools import cached_property

from policies.schema.contract import OneLine
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from workflows.shared.action_request import Actor, Message
from workflows.shared.callers_message import CallersMessage
from workflows.shared.payload import Payload
from workflows.ticket.model.fields import TicketNumber


class Opening(Payload):
    """A request as it was received, with the terms of its ticket."""

    number: TicketNumber
    received_at: datetime
    opened_by: Actor
    subject: OneLine
    description: Message
    terms: Terms
    publication: str | None = None
    request: SettlementRequest | None = None
    fingerprint: str = ""

    @cached_property
    def weight(self) -> int:
        """The bytes of the request in a payload. The terms are not the requester's."""
        return len(self.model_dump_json(exclude={"terms"}).encode())


class OpenRequest(CallersMessage):
    """The update that returns the reply to an opening. The fingerprint, if any, identifies the
    opening. The allowed actions of the reply are those of the actor, by default of the opener.
    """

    actor: Actor | None = None
    fingerprint: str | None = None
