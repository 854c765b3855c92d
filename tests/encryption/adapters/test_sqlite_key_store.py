"""Data keys in a SQLite file: one file for all processes, from their first start on."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.errors import EncryptionError
from encryption.stored_key import StoredKey

KEY = StoredKey("one", "ticket/0000-0000-0001", "old", "old", b"wrapped")


@pytest.mark.fault(65)
async def test_a_process_waits_for_another_one_that_creates_the_file(tmp_path: Path) -> None:
    file = tmp_path / "data-keys.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        finding = asyncio.create_task(SqliteKeyStore(file).find("one"))
        finished, _ = await asyncio.wait({finding}, timeout=0.05)
        assert not finished
        other.execute("COMMIT")
    assert await finding is None


@pytest.mark.fault(65)
async def test_no_key_goes_into_a_file_that_was_replaced(tmp_path: Path) -> None:
    file, restored = tmp_path / "data-keys.db", tmp_path / "restored.db"
    store = SqliteKeyStore(file)
    assert await store.find("one") is None
    assert await SqliteKeyStore(restored).keys_of(KEY.scope) == []
    restored.replace(file)
    await store.add(KEY)
    assert await SqliteKeyStore(file).find("one") == KEY


@pytest.mark.fault(65)
async def test_a_file_that_was_removed_is_an_error_until_it_is_back(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "data-keys.db", tmp_path / "elsewhere.db"
    store = SqliteKeyStore(file)
    await store.add(KEY)
    file.rename(elsewhere)
    with pytest.raises(EncryptionError, match=r"data-keys\.db failed"):
        await store.add(KEY)
    assert not file.exists()
    elsewhere.rename(file)
    assert await store.find("one") == KEY


async def test_a_destruction_that_a_reader_keeps_from_the_file_is_an_error_and_can_be_repeated(
    tmp_path: Path,
) -> None:
    def has_it() -> bool:
        return any(marker in each.read_bytes() for each in tmp_path.iterdir())

    file, marker = tmp_path / "data-keys.db", b"wrapped once and for all"
    store = SqliteKeyStore(file, busy_seconds=0.05)
    await store.add(replace(KEY, wrapped=marker))
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM data_key").fetchall()
        with pytest.raises(EncryptionError, match="is reading the file"):
            await store.destroy(KEY.scope)
        [gone] = [each for each in await store.keys_of(KEY.scope) if each.id == KEY.id]
        assert gone.is_destroyed
        assert has_it()
        reader.execute("COMMIT")
        await store.destroy(KEY.scope)
        assert not has_it()
