"""The Temporal server and its SQL tool, built from Go modules at the version of docker-compose.yml.

Go checks what it downloads against its checksum database.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bootstrap.exit_codes import ExitCode, Failure
from deploy.cluster.programs import program
from settings import ROOT

TOOLS = ROOT / ".cluster-tools"
"""Outlives the state of every cluster: a build takes minutes."""
MODULE = "go.temporal.io/server"
PROGRAMS = {"temporal-server": "cmd/server", "temporal-sql-tool": "cmd/tools/sql"}
"""The folder in the module by the name in the containers."""


@dataclass(frozen=True)
class TemporalPrograms:
    """The programs of one version, and the schemas of its databases."""

    version: str
    tools: Path = TOOLS

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.tools / f"temporal-{self.version}"

    @property
    def server(self) -> Path:
        """The server."""
        return self.folder / "temporal-server"

    @property
    def schemas(self) -> Path:
        """What `/etc/temporal/schema` is in the container of the tool."""
        return self.folder / "schema"

    @property
    def are_built(self) -> bool:
        """Whether a build has ended."""
        return self.folder.is_dir()

    def build(self) -> None:
        """Builds them, unless they are there. Takes minutes, and 2 GB of caches of Go."""
        if self.are_built:
            return
        go = program("go")
        self.tools.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.tools, prefix="building-") as scratch:
            draft = Path(scratch) / "draft"
            draft.mkdir()
            module = json.loads(
                self._go(go, draft, "mod", "download", "-json", f"{MODULE}@v{self.version}")
            )
            _copy_writable(Path(module["Dir"], "schema"), draft / "schema")
            for name, source in PROGRAMS.items():
                self._go(go, draft, "install", f"{MODULE}/{source}@v{self.version}")
                (draft / Path(source).name).rename(draft / name)
            draft.rename(self.folder)

    def _go(self, go: Path, into: Path, *arguments: str) -> str:
        done = subprocess.run(
            [str(go), *arguments],
            env=os.environ | {"GOBIN": str(into), "CGO_ENABLED": "0", "GOFLAGS": _flags()},
            cwd=into,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            # `mod download -json` prints the reason as JSON, the others on standard error.
            reason = re.findall(r'"Error": "(.*)"', done.stdout) or ["see above"]
            command = f"go {' '.join(arguments)}"
            raise Failure(ExitCode.FAILED, f"{command} failed: {reason[0]}")
        return done.stdout


def _copy_writable(source: Path, to: Path) -> None:
    """Copies a folder from the cache of Go, where everything is read-only."""
    shutil.copytree(source, to, copy_function=shutil.copyfile)
    for path in (to, *to.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _flags() -> str:
    """Those of the user. Outside of a repository there is no version to stamp."""
    return f"{os.environ.get('GOFLAGS', '')} -buildvcs=false".strip()
