"""`desk master-key`: the file of master keys."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo


def master_key(
    file: Annotated[Path, typer.Argument(help="The file of DESK_ENCRYPTION_KEYS_FILE.")],
    use: Annotated[
        str | None, typer.Option(metavar="ID", help="Encrypt with this key from now on.")
    ] = None,
) -> None:
    """Add a random master key to a file, which is created with its directory
    if it does not exist.

    Processes read the file when they start. The first key wraps new data
    keys; all others are still used to read. A rotation has these steps:

    1. [bold]desk master-key FILE[/] adds a key at the end. Give all processes
    the file and restart them, so that each can read with the new key.

    2. [bold]desk master-key FILE --use ID[/] moves it to the front. Restart
    them again: from now on they encrypt with it.

    3. [bold]desk rewrap[/] wraps the data keys of older master keys by the
    new one. Then those can be removed from the file.

    Losing the file loses all tickets: keep a copy where the database is not.

    Exit codes: 0 the file was written, 2 it cannot be read or written.

    Example: desk master-key secrets/master-keys.json
    """
    keys = _read(file) if file.exists() else {}
    if use is None:
        id = _new_id(keys)
        _write(file, keys | {id: _new_key()})
        position = "added at the end" if keys else "the only one"
        echo(f"{file}: {id} ({position}) of {len(keys) + 1} master keys")
    elif use in keys:
        _write(file, {use: keys[use]} | keys)
        echo(f"{file}: {use} encrypts once the processes have restarted")
    else:
        raise Failure(ExitCode.USAGE, f"{file} has no key {use!r}; it has {', '.join(keys)}")


def _new_key() -> str:
    from encryption.master_keys import new_master_key

    return new_master_key()


def _new_id(keys: dict[str, str]) -> str:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    candidates = [today, *(f"{today}.{number}" for number in range(2, len(keys) + 3))]
    return next(id for id in candidates if id not in keys)


def _read(file: Path) -> dict[str, str]:
    from encryption.errors import InvalidMasterKeys
    from encryption.master_keys import MasterKeys

    try:
        MasterKeys.load(file)
    except InvalidMasterKeys as error:
        raise Failure(ExitCode.USAGE, str(error)) from None
    keys: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return keys


def _write(file: Path, keys: dict[str, str]) -> None:
    """Replaces the file at once, readable by its owner only. A new file keeps the old owner."""
    new = file.with_name(f"{file.name}.new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One that an interrupted command left may be readable by others.
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(keys, out, indent=2)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())
        if file.exists():
            before = file.stat()
            os.chmod(new, before.st_mode & 0o777)
            if (before.st_uid, before.st_gid) != (os.getuid(), os.getgid()):
                os.chown(new, before.st_uid, before.st_gid)
        os.replace(new, file)
        _flush_names(file.parent)
    except OSError as error:
        raise Failure(ExitCode.USAGE, f"cannot write {file}: {error.strerror}") from None


def _flush_names(directory: Path) -> None:
    """Returns once the names in a directory are on disk: the key may encrypt from now on."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
