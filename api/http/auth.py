"""Authentication of callers by bearer token (RFC 6750).

`api/gate` authenticates a request before its body is read; routes receive the caller from here.
"""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.http.problem_types import UNAUTHENTICATED
from api.http.problems import Problem
from api.identity.caller import Caller

CALLER = "desk.caller"
"""The key of the authenticated caller in the scope of a request."""
REALM = 'Bearer realm="durable-desk"'
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A configured token. It determines the role of the caller, and may limit the "
    "caller to one account.",
)


def unauthenticated(detail: str, challenge: str) -> Problem:
    """A 401 with a challenge."""
    return Problem(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


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
