"""What PostgreSQL has done, by its own counters, over both databases of Temporal."""

import asyncio
from collections import Counter
from time import monotonic
from typing import Any

import asyncpg

DATABASES = ("temporal", "temporal_visibility")
SETTLES_AFTER = 2.0
"""Seconds until a connection has reported its last counts."""
_COUNTS = """
    SELECT xact_commit AS transactions, tup_inserted AS rows_inserted,
        tup_updated AS rows_updated, tup_deleted AS rows_deleted, tup_fetched AS rows_fetched
    FROM pg_stat_database WHERE datname = current_database()
"""
_BYTES = """
    SELECT (pg_current_wal_lsn() - '0/0')::bigint AS wal_bytes,
        pg_database_size(current_database()) AS stored_bytes
"""
_SIZE = "SELECT pg_database_size(current_database())"
_TABLES = "SELECT relname AS name FROM pg_stat_user_tables ORDER BY relname"


class PostgresWork:
    """The counters of one server."""

    def __init__(self, port: int, password: str) -> None:
        self._port = port
        self._password = password

    async def read(self) -> Counter[str]:
        """All counts since the server was made, and the time in seconds."""
        await asyncio.sleep(SETTLES_AFTER)
        counts: Counter[str] = Counter()
        for database in DATABASES:
            connection = await self._connection(database)
            try:
                counts.update(dict(await connection.fetchrow(_COUNTS)))
                in_bytes = dict(await connection.fetchrow(_BYTES))
            finally:
                await connection.close()
            counts["stored_bytes"] += in_bytes["stored_bytes"]
            # The log is of the whole server.
            counts["wal_bytes"] = in_bytes["wal_bytes"]
        counts["seconds"] = round(monotonic())
        return counts

    async def stored(self) -> Counter[str]:
        """Rows of every table that is not empty, and bytes with indexes, of both databases."""
        counts: Counter[str] = Counter()
        for database in DATABASES:
            connection = await self._connection(database)
            try:
                counts["bytes"] += await connection.fetchval(_SIZE)
                for row in await connection.fetch(_TABLES):
                    rows = await connection.fetchval(f'SELECT count(*) FROM "{row["name"]}"')
                    counts[f"rows_of_{row['name']}"] += rows
            finally:
                await connection.close()
        return +counts

    async def _connection(self, database: str) -> Any:
        return await asyncpg.connect(
            host="127.0.0.1",
            port=self._port,
            user="temporal",
            password=self._password,
            database=database,
        )
