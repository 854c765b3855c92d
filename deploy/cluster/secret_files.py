"""What a person makes by the commands of docs/deploy.md, made once for a cluster."""

import base64
import json
import os
import secrets
import subprocess
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure
from commands.processes.tokens import load_or_generate
from settings import ROOT

MAKE_CERTIFICATES = ROOT / "deploy" / "certificates" / "make.sh"


class SecretFiles:
    """The secrets of one cluster, in a folder that only its owner can enter."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.tokens = directory / "tokens.json"
        self.master_keys = directory / "master-keys.json"
        self.certificates = directory / "certificates"
        self._password = directory / "postgres-password"

    def make(self) -> None:
        """Makes those that are missing."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        load_or_generate(self.tokens)
        key = base64.b64encode(os.urandom(32)).decode()
        _write_new(self.master_keys, json.dumps({"first": key}))
        _write_new(self._password, secrets.token_urlsafe(24))
        done = subprocess.run(
            [str(MAKE_CERTIFICATES)],
            env=os.environ | {"CERTIFICATES_DIR": str(self.certificates)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failure(ExitCode.FAILED, f"{MAKE_CERTIFICATES} failed:\n{done.stderr}")

    @property
    def password(self) -> str:
        """That of PostgreSQL."""
        return self._password.read_text(encoding="utf-8")

    def token(self, role: str) -> str:
        """The token of a role."""
        tokens: dict[str, dict[str, str]] = json.loads(self.tokens.read_text(encoding="utf-8"))
        return next(token for token, actor in tokens.items() if actor["role"] == role)


def _write_new(file: Path, text: str) -> None:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
