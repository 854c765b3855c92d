"""API keys in a SQLite file, shared by the processes of one machine.

Each operation opens the file anew: so a file that was restored or replaced is seen at once, and
threads share nothing. There is no write-ahead log, so the file alone is the store: a copy of it is
complete, and nothing older is written into a copy that is put back. The file can grant everything
to whoever writes it, so it is refused unless only its owner can read and write it.
"""

import json
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from api.identity.keys.api_key import ApiKey, KeyGrant
from api.identity.keys.key_store import KeyStoreUnusable, UnknownKey

SCHEMA_VERSION = 1
APPLICATION_ID = 0x6465736B
"""Marks the file as ours: "desk" in ASCII."""
BUSY_SECONDS = 2.0
"""How long an operation waits for a writer of another process."""
logger = logging.getLogger(__name__)
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SCHEMA = f"""
    CREATE TABLE keys (
        id TEXT PRIMARY KEY,
        grant_json TEXT NOT NULL,
        digest BLOB NOT NULL,
        created_at REAL NOT NULL,
        issued_at REAL NOT NULL,
        expires_at REAL,
        revoked_at REAL,
        previous_digest BLOB,
        previous_until REAL,
        last_used_at REAL
    ) STRICT;
    PRAGMA application_id = {APPLICATION_ID};
    PRAGMA user_version = {SCHEMA_VERSION};
"""
_STATE = (
    "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) "
    "FROM pragma_application_id, pragma_user_version"
)
_COLUMNS = (
    "id, grant_json, digest, created_at, issued_at, expires_at, revoked_at, previous_digest, "
    "previous_until, last_used_at"
)


class SqliteKeyStore:
    """The keys in a file, which `prepare` creates. Every method raises KeyStoreUnusable if it
    cannot do its work.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def prepare(self) -> None:
        """Creates the file if it does not exist, and checks that it can be used."""
        try:
            # Before SQLite creates it with the mode of everything else.
            os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        with self._opened() as database:
            if self._version(database) == SCHEMA_VERSION:
                return
            # Of two processes that start at the same time, one finds the work of the other.
            database.execute("BEGIN IMMEDIATE")
            if self._version(database) == 0:
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
            database.execute("COMMIT")

    def read_all(self) -> tuple[ApiKey, ...]:
        """As KeyStore."""
        with self._checked() as database:
            rows = database.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created_at, id")
            return tuple(key for row in rows if (key := _key(row)) is not None)

    def add(self, key: ApiKey) -> None:
        """Adds a new key."""
        marks = ", ".join("?" for _ in _COLUMNS.split(","))
        with self._checked() as database:
            database.execute(f"INSERT INTO keys ({_COLUMNS}) VALUES ({marks})", _row(key))

    def rotate(
        self,
        id: str,
        digest: bytes,
        issued_at: datetime,
        expires_at: datetime | None,
        previous_until: datetime,
    ) -> None:
        """Replaces the secret of a key, and accepts the present one until `previous_until`.

        Raises UnknownKey for an id without a key, and for a revoked key.
        """
        values = (_seconds(previous_until), digest, _seconds(issued_at), _seconds(expires_at), id)
        with self._checked() as database:
            changed = database.execute(
                "UPDATE keys SET previous_digest = digest, previous_until = ?, digest = ?, "
                "issued_at = ?, expires_at = ? WHERE id = ? AND revoked_at IS NULL",
                values,
            )
            if changed.rowcount == 0:
                raise UnknownKey(id)

    def revoke(self, id: str, at: datetime) -> None:
        """Revokes a key, also its previous secret; the first time counts. Raises UnknownKey."""
        with self._checked() as database:
            changed = database.execute(
                "UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?",
                (_seconds(at), id),
            )
            if changed.rowcount == 0:
                raise UnknownKey(id)

    def change_grant(self, id: str, grant: KeyGrant) -> None:
        """Replaces whom a revoked key stood for; the old text is overwritten in the file. Raises
        UnknownKey for an id without a revoked key.
        """
        with self._checked() as database:
            database.execute("PRAGMA secure_delete = ON")
            changed = database.execute(
                "UPDATE keys SET grant_json = ? WHERE id = ? AND revoked_at IS NOT NULL",
                (_json(grant), id),
            )
            if changed.rowcount == 0:
                raise UnknownKey(id)

    def record_uses(self, uses: Mapping[str, datetime]) -> None:
        """As KeyStore."""
        rows = [(at.timestamp(), id) for id, at in uses.items()]
        with self._checked() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "UPDATE keys SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?",
                rows,
            )
            database.execute("COMMIT")

    @contextmanager
    def _checked(self) -> Iterator[sqlite3.Connection]:
        """The database, if it is a key store of this version."""
        with self._opened() as database:
            if self._version(database) == 0:
                raise self._unusable("it is empty; desk keys create makes one")
            yield database

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._check_mode()
        try:
            uri = f"{self._file.resolve().as_uri()}?mode=rw"
            # Without a transaction that begins by itself: each statement is one, or says so.
            connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            with closing(connection) as database:
                database.execute("PRAGMA synchronous = FULL")
                yield database
        except sqlite3.Error as error:
            raise self._unusable(str(error)) from error

    def _check_mode(self) -> None:
        try:
            mode = self._file.stat().st_mode
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        if not stat.S_ISREG(mode):
            raise self._unusable("it is not a file")
        if mode & _OPEN_TO_OTHERS:
            raise self._unusable(f"others can read or write it; run chmod 600 {self._file}")

    def _version(self, database: sqlite3.Connection) -> int:
        """The version of the schema; 0 for an empty file. Every other file is unusable."""
        # In one statement, because another process may be creating the schema.
        application, version, tables = database.execute(_STATE).fetchone()
        if application != APPLICATION_ID and (version or tables):
            raise self._unusable("it is a database of another program")
        if version not in (0, SCHEMA_VERSION):
            raise self._unusable(f"it has version {version}, not {SCHEMA_VERSION}")
        return int(version)

    def _unusable(self, reason: str) -> KeyStoreUnusable:
        return KeyStoreUnusable(f"The key file {self._file} cannot be used: {reason}")


def _row(key: ApiKey) -> tuple[Any, ...]:
    return (
        key.id,
        _json(key.grant),
        key.digest,
        _seconds(key.created_at),
        _seconds(key.issued_at),
        _seconds(key.expires_at),
        _seconds(key.revoked_at),
        key.previous_digest,
        _seconds(key.previous_until),
        _seconds(key.last_used_at),
    )


def _json(grant: KeyGrant) -> str:
    return json.dumps(grant.model_dump(mode="json", exclude_none=True))


def _key(row: tuple[Any, ...]) -> ApiKey | None:
    """The key of a row. One that this release cannot read does not take the others with it."""
    id, grant_json, digest, created, issued, expires, revoked, previous, until, used = row
    try:
        grant = KeyGrant.model_validate_json(grant_json)
    except ValidationError as error:
        logger.error("the key %s is not accepted: %s", id, error)
        return None
    return ApiKey(
        id=id,
        grant=grant,
        digest=digest,
        created_at=datetime.fromtimestamp(created, UTC),
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=_time(expires),
        revoked_at=_time(revoked),
        previous_digest=previous,
        previous_until=_time(until),
        last_used_at=_time(used),
    )


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at is not None else None


def _time(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
