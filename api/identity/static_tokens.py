"""Static bearer tokens (RFC 6750) from the settings, and the actors they identify.

A token is configured in clear or as its SHA-256. Error messages name a token by its position and
never quote it.
"""

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from api.identity.authenticator import TokenRefused
from api.identity.caller import Caller, Scope
from api.identity.reach import reach_problems
from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine
from policies.vocabulary import Role
from workflows.shared.action_request import Actor

TOKENS_EXAMPLE = '{"<token>": {"id": "ada", "role": "agent"}}'

# The characters that RFC 6750 allows in an Authorization header. There is no colon, so no token
# looks like a hash.
_BEARER = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_HASH = re.compile(r"sha256:([0-9a-fA-F]{64})")


def _written_as_time(value: object) -> object:
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, datetime | str):
        return value
    raise ValueError("is not a time; write one with a UTC offset, such as 2027-01-15T17:00:00Z")


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
    expires_at: Annotated[AwareDatetime, BeforeValidator(_written_as_time)] | None = Field(
        default=None, description="When the token stops being accepted; never without it."
    )

    @property
    def caller(self) -> Caller:
        """The caller that the token authenticates."""
        return Caller(
            Actor(id=self.id, role=self.role, name=self.name),
            accounts=self.visible_accounts,
            email=self.email,
            scope=self._scope,
            credential=f"token:{self.id}",
        )

    @property
    def visible_accounts(self) -> frozenset[str] | None:
        """The only accounts that exist for it; None stands for all."""
        if self.account is not None:
            return frozenset({self.account})
        return frozenset(self.accounts) if self.accounts is not None else None

    @property
    def _scope(self) -> Scope:
        return Scope.default_of(self.role) if self.scope is None else self.scope

    def has_expired(self, now: datetime) -> bool:
        """Whether the token is no longer accepted at this time."""
        return self.expires_at is not None and now >= self.expires_at

    @model_validator(mode="after")
    def _reaches_no_further_than_stated(self) -> Self:
        if self.account is not None and self.accounts is not None:
            raise ValueError("give either account or accounts")
        accounts = self.visible_accounts
        if problems := [*reach_problems(self.role, accounts, self._scope, self.email)]:
            raise ValueError("; ".join(problems))
        return self


Tokens: TypeAlias = Mapping[SecretStr, TokenActor]
"""Actors by their tokens, each in clear or as `sha256:` and the hexadecimal SHA-256 of it."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StaticTokens:
    """Authenticates configured tokens, which can be replaced while it is in use."""

    def __init__(self, tokens: Tokens, now: Callable[[], datetime] = _utc_now) -> None:
        self._now = now
        self.replace(tokens)

    def replace(self, tokens: Tokens) -> None:
        """These tokens are accepted from now on, and no others."""
        self._entries = tuple(
            (_digest(secret), actor, actor.caller) for secret, actor in tokens.items()
        )

    def actors(self) -> tuple[TokenActor, ...]:
        """The actors of the tokens that are accepted now, in the order of the configuration."""
        now = self._now()
        return tuple(actor for actor in self.configured_actors() if not actor.has_expired(now))

    def configured_actors(self) -> tuple[TokenActor, ...]:
        """The actors of all tokens, also of those that have expired."""
        return tuple(actor for _, actor, _ in self._entries)

    async def authenticate(self, token: str) -> Caller | None:
        """The caller of a token; None if it is not configured. Raises TokenRefused if it has
        expired.

        Compares in constant time, so that response times reveal nothing about a token.
        """
        given, found = sha256(token.encode()).digest(), None
        for digest, actor, caller in self._entries:
            if hmac.compare_digest(digest, given):
                found = actor, caller
        if found is None:
            return None
        if found[0].has_expired(self._now()):
            raise TokenRefused("has expired", "expired")
        return found[1]


def hashed(token: str) -> str:
    """A token as it is configured without being readable. ValueError for what is no token."""
    if not _BEARER.fullmatch(token):
        raise ValueError("is not a bearer token: use letters, digits and -._~+/=")
    return f"sha256:{sha256(token.encode()).hexdigest()}"


def is_clear(configured: SecretStr) -> bool:
    """Whether a configured token can be read and used by whoever sees it."""
    return _HASH.fullmatch(configured.get_secret_value()) is None


def parse_tokens(configured: str | bytes | Mapping[Any, Any]) -> Tokens:
    """Reads JSON text or a mapping; one ValueError lists every mistake."""
    entries = configured if isinstance(configured, Mapping) else _decoded(configured)
    if not isinstance(entries, Mapping):
        raise ValueError(f"must be a JSON object such as {TOKENS_EXAMPLE}")
    tokens: dict[SecretStr, TokenActor] = {}
    problems: list[str] = []
    positions: dict[bytes, int] = {}
    for position, (token, actor) in enumerate(entries.items(), start=1):
        secret = token if isinstance(token, SecretStr) else SecretStr(str(token))
        if is_clear(secret) and not _BEARER.fullmatch(secret.get_secret_value()):
            problems.append(
                f"token {position} is not a bearer token: use letters, digits and -._~+/=, or "
                "sha256: and 64 hexadecimal digits"
            )
        elif (first := positions.setdefault(_digest(secret), position)) != position:
            problems.append(f"token {position} is the same as token {first}")
        try:
            tokens[secret] = TokenActor.model_validate(actor)
        except ValidationError as error:
            problems += [f"token {position}: {problem}" for problem in _field_errors(error)]
    if problems:
        raise ValueError("; ".join(problems))
    return tokens


def _digest(secret: SecretStr) -> bytes:
    text = secret.get_secret_value()
    stored = _HASH.fullmatch(text)
    return bytes.fromhex(stored[1]) if stored else sha256(text.encode()).digest()


def _field_errors(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        field = ".".join(map(str, problem["loc"]))
        message = problem["msg"].removeprefix("Value error, ")
        yield f"{field}: {message}" if field else message


def _decoded(text: str | bytes) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError:
        # The error contains the document with its tokens.
        raise ValueError("is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        # The chained error would contain the document with its tokens.
        raise ValueError(f"is not valid JSON ({error.msg} at {place})") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("has a duplicate key in a JSON object")
    return dict(pairs)
