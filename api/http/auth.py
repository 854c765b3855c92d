"""Authentication of callers by bearer token (RFC 6750).

`api/gate` authenticates a request before its body is read; routes receive the caller from here.
"""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.http.problem_types import ACTION_NOT_GRANTED, UNAUTHENTICATED
from api.http.problems import Problem
from api.identity.caller import Caller

CALLER = "desk.caller"
"""The key of the authenticated caller in the scope of a request."""
REFUSED_TOKEN = "desk.refused_token"
"""The key of the reason for which a token was refused, in the scope of a request."""
REALM = 'Bearer realm="durable-desk"'
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A configured token, an API key, or an access token of a trusted OpenID Connect "
    "provider. It determines the role of the caller, and may limit the caller to some accounts and "
    "actions.",
)


def unauthenticated(detail: str, challenge: str) -> Problem:
    """A 401 with a challenge."""
    return Problem(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


def check_granted(caller: Caller, action: str) -> None:
    """Raises a 403 if the caller is limited to other actions."""
    if not caller.may_take(action):
        raise Problem(
            ACTION_NOT_GRANTED,
            f"this token is limited to some actions, and {action} is not one of them",
            headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope"'},
        )


async def _authenticated(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    """The caller. The parameter is for the OpenAPI description only."""
    caller: Caller | None = request.scope.get(CALLER)
    if caller is None:
        raise unauthenticated("send one bearer token", REALM)
    return caller


AuthenticCaller: TypeAlias = Annotated[Caller, Depends(_authenticated)]
"""The caller of a route, as a parameter."""
