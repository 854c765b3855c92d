"""Programs that tests run and Python does not include. `.ci/run` installs them."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def tool(name: str, package: str, path: str | None = None) -> Path:
    """The path of a program, sought in `path` or in that of this process.

    Without it the test is skipped, or fails in continuous integration.
    """
    found = shutil.which(name, path=path)
    if found is not None:
        return Path(found)
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is missing; .ci/run installs it (Debian package {package})")
    pytest.skip(f"{name} is not installed (Debian package {package})")


def node_modules() -> Path:
    """The packages for Node. Without them the test is skipped, or fails in CI."""
    modules = Path(sys.prefix) / "node" / "node_modules"
    if (modules / "@temporalio" / "client").exists():
        return modules
    if os.environ.get("CI") == "true":
        pytest.fail(f"{modules} is missing; `make test` installs it where npm is")
    pytest.skip(f"{modules} is not installed (`make test` installs it where npm is)")
