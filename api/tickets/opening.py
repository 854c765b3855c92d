"""Turns a request into an opening: a ticket number, a fingerprint, and the terms.

With an Idempotency-Key the number is derived from the caller and the key, so a retry finds the
ticket of the first attempt, whichever process handled it.
"""

import secrets
from datetime import datetime

from api.tickets.opening_body import OpenTicket
from policies.terms.ticket_terms import Terms
from workflows.shared.action_request import Actor
from workflows.ticket.model.messages import Opening, Reply
from workflows.ticket.model.ticket_number import DIGITS, number_of, number_of_key


def ticket_number(caller: str, key: str | None) -> str:
    """Three groups of four: random, or derived from the caller and the key."""
    if key is None:
        return number_of(secrets.randbelow(32) for _ in range(DIGITS))
    return number_of_key(caller, key)


def opening(
    request: OpenTicket, *, by: Actor, key: str | None, terms: Terms, received_at: datetime
) -> Opening:
    """The opening of a ticket under these terms."""
    return request.opening(ticket_number(by.id, key), by, terms, received_at)


def is_replayed(reply: Reply, opened: Opening) -> bool:
    """Whether the reply is for an earlier opening with the same key."""
    return reply.received_at != opened.received_at
