"""Programs of other projects, and how to get those that are missing."""

import os
import shutil
import sys
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure

POSTGRES_FOLDERS = Path("/usr/lib/postgresql")
"""Debian has the programs of the server outside of PATH."""
HELP = {
    "go": "Install Go: https://go.dev/dl/. From 1.21 on it fetches the release that Temporal needs "
    "by itself, unless GOTOOLCHAIN forbids it.",
    "initdb": "On Debian: apt-get install postgresql. Its own server is not needed.",
    "caddy": "On Debian: apt-get install caddy. Its own server is not needed.",
    "openssl": "On Debian: apt-get install openssl.",
}
"""By program."""


def program(name: str) -> Path:
    """The path of a program; a Failure that says how to get it."""
    found = shutil.which(name, path=search_path())
    if found is None:
        raise Failure(ExitCode.BAD_SETTINGS, f"{name} is missing. {HELP.get(name, '')}".rstrip())
    return Path(found)


def require(*names: str) -> None:
    """Raises one Failure for all that are missing."""
    missing = [name for name in names if shutil.which(name, path=search_path()) is None]
    if missing:
        lines = [f"{name} is missing. {HELP[name]}" for name in missing]
        raise Failure(ExitCode.BAD_SETTINGS, "\n".join(lines))


def search_path(*first: Path) -> str:
    """PATH with these folders, that of this Python, and those of PostgreSQL, newest first."""
    of_postgres = sorted(POSTGRES_FOLDERS.glob("*/bin"), key=_version, reverse=True)
    folders = [*first, Path(sys.executable).parent, *of_postgres]
    return os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())
