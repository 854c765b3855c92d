"""The signing keys of one issuer, as its discovery document names them.

They are cached and fetched again:

- in the background before they are stale (`run`), as often as the provider allows to cache them;
- when a token names a key that is not among them, at most once in `UNKNOWN_KEY_PAUSE`, so that
  tokens with invented key ids cost nothing.

While the provider does not answer, the last keys are used, for at most `LONGEST_USE`: a key that
the provider has withdrawn meanwhile is not trusted for ever. A successful fetch replaces all keys.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Any, TypeAlias

from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from api.identity.authenticator import AuthenticationUnavailable
from api.identity.oidc.configuration import Algorithm, Issuer
from api.identity.oidc.documents import TIMEOUT, DocumentUnusable, Fetched, fetch, is_protected

FRESH = timedelta(minutes=10)
"""How long keys are cached if the provider does not say."""
SHORTEST_FRESH, LONGEST_FRESH = timedelta(minutes=1), timedelta(hours=1)
"""The bounds of what the provider says."""
UNKNOWN_KEY_PAUSE = timedelta(seconds=10)
FIRST_RETRY, LAST_RETRY = timedelta(seconds=5), timedelta(minutes=1)
LONGEST_USE = timedelta(hours=24)
MOST_KEYS = 100
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
_KEY_TYPES = {
    Algorithm.RS256: "RSA",
    Algorithm.PS256: "RSA",
    Algorithm.ES256: "EC P-256",
    Algorithm.EDDSA: "OKP Ed25519",
}
# RFC 9864 renamed EdDSA with this curve.
_OTHER_NAMES = {"Ed25519": Algorithm.EDDSA}

SigningKey: TypeAlias = RSAKey | ECKey | OKPKey
logger = logging.getLogger(__name__)


class SigningKeys:
    """The keys of one issuer. `clock` is monotonic, in seconds."""

    def __init__(self, issuer: Issuer, clock: Callable[[], float] = monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self.fresh_for = FRESH
        self._tried_at = float("-inf")
        self._fetching: asyncio.Task[bool] | None = None

    async def find(self, kid: str) -> SigningKey | None:
        """The key with this id; None if the issuer has none.

        Raises AuthenticationUnavailable if its keys are not known.
        """
        key = self._usable().get(kid)
        if key is None and self._clock() - self._tried_at >= UNKNOWN_KEY_PAUSE.total_seconds():
            self._begin_fetching()
        if key is None and self._fetching is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(TIMEOUT.total_seconds()):
                    await self.refresh()
            key = self._usable().get(kid)
        if key is None and not self._usable():
            raise AuthenticationUnavailable(
                "the keys of the identity provider are not available at the moment"
            )
        return key

    async def run(self) -> None:
        """Keeps the keys fresh until cancelled."""
        retry = FIRST_RETRY
        while True:
            if await self.refresh():
                retry, wait = FIRST_RETRY, self.fresh_for
            else:
                retry, wait = min(2 * retry, LAST_RETRY), retry
            await asyncio.sleep(wait.total_seconds())

    async def refresh(self) -> bool:
        """Fetches the keys, or waits for the fetch that runs; returns whether it succeeded."""
        return await asyncio.shield(self._begin_fetching())

    def _begin_fetching(self) -> "asyncio.Task[bool]":
        if self._fetching is None:
            self._tried_at = self._clock()
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._end_fetching)
        return self._fetching

    def _end_fetching(self, _: "asyncio.Task[bool]") -> None:
        self._fetching = None

    async def _fetch(self) -> bool:
        began = self._clock()
        try:
            fetched = await fetch(await self._keys_url())
            keys = dict(_signing_keys(fetched.content))
            if not keys:
                raise DocumentUnusable("has no key that can be used")
        except DocumentUnusable as error:
            logger.warning("keys of %s: the provider %s", self._issuer.issuer, error)
            return False
        # Whatever a provider sends must not end the process that reads it.
        except Exception:
            logger.exception("keys of %s: cannot be fetched", self._issuer.issuer)
            return False
        self._keys, self._fetched_at = keys, began
        self.fresh_for = _fresh_for(fetched)
        return True

    async def _keys_url(self) -> str:
        """The URL of the keys, of a discovery document that is really this issuer's."""
        issuer = self._issuer.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        document = (await fetch(url)).content
        if document.get("issuer") != issuer:
            raise DocumentUnusable(f"describes another issuer at {url}")
        keys_url = document.get("jwks_uri")
        if not isinstance(keys_url, str) or not is_protected(keys_url):
            raise DocumentUnusable(f"names no jwks_uri with https at {url}")
        return keys_url

    def _usable(self) -> Mapping[str, SigningKey]:
        if self._fetched_at is None:
            return {}
        return self._keys if self._clock() - self._fetched_at < LONGEST_USE.total_seconds() else {}


def fits(key: SigningKey, algorithm: Algorithm) -> bool:
    """Whether the key is of the type of the algorithm, and not declared for another one."""
    declared = _OTHER_NAMES.get(key.alg or "", key.alg or algorithm)
    return _kind(key) == _KEY_TYPES[algorithm] and declared == algorithm


def _fresh_for(fetched: Fetched) -> timedelta:
    if fetched.max_age is None:
        return FRESH
    return min(max(fetched.max_age, SHORTEST_FRESH), LONGEST_FRESH)


def _signing_keys(document: Mapping[str, Any]) -> Iterator[tuple[str, SigningKey]]:
    """The public keys of a JSON Web Key Set that can sign, by id. Others are left out."""
    listed = document.get("keys")
    for each in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        if isinstance(each, dict) and _may_verify(each):
            try:
                key = import_key(each)
                # Never a symmetric key: who can read it could sign.
                if isinstance(key, RSAKey | ECKey | OKPKey) and _kind(key) in _KEY_TYPES.values():
                    yield each["kid"], key
            # As above, and the other keys can be used.
            except Exception:
                logger.warning("a key of the identity provider is malformed", exc_info=True)


def _may_verify(key: Mapping[str, Any]) -> bool:
    uses = key.get("key_ops", ["verify"])
    return (
        isinstance(key.get("kid"), str)
        and isinstance(key.get("alg", ""), str)
        and key.get("use", "sig") == "sig"
        and isinstance(uses, list)
        and "verify" in uses
    )


def _kind(key: SigningKey) -> str:
    if isinstance(key, RSAKey):
        size = key.public_key.key_size
        return "RSA" if SMALLEST_RSA <= size <= LARGEST_RSA else f"RSA of {size} bits"
    return f"{key.key_type} {key.curve_name}"
