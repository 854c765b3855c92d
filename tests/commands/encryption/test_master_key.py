"""`desk master-key` and `desk rewrap`: a rotation from the first key to the last step."""

import asyncio
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.error_reporting import failure_in
from commands.encryption.master_key import master_key
from commands.encryption.rewrap import rewrap
from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.key_ring import KeyRing
from encryption.master_keys import MasterKeys
from tests.encryption.keys import codec_of, payload

TICKET = "ticket/0000-0000-0001"
keys_app, rewrap_app = typer.Typer(), typer.Typer()
keys_app.command()(master_key)
rewrap_app.command()(rewrap)


def run(app: typer.Typer, *arguments: object, **given: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=given)


def ids(file: Path) -> list[str]:
    return list(json.loads(file.read_text()))


def failure(result: Result) -> Failure:
    assert isinstance(result.exception, Failure)
    return result.exception


def test_the_first_key_makes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "master-keys.json"
    assert run(keys_app, file).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert MasterKeys.load(file).newest == ids(file)[0]


def test_the_first_key_makes_a_directory_that_only_its_owner_enters(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "master-keys.json"
    assert run(keys_app, file).exit_code == 0
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert ids(file)


def test_what_an_interrupted_command_left_makes_no_key_readable(tmp_path: Path) -> None:
    file, left = tmp_path / "master-keys.json", tmp_path / "master-keys.json.new"
    left.write_text("{")
    left.chmod(0o644)
    assert run(keys_app, file).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not left.exists()


def test_a_further_key_is_the_last_until_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "master-keys.json"
    run(keys_app, file)
    file.chmod(0o400)
    run(keys_app, file)
    first, second = ids(file)
    assert run(keys_app, file, "--use", second).exit_code == 0
    assert ids(file) == [second, first]
    assert stat.S_IMODE(file.stat().st_mode) == 0o400


def test_an_unknown_key_or_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "master-keys.json"
    run(keys_app, file)
    before = file.read_text()
    assert "has no key 'other'" in str(failure(run(keys_app, file, "--use", "other")))
    assert file.read_text() == before
    file.write_text("{")
    assert failure(run(keys_app, file)).code is ExitCode.USAGE
    assert file.read_text() == "{"
    assert failure(run(keys_app, file / "below a file")).code is ExitCode.USAGE


def test_after_rewrapping_the_old_key_can_be_removed(tmp_path: Path) -> None:
    file, store = tmp_path / "master-keys.json", tmp_path / "data-keys.db"
    run(keys_app, file)
    old = KeyRing(SqliteKeyStore(store), MasterKeys.load(file))
    sealed = asyncio.run(codec_of(old, TICKET).encode([payload()]))
    run(keys_app, file)
    first, second = ids(file)
    run(keys_app, file, "--use", second)
    given = {"DESK_ENCRYPTION_KEYS_FILE": str(file), "DESK_ENCRYPTION_STORE": str(store)}
    result = run(rewrap_app, **given)
    assert "1 data keys were wrapped by the newest" in result.output
    keys = json.loads(file.read_text())
    del keys[first]
    file.write_text(json.dumps(keys))
    new = KeyRing(SqliteKeyStore(store), MasterKeys.load(file))
    assert asyncio.run(codec_of(new, TICKET).decode(sealed)) == [payload()]


@pytest.mark.parametrize("mode", [0o644, None])
def test_a_file_that_cannot_be_used_is_exit_code_78(tmp_path: Path, mode: int | None) -> None:
    file = tmp_path / "master-keys.json"
    if mode is not None:
        run(keys_app, file)
        file.chmod(mode)
    found = failure(run(rewrap_app, DESK_ENCRYPTION_KEYS_FILE=str(file)))
    assert found.code is ExitCode.BAD_SETTINGS
    assert "DESK_ENCRYPTION_KEYS_FILE" in str(found)


def test_a_store_that_fails_meanwhile_is_told_without_a_traceback(tmp_path: Path) -> None:
    file, store = tmp_path / "master-keys.json", tmp_path / "data-keys.db"
    run(keys_app, file)
    ring = KeyRing(SqliteKeyStore(store), MasterKeys.load(file))
    asyncio.run(codec_of(ring, TICKET).encode([payload()]))
    run(keys_app, file)
    run(keys_app, file, "--use", ids(file)[1])
    with closing(sqlite3.connect(store)) as database, database:
        database.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON data_key BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    given = {"DESK_ENCRYPTION_KEYS_FILE": str(file), "DESK_ENCRYPTION_STORE": str(store)}
    ended = run(rewrap_app, **given).exception
    assert ended is not None
    reported = failure_in(ended)
    assert reported is not None
    assert reported.code is ExitCode.FAILED
    assert "data-keys.db failed: full" in str(reported)


def test_a_master_key_that_the_store_needs_is_missed_at_the_start(tmp_path: Path) -> None:
    file, store = tmp_path / "master-keys.json", tmp_path / "data-keys.db"
    run(keys_app, file)
    ring = KeyRing(SqliteKeyStore(store), MasterKeys.load(file))
    asyncio.run(codec_of(ring, TICKET).encode([payload()]))
    file.unlink()
    run(keys_app, file)
    given = {"DESK_ENCRYPTION_KEYS_FILE": str(file), "DESK_ENCRYPTION_STORE": str(store)}
    found = failure(run(rewrap_app, **given))
    assert found.code is ExitCode.BAD_SETTINGS
    assert "its value differs" in str(found)
