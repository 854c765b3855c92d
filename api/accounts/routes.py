"""The routes of accounts: outages and availability, enablement hours, credits and claims."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response, status
from pydantic import BaseModel

from api.accounts.bodies import (
    AcceptanceBody,
    CancelBody,
    ClaimBody,
    CorrectionBody,
    EndBody,
    MonthQuery,
    NoBody,
    OutageBody,
    RefusalBody,
    SessionBody,
)
from api.accounts.dependencies import (
    Actions,
    Claim,
    Outage,
    Session,
    Terms,
    View,
    entry_missing,
)
from api.accounts.models import (
    AccountDocument,
    ClaimDocument,
    CreditDocument,
    EnablementDocument,
    MonthDocument,
    OutageDocument,
    ServiceLevelDocument,
    SessionTaken,
)
from api.accounts.reader import Reader
from api.dependencies import DependsOnDesk
from api.http import problem_types
from api.http.openapi import example_of, problem_responses, with_example
from api.http.parameters import refuse_unknown_parameters
from api.http.problem_types import ProblemType
from policies.accounts.account_terms import AccountTerms
from policies.business_time.periods import Period
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import AccountReply

router = APIRouter(
    prefix="/accounts/{account}",
    tags=["Accounts"],
    dependencies=[Depends(refuse_unknown_parameters)],
)
T = TypeVar("T")
NO_REASON = CancelBody()
NO_REASON_TO_ACCEPT = AcceptanceBody()
NO_BODY = NoBody()
_READING = (
    problem_types.UNAUTHENTICATED,
    problem_types.ACCOUNT_UNKNOWN,
    problem_types.INVALID_REQUEST,
    problem_types.CONTRACT_UNAVAILABLE,
    problem_types.DESK_UNAVAILABLE,
)
_ACTING = (
    *_READING,
    problem_types.MALFORMED_BODY,
    problem_types.WRONG_ROLE,
    problem_types.ACTION_NOT_GRANTED,
    problem_types.NO_SUCH_ENTRY,
    problem_types.NOT_PROMISED,
    problem_types.TOO_LATE,
    problem_types.ALREADY_SETTLED,
    problem_types.RECORD_FULL,
    problem_types.BODY_TOO_LARGE,
    problem_types.UNSUPPORTED_MEDIA_TYPE,
    problem_types.INVALID_CONTENT,
    problem_types.KEY_REUSED,
)
_READ: dict[str, Any] = {
    "response_model_exclude_none": True,
    "responses": problem_responses(*_READING),
}


def _acts(body: type[BaseModel], *more: ProblemType, created: str | None = None) -> dict[str, Any]:
    """The options of the route of an action with this body."""
    responses = problem_responses(*_ACTING, *more)
    options = {
        "response_model_exclude_none": True,
        "responses": responses,
        "openapi_extra": with_example(example_of(body)),
    }
    if created is None:
        return options
    location = {"description": f"Path of the list of {created}.", "schema": {"type": "string"}}
    responses[201] = {"description": "Created.", "headers": {"Location": location}}
    return options | {"status_code": status.HTTP_201_CREATED}


@router.get("", operation_id="read_account", summary="Read an account", **_READ)
async def read_account(view: View, reader: Reader) -> AccountDocument:
    """The terms of an account, its hours, months and credits. Requesters and services get no
    notices, no internal reasons, and of staff only the role.
    """
    return reader.account(view)


@router.post("/terms", operation_id="adopt_terms", summary="Adopt new terms", **_acts(NoBody))
async def adopt_terms(
    desk: DependsOnDesk, actions: Actions, reader: Reader, body: NoBody = NO_BODY
) -> AccountDocument:
    """Moves the account to the current contract and policy. Until then it keeps the terms that it
    began with.

    By: operator.
    """
    await actions.take(AccountAction.ADOPT_TERMS, body, terms=actions.terms)
    return reader.account(await desk.accounts.view(actions.terms, desk.now()))


@router.get("/outages", operation_id="list_outages", summary="List outages", **_READ)
async def list_outages(view: View, reader: Reader) -> list[OutageDocument]:
    """The outages that can still change a month, in the order in which they were recorded."""
    return [reader.sees(OutageDocument.model_validate(outage)) for outage in view.outages]


@router.post(
    "/outages",
    operation_id="record_outage",
    summary="Record an outage",
    **_acts(OutageBody, created="outages"),
)
async def record_outage(
    actions: Actions, reader: Reader, body: OutageBody, response: Response
) -> OutageDocument:
    """Records a period without service. Its category decides whether it counts. A closed month is
    computed again while its claim period lasts.

    By: operator.
    """
    reply = await actions.take(AccountAction.RECORD_OUTAGE, body)
    _set_location(response, actions.terms, "outages")
    return reader.sees(OutageDocument.model_validate(_require(actions.terms, reply.outage)))


@router.post(
    "/outages/{entry}/end", operation_id="end_outage", summary="End an outage", **_acts(EndBody)
)
async def end_outage(
    actions: Actions, reader: Reader, entry: Outage, body: EndBody
) -> OutageDocument:
    """Sets the end of an ongoing outage.

    By: operator.
    """
    reply = await actions.take(AccountAction.END_OUTAGE, body, outage=entry)
    return reader.sees(OutageDocument.model_validate(_require(actions.terms, reply.outage)))


@router.post(
    "/outages/{entry}/correct",
    operation_id="correct_outage",
    summary="Correct an outage",
    **_acts(CorrectionBody),
)
async def correct_outage(
    actions: Actions, reader: Reader, entry: Outage, body: CorrectionBody
) -> OutageDocument:
    """Corrects an outage, for a reason. Closed months are computed again, with an event, until
    their claim period ends.

    By: operator.
    """
    reply = await actions.take(AccountAction.CORRECT_OUTAGE, body, outage=entry)
    return reader.sees(OutageDocument.model_validate(_require(actions.terms, reply.outage)))


@router.get(
    "/availability",
    operation_id="read_availability",
    summary="Read the availability of a month",
    response_model_exclude_none=True,
    responses=problem_responses(*_READING, problem_types.NO_SUCH_ENTRY),
)
async def read_availability(
    desk: DependsOnDesk, terms: Terms, reader: Reader, filters: Annotated[MonthQuery, Query()]
) -> MonthDocument:
    """The availability of a past month, or of the current month so far. Where the policy promises
    the availability of a quarter or a year, these take the place of months.
    """
    at = desk.now()
    today = at.astimezone(terms.zone).date()
    period = terms.availability_period(today)
    if filters.month:
        period = Period.parse(filters.month, terms.starts_on)
    availability = await desk.accounts.availability(terms, period, at)
    if availability is None:
        raise entry_missing(terms, "no_month", month=period.month or period.name)
    return reader.sees(MonthDocument.model_validate(availability))


@router.get(
    "/service-levels", operation_id="list_service_levels", summary="List service levels", **_READ
)
async def list_service_levels(view: View, reader: Reader) -> list[ServiceLevelDocument]:
    """Each service level in the current period so far, and in earlier periods with tickets."""
    return [
        reader.sees(ServiceLevelDocument.model_validate(level)) for level in view.service_levels
    ]


@router.get("/enablement", operation_id="read_enablement", summary="Read enablement hours", **_READ)
async def read_enablement(view: View, reader: Reader) -> EnablementDocument:
    """The allowance of the period, what is left of it, and the booked sessions."""
    return reader.sees(EnablementDocument.model_validate(view))


@router.post(
    "/enablement",
    operation_id="book_session",
    summary="Book a session",
    **_acts(SessionBody, problem_types.NOTHING_LEFT, created="sessions"),
)
async def book_session(
    actions: Actions, reader: Reader, body: SessionBody, response: Response
) -> SessionTaken:
    """Books a workshop or technical session against the contract year of its date.

    By: requester, service, account_manager.
    """
    reply = await actions.take(AccountAction.BOOK_SESSION, body)
    _set_location(response, actions.terms, "enablement")
    return reader.sees(_session(actions.terms, reply))


@router.post(
    "/enablement/{entry}/cancel",
    operation_id="cancel_session",
    summary="Cancel a session",
    **_acts(CancelBody),
)
async def cancel_session(
    actions: Actions, reader: Reader, entry: Session, body: CancelBody = NO_REASON
) -> SessionTaken:
    """Cancels a session. Until the day before, this returns its hours.

    By: requester, service, account_manager.
    """
    reply = await actions.take(AccountAction.CANCEL_SESSION, body, session=entry)
    return reader.sees(_session(actions.terms, reply))


@router.get("/credits", operation_id="list_credits", summary="List credits", **_READ)
async def list_credits(view: View, reader: Reader) -> list[CreditDocument]:
    """Service credits, with the end of their claim periods."""
    return [reader.sees(CreditDocument.model_validate(credit)) for credit in view.credits]


@router.get("/claims", operation_id="list_claims", summary="List claims", **_READ)
async def list_claims(view: View, reader: Reader) -> list[ClaimDocument]:
    """The claims of the account."""
    return [reader.sees(ClaimDocument.model_validate(claim)) for claim in view.claims]


@router.post(
    "/claims",
    operation_id="claim_credits",
    summary="Claim credits",
    **_acts(ClaimBody, created="claims"),
)
async def claim_credits(
    actions: Actions, reader: Reader, body: ClaimBody, response: Response
) -> ClaimDocument:
    """Claims credits in writing: all of them, or none if one cannot be claimed.

    By: requester, service, account_manager.
    """
    reply = await actions.take(AccountAction.CLAIM_CREDITS, body)
    _set_location(response, actions.terms, "claims")
    return reader.sees(ClaimDocument.model_validate(_require(actions.terms, reply.claim)))


@router.post(
    "/claims/{entry}/accept",
    operation_id="accept_claim",
    summary="Accept a claim",
    **_acts(AcceptanceBody),
)
async def accept_claim(
    actions: Actions, reader: Reader, entry: Claim, body: AcceptanceBody = NO_REASON_TO_ACCEPT
) -> ClaimDocument:
    """Accepts a claim that is pending, because the policy has claims reviewed.

    By: agent, operator, account_manager, as far as the policy names them.
    """
    reply = await actions.take(AccountAction.ACCEPT_CLAIM, body, claim=entry)
    return reader.sees(ClaimDocument.model_validate(_require(actions.terms, reply.claim)))


@router.post(
    "/claims/{entry}/refuse",
    operation_id="refuse_claim",
    summary="Refuse a claim",
    **_acts(RefusalBody),
)
async def refuse_claim(
    actions: Actions, reader: Reader, entry: Claim, body: RefusalBody
) -> ClaimDocument:
    """Refuses a claim, for a reason, and its credits with it.

    By: operator, account_manager, or the roles that the policy names for the review.
    """
    reply = await actions.take(AccountAction.REFUSE_CLAIM, body, claim=entry)
    return reader.sees(ClaimDocument.model_validate(_require(actions.terms, reply.claim)))


def _set_location(response: Response, terms: AccountTerms, collection: str) -> None:
    response.headers["Location"] = f"/accounts/{terms.account}/{collection}"


def _session(terms: AccountTerms, reply: AccountReply) -> SessionTaken:
    _require(terms, reply.session)
    return SessionTaken.model_validate(reply, from_attributes=True)


def _require(terms: AccountTerms, entry: T | None) -> T:
    """The entry of a reply. A retry can come after the entry was deleted."""
    if entry is None:
        raise entry_missing(terms, "gone")
    return entry
