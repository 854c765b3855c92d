"""Who is calling: bearer tokens (RFC 6750) and the actors they speak for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.http.problems import UNAUTHENTICATED, Problem
from api.http.tokens import TokenActor
from workflows.shared.action_request import Actor

ActorFor: TypeAlias = Callable[[str], TokenActor | None]
"""Finds who a token speaks for; None when nobody."""

_REALM = 'Bearer realm="durable-desk"'
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token that the desk was configured with. It decides the role of the caller, "
    "and perhaps the one account whose tickets the caller sees.",
)


@dataclass(frozen=True)
class Caller:
    """Who calls, and the one account they are limited to, if any."""

    actor: Actor
    account: str | None = None

    def may_see(self, account: str) -> bool:
        """Whether tickets of this account exist for the caller."""
        return self.account in (None, account)


async def _authenticate(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    """The caller, or a 401 that says how to become one (RFC 6750 section 3)."""
    if credentials is None:
        raise _unauthenticated("send a bearer token", _REALM)
    actor_for: ActorFor = request.app.state.desk.actor_for
    found = actor_for(credentials.credentials)
    if found is None:
        raise _unauthenticated("this token is not known here", f'{_REALM}, error="invalid_token"')
    actor = Actor(id=found.id, role=found.role, name=found.name)
    return Caller(actor, found.account)


def _unauthenticated(detail: str, challenge: str) -> Problem:
    return Problem(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


AuthenticCaller: TypeAlias = Annotated[Caller, Depends(_authenticate)]
"""The caller of a route, as a parameter."""
