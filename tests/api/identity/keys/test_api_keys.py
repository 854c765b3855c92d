"""Authentication by API keys: what each stands for, and how soon a change takes effect."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.identity.authenticator import AuthenticationUnavailable, TokenRefused
from api.identity.caller import Scope
from api.identity.keys.api_key import ApiKey
from api.identity.keys.api_keys import FRESH, USE_INTERVAL, ApiKeys
from api.identity.keys.key_store import KeyStoreUnusable
from api.identity.keys.key_text import KeyText
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from policies.vocabulary import Role
from tests.api.identity.keys.sample_keys import DAY, NOW, Time, grant, key

TEXT = KeyText.new()
SECONDS_TO_TAKE_EFFECT = 5


@pytest.fixture
def store(tmp_path: Path) -> SqliteKeyStore:
    store = SqliteKeyStore(tmp_path / "keys.db")
    store.prepare()
    store.add(key(TEXT))
    return store


class Reads:
    """A store that counts how often it is read, and can fail."""

    def __init__(self, *keys: ApiKey) -> None:
        self.keys = keys
        self.reads = 0
        self.writes: list[dict[str, datetime]] = []
        self.fails = False

    def read_all(self) -> tuple[ApiKey, ...]:
        self.reads += 1
        if self.fails:
            raise KeyStoreUnusable("the disk is gone")
        return self.keys

    def record_uses(self, uses: Mapping[str, datetime]) -> None:
        if self.fails:
            raise KeyStoreUnusable("the disk is gone")
        self.writes.append(dict(uses))


def api_keys(store: SqliteKeyStore | Reads, time: Time | None = None) -> ApiKeys:
    time = time or Time()
    return ApiKeys(store, now=time.now, clock=time.clock)


async def reason(keys: ApiKeys, token: str) -> tuple[str, bool]:
    with pytest.raises(TokenRefused) as caught:
        await keys.authenticate(token)
    assert token not in str(caught.value)
    return caught.value.reason, caught.value.is_guess


async def test_a_key_stands_for_its_caller() -> None:
    limited = grant(
        role=Role.REQUESTER,
        accounts=frozenset({"harbour-media", "salt-press"}),
        actions=frozenset({"withdraw"}),
        email="kim@harbour.example",
        scope=Scope.OWN,
    )
    caller = await api_keys(Reads(key(TEXT, grant=limited))).authenticate(TEXT.text)
    assert caller is not None
    assert (caller.actor.id, caller.actor.name) == ("crm-sync", "CRM sync")
    assert caller.actor.role is Role.REQUESTER
    assert caller.accounts == frozenset({"harbour-media", "salt-press"})
    assert caller.actions == frozenset({"withdraw"})
    assert (caller.email, caller.scope) == ("kim@harbour.example", Scope.OWN)
    assert caller.credential == f"key:{TEXT.id}"


@pytest.mark.parametrize("token", ["", "dk", "unknown", "a.b.c", "Dk_0123456789"])
async def test_a_token_of_another_kind_is_unknown(token: str) -> None:
    store = Reads(key(TEXT))
    assert await api_keys(store).authenticate(token) is None
    assert store.reads == 0


async def test_guesses_are_told_from_keys_that_are_no_longer_valid() -> None:
    guess, gone = KeyText.of(TEXT.id), KeyText.new()
    keys = api_keys(
        Reads(key(TEXT, expires_at=NOW), key(gone, revoked_at=NOW)),
    )
    assert await reason(keys, TEXT.text) == ("expired", False)
    assert await reason(keys, gone.text) == ("revoked", False)
    assert await reason(keys, guess.text) == ("unknown", True)
    assert await reason(keys, KeyText.new().text) == ("unknown", True)
    assert await reason(keys, TEXT.text[:-1]) == ("malformed", True)


async def test_a_key_expires_to_the_second() -> None:
    time = Time()
    keys = api_keys(Reads(key(TEXT)), time)
    time.advance(DAY.total_seconds() - 0.001)
    assert await keys.authenticate(TEXT.text)
    time.advance(0.001)
    assert await reason(keys, TEXT.text) == ("expired", False)


class TestHot:
    """Every process of the machine follows the file within 5 seconds, without a restart."""

    @pytest.mark.fault(60)
    async def test_a_revoked_key_is_refused_in_every_process(self, store: SqliteKeyStore) -> None:
        time = Time()
        processes = [api_keys(SqliteKeyStore(store._file), time) for _ in range(2)]
        for each in processes:
            assert await each.authenticate(TEXT.text)
        store.revoke(TEXT.id, NOW)
        time.advance(SECONDS_TO_TAKE_EFFECT)
        for each in processes:
            assert await reason(each, TEXT.text) == ("revoked", False)

    @pytest.mark.fault(60)
    async def test_a_new_key_is_accepted(self, store: SqliteKeyStore) -> None:
        time, new = Time(), KeyText.new()
        keys = api_keys(store, time)
        assert await reason(keys, new.text) == ("unknown", True)
        store.add(key(new))
        time.advance(SECONDS_TO_TAKE_EFFECT)
        assert await keys.authenticate(new.text)

    @pytest.mark.fault(60)
    async def test_both_keys_are_valid_until_the_end_of_the_grace(
        self, store: SqliteKeyStore
    ) -> None:
        time, new = Time(), KeyText.of(TEXT.id)
        keys = api_keys(store, time)
        store.rotate(TEXT.id, new.digest, NOW, NOW + 2 * DAY, NOW + timedelta(hours=1))
        assert await keys.authenticate(TEXT.text)
        assert await keys.authenticate(new.text)
        time.advance(3600)
        assert await reason(keys, TEXT.text) == ("expired", False)
        assert await keys.authenticate(new.text)
        store.revoke(TEXT.id, NOW)
        time.advance(SECONDS_TO_TAKE_EFFECT)
        assert await reason(keys, new.text) == ("revoked", False)

    async def test_a_file_that_is_replaced_is_followed(
        self, store: SqliteKeyStore, tmp_path: Path
    ) -> None:
        time = Time()
        keys = api_keys(store, time)
        assert await keys.authenticate(TEXT.text)
        replacement = SqliteKeyStore(tmp_path / "other.db")
        replacement.prepare()
        (tmp_path / "other.db").replace(tmp_path / "keys.db")
        time.advance(SECONDS_TO_TAKE_EFFECT)
        assert await reason(keys, TEXT.text) == ("unknown", True)


class TestCost:
    async def test_a_flood_of_unknown_keys_reads_once_in_two_seconds(self) -> None:
        time, store = Time(), Reads(key(TEXT))
        keys = api_keys(store, time)
        for _ in range(3):
            for _ in range(50):
                await reason(keys, KeyText.new().text)
            time.advance(FRESH.total_seconds())
        assert store.reads == 3

    async def test_without_the_file_no_key_is_accepted(self) -> None:
        time, store = Time(), Reads(key(TEXT))
        keys = api_keys(store, time)
        assert await keys.authenticate(TEXT.text)
        store.fails = True
        time.advance(SECONDS_TO_TAKE_EFFECT)
        for _ in range(9):
            with pytest.raises(AuthenticationUnavailable):
                await keys.authenticate(TEXT.text)
        assert store.reads == 2
        store.fails = False
        time.advance(SECONDS_TO_TAKE_EFFECT)
        assert await keys.authenticate(TEXT.text)


class TestLastUse:
    async def test_it_is_written_at_most_once_a_minute_and_not_by_a_request(self) -> None:
        time, store = Time(), Reads(key(TEXT))
        keys = api_keys(store, time)
        for _ in range(12):
            await keys.authenticate(TEXT.text)
            await keys.write_uses()
            time.advance(10)
        assert store.writes == [{TEXT.id: NOW}, {TEXT.id: NOW + USE_INTERVAL}]

    async def test_a_refused_key_was_not_used(self) -> None:
        store = Reads(key(TEXT, revoked_at=NOW))
        keys = api_keys(store)
        await reason(keys, TEXT.text)
        await keys.write_uses()
        assert store.writes == []

    async def test_a_file_that_cannot_be_written_stops_nothing(self) -> None:
        time, store = Time(), Reads(key(TEXT))
        keys = api_keys(store, time)
        await keys.authenticate(TEXT.text)
        store.fails = True
        await keys.write_uses()
        store.fails = False
        await keys.authenticate(TEXT.text)

    async def test_what_could_not_be_written_is_written_later(self) -> None:
        store = Reads(key(TEXT))
        keys = api_keys(store)
        await keys.authenticate(TEXT.text)
        store.fails = True
        await keys.write_uses()
        store.fails = False
        await keys.write_uses()
        assert store.writes == [{TEXT.id: NOW}]

    async def test_what_is_left_is_written_at_the_end(self, store: SqliteKeyStore) -> None:
        keys = api_keys(store)
        running = asyncio.create_task(keys.run())
        await keys.authenticate(TEXT.text)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert [each.last_used_at for each in store.read_all()] == [NOW]
