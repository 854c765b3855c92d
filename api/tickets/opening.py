"""Turns a request into an opening: a ticket number, a fingerprint, and the terms.

With an Idempotency-Key the number is derived from caller, account and key, so a retry finds the
ticket of the first attempt, whichever process handled it.
"""

import secrets
from datetime import datetime

from api.identity.caller import Caller
from api.tickets.opening_body import OpenTicket
from policies.terms.model.ticket_terms import Terms
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.ticket_number import DIGITS, number_of, number_of_key
from workflows.ticket.model.views import Reply


def ticket_number(caller: Caller, account: str, key: str | None) -> str:
    """Three groups of four: random, or derived from the caller, the account and the key.

    Ids of callers are unique within an account only. A token for all accounts has the numbers that
    a client of Temporal derives, which has no token.
    """
    if key is None:
        return number_of(secrets.randbelow(32) for _ in range(DIGITS))
    # None of the parts can contain a NUL, so different callers have different texts.
    limited = "\0".join((caller.actor.id, *sorted(caller.accounts or ())))
    return number_of_key(limited, account, key)


def opening(
    request: OpenTicket, *, by: Caller, key: str | None, terms: Terms, received_at: datetime
) -> Opening:
    """The opening of a ticket under these terms."""
    number = ticket_number(by, request.account, key)
    return request.opening(number, by.actor, terms, received_at)


def is_replayed(reply: Reply, opened: Opening) -> bool:
    """Whether the reply is for an earlier opening with the same key."""
    return reply.received_at != opened.received_at
