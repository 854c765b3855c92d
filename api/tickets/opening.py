"""Turns a request into an opening: a ticket number, a fingerprint, and the terms.

With an Idempotency-Key the number is derived from the caller and the key, so a retry finds the
ticket of the first attempt, whichever process handled it.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from api.tickets.opening_body import OpenTicket
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle, unsettled_terms
from policies.terms.settlement_request import SettlementRequest
from workflows.shared.action_request import Actor, fingerprint
from workflows.ticket.model.messages import Opening, Reply

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, without characters that are easily confused."""
_DIGITS = 12


def ticket_number(caller: str, key: str | None) -> str:
    """Three groups of four: random, or derived from the caller and the key."""
    if key is None:
        return _grouped(secrets.randbelow(32) for _ in range(_DIGITS))
    # A key cannot contain NUL, so different pairs give different texts.
    digest = sha256(f"{key}\0{caller}".encode()).digest()
    return _grouped(byte % 32 for byte in digest[:_DIGITS])


def opening(
    request: OpenTicket,
    *,
    by: Actor,
    key: str | None,
    policy: SupportPolicy | None,
    contract: Contract | None,
    received_at: datetime,
) -> Opening:
    """The opening of a ticket; RequestRefused if the policy does not accept the request.

    Without a readable contract and policy the ticket opens all the same; its terms are settled
    later, as of its receipt.
    """
    facts = _facts(request)
    if policy is None or contract is None:
        terms = unsettled_terms(request.account, facts, received_at)
    else:
        terms = settle(policy, contract, facts, received_at)
    return Opening(
        number=ticket_number(by.id, key),
        received_at=received_at,
        opened_by=by,
        subject=request.subject,
        description=request.description,
        terms=terms,
        request=SettlementRequest(
            account=request.account,
            ticket=facts.model_dump(mode="json", exclude_defaults=True),
            received_at=received_at,
        ),
        publication=request.publication,
        fingerprint=request_fingerprint(request, by),
    )


def request_fingerprint(request: OpenTicket, by: Actor) -> str:
    """A hash of the request and its caller."""
    # Without defaults, so that a field added by newer code does not change fingerprints.
    return fingerprint(f"{by.id} {by.role} {request.model_dump_json(exclude_defaults=True)}")


def is_replayed(reply: Reply, opened: Opening) -> bool:
    """Whether the reply is for an earlier opening with the same key."""
    return reply.received_at != opened.received_at


def _facts(request: OpenTicket) -> TicketFacts:
    return TicketFacts(
        requester=Requester(**request.requester.model_dump()),
        channel=request.channel,
        kind=request.kind,
        priority=request.priority,
        publication=request.publication,
        facts=dict(request.facts),
    )


def _grouped(values: Iterable[int]) -> str:
    digits = "".join(CROCKFORD[value] for value in values)
    return "-".join(digits[start : start + 4] for start in range(0, _DIGITS, 4))
