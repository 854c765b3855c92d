"""The route that erases a person."""

from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Request, Response, status
from pydantic import Field, StrictBool

from api.audit.entry import AuditedActor
from api.gate.client_address import client_address
from api.http import problem_types
from api.http.auth import AuthenticCaller, check_granted
from api.http.body import Body
from api.http.error_handlers import RETRY_AFTER_SECONDS, unavailable
from api.http.openapi import example_of, problem_responses, with_example
from api.http.parameters import refuse_unknown_parameters
from api.http.problems import Problem
from api.identity.caller import Caller
from api.identity.grantable import ERASE_PERSONAL_DATA, ERASERS
from api.identity.keys.key_store import KeyStoreUnusable
from api.personal_data.running_erasures import RunningErasures, TooManyErasures
from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine
from workflows.client.erasure.erasure import Order
from workflows.client.erasure.report import ErasureReport, OpenTicket, Outcome

MOST_LISTED = 50
"""Open tickets that a refusal lists; a dry run lists all."""
router = APIRouter(
    prefix="/personal-data",
    tags=["Personal data"],
    dependencies=[Depends(refuse_unknown_parameters)],
)


class ErasureBody(Body):
    """Whom to forget. The address is in the body, because URLs are logged."""

    requester: EmailAddress = Field(
        description="E-mail address of the person, of any account.",
        examples=["mia@harbour.example"],
    )
    close_open: StrictBool = Field(
        default=False, description="Whether open tickets of the person are withdrawn first."
    )
    dry_run: StrictBool = Field(
        default=False, description="Whether only to report what would be erased."
    )
    actors: Annotated[tuple[OneLine, ...], Field(max_length=20)] = Field(
        default=(),
        description="Further ids under which the person acted, such as the subject at an identity "
        "provider.",
    )


async def _erasures(request: Request) -> RunningErasures:
    erasures: RunningErasures = request.app.state.erasures
    return erasures


Erasures: TypeAlias = Annotated[RunningErasures, Depends(_erasures)]
_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "The erasure is running: the report so far. Send the same request again.",
        "model": ErasureReport,
        "headers": {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        },
    },
    **problem_responses(
        problem_types.MALFORMED_BODY,
        problem_types.UNAUTHENTICATED,
        problem_types.WRONG_ROLE,
        problem_types.ACTION_NOT_GRANTED,
        problem_types.TICKETS_OPEN,
        problem_types.BODY_TOO_LARGE,
        problem_types.UNSUPPORTED_MEDIA_TYPE,
        problem_types.INVALID_REQUEST,
        problem_types.DESK_UNAVAILABLE,
    ),
}


@router.post(
    "/erasure",
    operation_id=ERASE_PERSONAL_DATA,
    summary="Erase a person",
    openapi_extra=with_example(example_of(ErasureBody)),
    responses=_RESPONSES,
)
async def erase_personal_data(
    request: Request,
    response: Response,
    caller: AuthenticCaller,
    erasures: Erasures,
    body: ErasureBody,
) -> ErasureReport:
    """Erases all tickets with this requester, removes the person from accounts, and revokes API
    keys with the address. Nothing can bring them back. While the erasure is running, the response
    is `202`: send the same request again until it is `200`. Then `outcome` is `erased`,
    `nothing_left`, or `incomplete`, which another request continues.

    By: operator, with a token for all accounts.
    """
    _check_eraser(caller)
    order = Order(body.requester, close_open=body.close_open, actors=body.actors)
    actor = AuditedActor(id=caller.actor.id, role=caller.actor.role, credential=caller.credential)
    source = client_address(request.scope)
    try:
        report = await erasures.report(order, actor, source, is_plan=body.dry_run)
    except TooManyErasures:
        raise unavailable("too many erasures are running at the moment") from None
    except KeyStoreUnusable:
        raise unavailable("API keys cannot be read at the moment") from None
    if report.outcome is Outcome.REFUSED:
        raise Problem(problem_types.TICKETS_OPEN, _open(report.open))
    if report.outcome is Outcome.RUNNING:
        response.status_code = status.HTTP_202_ACCEPTED
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return report


def _check_eraser(caller: Caller) -> None:
    role = caller.actor.role
    if role not in ERASERS:
        raise Problem(
            problem_types.WRONG_ROLE,
            f"only {', '.join(ERASERS)} can erase a person, not {role}",
        )
    check_granted(caller, ERASE_PERSONAL_DATA)
    if caller.is_limited:
        raise Problem(
            problem_types.WRONG_ROLE,
            "a person is erased from all accounts, and this token is limited to some of them",
        )


def _open(tickets: list[OpenTicket]) -> str:
    listed = ", ".join(f"{each.number} ({each.stage})" for each in tickets[:MOST_LISTED])
    more = f", and {len(tickets) - MOST_LISTED:,} more" if len(tickets) > MOST_LISTED else ""
    return f"nothing was erased, because {len(tickets):,} tickets are open: {listed}{more}"
