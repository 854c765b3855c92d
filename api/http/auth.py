"""Authentication of callers by bearer token (RFC 6750)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.http.problem_types import UNAUTHENTICATED
from api.http.problems import Problem
from api.http.tokens import TokenActor
from workflows.shared.action_request import Actor

ActorFor: TypeAlias = Callable[[str], TokenActor | None]
"""Returns the actor of a token; None for an unknown token."""

_REALM = 'Bearer realm="durable-desk"'
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A configured token. It determines the role of the caller, and may limit the "
    "caller to one account.",
)


@dataclass(frozen=True)
class Caller:
    """The authenticated caller, and the only account it may access, if limited."""

    actor: Actor
    account: str | None = None

    def may_see(self, account: str) -> bool:
        """Whether the caller may read this account and its tickets."""
        return self.account in (None, account)


async def _authenticate(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    """The caller, or a 401 with the challenge of RFC 6750, section 3."""
    if credentials is None:
        raise _unauthenticated("send a bearer token", _REALM)
    actor_for: ActorFor = request.app.state.desk.actor_for
    token_actor = actor_for(credentials.credentials)
    if token_actor is None:
        raise _unauthenticated("the token is unknown", f'{_REALM}, error="invalid_token"')
    actor = Actor(id=token_actor.id, role=token_actor.role, name=token_actor.name)
    return Caller(actor, token_actor.account)


def _unauthenticated(detail: str, challenge: str) -> Problem:
    return Problem(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


AuthenticCaller: TypeAlias = Annotated[Caller, Depends(_authenticate)]
"""The caller of a route, as a parameter."""
