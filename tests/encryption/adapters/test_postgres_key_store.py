"""Data keys in PostgreSQL: a server that is gone is named, and used again when it is back."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from encryption.adapters import postgres_key_store
from encryption.adapters.postgres_key_store import PostgresKeyStore
from encryption.errors import EncryptionError
from encryption.key_ring import KeyRing
from tests.encryption.adapters.postgres import Postgres
from tests.encryption.adapters.test_key_stores import ONE, key
from tests.encryption.keys import OLD, codec_of, masters, payload

pytestmark = pytest.mark.fault(65)


@pytest_asyncio.fixture
async def store(database: str) -> AsyncIterator[PostgresKeyStore]:
    store = PostgresKeyStore(database)
    yield store
    await store.close()


async def test_a_restart_of_the_server_is_not_noticed(
    server: Postgres, store: PostgresKeyStore
) -> None:
    await store.add(key())
    server.stop()
    server.start()
    assert await store.find("one") == key()


async def test_a_server_that_is_gone_is_an_error_without_credentials_until_it_is_back(
    server: Postgres, store: PostgresKeyStore
) -> None:
    codec = codec_of(KeyRing(store, masters(old=OLD)), ONE)
    [sealed] = await codec.encode([payload()])
    server.stop()
    try:
        later = codec_of(KeyRing(store, masters(old=OLD)), ONE)
        with pytest.raises(EncryptionError, match=r"key store postgresql://127.0.0.1:\d+/") as told:
            await later.decode([sealed])
        assert "desk@" not in str(told.value)
    finally:
        server.start()
    assert await later.decode([sealed]) == [payload()]


async def test_a_server_that_comes_back_meanwhile_is_waited_for(
    server: Postgres, store: PostgresKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.add(key())
    monkeypatch.setattr(postgres_key_store, "PAUSES", (0.05,) * 200)
    server.stop()
    finding = asyncio.create_task(store.find("one"))
    await asyncio.to_thread(server.start)
    assert await finding == key()


async def test_processes_that_start_at_once_create_one_table(database: str) -> None:
    stores = [PostgresKeyStore(database) for _ in range(4)]
    assert await asyncio.gather(*(store.keys_of(ONE) for store in stores)) == [[]] * 4
    for store in stores:
        await store.close()


async def test_a_user_that_may_not_create_tables_uses_the_one_that_exists(
    server: Postgres, store: PostgresKeyStore, database: str
) -> None:
    await store.add(key())
    schema = database.rpartition("%3D")[2]
    owner = await asyncpg.connect(server.url)
    await owner.execute(
        f"CREATE ROLE user_of_{schema} LOGIN; GRANT USAGE ON SCHEMA {schema} TO user_of_{schema};"
        f"GRANT SELECT, INSERT, UPDATE ON {schema}.data_key TO user_of_{schema}"
    )
    await owner.close()
    limited = PostgresKeyStore(database.replace("desk@", f"user_of_{schema}@"))
    assert await limited.find("one") == key()
    assert await limited.destroy(ONE) == 1
    await limited.close()


async def test_a_replica_which_may_be_behind_is_not_used(server: Postgres, database: str) -> None:
    read_only = database.replace("?options=", "?options=-cdefault_transaction_read_only%3Don%20")
    store = PostgresKeyStore(read_only)
    with pytest.raises(EncryptionError, match="key store"):
        await store.find("one")
    await store.close()


async def test_a_commit_is_on_disk_whatever_the_default_of_the_database(
    server: Postgres, database: str
) -> None:
    lax = database.replace("?options=", "?options=-csynchronous_commit%3Doff%20")
    store = PostgresKeyStore(lax)
    shown = await store._run(lambda connection: connection.fetchval("SHOW synchronous_commit"))
    assert shown == "on"
    await store.close()
