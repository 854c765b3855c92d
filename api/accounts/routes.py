"""The routes of accounts: outages and availability, enablement hours, credits and claims."""

import secrets
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Path, Query, Response, status

from activities.ports import UnknownAccount
from api.accounts.models import (
    AccountDocument,
    CancelBody,
    ClaimBody,
    ClaimDocument,
    CorrectionBody,
    CreditDocument,
    EnablementDocument,
    EndBody,
    MonthDocument,
    MonthQuery,
    NoBody,
    OutageBody,
    OutageDocument,
    RefusalBody,
    SessionBody,
    SessionTaken,
)
from api.dependencies import Dependencies, DependsOnDesk
from api.http import problems
from api.http.auth import AuthenticCaller, Caller
from api.http.body import Body
from api.http.openapi import refusals
from api.http.parameters import Key, refuse_unknown_parameters
from api.http.problems import Kind, Problem
from policies.accounts.account_terms import AccountTerms
from policies.business_time.months import Month
from workflows.account.messages import (
    ACCOUNT_ACTION_INPUTS,
    AccountAction,
    AccountReply,
    AccountView,
)
from workflows.shared.action_request import ActionInput, ActionRequest

router = APIRouter(
    prefix="/accounts/{account}",
    tags=["Accounts"],
    dependencies=[Depends(refuse_unknown_parameters)],
)
CANCELLED = CancelBody()
ADOPTED = NoBody()
_READING = (
    problems.UNAUTHENTICATED,
    problems.ACCOUNT_UNKNOWN,
    problems.INVALID_REQUEST,
    problems.CONTRACT_UNAVAILABLE,
    problems.DESK_UNAVAILABLE,
)
_ACTING = (
    *_READING,
    problems.MALFORMED_BODY,
    problems.WRONG_ROLE,
    problems.NO_SUCH_ENTRY,
    problems.NOT_PROMISED,
    problems.TOO_LATE,
    problems.ALREADY_SETTLED,
    problems.RECORD_FULL,
    problems.BODY_TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.INVALID_CONTENT,
    problems.KEY_REUSED,
)
_READ: dict[str, Any] = {"response_model_exclude_none": True, "responses": refusals(*_READING)}


def _acts(*more: Kind, created: str | None = None) -> dict[str, Any]:
    """What every route of an action has."""
    responses = refusals(*_ACTING, *more)
    options = {"response_model_exclude_none": True, "responses": responses}
    if created is None:
        return options
    location = {"description": f"Where {created} are listed.", "schema": {"type": "string"}}
    responses[201] = {"description": "Done.", "headers": {"Location": location}}
    return options | {"status_code": status.HTTP_201_CREATED}


async def _terms(
    desk: DependsOnDesk,
    caller: AuthenticCaller,
    account: Annotated[
        str, Path(description="The account.", examples=["harbour-media"], max_length=200)
    ],
) -> AccountTerms:
    """The terms that the account would begin with; unknown when the caller may not see it."""
    unknown = Problem(problems.ACCOUNT_UNKNOWN, "there is no such account")
    if not caller.may_see(account):
        raise unknown
    try:
        contract = await desk.contracts.find(account)
    except UnknownAccount:
        raise unknown from None
    policy = desk.catalogue.in_force(contract.policy, desk.now())
    return desk.settle_account(policy, contract)


Terms: TypeAlias = Annotated[AccountTerms, Depends(_terms)]
Entry: TypeAlias = Annotated[
    str, Path(description="The id of an entry.", examples=["outage-1"], max_length=80)
]


async def _view(desk: DependsOnDesk, terms: Terms) -> AccountView:
    return await desk.accounts.view(terms, desk.now())


View: TypeAlias = Annotated[AccountView, Depends(_view)]


class Doing:
    """Takes actions on one account, as the caller, under the key of the request."""

    def __init__(
        self, desk: Dependencies, caller: Caller, terms: AccountTerms, key: str | None
    ) -> None:
        self._desk = desk
        self._actor = caller.actor
        self._id = key or secrets.token_urlsafe(12)
        self.terms = terms

    async def __call__(self, action: AccountAction, body: Body, **more: Any) -> AccountReply:
        """The reply of the account."""
        content = ACCOUNT_ACTION_INPUTS[action].model_validate(body.model_dump() | more)
        act = ActionRequest[ActionInput](id=self._id, actor=self._actor, content=content)
        return await self._desk.accounts.act(self.terms, action, act)


async def _doing(
    desk: DependsOnDesk, caller: AuthenticCaller, terms: Terms, idempotency_key: Key = None
) -> Doing:
    return Doing(desk, caller, terms, idempotency_key)


Do: TypeAlias = Annotated[Doing, Depends(_doing)]


@router.get("", operation_id="read_account", summary="Read an account", **_READ)
async def read_account(view: View) -> AccountDocument:
    """Under which terms an account stands, its hours, its months and its credits."""
    return AccountDocument.showing(view)


@router.post("/terms", operation_id="adopt_terms", summary="Adopt new terms", **_acts())
async def adopt_terms(desk: DependsOnDesk, do: Do, body: NoBody = ADOPTED) -> AccountDocument:
    """Has the account go on under its contract and policy as they stand now. It keeps the terms
    it began with until then.

    By: operator.
    """
    await do(AccountAction.ADOPT_TERMS, body, terms=do.terms)
    return AccountDocument.showing(await desk.accounts.view(do.terms, desk.now()))


@router.get("/outages", operation_id="list_outages", summary="Read outages", **_READ)
async def list_outages(view: View) -> list[OutageDocument]:
    """The outages that may still change a month, in the order in which they were recorded."""
    return [OutageDocument.model_validate(outage) for outage in view.outages]


@router.post(
    "/outages", operation_id="record_outage", summary="Record an outage", **_acts(created="outages")
)
async def record_outage(do: Do, body: OutageBody, response: Response) -> OutageDocument:
    """Records a time without service. Its category decides whether it counts; a month that was
    closed without it is computed again, while it can still be claimed for.

    By: operator.
    """
    reply = await do(AccountAction.RECORD_OUTAGE, body)
    _locate(response, do, "outages")
    return OutageDocument.model_validate(_made(do.terms, reply.outage))


@router.post("/outages/{entry}/end", operation_id="end_outage", summary="End one", **_acts())
async def end_outage(do: Do, entry: Entry, body: EndBody) -> OutageDocument:
    """Gives an end to an outage that has none.

    By: operator.
    """
    reply = await do(AccountAction.END_OUTAGE, body, outage=_existing_entry(do.terms, entry))
    return OutageDocument.model_validate(_made(do.terms, reply.outage))


@router.post(
    "/outages/{entry}/correct", operation_id="correct_outage", summary="Correct one", **_acts()
)
async def correct_outage(do: Do, entry: Entry, body: CorrectionBody) -> OutageDocument:
    """Puts an outage right, for a reason; closed months are computed again, on the record, until
    their claim period is over.

    By: operator.
    """
    reply = await do(AccountAction.CORRECT_OUTAGE, body, outage=_existing_entry(do.terms, entry))
    return OutageDocument.model_validate(_made(do.terms, reply.outage))


@router.get(
    "/availability",
    operation_id="read_availability",
    summary="Read the availability of a month",
    response_model_exclude_none=True,
    responses=refusals(*_READING, problems.NO_SUCH_ENTRY),
)
async def read_availability(
    desk: DependsOnDesk, terms: Terms, filters: Annotated[MonthQuery, Query()]
) -> MonthDocument:
    """The availability of a month that has ended, or of the running one so far."""
    at = desk.now()
    month = Month.parse(filters.month) if filters.month else Month.at(at, terms.zone)
    found = await desk.accounts.availability(terms, month, at)
    if found is None:
        raise _missing(terms, "no_month", month=month)
    return MonthDocument.model_validate(found)


@router.get("/enablement", operation_id="read_enablement", summary="Read hours", **_READ)
async def read_enablement(view: View) -> EnablementDocument:
    """The hours of the contract year, what is left of them, and the sessions booked."""
    return EnablementDocument.model_validate(view)


@router.post(
    "/enablement",
    operation_id="book_session",
    summary="Book a session",
    **_acts(problems.NOTHING_LEFT, created="sessions"),
)
async def book_session(do: Do, body: SessionBody, response: Response) -> SessionTaken:
    """Books a workshop or technical session against the contract year of its date.

    By: requester, service, account_manager.
    """
    reply = await do(AccountAction.BOOK_SESSION, body)
    _locate(response, do, "enablement")
    return _session(do.terms, reply)


@router.post(
    "/enablement/{entry}/cancel", operation_id="cancel_session", summary="Cancel one", **_acts()
)
async def cancel_session(do: Do, entry: Entry, body: CancelBody = CANCELLED) -> SessionTaken:
    """Cancels a session; up to the day before, its hours are given back.

    By: requester, service, account_manager.
    """
    session = _existing_entry(do.terms, entry)
    return _session(do.terms, await do(AccountAction.CANCEL_SESSION, body, session=session))


@router.get("/credits", operation_id="list_credits", summary="Read credits", **_READ)
async def list_credits(view: View) -> list[CreditDocument]:
    """Service credits, and until when each can be claimed."""
    return [CreditDocument.model_validate(credit) for credit in view.credits]


@router.get("/claims", operation_id="list_claims", summary="Read claims", **_READ)
async def list_claims(view: View) -> list[ClaimDocument]:
    """The claims that were filed."""
    return [ClaimDocument.model_validate(claim) for claim in view.claims]


@router.post(
    "/claims", operation_id="claim_credits", summary="Claim credits", **_acts(created="claims")
)
async def claim_credits(do: Do, body: ClaimBody, response: Response) -> ClaimDocument:
    """Claims credits in writing, all that are named or none.

    By: requester, service, account_manager.
    """
    reply = await do(AccountAction.CLAIM_CREDITS, body)
    _locate(response, do, "claims")
    return ClaimDocument.model_validate(_made(do.terms, reply.claim))


@router.post("/claims/{entry}/refuse", operation_id="refuse_claim", summary="Refuse one", **_acts())
async def refuse_claim(do: Do, entry: Entry, body: RefusalBody) -> ClaimDocument:
    """Does not grant a claim, for a reason; its credits are refused with it.

    By: operator, account_manager.
    """
    reply = await do(AccountAction.REFUSE_CLAIM, body, claim=_existing_entry(do.terms, entry))
    return ClaimDocument.model_validate(_made(do.terms, reply.claim))


def _locate(response: Response, do: Doing, where: str) -> None:
    response.headers["Location"] = f"/accounts/{do.terms.account}/{where}"


def _session(terms: AccountTerms, reply: AccountReply) -> SessionTaken:
    _made(terms, reply.session)
    return SessionTaken.model_validate(reply, from_attributes=True)


def _existing_entry(terms: AccountTerms, entry: str) -> str:
    # An id that none can have is an entry unknown, and not a fault of the request's shape.
    if not (entry.isascii() and entry.isprintable()) or " " in entry:
        raise _missing(terms, "gone")
    return entry


def _made(terms: AccountTerms, found: Any) -> Any:
    """The entry; one that was made long ago may be dropped by now."""
    if found is None:
        raise _missing(terms, "gone")
    return found


def _missing(terms: AccountTerms, phrase: str, **values: object) -> Problem:
    return Problem.saying(problems.NO_SUCH_ENTRY, terms.locale, phrase, **values)
