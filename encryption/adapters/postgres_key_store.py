"""A key store in a PostgreSQL database, for processes on several machines."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg

from encryption.errors import EncryptionError
from encryption.stored_key import StoredKey

T = TypeVar("T")
Connection = Any
"""A connection of asyncpg, which has no types."""

PAGE = 500
MOST_CONNECTIONS = 4
SECONDS = 2.5
"""Limit of a connection attempt and of a statement. With the retries it stays below the ten seconds
of a workflow task.
"""
PAUSES = (0.1, 0.4)
"""Seconds before each retry."""

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""Errors after which the same statement may succeed: the server was restarted, failed over or busy.
All statements can be repeated.
"""
_SESSION = {
    "application_name": "durable-desk",
    # A commit is on disk when it returns, whatever the default of the database.
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
}
_CREATION = 0x6465736B
"""The advisory lock of processes that create the table. Its locks of scopes have two numbers."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS data_key (
    id text COLLATE "C" PRIMARY KEY,
    scope text COLLATE "C" NOT NULL,
    generation text COLLATE "C" NOT NULL,
    master text COLLATE "C" NOT NULL,
    wrapped bytea,
    UNIQUE (scope, generation)
)
"""
_COLUMNS = "id, scope, generation, master, wrapped"
_ONE_AT_A_TIME = f"SELECT pg_advisory_xact_lock({_CREATION}, hashtext($1))"
"""Waits for other transactions that add or destroy keys of the scope."""


class PostgresKeyStore:
    """Data keys in the table `data_key`, which is created if it does not exist.

    A commit returns when it is on disk: a key that is lost takes its ticket with it. Only a server
    that takes writes is used, because a replica may be behind a destruction.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._has_table = False

    async def find(self, id: str) -> StoredKey | None:
        """The key with this id."""
        found = await self._all("id = $1", id)
        return found[0] if found else None

    async def keys_of(self, scope: str) -> list[StoredKey]:
        """All keys of a scope, destroyed ones included."""
        return await self._all("scope = $1", scope)

    async def add(self, key: StoredKey) -> StoredKey:
        """Stores a key, or returns the one that its scope has."""

        async def work(database: Connection) -> StoredKey:
            async with database.transaction():
                await database.execute(_ONE_AT_A_TIME, key.scope)
                if destroyed := await _destroyed(database, key.scope):
                    return destroyed
                await database.execute(
                    f"INSERT INTO data_key ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5) "
                    "ON CONFLICT (scope, generation) DO NOTHING",
                    *(key.id, key.scope, key.generation, key.master, key.wrapped),
                )
                query = f"SELECT {_COLUMNS} FROM data_key WHERE scope = $1 AND generation = $2"
                return StoredKey(*await database.fetchrow(query, key.scope, key.generation))

        return await self._run(work)

    async def destroy(self, scope: str) -> int:
        """Destroys all keys of a scope, and prevents new ones."""

        async def work(database: Connection) -> int:
            async with database.transaction():
                await database.execute(_ONE_AT_A_TIME, scope)
                query = "UPDATE data_key SET wrapped = NULL WHERE scope = $1 AND wrapped NOTNULL"
                count = int((await database.execute(query, scope)).split()[-1])
                if not await _destroyed(database, scope):
                    await database.execute(
                        f"INSERT INTO data_key ({_COLUMNS}) VALUES ($1, $2, '', '', NULL)",
                        *(f"destroyed {scope}", scope),
                    )
            return count

        return await self._run(work)

    async def rewrap(self, key: StoredKey) -> None:
        """Replaces the wrapping of a key, unless it was destroyed meanwhile."""
        query = "UPDATE data_key SET master = $1, wrapped = $2 WHERE id = $3 AND wrapped NOTNULL"
        await self._run(lambda database: database.execute(query, key.master, key.wrapped, key.id))

    async def not_wrapped_by(self, master: str) -> AsyncIterator[StoredKey]:
        """The keys that another master key wraps, without destroyed ones."""
        last = ""
        condition = f"master != $1 AND id > $2 AND wrapped NOTNULL ORDER BY id LIMIT {PAGE}"
        while page := await self._all(condition, master, last):
            for key in page:
                yield key
            last = page[-1].id

    async def one_of_each_master(self) -> list[StoredKey]:
        """One key for each master key that wraps any."""
        first = "SELECT MIN(id) FROM data_key WHERE wrapped NOTNULL GROUP BY master"
        return await self._all(f"id IN ({first})")

    async def close(self) -> None:
        """Closes all connections."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _all(self, condition: str, *values: str) -> list[StoredKey]:
        query = f"SELECT {_COLUMNS} FROM data_key WHERE {condition}"
        rows = await self._run(lambda database: database.fetch(query, *values))
        return [StoredKey(*row) for row in rows]

    async def _run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        for pause in PAUSES:
            try:
                return await self._once(work)
            except _LOST:
                await asyncio.sleep(pause)
            except asyncpg.PostgresError as error:
                raise self._failed(error) from error
        try:
            return await self._once(work)
        except (*_LOST, asyncpg.PostgresError) as error:
            raise self._failed(error) from error

    async def _once(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        pool = await self._opened()
        async with pool.acquire(timeout=SECONDS) as database:
            if not self._has_table:
                await _create_table(database)
                self._has_table = True
            return await work(database)

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                # Without connections: they are made when they are needed.
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=MOST_CONNECTIONS,
                    timeout=SECONDS,
                    command_timeout=SECONDS,
                    server_settings=_SESSION,
                    target_session_attrs="read-write",
                )
            return self._pool

    def _failed(self, error: BaseException) -> EncryptionError:
        reason = str(error) or type(error).__name__
        return EncryptionError(f"the key store {place(self._url)} failed: {reason}")


def place(url: str) -> str:
    """Host and database of a URL, for messages."""
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def _create_table(database: Connection) -> None:
    # The statement requires the right to create tables, also if there is one.
    if await database.fetchval("SELECT to_regclass('data_key')") is None:
        async with database.transaction():
            await database.execute(f"SELECT pg_advisory_xact_lock({_CREATION})")
            await database.execute(_SCHEMA)


async def _destroyed(database: Connection, scope: str) -> StoredKey | None:
    query = f"SELECT {_COLUMNS} FROM data_key WHERE scope = $1 AND wrapped ISNULL LIMIT 1"
    row = await database.fetchrow(query, scope)
    return StoredKey(*row) if row else None
