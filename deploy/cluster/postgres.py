"""PostgreSQL in a folder of its own, which never runs as root."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure
from commands.processes.supervised_process import SupervisedProcess
from deploy.cluster.addresses import LOOPBACK
from deploy.cluster.programs import program, search_path

ACCOUNT = "postgres"
"""That of the Debian package, as which the server runs if this program is root."""


class Postgres(SupervisedProcess):
    """The server, with the user that docker-compose.yml names and its password."""

    stop_signal = signal.SIGINT
    """Ends connections. At SIGTERM it would wait for them to end."""

    def __init__(
        self,
        directory: Path,
        log: Path,
        address: tuple[str, int],
        login: tuple[str, str],
        launcher: tuple[str, ...] = (),
        wrapper: tuple[str, ...] = (),
    ) -> None:
        """`address` is its host and port, `login` the user and the password. The words of the
        `launcher` run before the command as this process does, those of the `wrapper` as the
        account of the server.
        """
        self._directory = directory
        self._data = directory / "data"
        self._owner, self._password = login
        self._host, self._port = address
        settings = {
            "port": str(self._port),
            "listen_addresses": self._host,
            "unix_socket_directories": "",
            # Two of each service, and each opens up to 30.
            "max_connections": "400",
        }
        command = [str(program("postgres")), "-D", str(self._data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command, user = [*wrapper, *command], account()
        if launcher:
            command, user = [*launcher, *_as_account(user), *command], None
        super().__init__("postgres", command, {"LC_ALL": "C"}, log, user)

    def prepare(self) -> None:
        """Makes the data directory, unless it exists."""
        self._directory.mkdir(exist_ok=True)
        if (self._data / "PG_VERSION").exists():
            return
        if account():
            shutil.chown(self._directory, ACCOUNT)
        self._require_access()
        secret = self._directory / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._password, encoding="utf-8")
        if account():
            shutil.chown(secret, ACCOUNT)
        try:
            done = self._run(
                str(program("initdb")),
                f"--pgdata={self._data}",
                f"--username={self._owner}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            )
        finally:
            secret.unlink()
        if done.returncode:
            raise Failure(ExitCode.FAILED, f"initdb failed:\n{done.stderr}")
        if self._host != LOOPBACK:
            # By default, it trusts this machine only.
            with (self._data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
                rules.write("host all all samenet scram-sha-256\n")

    def takes_connections(self) -> bool:
        """As the health check of docker-compose.yml asks."""
        command = [str(program("pg_isready")), "--quiet", "--host", self._host]
        command += ["--port", str(self._port), "--username", self._owner]
        return subprocess.run(command, check=False).returncode == 0

    def _require_access(self) -> None:
        if self._run("test", "-w", str(self._directory)).returncode:
            raise Failure(
                ExitCode.BAD_SETTINGS,
                f"As root, PostgreSQL runs as the account {ACCOUNT}, which cannot enter "
                f"{self._directory}. Choose another folder with --state-dir, or another account "
                "than root.",
            )

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            user=account(),
            env={"PATH": search_path(), "LC_ALL": "C"},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )


def _as_account(user: str | None) -> list[str]:
    """The words that run a command as this account. It still ends with its parent."""
    if user is None:
        return []
    own = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
    return [*own, "--pdeathsig=KILL", "--"]


def account() -> str | None:
    """The account of the server; None is that of this process."""
    return ACCOUNT if os.getuid() == 0 else None
