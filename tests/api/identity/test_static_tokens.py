"""Static tokens: who they stand for."""

import pytest
from pydantic import SecretStr

from api.identity.caller import Scope
from api.identity.static_tokens import StaticTokens, TokenActor, parse_tokens
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
