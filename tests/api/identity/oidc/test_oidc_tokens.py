"""Tokens of a real provider: which are accepted, and which are refused as what."""

import base64
import json
from typing import Any

import pytest
from joserfc.jwk import OctKey

from api.identity.authenticator import TokenRefused
from api.identity.caller import Caller
from api.identity.oidc.oidc_tokens import LARGEST_TOKEN, SKEW_SECONDS, OidcTokens
from policies.vocabulary import Role
from tests.api.identity.oidc.provider import (
    NOW,
    Clock,
    Provider,
    Providers,
    key_of,
    public,
    signed,
)

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")


def tokens_of(provider: Provider, now: float = NOW, **changes: Any) -> OidcTokens:
    return OidcTokens([provider.issuer(**changes)], now=lambda: now, clock=Clock())


async def accepted(tokens: OidcTokens, token: str) -> Caller:
    caller = await tokens.authenticate(token)
    assert caller is not None
    return caller


async def refusal(tokens: OidcTokens, token: str) -> TokenRefused:
    with pytest.raises(TokenRefused) as caught:
        await tokens.authenticate(token)
    assert token not in str(caught.value)
    return caught.value


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, signature])


class TestAccepted:
    @pytest.mark.parametrize("algorithm", ALGORITHMS)
    async def test_a_token_of_each_algorithm_stands_for_its_caller(
        self, provider: Provider, algorithm: str
    ) -> None:
        provider.keys = [public(key_of(algorithm), use="sig", alg=algorithm)]
        caller = await accepted(tokens_of(provider), provider.token(algorithm=algorithm))
        assert (caller.actor.id, caller.actor.role) == ("ada", Role.AGENT)
        assert caller.credential == f"oidc:{provider.url}"

    @pytest.mark.parametrize("header", [{"typ": "JWT"}, {"typ": "application/at+jwt"}, {}])
    async def test_access_tokens_have_these_types(
        self, provider: Provider, header: dict[str, str]
    ) -> None:
        token = signed(provider.claims(), key_of("RS256"), **header)
        await accepted(tokens_of(provider), token)

    async def test_one_of_several_audiences_is_enough(self, provider: Provider) -> None:
        tokens = tokens_of(provider, audience=["other", "durable-desk"])
        await accepted(tokens, provider.token(aud=["somebody", "durable-desk"]))

    @pytest.mark.parametrize("changes", [{"exp": NOW - SKEW_SECONDS + 1}, {"nbf": NOW + 60}])
    async def test_clocks_may_differ_by_a_minute(
        self, provider: Provider, changes: dict[str, Any]
    ) -> None:
        await accepted(tokens_of(provider), provider.token(**changes))

    async def test_each_of_several_issuers_signs_for_itself(self, providers: Providers) -> None:
        one, other = providers.add(), providers.add()
        other.keys = [public(key_of("RS256", 2), kid="rs256-1")]
        issuers = [one.issuer(id_prefix="a:"), other.issuer(id_prefix="b:")]
        tokens = OidcTokens(issuers, now=lambda: NOW, clock=Clock())
        assert (await accepted(tokens, one.token())).actor.id == "a:ada"
        own = signed(other.claims(), key_of("RS256", 2), kid="rs256-1")
        assert (await accepted(tokens, own)).actor.id == "b:ada"
        # The same key id, but the key of the other issuer.
        stolen = signed(one.claims(), key_of("RS256", 2), kid="rs256-1")
        assert (await refusal(tokens, stolen)).reason == "signature"


class TestForged:
    """Nothing that a token says counts before its signature is right, and these are guesses."""

    async def test_a_token_without_a_signature_is_refused(self, provider: Provider) -> None:
        for name in ("none", "None", "NONE", ""):
            token = unsigned({"alg": name, "typ": "JWT", "kid": "rs256-1"}, provider.claims())
            refused = await refusal(tokens_of(provider), token)
            assert (refused.reason, refused.is_guess) == ("algorithm", True)

    @pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
    async def test_a_public_key_is_never_the_secret_of_a_symmetric_algorithm(
        self, provider: Provider, algorithm: str
    ) -> None:
        pem = key_of("RS256").as_pem(private=False)
        secret = OctKey.import_key(base64.urlsafe_b64encode(pem).decode(), {"kid": "rs256-1"})
        token = signed(provider.claims(), secret, algorithm, kid="rs256-1")
        refused = await refusal(tokens_of(provider), token)
        assert (refused.reason, refused.is_guess) == ("algorithm", True)

    async def test_a_symmetric_key_of_the_provider_is_no_key(self, provider: Provider) -> None:
        secret = OctKey.generate_key(256, {"kid": "shared"})
        provider.keys.append(secret.as_dict())
        token = signed(provider.claims(), secret, "HS256")
        assert (await refusal(tokens_of(provider), token)).reason == "algorithm"

    async def test_the_signature_of_another_key_is_refused(self, provider: Provider) -> None:
        token = signed(provider.claims(), key_of("RS256", 2), kid="rs256-1")
        refused = await refusal(tokens_of(provider), token)
        assert (refused.reason, refused.is_guess) == ("signature", True)

    async def test_changed_claims_are_refused(self, provider: Provider) -> None:
        head, _, signature = provider.token().split(".")
        claims = unsigned({}, provider.claims(sub="olga")).split(".")[1]
        refused = await refusal(tokens_of(provider), f"{head}.{claims}.{signature}")
        assert (refused.reason, refused.is_guess) == ("signature", True)

    @pytest.mark.parametrize("place", ["jwk", "jku", "x5u", "x5c"])
    async def test_a_key_that_the_token_brings_along_counts_for_nothing(
        self, provider: Provider, place: str
    ) -> None:
        own = key_of("RS256", 2)
        brought: Any = {"jwk": public(own), "x5c": ["AAAA"]}.get(place, f"{provider.url}/jwks")
        token = signed(provider.claims(), own, kid="rs256-1", **{place: brought})
        assert (await refusal(tokens_of(provider), token)).reason == "signature"

    async def test_an_algorithm_that_the_issuer_is_not_trusted_with_is_refused(
        self, provider: Provider
    ) -> None:
        tokens = tokens_of(provider, algorithms=["ES256"])
        assert (await refusal(tokens, provider.token())).reason == "algorithm"

    @pytest.mark.parametrize("declared", ["RS256", "PS512"])
    async def test_a_key_signs_by_the_algorithm_that_it_is_declared_for(
        self, provider: Provider, declared: str
    ) -> None:
        provider.keys = [public(key_of("PS256"), alg=declared)]
        refused = await refusal(tokens_of(provider), provider.token(algorithm="PS256"))
        assert refused.reason == "algorithm"

    async def test_a_key_of_another_type_than_the_algorithm_is_refused(
        self, provider: Provider
    ) -> None:
        provider.keys.append(public(key_of("ES256")))
        token = signed(provider.claims(), key_of("RS256"), kid="es256-1")
        assert (await refusal(tokens_of(provider), token)).reason == "algorithm"

    async def test_critical_parameters_that_are_not_understood_are_refused(
        self, provider: Provider
    ) -> None:
        claims = provider.claims()
        signature = signed(claims, key_of("RS256")).rpartition(".")[2]
        head = {"alg": "RS256", "kid": "rs256-1", "crit": ["exp"], "exp": 1}
        token = unsigned(head, claims, signature)
        assert (await refusal(tokens_of(provider), token)).is_guess


class TestNotForHere:
    """Signed by the issuer, but not valid here and now. These are no guesses."""

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"exp": NOW - SKEW_SECONDS}, "expired"),
            ({"exp": None}, "times"),
            ({"exp": "tomorrow"}, "times"),
            ({"exp": True}, "times"),
            ({"exp": float("inf")}, "times"),
            ({"exp": float("nan")}, "times"),
            ({"nbf": NOW + SKEW_SECONDS + 1}, "not-yet-valid"),
            ({"iat": NOW + SKEW_SECONDS + 1}, "not-yet-valid"),
            ({"aud": "another-api"}, "audience"),
            ({"aud": None}, "audience"),
            ({"aud": ["durable-desk2", 7]}, "audience"),
            ({"cnf": {"jkt": "thumbprint"}}, "bound"),
            ({"roles": ["cook"]}, "no-role"),
            ({"sub": None}, "no-id"),
        ],
    )
    async def test_it_is_refused_for_its_reason(
        self, provider: Provider, changes: dict[str, Any], reason: str
    ) -> None:
        refused = await refusal(tokens_of(provider), provider.token(**changes))
        assert (refused.reason, refused.is_guess) == (reason, False)

    @pytest.mark.parametrize("type", ["logout+jwt", "dpop+jwt", "secevent+jwt", ""])
    async def test_another_type_of_token_is_refused(self, provider: Provider, type: str) -> None:
        token = signed(provider.claims(), key_of("RS256"), typ=type)
        refused = await refusal(tokens_of(provider), token)
        assert (refused.reason, refused.is_guess) == ("type", False)

    @pytest.mark.parametrize("issuer", ["https://login.example", "", None, 7, ["x"]])
    async def test_a_token_of_another_issuer_is_unknown(
        self, provider: Provider, issuer: Any
    ) -> None:
        assert await tokens_of(provider).authenticate(provider.token(iss=issuer)) is None
        assert provider.requests == []

    async def test_a_slash_makes_another_issuer(self, provider: Provider) -> None:
        token = provider.token(iss=f"{provider.url}/")
        assert await tokens_of(provider).authenticate(token) is None


class TestMalformed:
    @pytest.mark.parametrize("token", ["", "opaque", "one.two", "a.b.c.d", "a.b.c.d.e"])
    async def test_another_form_than_that_of_a_jwt_is_unknown(
        self, provider: Provider, token: str
    ) -> None:
        assert await tokens_of(provider).authenticate(token) is None

    @pytest.mark.parametrize(
        "token",
        [
            "..",
            "a.b.c",
            "e30.e30.",
            "e30.W10.AAAA",
            "W10.e30.AAAA",
            "bnVsbA.bnVsbA.bnVsbA",
            "é.è.ê",
            f"e30.{base64.urlsafe_b64encode(b'[' * 9_000).decode().rstrip('=')}.AAAA",
        ],
    )
    async def test_a_broken_one_is_a_guess(self, provider: Provider, token: str) -> None:
        refused = await refusal(tokens_of(provider), token)
        assert (refused.reason, refused.is_guess) == ("malformed", True)

    @pytest.mark.parametrize("kid", [None, 7, "", "k" * 201, ["rs256-1"]])
    async def test_a_token_names_its_key_by_a_short_text(
        self, provider: Provider, kid: Any
    ) -> None:
        token = unsigned({"alg": "RS256", "kid": kid}, provider.claims(), "AAAA")
        assert (await refusal(tokens_of(provider), token)).reason == "unknown-key"

    async def test_a_huge_token_is_refused_before_it_is_decoded(self, provider: Provider) -> None:
        refused = await refusal(tokens_of(provider), provider.token(pad="x" * LARGEST_TOKEN))
        assert (refused.reason, refused.is_guess) == ("too-large", True)
        assert provider.requests == []
