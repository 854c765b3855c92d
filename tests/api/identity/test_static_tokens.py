"""Static tokens: who they stand for."""

import pytest
from pydantic import SecretStr

from api.identity.static_tokens import StaticTokens, TokenActor
from policies.vocabulary import Role

TOKENS = StaticTokens(
    {
        SecretStr("one"): TokenActor(id="ada", role=Role.AGENT),
        SecretStr("two"): TokenActor(id="mia", role=Role.REQUESTER, account="harbour-media"),
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
