"""The same rules limit every kind of credential."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from api.identity.authenticator import TokenRefused
from api.identity.caller import Caller, Scope
from api.identity.keys.api_key import KeyGrant
from api.identity.oidc.caller_claims import caller_of
from api.identity.oidc.configuration import Issuer
from api.identity.reach import ReachProblem, reach_problems
from api.identity.static_tokens import TokenActor
from policies.vocabulary import Role

WRONG: dict[ReachProblem, dict[str, Any]] = {
    ReachProblem.IS_SYSTEM: {"role": "system"},
    ReachProblem.NO_ACCOUNT: {"role": "requester", "email": "k@harbour.example"},
    ReachProblem.OWN_SCOPE_OF_STAFF: {"role": "agent", "scope": "own", "email": "a@desk.example"},
    ReachProblem.OWN_SCOPE_WITHOUT_ADDRESS: {
        "role": "requester",
        "accounts": ["harbour-media"],
        "scope": "own",
    },
}


def token(given: dict[str, Any]) -> None:
    TokenActor.model_validate({"id": "x"} | given)


def key(given: dict[str, Any]) -> None:
    KeyGrant.model_validate({"name": "x", "actor": "x"} | given)


def access_token(given: dict[str, Any]) -> Caller:
    """The claims by a mapping that forbids nothing, as no file that is accepted has one."""
    issuer = Issuer.model_validate(
        {
            "issuer": "https://login.example",
            "audience": "desk",
            "claims": {
                "role": {"claim": "role", "values": {role: role for role in Role}},
                "accounts": "accounts",
                "all_accounts": [*Role],
                "scope": {"claim": "scope", "values": {"own": "own"}},
            },
        }
    )
    return caller_of({"sub": "x", "email_verified": True} | given, issuer)


@pytest.mark.parametrize("kind", [token, key])
@pytest.mark.parametrize("problem", ReachProblem)
def test_a_token_and_a_key_that_reach_too_far_are_refused_with_the_same_words(
    kind: Callable[[dict[str, Any]], object], problem: ReachProblem
) -> None:
    with pytest.raises(ValidationError, match=problem):
        kind(WRONG[problem])


@pytest.mark.parametrize(
    "problem", [each for each in ReachProblem if each is not ReachProblem.OWN_SCOPE_OF_STAFF]
)
def test_an_access_token_that_reaches_too_far_stands_for_nobody(problem: ReachProblem) -> None:
    with pytest.raises(TokenRefused):
        access_token(WRONG[problem])


def test_a_scope_in_an_access_token_of_staff_means_nothing() -> None:
    assert access_token(WRONG[ReachProblem.OWN_SCOPE_OF_STAFF]).scope is Scope.ACCOUNT


@pytest.mark.parametrize(
    ("role", "accounts", "scope", "email"),
    [
        (Role.AGENT, None, Scope.ACCOUNT, None),
        (Role.REQUESTER, ["a"], Scope.ACCOUNT, None),
        (Role.REQUESTER, ["a"], Scope.OWN, "k@harbour.example"),
    ],
)
def test_what_reaches_no_further_is_accepted(
    role: Role, accounts: list[str] | None, scope: Scope, email: str | None
) -> None:
    assert not [*reach_problems(role, accounts, scope, email)]
