"""Turns exceptions into problem responses, by one table."""

import logging
import math
from collections.abc import Callable, Iterable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from activities.ports import ContractUnavailable, UnknownAccount
from api.http import problem_types
from api.http.action_ids import shown
from api.http.auth import CALLER
from api.http.known_paths import allowed_methods, similar_path
from api.http.problems import FieldError, Problem
from api.http.rate_limit import RateLimited
from api.http.security_headers import SECURITY_HEADERS
from api.http.validation_errors import field_errors
from api.identity.caller import Caller
from encryption.errors import DataKeyDestroyed, EncryptionError
from policies.coverage.stated_facts import Objection
from policies.i18n.request_texts import PHRASES, phrase
from policies.loading.policy_catalog import UnknownPolicy
from policies.terms.admission import RequestRefused
from policies.terms.overrides import OverridesRefused
from workflows.client.accounts import AccountRefused
from workflows.client.calls import DeskUnavailable
from workflows.client.ticket_errors import ActionRefused, TicketUnknown

RETRY_AFTER_SECONDS = 5
logger = logging.getLogger(__name__)


def register_error_handlers(app: FastAPI) -> None:
    """Makes the app respond to every exception with a problem document."""
    for exception, to_problem in _PROBLEMS.items():
        app.add_exception_handler(exception, _handler(to_problem))


def _handler(to_problem: Callable[[Any, Request], Problem]) -> Callable[..., Any]:
    async def handle(request: Request, error: Exception) -> Response:
        return to_problem(error, request).response(request.url.path)

    return handle


def unavailable(detail: str) -> Problem:
    """The problem for a request without a response in time, with Retry-After."""
    return Problem(
        problem_types.DESK_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
    )


def _problem(error: Problem, _: Request) -> Problem:
    return error


def _action_refused(error: ActionRefused, request: Request) -> Problem:
    type, details = problem_types.TICKET_PROBLEMS[error.kind], error.details
    if details is None:
        return Problem(type, shown(error.reason), language=error.language)
    caller: Caller | None = request.scope.get(CALLER)
    allowed = details.allowed_actions
    if caller is not None and allowed is not None:
        allowed = tuple(filter(caller.may_take, allowed))
    at_fault = (FieldError(field=details.field, message=error.reason),) if details.field else None
    return Problem(
        type,
        shown(error.reason),
        stage=details.stage,
        allowed_actions=allowed,
        merged_into=details.merged_into,
        clause=details.clause,
        errors=_field_errors(details.objections) if details.objections else at_fault,
        language=error.language,
    )


def _account_refused(error: AccountRefused, _: Request) -> Problem:
    return Problem(
        problem_types.ACCOUNT_PROBLEMS[error.kind],
        shown(error.reason),
        clause=error.clause,
        language=error.language,
    )


def _request_refused(error: RequestRefused, _: Request) -> Problem:
    return Problem(
        problem_types.REQUEST_REFUSED,
        phrase(error.locale, "refused"),
        errors=_field_errors(error.objections),
        language=PHRASES.language(error.locale),
    )


def _field_errors(objections: Iterable[Objection]) -> tuple[FieldError, ...]:
    return tuple(FieldError(field=o.field, message=o.reason) for o in objections)


def _unknown_account(error: UnknownAccount, _: Request) -> Problem:
    field = FieldError(field="account", message="there is no such account")
    return Problem(problem_types.UNKNOWN_ACCOUNT, str(error), errors=(field,))


def _contract_unavailable(
    error: ContractUnavailable | UnknownPolicy | OverridesRefused, _: Request
) -> Problem:
    # The details are for the owner of the file, not for the caller.
    logger.error("%s", error)
    detail = "the contract of this account, or its policy, cannot be used at the moment"
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Problem(problem_types.CONTRACT_UNAVAILABLE, detail, headers=headers)


def _ticket_unknown(error: TicketUnknown, _: Request) -> Problem:
    return Problem(problem_types.TICKET_UNKNOWN, str(error))


def _erased(error: DataKeyDestroyed, request: Request) -> Problem:
    subject = error.scope.replace("/", " ")
    caller: Caller | None = request.scope.get(CALLER)
    if caller is None or (caller.is_limited and "number" in request.path_params):
        # Nobody can tell any more whether the ticket was one that exists for the caller.
        return Problem(problem_types.TICKET_UNKNOWN, f"there is no {subject}")
    return Problem(problem_types.TICKET_ERASED, f"the data of {subject} was erased")


def _undecryptable(error: EncryptionError, request: Request) -> Problem:
    # The details are for operators, not for the caller.
    logger.error("%s %s: %s", request.method, request.url.path, error)
    return unavailable("the data cannot be decrypted at the moment")


def _rate_limited(error: RateLimited, _: Request) -> Problem:
    seconds = str(math.ceil(error.retry_after))
    detail = f"{error}; retry in {seconds} s"
    return Problem(problem_types.TOO_MANY_REQUESTS, detail, headers={"Retry-After": seconds})


def _desk_unavailable(error: DeskUnavailable, request: Request) -> Problem:
    ticket = {"ticket": request.path_params.get("number")}
    logger.warning("%s %s: %s", request.method, request.url.path, error, extra=ticket)
    return unavailable(str(error))


def _invalid(error: RequestValidationError, request: Request) -> Problem:
    pydantic_errors = error.errors()
    if any(each["type"] == "json_invalid" for each in pydantic_errors):
        first = pydantic_errors[0]
        # Some of Python's messages end in "at".
        what = first["ctx"]["error"].removesuffix(" at")
        detail = f"{what} at character {first['loc'][-1]}"
        return Problem(problem_types.MALFORMED_BODY, detail)
    errors = tuple(field_errors(pydantic_errors, request.scope.get("endpoint")))
    detail = "; ".join(f"{each.field}: {each.message}" for each in errors)
    return Problem(problem_types.INVALID_REQUEST, detail, errors=errors)


def _framework(error: HTTPException, request: Request) -> Problem:
    type = problem_types.FRAMEWORK_ERRORS.get(error.status_code, problem_types.INTERNAL_ERROR)
    detail = f"{request.method} {request.url.path}: {type.title.lower()}"
    headers = dict(error.headers or {})
    if type is problem_types.METHOD_NOT_ALLOWED:
        # The framework names the methods of one route only.
        headers["Allow"] = ", ".join(allowed_methods(request))
    elif type is problem_types.NOT_FOUND and (similar := similar_path(request)):
        detail += f"; did you mean {similar}?"
    return Problem(type, detail, headers=headers)


def _unexpected(_: Exception, __: Request) -> Problem:
    # The framework sends this response past the middleware that adds these headers.
    detail = "the request could not be completed"
    return Problem(problem_types.INTERNAL_ERROR, detail, headers=dict(SECURITY_HEADERS))


_PROBLEMS: dict[type[Exception], Callable[[Any, Request], Problem]] = {
    Problem: _problem,
    ActionRefused: _action_refused,
    AccountRefused: _account_refused,
    RequestRefused: _request_refused,
    UnknownAccount: _unknown_account,
    ContractUnavailable: _contract_unavailable,
    UnknownPolicy: _contract_unavailable,
    OverridesRefused: _contract_unavailable,
    TicketUnknown: _ticket_unknown,
    DataKeyDestroyed: _erased,
    EncryptionError: _undecryptable,
    RateLimited: _rate_limited,
    DeskUnavailable: _desk_unavailable,
    RequestValidationError: _invalid,
    HTTPException: _framework,
    Exception: _unexpected,
}
