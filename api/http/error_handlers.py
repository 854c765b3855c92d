"""From what goes wrong to the problem that callers see: one handler for each kind of error."""

import logging
import math
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from activities.ports import ContractUnavailable, UnknownAccount
from api.http import problems
from api.http.problems import FieldError, Problem
from api.http.rate_limit import RateLimited
from api.http.validation_errors import field_errors
from policies.i18n.request_texts import PHRASES, phrase
from policies.loading.policy_catalog import UnknownPolicy
from policies.terms.admission import RequestRefused
from policies.terms.overrides import OverridesRefused
from policies.vocabulary import Stage
from workflows.client.accounts import AccountRefused
from workflows.client.tickets import ActionRefused, DeskUnavailable, TicketClosed, TicketUnknown

RETRY_AFTER_SECONDS = 5
logger = logging.getLogger(__name__)


def handle_refusals(app: FastAPI) -> None:
    """Has the app answer every error with a problem document."""
    for kind, explain in _EXPLAIN.items():
        app.add_exception_handler(kind, _handler(explain))


def _handler(explain: Callable[[Any, Request], Problem]) -> Callable[..., Any]:
    async def handle(request: Request, error: Exception) -> Response:
        return explain(error, request).response(request.url.path)

    return handle


def unavailable(detail: str) -> Problem:
    """No answer in time, and when to ask again."""
    return Problem(
        problems.DESK_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
    )


def _problem(error: Problem, _: Request) -> Problem:
    return error


def _action_refused(error: ActionRefused, _: Request) -> Problem:
    details = error.details
    return Problem(
        problems.REFUSED[error.kind],
        error.reason,
        stage=details.stage if details else None,
        allowed_actions=details.allowed_actions if details else None,
        clause=details.clause if details else None,
        language=error.language,
    )


def _account_refused(error: AccountRefused, _: Request) -> Problem:
    return Problem(
        problems.ACCOUNT_REFUSED[error.kind],
        error.reason,
        clause=error.clause,
        language=error.language,
    )


def _request_refused(error: RequestRefused, _: Request) -> Problem:
    errors = tuple(FieldError(field=o.field, message=o.reason) for o in error.objections)
    return Problem(
        problems.REQUEST_REFUSED,
        phrase(error.locale, "refused"),
        errors=errors,
        language=PHRASES.language(error.locale),
    )


def _unknown_account(error: UnknownAccount, _: Request) -> Problem:
    at_fault = FieldError(field="account", message="there is no such account")
    return Problem(problems.UNKNOWN_ACCOUNT, str(error), errors=(at_fault,))


def _contract_unavailable(
    error: ContractUnavailable | UnknownPolicy | OverridesRefused, _: Request
) -> Problem:
    # What is wrong with the file is for its owner, not for whoever opens a ticket.
    logger.error("%s", error)
    detail = "the contract of this account, or its policy, cannot be used at the moment"
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Problem(problems.CONTRACT_UNAVAILABLE, detail, headers=headers)


def _ticket_unknown(error: TicketUnknown, _: Request) -> Problem:
    return Problem(problems.TICKET_UNKNOWN, str(error))


def _ticket_closed(error: TicketClosed, _: Request) -> Problem:
    return Problem(
        problems.TICKET_CLOSED,
        str(error),
        stage=Stage.CLOSED,
        allowed_actions=(),
        language=error.language,
    )


def _too_fast(error: RateLimited, _: Request) -> Problem:
    seconds = str(math.ceil(error.retry_after))
    detail = f"{error}; come again in {seconds} s"
    return Problem(problems.TOO_FAST, detail, headers={"Retry-After": seconds})


def _desk_unavailable(error: DeskUnavailable, request: Request) -> Problem:
    asked_of = {"ticket": request.path_params.get("number")}
    logger.warning("%s %s: %s", request.method, request.url.path, error, extra=asked_of)
    return unavailable(str(error))


def _invalid(error: RequestValidationError, request: Request) -> Problem:
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        fault = found[0]
        detail = f"{fault['ctx']['error']} at character {fault['loc'][-1]}"
        return Problem(problems.MALFORMED_BODY, detail)
    errors = tuple(field_errors(found, request.scope.get("endpoint")))
    return Problem(problems.INVALID_REQUEST, "; ".join(_lines(errors)), errors=errors)


def _lines(errors: tuple[FieldError, ...]) -> list[str]:
    return [f"{error.field}: {error.message}" for error in errors]


def _framework(error: HTTPException, request: Request) -> Problem:
    kind = problems.OF_STATUS.get(error.status_code, problems.INTERNAL_ERROR)
    return Problem(
        kind,
        f"{request.method} {request.url.path}: {kind.title.lower()}",
        headers=dict(error.headers or {}),
    )


def _unexpected(_: Exception, __: Request) -> Problem:
    return Problem(problems.INTERNAL_ERROR, "the request could not be completed")


_EXPLAIN: dict[type[Exception], Callable[[Any, Request], Problem]] = {
    Problem: _problem,
    ActionRefused: _action_refused,
    AccountRefused: _account_refused,
    RequestRefused: _request_refused,
    UnknownAccount: _unknown_account,
    ContractUnavailable: _contract_unavailable,
    UnknownPolicy: _contract_unavailable,
    OverridesRefused: _contract_unavailable,
    TicketUnknown: _ticket_unknown,
    TicketClosed: _ticket_closed,
    RateLimited: _too_fast,
    DeskUnavailable: _desk_unavailable,
    RequestValidationError: _invalid,
    HTTPException: _framework,
    Exception: _unexpected,
}
