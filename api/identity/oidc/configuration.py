"""The file of `DESK_OIDC_FILE`: the trusted issuers, and the meaning of the claims of each.

Nobody sees all accounts because a claim is missing: that has to be granted to a role by
`all_accounts`.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path as File
from typing import Annotated, ClassVar, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.identity.caller import Scope
from api.identity.oidc.documents import is_protected
from api.identity.reach import ReachProblem
from policies.documents.problems import Finding
from policies.loading.loader import checked, open_document
from policies.vocabulary import Role

LONGEST_PREFIX = 40
_PREFIX = re.compile(rf"[A-Za-z0-9._:@/-]{{0,{LONGEST_PREFIX}}}")


class Algorithm(StrEnum):
    """An accepted signature algorithm. All are asymmetric: the keys of a provider are public."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


def _issuer_url(text: str) -> str:
    parts = urlsplit(text)
    if not is_protected(text) or parts.query or parts.fragment:
        raise ValueError("must be the https URL of the provider, without query and fragment")
    return text


def _id_prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise ValueError(f"must be at most {LONGEST_PREFIX} letters, digits and ._:@/-")
    return text


Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ClaimPath: TypeAlias = Name | Annotated[tuple[Name, ...], Field(min_length=1, max_length=5)]
"""The name of a claim, or a list of names that leads to a nested one. A dot is part of a name."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EmailClaim(_Strict):
    """Where the e-mail address is."""

    claim: ClaimPath = Field(default="email", description="Claim with the address.")
    trust_unverified: bool = Field(
        default=False,
        description="Use the address without `email_verified: true`, which is about the claim "
        "`email` only. For a provider whose users cannot choose their address.",
    )


class RoleClaim(_Strict):
    """Where the role is."""

    claim: ClaimPath = Field(description="Claim with a text or a list of texts.")
    values: dict[Name, Role] = Field(
        min_length=1,
        description="Role by value of the claim. The first of the table that the token has counts.",
    )


class ScopeClaim(_Strict):
    """Where the scope of a requester is. Without a mapped value it is `own`."""

    claim: ClaimPath = Field(description="Claim with a text or a list of texts.")
    values: dict[Name, Scope] = Field(min_length=1, description="Scope by value of the claim.")


class Claims(_Strict):
    """The meaning of the claims of an issuer."""

    id: ClaimPath = Field(default="sub", description="Claim with the stable id of the actor.")
    name: ClaimPath | None = Field(default="name", description="Claim with the display name.")
    email: EmailClaim = Field(default=EmailClaim(), description="The e-mail address.")
    role: RoleClaim = Field(description="The role.")
    accounts: ClaimPath | None = Field(
        default=None, description="Claim with the id of an account, or a list of them."
    )
    all_accounts: tuple[Role, ...] = Field(
        default=(), description="Roles that see all accounts if the token names none."
    )
    scope: ScopeClaim | None = Field(default=None, description="The scope of a requester.")


class Issuer(_Strict):
    """A trusted issuer."""

    issuer: Annotated[str, AfterValidator(_issuer_url)] = Field(
        description="The issuer, exactly as in the claim `iss`."
    )
    audience: Name | Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="Accepted values of the claim `aud`: the identifier of this API, not of a "
        "client."
    )
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = Field(
        default=tuple(Algorithm), description="Accepted signature algorithms."
    )
    id_prefix: Annotated[str, AfterValidator(_id_prefix)] = Field(
        default="", description="Put before each id, so that ids of two issuers differ."
    )
    claims: Claims = Field(description="The meaning of the claims.")

    @property
    def audiences(self) -> tuple[str, ...]:
        """The accepted audiences."""
        return (self.audience,) if isinstance(self.audience, str) else self.audience


class OidcFile(_Strict):
    """The trusted issuers."""

    missing_key_hints: ClassVar[Mapping[str, str]] = {
        "issuers": "list the trusted issuers, each with issuer, audience and claims",
        "issuer": "name the provider as in the claim iss, such as https://login.example",
        "audience": "name this API as in the claim aud, such as durable-desk",
        "claims": "say which claim has the role: {role: {claim: roles, values: {staff: agent}}}",
        "role": "say which claim has the role, such as {claim: roles, values: {staff: agent}}",
        "claim": "name a claim, or a list of names for a nested one, such as [realm, roles]",
        "values": "map the values of the claim, such as {staff: agent}",
    }

    issuers: tuple[Issuer, ...] = Field(min_length=1, max_length=20)


def read_oidc_file(file: File) -> OidcFile:
    """The issuers in a YAML or JSON file.

    PolicyErrors lists all problems with their places; OSError if the file cannot be read.
    """
    return checked(open_document(file), OidcFile, _errors)


def _errors(file: OidcFile) -> Iterator[Finding]:
    """The errors between the parts of the file."""
    yield from _ambiguous_issuers(file)
    for index, issuer in enumerate(file.issuers):
        path = ("issuers", index, "claims")
        yield from _unusable_roles(path, issuer.claims)
        yield from _unverified_address(path, issuer.claims)


def _ambiguous_issuers(file: OidcFile) -> Iterator[Finding]:
    seen: set[str] = set()
    prefixes: Mapping[int, str] = {i: each.id_prefix for i, each in enumerate(file.issuers)}
    for index, issuer in enumerate(file.issuers):
        if issuer.issuer in seen:
            path = ("issuers", index, "issuer")
            yield Finding(path, "the issuer is in the list twice", "remove one of them")
        seen.add(issuer.issuer)
        others = [prefix for other, prefix in prefixes.items() if other != index]
        if any(issuer.id_prefix.startswith(other) for other in others):
            yield Finding(
                ("issuers", index, "id_prefix"),
                "a person of one issuer could have the id of a person of another",
                "give each issuer an id_prefix, none of which begins with another one",
            )


def _unverified_address(path: tuple[str | int, ...], claims: Claims) -> Iterator[Finding]:
    if claims.email.claim != "email" and not claims.email.trust_unverified:
        yield Finding(
            (*path, "email", "claim"),
            "email_verified is about the claim email, so nobody has verified this one",
            "set trust_unverified: true if users cannot choose their address",
        )


def _unusable_roles(path: tuple[str | int, ...], claims: Claims) -> Iterator[Finding]:
    for value, role in claims.role.values.items():
        place = (*path, "role", "values", value)
        if role is Role.SYSTEM:
            yield Finding(place, ReachProblem.IS_SYSTEM, "")
        elif claims.accounts is None and role not in claims.all_accounts:
            yield Finding(
                place,
                f"no token can act as {role}, because none has an account",
                "name the claim with the account in `accounts`"
                + (", or add the role to `all_accounts`" if role is not Role.REQUESTER else ""),
            )
    if Role.REQUESTER in claims.all_accounts:
        yield Finding(
            (*path, "all_accounts"),
            ReachProblem.NO_ACCOUNT,
            "name the claim with the account in `accounts`",
        )
