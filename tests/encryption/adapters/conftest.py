"""The key stores: each test of the port runs on all of them."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
import pytest_asyncio

from encryption.adapters.postgres_key_store import PostgresKeyStore
from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.stored_key import KeyStore
from tests.encryption.adapters.postgres import Postgres, postgres

Open = Callable[[], KeyStore]


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest_asyncio.fixture
async def database(server: Postgres) -> str:
    """The URL of an empty schema."""
    name = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"CREATE SCHEMA {name}")
    await connection.close()
    return f"{server.url}?options={quote(f'-csearch_path={name}')}"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the keys are, as the setting states it."""
    if request.param == "sqlite":
        return str(tmp_path / "data-keys.db")
    found: str = request.getfixturevalue("database")
    return found


@pytest_asyncio.fixture
async def open_store(address: str) -> AsyncIterator[Open]:
    """Opens the store as another process would: with connections of its own."""
    opened: list[PostgresKeyStore] = []

    def open_one() -> KeyStore:
        if not address.startswith("postgresql:"):
            return SqliteKeyStore(Path(address))
        opened.append(PostgresKeyStore(address))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()
