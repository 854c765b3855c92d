"""Static bearer tokens (RFC 6750) from the settings, and the actors they identify.

Error messages name a token by its position and never quote it.
"""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from api.identity.caller import Caller, Scope
from api.identity.reach import reach_problems
from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine
from policies.vocabulary import Role
from workflows.shared.action_request import Actor

TOKENS_EXAMPLE = '{"<token>": {"id": "ada", "role": "agent"}}'

# The characters that RFC 6750 allows in an Authorization header.
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


class TokenActor(BaseModel):
    """The actor that a token authenticates."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: OneLine = Field(description="Stable id, recorded with every action of the actor.")
    role: Role = Field(description="Role, which decides the actions that are allowed.")
    name: OneLine | None = Field(default=None, description="Display name in timelines and notices.")
    email: EmailAddress | None = Field(
        default=None,
        description="E-mail address: the tickets of a requester, the notices of an agent.",
    )
    account: OneLine | None = Field(
        default=None,
        description="The only account it may read and act for; all accounts without it.",
    )
    accounts: tuple[OneLine, ...] | None = Field(
        default=None, min_length=1, description="The only accounts, instead of `account`."
    )
    scope: Scope | None = Field(
        default=None,
        description="`own`, the default of requesters: only the tickets of its address. `account`: "
        "all tickets of its accounts.",
    )

    @property
    def caller(self) -> Caller:
        """The caller that the token authenticates."""
        return Caller(
            Actor(id=self.id, role=self.role, name=self.name),
            accounts=self._accounts,
            email=self.email,
            scope=self._scope,
            credential=f"token:{self.id}",
        )

    @property
    def _accounts(self) -> frozenset[str] | None:
        if self.account is not None:
            return frozenset({self.account})
        return frozenset(self.accounts) if self.accounts is not None else None

    @property
    def _scope(self) -> Scope:
        return Scope.default_of(self.role) if self.scope is None else self.scope

    @model_validator(mode="after")
    def _reaches_no_further_than_stated(self) -> Self:
        if self.account is not None and self.accounts is not None:
            raise ValueError("give either account or accounts")
        if problems := [*reach_problems(self.role, self._accounts, self._scope, self.email)]:
            raise ValueError("; ".join(problems))
        return self


Tokens: TypeAlias = Mapping[SecretStr, TokenActor]


class StaticTokens:
    """Authenticates configured tokens."""

    def __init__(self, tokens: Tokens) -> None:
        self._callers = tuple(
            (secret.get_secret_value().encode(), actor.caller) for secret, actor in tokens.items()
        )

    async def authenticate(self, token: str) -> Caller | None:
        """The caller of a token; None if it is not configured.

        Compares in constant time, so that response times reveal nothing about a token.
        """
        given, found = token.encode(), None
        for secret, caller in self._callers:
            if hmac.compare_digest(secret, given):
                found = caller
        return found


def parse_tokens(configured: str | Mapping[Any, Any]) -> Tokens:
    """Reads JSON text or a mapping; one ValueError lists every mistake."""
    entries = _decoded(configured) if isinstance(configured, str) else configured
    if not isinstance(entries, Mapping):
        raise ValueError(f"must be a JSON object such as {TOKENS_EXAMPLE}")
    tokens: dict[SecretStr, TokenActor] = {}
    problems: list[str] = []
    for position, (token, actor) in enumerate(entries.items(), start=1):
        secret = token if isinstance(token, SecretStr) else SecretStr(str(token))
        if not _BEARER.fullmatch(secret.get_secret_value()):
            problems.append(
                f"token {position} is not a bearer token: use letters, digits and -._~+/="
            )
        try:
            tokens[secret] = TokenActor.model_validate(actor)
        except ValidationError as error:
            problems += [f"token {position}: {problem}" for problem in _field_errors(error)]
    if problems:
        raise ValueError("; ".join(problems))
    return tokens


def _field_errors(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        field = ".".join(map(str, problem["loc"]))
        message = problem["msg"].removeprefix("Value error, ")
        yield f"{field}: {message}" if field else message


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        # The chained error would contain the document with its tokens.
        raise ValueError(f"is not valid JSON ({error.msg} at {place})") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("has a duplicate key in a JSON object")
    return dict(pairs)
