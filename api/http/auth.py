"""Authentication of callers by bearer token (RFC 6750).

`api/gate` authenticates a request before its body is read; routes receive the caller from here.
"""

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

CALLER = "desk.caller"
"""The key of the authenticated caller in the scope of a request."""
REALM = 'Bearer realm="durable-desk"'
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

    @property
    def key(self) -> str:
        """Tells callers apart: id, role and account. Ids are unique within an account only."""
        # None of the parts can contain a NUL.
        return f"{self.actor.id}\0{self.actor.role}\0{self.account or ''}"


def caller_of(actor: TokenActor) -> Caller:
    """The caller that a token authenticates."""
    return Caller(Actor(id=actor.id, role=actor.role, name=actor.name), actor.account)


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
