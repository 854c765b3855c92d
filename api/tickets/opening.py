"""Openings: a request becomes a ticket number, a fingerprint, and the terms it is opened under.

With an Idempotency-Key the number follows from the caller and the key, so a repetition finds
the ticket that the first attempt opened, on whichever machine that was.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from api.tickets.models import OpenTicket
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle, unsettled_terms
from policies.terms.settlement_request import SettlementRequest
from workflows.shared.action_request import Actor, fingerprint
from workflows.ticket.model.messages import Opening, Reply

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is mistaken for something else when read aloud."""
_DIGITS = 12


def ticket_number(caller: str, key: str | None) -> str:
    """Three groups of four digits: drawn at random, or following from caller and key."""
    if key is None:
        return _grouped(secrets.randbelow(32) for _ in range(_DIGITS))
    # The NUL cannot stand in a key, so no two pairs are the same text.
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
    """The request as a ticket is opened with it; RequestRefused when the policy takes it not.

    While nobody can say which contract and policy it is under, it is opened all the same, and
    its terms are settled later, as of its receipt.
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
    """The same for the same request by the same caller, whenever it comes."""
    # Without defaults, so that a field that newer code adds changes no fingerprint.
    return fingerprint(f"{by.id} {by.role} {request.model_dump_json(exclude_defaults=True)}")


def is_repetition(reply: Reply, opened: Opening) -> bool:
    """Whether the answer is that of an earlier opening with the same key."""
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
