"""Keys that are bound to the address of a person who is erased."""

from pathlib import Path

import pytest

from api.identity.caller import Scope
from api.identity.keys.api_key import KeyState
from api.identity.keys.key_store import UnknownKey
from api.identity.keys.key_text import KeyText
from api.identity.keys.keys_of_people import ERASED, KeysOfPeople
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from policies.vocabulary import Role
from tests.api.identity.keys.sample_keys import NOW, grant, key
from workflows.client.erasure.ports import Credential

ADDRESS = "mia.quincemarm@harbour.example"
MIA = grant(
    name="Mia Quincemarm", actor="sub-81", role=Role.REQUESTER, email=ADDRESS, scope=Scope.OWN
)


@pytest.fixture
def store(tmp_path: Path) -> SqliteKeyStore:
    store = SqliteKeyStore(tmp_path / "keys.db")
    store.prepare()
    for text, given in ((KeyText.new(), MIA), (KeyText.new(), grant())):
        store.add(key(text, grant=given))
    return store


async def test_a_key_of_a_person_is_revoked_and_loses_name_and_address(
    store: SqliteKeyStore, tmp_path: Path
) -> None:
    keys = KeysOfPeople(store, lambda: NOW)
    [found] = await keys.of(ADDRESS.upper())
    assert found == Credential(found.id, "sub-81")
    await keys.revoke(found.id)
    assert await keys.of(ADDRESS) == [found]
    await keys.scrub(found.id)
    assert await keys.of(ADDRESS) == []
    [scrubbed] = [each for each in store.read_all() if each.id == found.id]
    assert scrubbed.state(NOW) is KeyState.REVOKED
    assert (scrubbed.grant.name, scrubbed.grant.actor) == (ERASED, "sub-81")
    assert b"quincemarm" not in (tmp_path / "keys.db").read_bytes().lower()
    other = [each for each in store.read_all() if each.id != found.id]
    assert [each.state(NOW) for each in other] == [KeyState.ACTIVE]


async def test_a_key_that_was_not_revoked_keeps_its_grant(store: SqliteKeyStore) -> None:
    keys = KeysOfPeople(store, lambda: NOW)
    [found] = await keys.of(ADDRESS)
    with pytest.raises(UnknownKey):
        await keys.scrub(found.id)
