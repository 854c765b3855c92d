"""Keys in a SQLite file: whole, private, of one version, shared by processes."""

import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from api.identity.caller import Scope
from api.identity.keys.key_store import KeyStoreUnusable, UnknownKey
from api.identity.keys.key_text import KeyText
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from policies.vocabulary import Role
from tests.api.identity.keys.sample_keys import DAY, NOW, grant, key

TEXT = KeyText.new()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


@pytest.fixture
def store(file: Path) -> SqliteKeyStore:
    store = SqliteKeyStore(file)
    store.prepare()
    return store


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(statement)


def test_a_key_is_read_as_it_was_written(store: SqliteKeyStore) -> None:
    whole = key(
        TEXT,
        grant=grant(
            role=Role.REQUESTER,
            actions=frozenset({"withdraw"}),
            email="kim@harbour.example",
            scope=Scope.OWN,
        ),
        revoked_at=NOW,
        previous_digest=b"before",
        previous_until=NOW + DAY,
        last_used_at=NOW,
    )
    plain = key(
        KeyText.new(), grant=grant(role=Role.AGENT, accounts=None), expires_at=None,
        created_at=NOW + DAY,
    )  # fmt: skip
    store.add(whole)
    store.add(plain)
    assert store.read_all() == (whole, plain)


@pytest.mark.fault(60)
def test_the_file_contains_no_secret(store: SqliteKeyStore, file: Path) -> None:
    store.add(key(TEXT))
    for written in file.parent.iterdir():
        assert TEXT.secret.encode() not in written.read_bytes()


@pytest.mark.fault(60)
def test_only_its_owner_can_read_and_write_the_file(store: SqliteKeyStore, file: Path) -> None:
    store.add(key(TEXT))
    for written in file.parent.iterdir():
        assert stat.S_IMODE(written.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_can_read_or_write_is_refused(
    store: SqliteKeyStore, file: Path, mode: int
) -> None:
    file.chmod(mode)
    with pytest.raises(KeyStoreUnusable, match="chmod 600"):
        store.read_all()
    with pytest.raises(KeyStoreUnusable, match="chmod 600"):
        store.prepare()


@pytest.mark.fault(60)
def test_processes_that_start_at_the_same_time_share_one_file(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(file: Path) -> int:
        together.wait()
        SqliteKeyStore(file).prepare()
        return len(SqliteKeyStore(file).read_all())

    with ThreadPoolExecutor(together.parties) as threads:
        for round in range(10):
            files = [tmp_path / f"{round}.db"] * together.parties
            assert set(threads.map(start, files)) == {0}


def test_a_copy_that_is_put_back_is_the_whole_store(store: SqliteKeyStore, file: Path) -> None:
    first, second = key(TEXT), key(KeyText.new(), created_at=NOW + DAY)
    store.add(first)
    with closing(sqlite3.connect(file)) as another:
        another.execute("SELECT count(*) FROM keys").fetchall()
        copy = file.read_bytes()
        store.add(second)
        file.write_bytes(copy)
    assert store.read_all() == (first,)


def test_preparing_again_keeps_the_keys(store: SqliteKeyStore) -> None:
    store.add(key(TEXT))
    store.prepare()
    assert len(store.read_all()) == 1


def _text(file: Path) -> None:
    file.write_text("not a database, but long enough to be taken for one" * 40)


def _other_program(file: Path) -> None:
    execute(file, "CREATE TABLE notes (text TEXT)")


def _directory(file: Path) -> None:
    file.mkdir(mode=0o700)


@pytest.mark.parametrize("make", [_text, _other_program, _directory])
def test_another_file_is_refused_and_left_as_it_is(
    file: Path, make: Callable[[Path], None]
) -> None:
    make(file)
    file.chmod(0o600 if file.is_file() else 0o700)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(KeyStoreUnusable, match=r"keys\.db cannot be used"):
        SqliteKeyStore(file).prepare()
    assert (file.read_bytes() if file.is_file() else b"") == before


def test_a_file_of_a_later_release_is_refused(store: SqliteKeyStore, file: Path) -> None:
    execute(file, "PRAGMA user_version = 2")
    with pytest.raises(KeyStoreUnusable, match="it has version 2, not 1"):
        store.read_all()
    with pytest.raises(KeyStoreUnusable, match="it has version 2, not 1"):
        store.prepare()


def test_an_empty_file_becomes_a_key_file_when_it_is_prepared(file: Path) -> None:
    file.touch(0o600)
    with pytest.raises(KeyStoreUnusable, match="it is empty"):
        SqliteKeyStore(file).read_all()
    SqliteKeyStore(file).prepare()
    assert SqliteKeyStore(file).read_all() == ()


def test_a_missing_file_is_refused_until_it_is_there(file: Path) -> None:
    with pytest.raises(KeyStoreUnusable, match="No such file"):
        SqliteKeyStore(file).read_all()
    with pytest.raises(KeyStoreUnusable, match="No such file"):
        SqliteKeyStore(file.parent / "nowhere" / "keys.db").prepare()


def test_a_key_that_cannot_be_read_does_not_take_the_others_with_it(
    store: SqliteKeyStore, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = KeyText.new()
    store.add(key(TEXT))
    store.add(key(other))
    statement = f"""UPDATE keys SET grant_json = '{{"role": "boss"}}' WHERE id = '{TEXT.id}'"""
    execute(file, statement)
    assert [each.id for each in store.read_all()] == [other.id]
    assert TEXT.id in caplog.text


def test_a_rotation_keeps_the_previous_secret_for_a_while(store: SqliteKeyStore) -> None:
    store.add(key(TEXT))
    new = KeyText.of(TEXT.id)
    store.rotate(TEXT.id, new.digest, NOW + DAY, None, NOW + 2 * DAY)
    assert store.read_all() == (
        key(
            TEXT,
            digest=new.digest,
            issued_at=NOW + DAY,
            expires_at=None,
            previous_digest=TEXT.digest,
            previous_until=NOW + 2 * DAY,
        ),
    )


def test_the_first_revocation_counts(store: SqliteKeyStore) -> None:
    store.add(key(TEXT))
    store.revoke(TEXT.id, NOW)
    store.revoke(TEXT.id, NOW + DAY)
    assert [each.revoked_at for each in store.read_all()] == [NOW]


def test_what_is_not_there_cannot_be_changed(store: SqliteKeyStore) -> None:
    with pytest.raises(UnknownKey):
        store.revoke("nothing", NOW)
    store.add(replace(key(TEXT), revoked_at=NOW))
    with pytest.raises(UnknownKey):
        store.rotate(TEXT.id, b"", NOW, None, NOW)


def test_the_latest_use_counts_whoever_writes_first(store: SqliteKeyStore) -> None:
    store.add(key(TEXT))
    store.record_uses({TEXT.id: NOW, "gone": NOW})
    store.record_uses({TEXT.id: NOW - timedelta(minutes=5)})
    assert [each.last_used_at for each in store.read_all()] == [NOW]


def test_a_writer_does_not_keep_readers_waiting(store: SqliteKeyStore, file: Path) -> None:
    store.add(key(TEXT))
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM keys")
        assert len(store.read_all()) == 1
        writer.execute("ROLLBACK")
