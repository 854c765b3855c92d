"""Authentication by JWT access tokens (RFC 7519, RFC 9068) of trusted issuers.

The order of the checks is that of trust. Size, form, issuer and algorithm decide whether a
signature is looked at; nothing that a token says counts before its signature is right. The key
must be one of the issuer in the token, and of the type that the algorithm needs, so that a public
key can never serve as the secret of a symmetric algorithm.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic, time
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact

from api.identity.authenticator import TokenRefused
from api.identity.caller import Caller
from api.identity.oidc.caller_claims import caller_of
from api.identity.oidc.configuration import Algorithm, Issuer
from api.identity.oidc.signing_keys import SigningKeys, fits

LARGEST_TOKEN = 16 * 1024
"""Characters; the head of a request is limited as well."""
LARGEST_HEADER = 4 * 1024
LONGEST_KEY_ID = 200
SKEW_SECONDS = 60
"""How far the clocks of provider and API may differ."""
TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt"})
"""Accepted values of `typ` in lower case; it may also be missing (RFC 7515, 4.1.9)."""
_PARTS = 3


class _Registry(JWSRegistry):
    """The accepted algorithms, whatever the library recommends or warns of."""

    max_header_length = LARGEST_HEADER

    def __init__(self) -> None:
        # Unknown parameters of a header mean nothing, unless `crit` names them: then it is refused.
        super().__init__(algorithms=[*Algorithm], strict_check_header=False)

    def get_alg(self, name: str) -> JWSAlgModel:
        """The algorithm, which the caller has compared with those of the issuer."""
        return self.algorithms[Algorithm(name)]


_REGISTRY = _Registry()


@dataclass(frozen=True)
class _Unverified:
    """A token in the form of a JWT. Nothing in it is proven."""

    signature: CompactSignature
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class OidcTokens:
    """Authenticates the tokens of these issuers. `now` is in seconds since 1970; `clock` is
    monotonic.
    """

    def __init__(
        self,
        issuers: Iterable[Issuer],
        now: Callable[[], float] = time,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._now = now
        self._issuers = {each.issuer: (each, SigningKeys(each, clock)) for each in issuers}

    @property
    def signing_keys(self) -> tuple[SigningKeys, ...]:
        """The keys of each issuer, which have to be kept fresh by their `run`."""
        return tuple(keys for _, keys in self._issuers.values())

    async def authenticate(self, token: str) -> Caller | None:
        """As Authenticator. A token that has not the form of a JWT, or is of another issuer, is
        unknown.
        """
        if token.count(".") != _PARTS - 1:
            return None
        unverified = _parse(token)
        name = unverified.claims.get("iss")
        known = self._issuers.get(name) if isinstance(name, str) else None
        if known is None:
            return None
        issuer, keys = known
        await _check_signature(unverified, issuer, keys)
        claims = unverified.claims
        _check_type(unverified.header)
        _check_times(claims, self._now())
        _check_audience(claims, issuer)
        return caller_of(claims, issuer)


def _parse(token: str) -> _Unverified:
    if len(token) > LARGEST_TOKEN:
        raise TokenRefused(
            f"is longer than {LARGEST_TOKEN:,} characters", "too-large", is_guess=True
        )
    try:
        signature = extract_compact(token.encode(), registry=_REGISTRY)
        claims = json.loads(signature.payload or b"")
    except (JoseError, ValueError, TypeError, RecursionError):
        raise _malformed() from None
    header = signature.headers()
    if not isinstance(claims, dict) or not isinstance(header, dict):
        raise _malformed()
    return _Unverified(signature, header, claims)


async def _check_signature(token: _Unverified, issuer: Issuer, keys: SigningKeys) -> None:
    name, kid = token.header.get("alg"), token.header.get("kid")
    if name not in issuer.algorithms:
        raise TokenRefused(
            f"is not signed by {' or '.join(issuer.algorithms)}", "algorithm", is_guess=True
        )
    if not isinstance(kid, str) or len(kid) > LONGEST_KEY_ID:
        raise TokenRefused("names no key in its header", "unknown-key", is_guess=True)
    key = await keys.find(kid)
    if key is None:
        # Perhaps of a key that is new: no guess, because the next fetch may find it.
        raise TokenRefused("is signed by a key that its issuer does not have", "unknown-key")
    if not fits(key, Algorithm(name)):
        raise TokenRefused("is signed by an algorithm of another key", "algorithm", is_guess=True)
    try:
        is_right = validate_compact(token.signature, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):
        is_right = False
    if not is_right:
        raise TokenRefused("has a wrong signature", "signature", is_guess=True)


def _check_type(header: Mapping[str, Any]) -> None:
    type = header.get("typ", "jwt")
    if not isinstance(type, str) or type.lower() not in TYPES:
        raise TokenRefused("is not an access token, according to its type", "type")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires = _seconds(claims, "exp")
    if expires is None:
        raise TokenRefused("does not expire; the claim exp is missing", "times")
    if now >= expires + SKEW_SECONDS:
        raise TokenRefused("has expired", "expired")
    for claim in ("nbf", "iat"):
        begins = _seconds(claims, claim)
        if begins is not None and now < begins - SKEW_SECONDS:
            raise TokenRefused(f"is not valid yet, according to the claim {claim}", "not-yet-valid")


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    # A boolean is a number in Python. NaN and infinity compare with nothing that is meant.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise TokenRefused(f"has no time in the claim {name}", "times")
    return value


def _check_audience(claims: Mapping[str, Any], issuer: Issuer) -> None:
    given = claims.get("aud")
    values = given if isinstance(given, list) else [given]
    if not any(isinstance(each, str) and each in issuer.audiences for each in values):
        raise TokenRefused("is for another audience", "audience")
    if "cnf" in claims:
        raise TokenRefused("is bound to a key of its client, which is not checked here", "bound")


def _malformed() -> TokenRefused:
    return TokenRefused("is not a JSON Web Token", "malformed", is_guess=True)
