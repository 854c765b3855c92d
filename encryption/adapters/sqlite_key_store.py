"""A key store in an SQLite file, for all processes of one machine."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from encryption.errors import EncryptionError
from encryption.stored_key import StoredKey

T = TypeVar("T")

PAGE = 500
BUSY_SECONDS = 10
RETRY_SECONDS = 0.01

_SCHEMA = """
CREATE TABLE IF NOT EXISTS data_key (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    generation TEXT NOT NULL,
    master TEXT NOT NULL,
    wrapped BLOB,
    UNIQUE (scope, generation)
) WITHOUT ROWID
"""
_COLUMNS = "id, scope, generation, master, wrapped"
_DESTROYED = f"SELECT {_COLUMNS} FROM data_key WHERE scope = ? AND wrapped IS NULL LIMIT 1"
_IN_USE = (
    "the key is destroyed, but another process is reading the file, and its log still has it: "
    "end that process, such as a backup, and repeat"
)


class SqliteKeyStore:
    """Data keys in one file. One thread does the work, so that nothing blocks the event loop.

    A commit returns when it is on disk: a key that is lost takes its ticket with it. So no key goes
    into a file that was replaced or removed while it was open. A destroyed key is overwritten in
    the file.
    """

    def __init__(self, file: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self._file = file
        self._busy_seconds = busy_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="data-keys")
        self._open: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    async def find(self, id: str) -> StoredKey | None:
        """The key with this id."""
        found = await self._all("id = ?", id)
        return found[0] if found else None

    async def keys_of(self, scope: str) -> list[StoredKey]:
        """All keys of a scope, destroyed ones included."""
        return await self._all("scope = ?", scope)

    async def add(self, key: StoredKey) -> StoredKey:
        """Stores a key, or returns the one that its scope has."""

        def work(database: sqlite3.Connection) -> StoredKey:
            with database:
                database.execute("BEGIN IMMEDIATE")
                if destroyed := database.execute(_DESTROYED, (key.scope,)).fetchone():
                    return StoredKey(*destroyed)
                database.execute(
                    f"INSERT INTO data_key ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (scope, generation) DO NOTHING",
                    (key.id, key.scope, key.generation, key.master, key.wrapped),
                )
                query = f"SELECT {_COLUMNS} FROM data_key WHERE scope = ? AND generation = ?"
                return StoredKey(*database.execute(query, (key.scope, key.generation)).fetchone())

        return await self._run(work)

    async def destroy(self, scope: str) -> int:
        """Destroys all keys of a scope, and prevents new ones. Raises EncryptionError if another
        process reads the file for so long that its log cannot be overwritten; nothing but a
        repetition is then needed.
        """

        def work(database: sqlite3.Connection) -> int:
            with database:
                database.execute("BEGIN IMMEDIATE")
                query = "UPDATE data_key SET wrapped = NULL WHERE scope = ? AND wrapped NOT NULL"
                count = database.execute(query, (scope,)).rowcount
                if not database.execute(_DESTROYED, (scope,)).fetchone():
                    database.execute(
                        f"INSERT INTO data_key ({_COLUMNS}) VALUES (?, ?, '', '', NULL)",
                        (f"destroyed {scope}", scope),
                    )
            # The write-ahead log still has the pages as they were.
            is_busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if is_busy:
                raise sqlite3.OperationalError(_IN_USE)
            return count

        return await self._run(work)

    async def rewrap(self, key: StoredKey) -> None:
        """Replaces the wrapping of a key, unless it was destroyed meanwhile."""

        def work(database: sqlite3.Connection) -> None:
            with database:
                database.execute(
                    "UPDATE data_key SET master = ?, wrapped = ? WHERE id = ? AND wrapped NOT NULL",
                    (key.master, key.wrapped, key.id),
                )

        await self._run(work)

    async def not_wrapped_by(self, master: str) -> AsyncIterator[StoredKey]:
        """The keys that another master key wraps, without destroyed ones."""
        last = ""
        condition = f"master != ? AND id > ? AND wrapped NOT NULL ORDER BY id LIMIT {PAGE}"
        while page := await self._all(condition, master, last):
            for key in page:
                yield key
            last = page[-1].id

    async def one_of_each_master(self) -> list[StoredKey]:
        """One key for each master key that wraps any."""
        first = "SELECT MIN(id) FROM data_key WHERE wrapped NOT NULL GROUP BY master"
        return await self._all(f"id IN ({first})")

    async def _all(self, condition: str, *values: str) -> list[StoredKey]:
        query = f"SELECT {_COLUMNS} FROM data_key WHERE {condition}"
        return await self._run(
            lambda database: [StoredKey(*row) for row in database.execute(query, values)]
        )

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._connected())
        except (sqlite3.Error, OSError) as error:
            raise EncryptionError(f"the key store {self._file} failed: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        # SQLite itself would go on with the file that it has open.
        if self._open is not None and self._opened != _identity(self._file):
            self._open.close()
            self._open = None
        if self._open is None:
            self._open = _connection(self._file, self._busy_seconds)
            self._opened = _identity(self._file)
        return self._open


def _identity(file: Path) -> tuple[int, int]:
    """Tells a file from another one that took its name. FileNotFoundError if there is none."""
    state = file.stat()
    return state.st_dev, state.st_ino


def _connection(file: Path, busy_seconds: float) -> sqlite3.Connection:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    database = sqlite3.connect(file, timeout=busy_seconds, isolation_level=None)
    try:
        _use_write_ahead_log(database)
        for setting in ("synchronous = FULL", "secure_delete = ON"):
            database.execute(f"PRAGMA {setting}")
        database.execute(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _use_write_ahead_log(database: sqlite3.Connection) -> None:
    """Of processes that start at the same time, SQLite lets only one change the mode, and the
    others do not wait by themselves.
    """
    last_attempt = monotonic() + BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if monotonic() >= last_attempt:
                raise
            sleep(RETRY_SECONDS)
