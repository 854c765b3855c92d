"""Entity tags of tickets (RFC 9110): the version of a ticket, and a hash of the response."""

from hashlib import sha256

from fastapi import Response

from api.tickets.models import TicketDocument


def tagged(ticket: TicketDocument) -> Response:
    """The response with a ticket. Its tag differs whenever the response does, for example when a
    notice was delivered. `If-Match` compares the version only.
    """
    body = ticket.model_dump_json(exclude_none=True).encode()
    tag = f'"{ticket.version}.{sha256(body).hexdigest()[:16]}"'
    return Response(body, media_type="application/json", headers={"ETag": tag})


def matches(if_none_match: str, tag: str) -> bool:
    """Whether the caller already has the response with this tag."""
    tags = (given.strip().removeprefix("W/") for given in if_none_match.split(","))
    return any(given in ("*", tag) for given in tags)
