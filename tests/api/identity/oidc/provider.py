"""An OpenID Connect provider on loopback with real keys: it can rotate them, lie and be down.

`oidc-provider-mock` issues opaque access tokens and never rotates its key, so it cannot stand in
for the providers that these tests are about.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, KeyParameters, OctKey, OKPKey, RSAKey

from api.identity.oidc.configuration import Issuer
from api.identity.oidc.oidc_tokens import _Registry
from tests.activities.adapters.http_servers import Receive, Send, serving

AUDIENCE = "durable-desk"
NOW = 1_800_000_000
"""The time of the tests, in seconds since 1970."""
MAPPING = {
    "role": {"claim": "roles", "values": {"staff": "agent", "customer": "requester"}},
    "accounts": "accounts",
    "all_accounts": ["agent"],
    "scope": {"claim": "desk_scope", "values": {"account": "account"}},
}
AnyKey = RSAKey | ECKey | OKPKey


@cache
def key_of(algorithm: str, number: int = 1) -> AnyKey:
    """A private key for the algorithm, generated once."""
    kid: KeyParameters = {"kid": f"{algorithm.lower()}-{number}"}
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", kid)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", kid)
    return RSAKey.generate_key(2048, kid)


def public(key: AnyKey, **parameters: str) -> dict[str, Any]:
    """The key as the provider publishes it."""
    return {**key.as_dict(private=False), **parameters}


def signed(
    claims: Any, key: AnyKey | OctKey | None, algorithm: str = "RS256", **header: Any
) -> str:
    """A token with this content, signed by this key whatever it is for."""
    head = {"alg": algorithm, "typ": "at+jwt", **({"kid": key.kid} if key else {}), **header}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = _Registry() if algorithm in {"RS256", "PS256", "ES256", "EdDSA"} else None
    accepted = None if registry else [algorithm]
    return jws.serialize_compact(head, payload, key, accepted, registry)


@dataclass
class Provider:
    """A running provider."""

    url: str = ""
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public(key_of("RS256"))])
    discovery: dict[str, Any] = field(default_factory=dict)
    """Changes of the discovery document."""
    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    raw: bytes | None = None
    """Sent as the keys in place of them."""
    hangs: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first request."""
    requests: list[str] = field(default_factory=list)

    def issuer(self, **changes: Any) -> Issuer:
        """Its entry in the file of issuers."""
        entry = {"issuer": self.url, "audience": AUDIENCE, "claims": MAPPING}
        return Issuer.model_validate(entry | changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of an agent; None removes one."""
        own = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "ada",
            "name": "Ada Agent",
            "roles": ["staff"],
            "iat": NOW,
            "exp": NOW + 300,
        } | changes
        return {name: value for name, value in own.items() if value is not None}

    def token(self, key: AnyKey | None = None, algorithm: str = "RS256", **changes: Any) -> str:
        """A token that it would issue, with changes."""
        return signed(self.claims(**changes), key or key_of(algorithm), algorithm)

    @property
    def key_requests(self) -> int:
        """How often its keys were fetched."""
        return self.requests.count("/jwks")

    async def answer(self, path: str, send: Send) -> None:
        """Answers a request."""
        self.requests.append(path)
        self.asked.set()
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        if self.hangs:
            await asyncio.Event().wait()
        await send(start)
        await send({"type": "http.response.body", "body": self._body(path)})

    def _body(self, path: str) -> bytes:
        if path == "/jwks":
            return self.raw if self.raw is not None else json.dumps({"keys": self.keys}).encode()
        document = {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"} | self.discovery
        return json.dumps(document).encode()


class Providers:
    """Any number of providers on one port, each with a path of its own."""

    def __init__(self) -> None:
        self.url = ""
        self._providers: list[Provider] = []

    def add(self) -> Provider:
        """Another provider, with one RSA key."""
        provider = Provider(f"{self.url}/{len(self._providers)}")
        self._providers.append(provider)
        return provider

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answers a request."""
        del receive
        _, number, path = scope["path"].split("/", 2)
        await self._providers[int(number)].answer(f"/{path}", send)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Providers]:
    """Providers on a free port. To start and stop a server takes as long as twenty tests."""
    providers = Providers()
    async with serving(providers) as providers.url:
        yield providers


class Clock:
    """A clock that tests advance. It begins with the real one, so that it is never reset, in whole
    seconds, so that sums are exact.
    """

    def __init__(self, now: float | None = None) -> None:
        self.now = float(int(time.monotonic())) if now is None else now

    def __call__(self) -> float:
        return self.now
