"""The keys of a real provider: cached, rotated, and kept while it is down."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.identity.authenticator import AuthenticationUnavailable
from api.identity.oidc.documents import MOST_BYTES, DocumentUnusable, fetch
from api.identity.oidc.signing_keys import (
    FRESH,
    LONGEST_FRESH,
    LONGEST_USE,
    SHORTEST_FRESH,
    UNKNOWN_KEY_PAUSE,
    SigningKeys,
)
from tests.api.identity.oidc.provider import Clock, Provider, key_of, public
from tests.ports import free_port

PAUSE = UNKNOWN_KEY_PAUSE.total_seconds()


def keys_of(provider: Provider, clock: Clock | None = None) -> SigningKeys:
    return SigningKeys(provider.issuer(), clock or Clock())


class TestRotation:
    async def test_keys_are_fetched_once_for_many_tokens(self, provider: Provider) -> None:
        keys = keys_of(provider)
        found = await asyncio.gather(*(keys.find("rs256-1") for _ in range(20)))
        assert all(found)
        assert provider.key_requests == 1

    async def test_a_new_key_is_found_when_a_token_names_it(self, provider: Provider) -> None:
        clock = Clock()
        keys = keys_of(provider, clock)
        assert await keys.find("rs256-1")
        provider.keys.append(public(key_of("ES256")))
        clock.now += PAUSE
        assert await keys.find("es256-1")
        assert await keys.find("rs256-1")

    async def test_a_withdrawn_key_is_refused_after_the_next_fetch(
        self, provider: Provider
    ) -> None:
        keys = keys_of(provider)
        assert await keys.find("rs256-1")
        provider.keys = [public(key_of("ES256"))]
        await keys.refresh()
        assert await keys.find("rs256-1") is None

    async def test_invented_key_ids_cost_one_fetch_in_ten_seconds(self, provider: Provider) -> None:
        clock = Clock()
        keys = keys_of(provider, clock)
        for second in range(30):
            found = await asyncio.gather(*(keys.find(f"{second}-{i}") for i in range(20)))
            assert not any(found)
            clock.now += 1
        assert provider.key_requests == 3


class TestProviderDown:
    async def test_the_last_keys_are_used(self, provider: Provider) -> None:
        clock = Clock()
        keys = keys_of(provider, clock)
        assert await keys.find("rs256-1")
        provider.status = 503
        clock.now += LONGEST_USE.total_seconds() - 1
        assert not await keys.refresh()
        assert await keys.find("rs256-1")

    async def test_they_are_not_used_for_ever(self, provider: Provider) -> None:
        clock = Clock()
        keys = keys_of(provider, clock)
        assert await keys.find("rs256-1")
        provider.status = 503
        clock.now += LONGEST_USE.total_seconds()
        with pytest.raises(AuthenticationUnavailable):
            await keys.find("rs256-1")
        provider.status = 200
        clock.now += PAUSE
        assert await keys.find("rs256-1")

    async def test_without_any_keys_nobody_can_tell(self, provider: Provider) -> None:
        provider.status = 500
        keys = keys_of(provider)
        for _ in range(5):
            with pytest.raises(AuthenticationUnavailable):
                await keys.find("rs256-1")
        assert len(provider.requests) == 1

    async def test_one_that_cannot_be_reached_is_as_one_that_is_down(
        self, provider: Provider
    ) -> None:
        keys = SigningKeys(provider.issuer(issuer=f"http://127.0.0.1:{free_port()}"), Clock())
        with pytest.raises(AuthenticationUnavailable):
            await keys.find("rs256-1")

    async def test_one_that_hangs_is_not_waited_for(self, provider: Provider) -> None:
        provider.hangs = True
        with pytest.raises(DocumentUnusable, match="in time"):
            await fetch(f"{provider.url}/jwks", timedelta(seconds=0.05))


def _without(name: str) -> Callable[[Provider], None]:
    def change(provider: Provider) -> None:
        provider.keys = [{k: v for k, v in key.items() if k != name} for key in provider.keys]

    return change


def _with(**members: Any) -> Callable[[Provider], None]:
    def change(provider: Provider) -> None:
        provider.keys = [key | members for key in provider.keys]

    return change


def _discovery(**changes: Any) -> Callable[[Provider], None]:
    return lambda provider: provider.discovery.update(changes)


def _raw(body: bytes) -> Callable[[Provider], None]:
    return lambda provider: setattr(provider, "raw", body)


@pytest.mark.parametrize(
    "change",
    [
        _discovery(issuer="https://login.example"),
        _discovery(issuer=None),
        _discovery(jwks_uri="http://login.example/jwks"),
        _discovery(jwks_uri="file:///etc/passwd"),
        _discovery(jwks_uri="http://user@127.0.0.1/jwks"),
        _discovery(jwks_uri=None),
        _discovery(jwks_uri="https://a..b/jwks"),
        _discovery(jwks_uri="https://[::1/jwks"),
        _discovery(jwks_uri="https://xn--/jwks"),
        _discovery(jwks_uri=f"https://{'a' * 70}.example/jwks"),
        _raw(b"not JSON"),
        _raw(b"[]"),
        _raw(b"{}"),
        _raw(b'{"keys": 7}'),
        _raw(b'{"keys": [7, null, {}, {"kid": "rs256-1", "kty": "RSA", "n": 1, "e": []}]}'),
        _raw(b"[" * 10_000),
        _raw(b'{"keys": ["' + b"x" * MOST_BYTES + b'"]}'),
        _without("kid"),
        _with(use="enc"),
        _with(key_ops=["encrypt"]),
        _with(kty="oct", k="c2VjcmV0"),
        _with(kty="EC", crv="P-521"),
        _with(n="AQAB"),
        _with(alg=["RS256"]),
    ],
)
async def test_what_cannot_be_trusted_or_used_is_no_key(
    provider: Provider, change: Callable[[Provider], None]
) -> None:
    change(provider)
    with pytest.raises(AuthenticationUnavailable):
        await keys_of(provider).find("rs256-1")


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_no_redirect_is_followed(provider: Provider, status: int) -> None:
    provider.status = status
    provider.headers = [(b"location", b"/0/jwks")]
    with pytest.raises(AuthenticationUnavailable):
        await keys_of(provider).find("rs256-1")
    assert len(provider.requests) == 1


async def test_an_unusable_key_does_not_take_the_others_with_it(provider: Provider) -> None:
    provider.keys.insert(0, {"kid": "broken", "kty": "RSA", "n": "!", "e": "AQAB"})
    keys = keys_of(provider)
    assert await keys.find("rs256-1")
    assert await keys.find("broken") is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"public, max-age=1200", 1200),
        (b"max-age=0", SHORTEST_FRESH.total_seconds()),
        (b"max-age=99999999999999999999", LONGEST_FRESH.total_seconds()),
        (b"max-age=soon", FRESH.total_seconds()),
        (b"no-store", FRESH.total_seconds()),
    ],
)
async def test_keys_are_cached_as_long_as_the_provider_allows_within_bounds(
    provider: Provider, header: bytes, seconds: float
) -> None:
    provider.headers = [(b"cache-control", header)]
    keys = keys_of(provider)
    await keys.refresh()
    assert keys.fresh_for.total_seconds() == seconds


async def test_keys_are_there_before_the_first_token(provider: Provider) -> None:
    keys = keys_of(provider)
    running = asyncio.create_task(keys.run())
    async with asyncio.timeout(5):
        await provider.asked.wait()
        await keys.refresh()
    running.cancel()
    assert await keys.find("rs256-1")
    assert provider.key_requests == 1
