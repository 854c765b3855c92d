"""The routes of tickets: open, list and read."""

import asyncio
import logging
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from activities.ports import UnknownAccount
from activities.terms_settlement import opening_terms
from api.dependencies import Dependencies, DependsOnDesk
from api.http import problem_types
from api.http.auth import AuthenticCaller, check_granted
from api.http.openapi import example_of, problem_responses, with_example
from api.http.parameters import IfNoneMatch, Key, Number, refuse_unknown_parameters
from api.http.problems import FieldError, Problem
from api.identity.caller import Caller
from api.identity.grantable import OPEN_TICKET
from api.listing.filters import TicketFilters
from api.listing.internal_filters import check_filters
from api.listing.known_values import check_known
from api.listing.models import TicketPage
from api.tickets.access import as_granted, check_visible, visible_ticket
from api.tickets.entity_tags import matches, tagged
from api.tickets.models import TicketDocument, TicketOpened, Timeline
from api.tickets.opening import is_replayed, opening, ticket_number
from api.tickets.opening_body import OpenTicket
from policies.terms.admission import RequestRefused
from workflows.client.ticket_errors import TicketUnknown
from workflows.ticket.model.ticket_request import OPENERS
from workflows.ticket.model.views import TicketView

logger = logging.getLogger(__name__)
router = APIRouter(
    prefix="/tickets", tags=["Tickets"], dependencies=[Depends(refuse_unknown_parameters)]
)
_READING = (
    problem_types.UNAUTHENTICATED,
    problem_types.INVALID_REQUEST,
    problem_types.DESK_UNAVAILABLE,
)
_OPENED = {
    "description": "The ticket is open, or was closed at once because it is not eligible.",
    "headers": {
        "Location": {"description": "Path of the ticket.", "schema": {"type": "string"}},
        "Idempotency-Replayed": {
            "description": "`true` if an earlier request with this key opened the ticket.",
            "schema": {"type": "string"},
        },
    },
}


_READ = {
    "description": "The ticket.",
    "headers": {
        "ETag": {
            "description": "The version of the ticket and a hash of this response, for `If-Match` "
            "and `If-None-Match`.",
            "schema": {"type": "string"},
        },
    },
}


@router.post(
    "",
    operation_id="open_ticket",
    summary="Open a ticket",
    status_code=status.HTTP_201_CREATED,
    response_model_exclude_none=True,
    openapi_extra=with_example(example_of(OpenTicket)),
    responses={
        201: _OPENED,
        **problem_responses(
            problem_types.MALFORMED_BODY,
            problem_types.UNAUTHENTICATED,
            problem_types.WRONG_ROLE,
            problem_types.ACTION_NOT_GRANTED,
            problem_types.BODY_TOO_LARGE,
            problem_types.UNSUPPORTED_MEDIA_TYPE,
            problem_types.INVALID_REQUEST,
            problem_types.REQUEST_REFUSED,
            problem_types.UNKNOWN_ACCOUNT,
            problem_types.TICKET_ERASED,
            problem_types.KEY_REUSED,
            problem_types.TOO_MANY_REQUESTS,
            problem_types.DESK_UNAVAILABLE,
        ),
    },
)
async def open_ticket(
    desk: DependsOnDesk,
    caller: AuthenticCaller,
    body: OpenTicket,
    response: Response,
    idempotency_key: Key = None,
) -> TicketOpened:
    """Opens a ticket under the contract of the account and the policy revision in force.

    The response has the ticket number and every clock with its due time; where the policy sets no
    time, it has the wording of the policy. With an `Idempotency-Key`, a retry gets status 201 with
    the same ticket, and a different request with the same key is rejected. Requests above the rate
    limit of an account wait for a moment, or are rejected with `Retry-After`; clocks start at
    receipt.
    """
    _check_opener(caller, body)
    received_at = desk.now()
    await asyncio.sleep(desk.rate_limiter.reserve(body.account))
    try:
        terms = await opening_terms(
            desk.contracts, desk.catalog, body.account, body.ticket_facts, received_at
        )
    except RequestRefused:
        earlier = await _opened_earlier(desk, caller, body, idempotency_key)
        if earlier is None:
            raise
        response.headers["Location"] = f"/tickets/{earlier.number}"
        response.headers["Idempotency-Replayed"] = "true"
        return TicketOpened.from_reply(as_granted(caller, earlier))
    opened = opening(body, by=caller, key=idempotency_key, terms=terms, received_at=received_at)
    reply = await desk.tickets.open(opened)
    logger.info(
        "ticket=%s opened by=%s stage=%s",
        reply.number,
        caller.actor.role,
        reply.stage,
        extra={"ticket": reply.number, "account": body.account},
    )
    response.headers["Location"] = f"/tickets/{reply.number}"
    if is_replayed(reply, opened):
        response.headers["Idempotency-Replayed"] = "true"
    return TicketOpened.from_reply(as_granted(caller, reply))


@router.get(
    "",
    operation_id="list_tickets",
    summary="List tickets",
    response_model_exclude_none=True,
    responses=problem_responses(*_READING),
)
async def list_tickets(
    desk: DependsOnDesk, caller: AuthenticCaller, filters: Annotated[TicketFilters, Query()]
) -> TicketPage:
    """Lists tickets: next due first, then open tickets with nothing due, then closed tickets, the
    last two newest first. A value that neither a policy nor a ticket has is an error.

    Lists of requesters and services have no assignee, deadlines and breaches, and no filters by
    them: open tickets first, then closed ones, both newest first.

    The list is updated within some 40 milliseconds of a change, so right after an action it may
    show the state before. Closed tickets are listed for the retention period of the Temporal
    namespace.
    """
    check_filters(filters, caller)
    filters = filters.of(caller.actor.id)
    exists = partial(desk.listing.has, caller=caller)
    await check_known(filters, desk.catalog, desk.contracts, caller, exists)
    return await desk.listing.page(filters, caller)


@router.get(
    "/{number}",
    operation_id="read_ticket",
    summary="Read a ticket",
    response_model=TicketDocument,
    responses={
        200: _READ,
        304: {"description": "The ticket is as it was, according to `If-None-Match`."},
        **problem_responses(*_READING, problem_types.TICKET_UNKNOWN, problem_types.TICKET_ERASED),
    },
)
async def read_ticket(
    desk: DependsOnDesk, caller: AuthenticCaller, number: Number, if_none_match: IfNoneMatch = None
) -> Response:
    """A ticket with its conversation, its next automatic step, and the actions that the caller can
    take.

    Requesters and services get the public part: no internal notes and reasons, clocks without a
    promise, ids and addresses of staff, or notices to others.
    """
    document = TicketDocument.from_view(await visible_ticket(desk, caller, number))
    response = tagged(document)
    if if_none_match is not None and matches(if_none_match, response.headers["ETag"]):
        return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
    return response


@router.get(
    "/{number}/timeline",
    operation_id="read_timeline",
    summary="Read the timeline",
    response_model_exclude_none=True,
    responses=problem_responses(
        *_READING, problem_types.TICKET_UNKNOWN, problem_types.TICKET_ERASED
    ),
)
async def read_timeline(desk: DependsOnDesk, caller: AuthenticCaller, number: Number) -> Timeline:
    """Every event of a ticket, oldest first. Requesters and services see the public ones, and of
    these the public data.
    """
    await check_visible(desk, caller, number)
    return Timeline.from_events(number, await desk.tickets.timeline(number, caller.actor.role))


async def _opened_earlier(
    desk: Dependencies, caller: Caller, body: OpenTicket, key: str | None
) -> TicketView | None:
    """The ticket that the same request opened before the contract changed, if any."""
    if key is None:
        return None
    try:
        view = await desk.tickets.view(ticket_number(caller, body.account, key), caller.actor.role)
    except TicketUnknown:
        return None
    return view if view.fingerprint == body.fingerprint(caller.actor) else None


def _check_opener(caller: Caller, body: OpenTicket) -> None:
    role = caller.actor.role
    if role not in OPENERS:
        raise Problem(
            problem_types.WRONG_ROLE,
            f"only {', '.join(OPENERS)} can open tickets, not {role}",
        )
    check_granted(caller, OPEN_TICKET)
    if not caller.may_see(body.account):
        # The same message as for an account that does not exist.
        raise UnknownAccount(f"There is no account {body.account!r}")
    if not caller.is_own(body.requester.email):
        message = f"is not your address, {caller.email}; you open tickets for yourself"
        raise Problem(
            problem_types.INVALID_REQUEST,
            f"requester.email: {message}",
            errors=(FieldError(field="requester.email", message=message),),
        )
