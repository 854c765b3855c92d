"""A real PostgreSQL server for tests, with a data directory and a port of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from tests.ports import LOOPBACK, free_port
from tests.tools import tool

OWNER = "postgres"
"""The account of the Debian package. The server does not run as root."""
UNSAFE = ("fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off")
"""A server that is thrown away need not survive the machine."""


class Postgres:
    """The server, which can be stopped and started again."""

    def __init__(self, directory: Path) -> None:
        self._data = directory / "data"
        self._directory = directory
        self._port = free_port()
        self._run("initdb", "--auth=trust", "--no-sync", "--username=desk", "--encoding=UTF8")

    @property
    def url(self) -> str:
        """The URL of its database."""
        return f"postgresql://desk@{LOOPBACK}:{self._port}/postgres"

    def start(self) -> None:
        """Returns once it takes connections."""
        settings = (f"port={self._port}", f"listen_addresses={LOOPBACK}", *UNSAFE)
        options = " ".join(f"-c {each}" for each in (*settings, "unix_socket_directories="))
        log = str(self._directory / "log")
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={log}", f"--options={options}")

    def stop(self) -> None:
        """Ends it and all its connections."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        # Debian has the programs of the server outside of PATH.
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        path = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
        done = subprocess.run(
            [tool(program, "postgresql", path), *arguments, f"--pgdata={self._data}"],
            user=OWNER if os.getuid() == 0 else None,
            env={"PATH": path, "LC_ALL": "C"},
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server for the duration of a test. It is stopped and its directory removed."""
    # Not below a directory of pytest, which only its own user may enter.
    directory = Path(mkdtemp(prefix="desk-postgres-"))
    try:
        if os.getuid() == 0:
            shutil.chown(directory, OWNER)
        server = Postgres(directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory)
