"""Static tokens: who they stand for, in clear or hashed, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from api.identity.authenticator import TokenRefused
from api.identity.caller import Scope
from api.identity.static_tokens import StaticTokens, TokenActor, hashed, is_clear, parse_tokens
from policies.vocabulary import Role

TOKENS = StaticTokens(
    {
        SecretStr("one"): TokenActor(id="ada", role=Role.AGENT),
        SecretStr("two"): TokenActor(
            id="mia", role=Role.REQUESTER, account="harbour-media", scope=Scope.ACCOUNT
        ),
    }
)


async def test_a_token_identifies_its_caller() -> None:
    ada, mia = await TOKENS.authenticate("one"), await TOKENS.authenticate("two")
    assert ada is not None
    assert mia is not None
    assert (ada.actor.id, ada.actor.role, ada.accounts) == ("ada", Role.AGENT, None)
    assert mia.may_see("harbour-media")
    assert not mia.may_see("salt-press")


@pytest.mark.parametrize("token", ["unknown", "", "\u00fcnknown", "one ", "On\u00e9"])
async def test_any_other_token_is_unknown(token: str) -> None:
    assert await TOKENS.authenticate(token) is None


@pytest.mark.fault(60)
@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ({"role": "requester"}, "a requester needs an account"),
        ({"role": "requester", "account": "a"}, "a requester needs an email, or the scope account"),
        ({"role": "agent", "scope": "own"}, "the scope own is for requesters"),
        ({"role": "agent", "account": "a", "accounts": ["b"]}, "give either account or accounts"),
        ({"role": "agent", "accounts": []}, "accounts"),
        ({"role": "agent", "email": "ada"}, "is not an e-mail address"),
    ],
)
def test_a_token_that_reaches_further_than_stated_is_refused(
    actor: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=f"token 1: .*{reason}"):
        parse_tokens({"secret": {"id": "x"} | actor})


def test_a_requester_with_an_address_is_bound_to_it() -> None:
    [actor] = parse_tokens(
        {"t": {"id": "m", "role": "requester", "account": "a", "email": "m@a.example"}}
    ).values()
    assert (actor.caller.scope, actor.caller.email) == (Scope.OWN, "m@a.example")


class TestHashes:
    TOKEN = "a-long-random-token"
    HASH = hashed(TOKEN)

    async def test_a_hash_accepts_its_token_and_is_no_token_itself(self) -> None:
        for configured in (self.HASH, self.HASH.upper().replace("SHA", "sha")):
            tokens = StaticTokens(parse_tokens({configured: {"id": "ada", "role": "agent"}}))
            assert await tokens.authenticate(self.TOKEN) is not None
            assert await tokens.authenticate(self.HASH) is None
            assert await tokens.authenticate(self.HASH.removeprefix("sha256:")) is None

    @pytest.mark.parametrize(
        "text", ["\ud800", "sha256:", f"sha256:{'a' * 63}", f"sha512:{'a' * 64}"]
    )
    def test_what_is_no_hash_is_no_token_either(self, text: str) -> None:
        with pytest.raises(ValueError, match="token 1 is not a bearer token"):
            parse_tokens({text: {"id": "ada", "role": "agent"}})

    def test_a_token_is_configured_once(self) -> None:
        actor = {"id": "ada", "role": "agent"}
        with pytest.raises(ValueError, match="token 2 is the same as token 1"):
            parse_tokens({self.TOKEN: actor, self.HASH: actor})

    def test_only_tokens_in_clear_can_be_read(self) -> None:
        assert is_clear(SecretStr(self.TOKEN))
        assert not is_clear(SecretStr(self.HASH))


class TestExpiry:
    async def test_a_token_expires_to_the_second(self) -> None:
        now = [datetime(2027, 1, 15, 16, 59, 59, tzinfo=UTC)]
        given = {"id": "ada", "role": "agent", "expires_at": "2027-01-15T18:00:00+01:00"}
        tokens = StaticTokens(parse_tokens({"t": given}), now=lambda: now[0])
        assert await tokens.authenticate("t") is not None
        assert [actor.id for actor in tokens.actors()] == ["ada"]
        now[0] += timedelta(seconds=1)
        with pytest.raises(TokenRefused, match="has expired") as caught:
            await tokens.authenticate("t")
        assert (caught.value.reason, caught.value.is_guess) == ("expired", False)
        assert tokens.actors() == ()

    @pytest.mark.parametrize("at", [1893456000, "2027-01-15T18:00:00", "soon", True])
    def test_a_time_without_an_offset_is_refused(self, at: object) -> None:
        with pytest.raises(ValueError, match="token 1: expires_at: "):
            parse_tokens({"t": {"id": "ada", "role": "agent", "expires_at": at}})
