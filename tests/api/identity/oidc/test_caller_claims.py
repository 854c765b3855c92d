"""The claims of a verified token as a caller, by the mapping of its issuer."""

from typing import Any

import pytest

from api.identity.authenticator import TokenRefused
from api.identity.caller import MOST_ACCOUNTS, Caller, Scope
from api.identity.oidc.caller_claims import caller_of
from api.identity.oidc.configuration import Issuer
from policies.vocabulary import Role

CLAIMS: dict[str, Any] = {
    "role": {"claim": "roles", "values": {"staff": "agent", "customer": "requester"}},
    "accounts": "accounts",
    "all_accounts": ["agent"],
    "scope": {"claim": "desk_scope", "values": {"lead": "account"}},
}
AGENT = {"sub": "ada", "roles": "staff"}
REQUESTER = {
    "sub": "kim",
    "roles": ["customer"],
    "accounts": "harbour-media",
    "email": "kim@harbour.example",
    "email_verified": True,
}


def issuer(**claims: Any) -> Issuer:
    return Issuer.model_validate(
        {"issuer": "https://login.example", "audience": "desk", "claims": CLAIMS | claims}
    )


def caller(claims: dict[str, Any], **mapping: Any) -> Caller:
    return caller_of(claims, issuer(**mapping))


def reason(claims: dict[str, Any], **mapping: Any) -> str:
    with pytest.raises(TokenRefused) as caught:
        caller(claims, **mapping)
    assert not caught.value.is_guess
    return caught.value.reason


class TestPerson:
    def test_id_name_and_address_are_those_of_the_claims(self) -> None:
        found = caller(REQUESTER | {"name": "Kim Harbour"})
        assert (found.actor.id, found.actor.name) == ("kim", "Kim Harbour")
        assert (found.email, found.actor.role) == ("kim@harbour.example", Role.REQUESTER)

    def test_a_nested_claim_is_found_by_its_path_and_a_dot_is_part_of_a_name(self) -> None:
        mapping = {"claim": ["realm", "roles"], "values": {"staff": "agent"}}
        nested = caller({"sub": "ada", "realm": {"roles": ["staff"]}}, role=mapping)
        assert nested.actor.role is Role.AGENT
        mapping = {"claim": "https://desk.example/roles", "values": {"staff": "agent"}}
        flat = caller({"sub": "ada", "https://desk.example/roles": "staff"}, role=mapping)
        assert flat.actor.role is Role.AGENT
        assert reason({"sub": "ada", "realm": ["roles"]}, role=mapping) == "no-role"

    @pytest.mark.parametrize("id", [None, "", 7, True, ["ada"], "x" * 201, "two\nlines", "\x00"])
    def test_an_id_is_a_text_of_one_line(self, id: Any) -> None:
        assert reason(AGENT | {"sub": id}) == "no-id"

    def test_the_prefix_of_the_issuer_is_part_of_the_id(self) -> None:
        prefixed = issuer().model_copy(update={"id_prefix": "okta:"})
        assert caller_of(AGENT, prefixed).actor.id == "okta:ada"
        with pytest.raises(TokenRefused):
            caller_of(AGENT | {"sub": "x" * 200}, prefixed)

    @pytest.mark.parametrize("name", [None, "", 7, "x" * 201, "two\nlines"])
    def test_a_name_that_cannot_be_shown_is_left_out(self, name: Any) -> None:
        assert caller(AGENT | {"name": name}).actor.name is None


class TestCredential:
    def test_it_has_the_id_of_the_token(self) -> None:
        found = caller(AGENT | {"jti": "0b7c-41"})
        assert found.credential == "oidc:https://login.example#0b7c-41"
        assert found.actor.credential == found.credential

    @pytest.mark.parametrize("id", [None, "", 7, ["x"], "two words", "é", "x" * 101, "a\nb"])
    def test_it_has_no_id_that_cannot_be_recorded(self, id: Any) -> None:
        assert caller(AGENT | {"jti": id}).credential == "oidc:https://login.example"

    def test_no_id_is_cut_off(self) -> None:
        address = "https://login.example/" + "x" * 250
        long = issuer().model_copy(update={"issuer": address})
        assert caller_of(AGENT | {"jti": "y" * 100}, long).credential == f"oidc:{address}"


class TestAddress:
    @pytest.mark.parametrize("verified", [False, None, "false", "yes", 1, 1.5, [True]])
    def test_one_that_is_not_verified_does_not_count(self, verified: Any) -> None:
        assert reason(REQUESTER | {"email_verified": verified}) == "no-email"
        assert caller(AGENT | {"email": "a@b.example", "email_verified": verified}).email is None

    def test_it_counts_if_the_mapping_trusts_the_provider(self) -> None:
        trusted = {"claim": "mail", "trust_unverified": True}
        claims = REQUESTER | {"mail": "k@harbour.example", "email_verified": False}
        assert caller(claims, email=trusted).email == "k@harbour.example"

    @pytest.mark.parametrize("email", ["kim", "kim@", 7, ["kim@harbour.example"], "a@b@c", ""])
    def test_one_that_is_no_address_does_not_count(self, email: Any) -> None:
        assert reason(REQUESTER | {"email": email}) == "no-email"


class TestRole:
    @pytest.mark.parametrize("roles", [None, [], "", "cook", ["cook"], {"staff": True}, [1], 7])
    def test_a_token_without_a_mapped_role_stands_for_nobody(self, roles: Any) -> None:
        assert reason(AGENT | {"roles": roles}) == "no-role"

    def test_of_several_roles_the_first_of_the_table_counts(self) -> None:
        assert caller(AGENT | {"roles": ["customer", "staff"]}).actor.role is Role.AGENT


class TestAccounts:
    def test_they_limit_the_caller(self) -> None:
        found = caller(AGENT | {"accounts": ["harbour-media", "salt-press"]})
        assert found.accounts == frozenset({"harbour-media", "salt-press"})

    def test_only_a_role_with_all_accounts_needs_none(self) -> None:
        assert caller(AGENT).accounts is None
        without = {name: value for name, value in REQUESTER.items() if name != "accounts"}
        assert reason(without) == "no-account"

    @pytest.mark.parametrize(
        "accounts",
        [[], "", ["*"], 7, {"a": 1}, [None], ["ok", "No"], ["a"] * (MOST_ACCOUNTS + 1)],
    )
    def test_a_malformed_claim_is_never_all_accounts(self, accounts: Any) -> None:
        assert reason(AGENT | {"accounts": accounts}) == "no-account"


class TestScope:
    @pytest.mark.parametrize("given", [None, "own", 7, [], ["x"], "account"])
    def test_a_requester_sees_its_own_tickets_unless_a_claim_says_otherwise(
        self, given: Any
    ) -> None:
        assert caller(REQUESTER | {"desk_scope": given}).scope is Scope.OWN
        assert caller(REQUESTER | {"desk_scope": "lead"}, scope=None).scope is Scope.OWN

    def test_a_mapped_value_gives_the_scope(self) -> None:
        found = caller({**REQUESTER, "email": None, "desk_scope": ["lead"]})
        assert (found.scope, found.email) == (Scope.ACCOUNT, None)

    def test_others_have_the_scope_of_their_accounts(self) -> None:
        assert caller(AGENT).scope is Scope.ACCOUNT
