"""The stored credentials of a person are found by the address, whatever its case."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from api.identity.caller import Scope
from api.identity.keys.api_key import ApiKey, KeyGrant, KeyState
from api.identity.keys.bound_credentials import BoundCredentials, CredentialKind
from api.identity.keys.key_text import KeyText
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from api.identity.static_tokens import StaticTokens, TokenActor
from policies.vocabulary import Role

NOW = datetime(2027, 1, 6, 14, tzinfo=UTC)
MIA, LEO = "Mia@harbour.example", "leo@harbour.example"


def token(id: str, email: str | None, **values: Any) -> TokenActor:
    return TokenActor(id=id, role=Role.AGENT, email=email, **values)


async def test_keys_and_tokens_with_the_address_are_found_expired_ones_too(
    tmp_path: Path,
) -> None:
    store = SqliteKeyStore(tmp_path / "keys.db")
    store.prepare()
    for name, email in (("mia", MIA), ("leo", LEO), ("none", None)):
        text = KeyText.new()
        grant = KeyGrant(
            name=name,
            actor=name,
            role=Role.SERVICE,
            accounts=frozenset({"harbour-media"}),
            email=email,
            scope=Scope.ACCOUNT,
        )
        ended = NOW - timedelta(days=1)
        store.add(ApiKey(text.id, grant, text.digest, ended, ended, ended))
    old = token("old", MIA, expires_at=NOW)
    tokens = StaticTokens(
        {
            SecretStr(f"token-{each.id}"): each
            for each in (token("ada", MIA.upper()), token("leo", LEO), token("bot", None), old)
        },
        lambda: NOW,
    )
    found = await BoundCredentials(store, tokens.configured_actors, lambda: NOW).of(MIA.lower())
    assert [(each.kind, each.actor, each.state) for each in found] == [
        (CredentialKind.API_KEY, "mia", KeyState.EXPIRED),
        (CredentialKind.TOKEN, "ada", KeyState.ACTIVE),
        (CredentialKind.TOKEN, "old", KeyState.EXPIRED),
    ]
