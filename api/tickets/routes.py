"""The routes of tickets: open one, read one, find some."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from activities.ports import ContractUnavailable, UnknownAccount
from api.dependencies import Dependencies, DependsOnDesk
from api.http import problems
from api.http.auth import AuthenticCaller, Caller
from api.http.openapi import refusals
from api.http.parameters import Key, Number, refuse_unknown_parameters
from api.http.problems import Problem
from api.listing.filters import TicketFilters
from api.listing.models import TicketPage
from api.tickets.access import check_visible, visible_ticket
from api.tickets.models import OpenTicket, TicketDocument, TicketOpened, Timeline
from api.tickets.opening import is_repetition, opening, request_fingerprint, ticket_number
from policies.loading.policy_catalog import UnknownPolicy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.admission import RequestRefused
from policies.terms.overrides import OverridesRefused, apply_overrides
from policies.vocabulary import Role
from workflows.client.tickets import TicketUnknown
from workflows.ticket.model.messages import TicketView

OPENERS = (Role.REQUESTER, Role.SERVICE, Role.AGENT, Role.OPERATOR)
"""Who opens tickets."""
logger = logging.getLogger(__name__)
router = APIRouter(
    prefix="/tickets", tags=["Tickets"], dependencies=[Depends(refuse_unknown_parameters)]
)
_READING = (problems.UNAUTHENTICATED, problems.INVALID_REQUEST, problems.DESK_UNAVAILABLE)
_OPENED = {
    "description": "The ticket is open, or closed at once because the request is not eligible.",
    "headers": {
        "Location": {"description": "Where the ticket is.", "schema": {"type": "string"}},
        "Idempotency-Replayed": {
            "description": "`true` when the ticket was opened by an earlier request with this key.",
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
    responses={
        201: _OPENED,
        **refusals(
            problems.MALFORMED_BODY,
            problems.UNAUTHENTICATED,
            problems.WRONG_ROLE,
            problems.BODY_TOO_LARGE,
            problems.UNSUPPORTED_MEDIA_TYPE,
            problems.INVALID_REQUEST,
            problems.REQUEST_REFUSED,
            problems.UNKNOWN_ACCOUNT,
            problems.KEY_REUSED,
            problems.TOO_FAST,
            problems.DESK_UNAVAILABLE,
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
    """Opens a ticket under the account's contract, with the promises of the policy in force.

    The answer has the number, every clock with the instant it is due, and the words of the
    policy where it guarantees nothing. Send an `Idempotency-Key`: a repetition is answered 201
    with the same ticket, and another request with the same key is refused. An account that opens
    many at once is held for a moment, or told when to come again; its clocks start at receipt.
    """
    _check_opener(caller, body.account)
    received_at = desk.now()
    await asyncio.sleep(desk.pace.reserve(body.account))
    contract: Contract | None = None
    policy: SupportPolicy | None = None
    try:
        contract = await desk.contracts.find(body.account)
        policy = desk.catalogue.in_force(contract.policy, received_at)
        apply_overrides(policy, contract.overrides)
    except (ContractUnavailable, OverridesRefused, UnknownPolicy) as error:
        contract = policy = None
        # The ticket knows enough of itself to be received; its terms follow.
        logger.warning(
            "the terms of a ticket of %s are settled later: %s",
            body.account,
            error,
            extra={"account": body.account},
        )
    try:
        opened = opening(
            body,
            by=caller.actor,
            key=idempotency_key,
            policy=policy,
            contract=contract,
            received_at=received_at,
        )
    except RequestRefused:
        earlier = await _opened_earlier(desk, caller, body, idempotency_key)
        if earlier is None:
            raise
        response.headers["Location"] = f"/tickets/{earlier.number}"
        response.headers["Idempotency-Replayed"] = "true"
        return TicketOpened.of(earlier)
    reply = await desk.tickets.open(opened)
    logger.info(
        "ticket=%s opened by=%s stage=%s",
        reply.number,
        caller.actor.role,
        reply.stage,
        extra={"ticket": reply.number, "account": body.account},
    )
    response.headers["Location"] = f"/tickets/{reply.number}"
    if is_repetition(reply, opened):
        response.headers["Idempotency-Replayed"] = "true"
    return TicketOpened.of(reply)


@router.get(
    "",
    operation_id="list_tickets",
    summary="Find tickets",
    response_model_exclude_none=True,
    responses=refusals(*_READING),
)
async def list_tickets(
    desk: DependsOnDesk, caller: AuthenticCaller, filters: Annotated[TicketFilters, Query()]
) -> TicketPage:
    """Tickets, soonest due first; then open ones with nothing due, then closed ones, both newest
    first.

    The list follows a ticket within some 40 milliseconds, so right after an action it may show
    what was before. Closed tickets are listed as long as the Temporal namespace retains them.
    """
    return await desk.listing.page(filters, caller.account)


@router.get(
    "/{number}",
    operation_id="read_ticket",
    summary="Read a ticket",
    response_model_exclude_none=True,
    responses=refusals(*_READING, problems.TICKET_UNKNOWN),
)
async def read_ticket(
    desk: DependsOnDesk, caller: AuthenticCaller, number: Number
) -> TicketDocument:
    """Everything about a ticket as it stands, and what the caller can do on it."""
    view = await visible_ticket(desk, caller, number)
    return TicketDocument.showing(view)


@router.get(
    "/{number}/timeline",
    operation_id="read_timeline",
    summary="Read what happened",
    response_model_exclude_none=True,
    responses=refusals(*_READING, problems.TICKET_UNKNOWN),
)
async def read_timeline(desk: DependsOnDesk, caller: AuthenticCaller, number: Number) -> Timeline:
    """Every event of a ticket, oldest first. Requesters do not see internal notes."""
    await check_visible(desk, caller, number)
    return Timeline.of(number, await desk.tickets.timeline(number, caller.actor.role))


async def _opened_earlier(
    desk: Dependencies, caller: Caller, body: OpenTicket, key: str | None
) -> TicketView | None:
    """The ticket that this very request opened before the contract changed; None without one."""
    if key is None:
        return None
    try:
        view = await desk.tickets.view(ticket_number(caller.actor.id, key), caller.actor.role)
    except TicketUnknown:
        return None
    return view if view.fingerprint == request_fingerprint(body, caller.actor) else None


def _check_opener(caller: Caller, account: str) -> None:
    role = caller.actor.role
    if role not in OPENERS:
        raise Problem(
            problems.WRONG_ROLE, f"tickets are opened by {', '.join(OPENERS)}, not by {role}"
        )
    if not caller.may_see(account):
        # The same words as for an account that is not there.
        raise UnknownAccount(f"There is no account {account!r}")
