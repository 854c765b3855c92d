"""The claims of a verified token as a caller, by the mapping of its issuer.

A value of another type than expected counts as missing. A token without a role, or without an
account that its role needs, stands for nobody.
"""

import re
from collections.abc import Mapping
from typing import Any

from api.identity.authenticator import TokenRefused
from api.identity.caller import MOST_ACCOUNTS, Caller, Scope
from api.identity.oidc.configuration import ClaimPath, Claims, Issuer
from api.identity.reach import ReachProblem, reach_problems
from policies.email_addresses import email_address
from policies.schema.contract import SLUG, one_line
from policies.vocabulary import Role
from workflows.shared.action_request import LONGEST_CREDENTIAL, Actor

LONGEST_TEXT = 200
"""Characters of an id or a name."""
_TOKEN_ID = re.compile(r"[!-~]{1,100}")


def caller_of(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    """The caller; TokenRefused if the claims are not those of one."""
    mapping = issuer.claims
    id = _line(_value(claims, mapping.id), issuer.id_prefix)
    if id is None:
        raise TokenRefused(f"has no id in the claim {_shown(mapping.id)}", "no-id")
    role = _role(claims, mapping)
    email = _email(claims, mapping)
    scope = _scope(claims, mapping) if role is Role.REQUESTER else Scope.ACCOUNT
    accounts = _accounts(claims, mapping, role)
    for problem in reach_problems(role, accounts, scope, email):
        raise _refusal(problem, mapping)
    name = _line(_value(claims, mapping.name)) if mapping.name is not None else None
    return Caller(
        Actor(id=id, role=role, name=name),
        accounts=accounts,
        email=email,
        scope=scope,
        credential=_credential(claims, issuer),
    )


def _credential(claims: Mapping[str, Any], issuer: Issuer) -> str:
    """The issuer, and the id of the token if it has one that can be recorded whole. They are
    separated by `#`, because an issuer has no fragment.
    """
    credential, token = f"oidc:{issuer.issuer}", claims.get("jti")
    if not isinstance(token, str) or not _TOKEN_ID.fullmatch(token):
        return credential
    whole = f"{credential}#{token}"
    return whole if len(whole) <= LONGEST_CREDENTIAL else credential


def _refusal(problem: ReachProblem, mapping: Claims) -> TokenRefused:
    if problem is ReachProblem.OWN_SCOPE_WITHOUT_ADDRESS:
        reason = f"has no verified e-mail address in the claim {_shown(mapping.email.claim)}"
        return TokenRefused(f"{reason}, which a requester needs", "no-email")
    if problem is ReachProblem.NO_ACCOUNT:
        return TokenRefused("names no account, which a requester needs", "no-account")
    return TokenRefused(f"is not accepted: {problem}", "no-role")


def _role(claims: Mapping[str, Any], mapping: Claims) -> Role:
    given = _texts(_value(claims, mapping.role.claim))
    for value, role in mapping.role.values.items():
        if value in given:
            return role
    raise TokenRefused(
        f"has no role: none of the values of the claim {_shown(mapping.role.claim)} is mapped",
        "no-role",
    )


def _accounts(claims: Mapping[str, Any], mapping: Claims, role: Role) -> frozenset[str] | None:
    given = _value(claims, mapping.accounts) if mapping.accounts is not None else None
    accounts = _texts(given)
    if given is None and role in mapping.all_accounts:
        return None
    if not accounts or len(accounts) > MOST_ACCOUNTS or not all(map(_is_slug, accounts)):
        raise TokenRefused(f"names no account, which the role {role} needs", "no-account")
    return frozenset(accounts)


def _email(claims: Mapping[str, Any], mapping: Claims) -> str | None:
    given = _value(claims, mapping.email.claim)
    verified = claims.get("email_verified")
    # Some providers send booleans as texts.
    is_verified = verified is True or verified == "true"
    if not isinstance(given, str) or not (is_verified or mapping.email.trust_unverified):
        return None
    try:
        return email_address(given)
    except ValueError:
        return None


def _scope(claims: Mapping[str, Any], mapping: Claims) -> Scope:
    if mapping.scope is None:
        return Scope.OWN
    given = _texts(_value(claims, mapping.scope.claim))
    scopes = [scope for value, scope in mapping.scope.values.items() if value in given]
    return scopes[0] if scopes else Scope.OWN


def _value(claims: Mapping[str, Any], path: ClaimPath) -> Any:
    value: Any = claims
    for name in (path,) if isinstance(path, str) else path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of a claim that is one text or a list; nothing if it is something else."""
    values = value if isinstance(value, list) else [value]
    return tuple(values) if all(isinstance(each, str) for each in values) else ()


def _line(value: Any, prefix: str = "") -> str | None:
    """A text after the prefix, if it can be recorded and shown in one line."""
    if not isinstance(value, str) or not value or len(prefix + value) > LONGEST_TEXT:
        return None
    try:
        return one_line(prefix + value)
    except ValueError:
        return None


def _is_slug(text: str) -> bool:
    return re.fullmatch(SLUG, text) is not None


def _shown(path: ClaimPath) -> str:
    return path if isinstance(path, str) else ".".join(path)
